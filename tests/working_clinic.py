"""A clinic at work: seeded from config/, with patients and visits, a stepped clock and a scripted provider."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event, func, select, update
from sqlalchemy.orm import Session

from reminders.channels.base import Outgoing, SenderAccount
from reminders.domain.answers import Accepted, Answer
from reminders.domain.wallclock import local
from reminders.pipeline.dispatch import dispatch
from reminders.pipeline.parts import Parts
from reminders.pipeline.planning import plan_owed
from reminders.pipeline.receiving import Report, receive
from reminders.pipeline.seeding import seed
from reminders.pipeline.sending import send
from reminders.pipeline.settling import settle
from reminders.pipeline.sweeping import sweep
from reminders.pipeline.working import Item, items
from reminders.store import debts
from reminders.store.base import new_id
from reminders.store.engine import connect, transactions
from reminders.store.locks import lock_people
from reminders.store.now import read, start_stepped, step_to
from reminders.store.tables.clinic import Clinic, CourseKind, Location, Sender, Service
from reminders.store.tables.messages import Attempt, Message
from reminders.store.tables.people import Address, ContactPoint, Course, Person
from reminders.store.tables.visits import Appointment
from tests.clinics import SANDBOX, VAULT
from tests.domain.planning_clinic import NEW_YORK, at

CONFIG = Path(__file__).parents[1] / "config"
MONDAY = "2026-09-28 09:30"
"""When the clock of these tests starts, in New York."""
WEDNESDAY = "2026-10-07 10:30"
"""When visits are unless a test says otherwise: far enough away for every message of theirs."""
TUESDAY_VISIT = "2026-09-29 14:00"
"""A visit whose only message is due at `DUE`, in half an hour."""
DUE = "2026-09-28 10:00"
PHONE, MAILBOX = "+13125550142", "ana@example.com"


class ScriptedChannel:
    """A provider whose answers a test lays down; it remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[Outgoing] = []
        self.answers: dict[str, list[Answer | BaseException]] = {}
        """By recipient, one for each call; afterwards, and for everybody else, it accepts."""
        self.looks: list[Callable[[Outgoing], None]] = []
        """Called during each call: what a test wants to see while a provider is being called."""

    async def send(self, outgoing: Outgoing, account: SenderAccount) -> Answer:  # noqa: ARG002  the port's
        self.given.append(outgoing)
        for look in self.looks:
            look(outgoing)
        script = self.answers.get(outgoing.to)
        answer = script.pop(0) if script else Accepted(f"SM{outgoing.attempt_token}")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def close(self) -> None:
        """Nothing is open."""

    @property
    def texts(self) -> list[str]:
        return [outgoing.text for outgoing in self.given]


@dataclass(frozen=True)
class Batch:
    """What the workers were handed."""

    lane: str
    id: UUID
    message_ids: tuple[UUID, ...]


@dataclass(repr=False)
class WorkingClinic:
    """One clinic, its process and its people."""

    parts: Parts
    engine: Engine
    id: UUID
    channel: ScriptedChannel
    published: list[Batch] = field(default_factory=list)
    undo: list[Callable[[], None]] = field(default_factory=list)
    """What takes back what a test set up outside the database."""

    # time

    @property
    def now_at(self) -> datetime:
        with self.parts.transaction() as session:
            return read(session).clinic_at

    def clock(self, text: str, zone: str = NEW_YORK) -> None:
        """Move the clock on to a wall time."""
        self.clock_to(at(text, zone))

    def clock_to(self, instant: datetime) -> None:
        with self.parts.transaction() as session:
            step_to(session, instant)

    # people and visits

    def patient(
        self,
        name: str = "Ana",
        *,
        phone: str | None = PHONE,
        email: str | None = MAILBOX,
        consented: bool = True,
        **columns: Any,
    ) -> UUID:
        person_id = new_id()
        with self.parts.transaction() as session:
            session.add(
                Person(
                    id=person_id,
                    clinic_id=self.id,
                    first_name=VAULT.seal(Person.first_name, person_id, name),
                    **{"kind": "patient", "source_id": f"P-{name}", "language": "en", **columns},
                )
            )
            session.flush()
            for channel, value in (("sms", phone), ("email", email)):
                session.add(
                    ContactPoint(
                        clinic_id=self.id,
                        person_id=person_id,
                        channel=channel,
                        address_id=self._address(session, channel, value) if value else None,
                        consented=consented,
                        nudge_consented=consented,
                    )
                )
        return person_id

    def address(self, channel: str, value: str) -> UUID:
        """Return the id of an address, made where it is not known."""
        with self.parts.transaction() as session:
            return self._address(session, channel, value)

    def _address(self, session: Session, channel: str, value: str) -> UUID:
        lookup = VAULT.lookup(channel, value)
        known = session.scalar(select(Address.id).where(Address.channel == channel, Address.lookup == lookup))
        if known is not None:
            return known
        address_id = new_id()
        sealed = VAULT.seal(Address.value, address_id, value)
        session.add(Address(id=address_id, clinic_id=self.id, channel=channel, lookup=lookup, value=sealed))
        session.flush()
        return address_id

    def visit(
        self,
        patient_id: UUID,
        starts: str = WEDNESDAY,
        *,
        service: str = "iv-ketamine",
        location: str = "midtown",
        **columns: Any,
    ) -> UUID:
        """Book a visit; its plan is owed."""
        visit_id = new_id()
        with self.parts.transaction() as session:
            place = session.scalars(select(Location).where(Location.slug == location)).one()
            starts_at = at(starts, place.time_zone)
            values = {
                "source_id": f"A-{str(visit_id)[-12:]}",
                "service_id": session.scalars(select(Service.id).where(Service.slug == service)).one(),
                "location_id": place.id,
                "status": "booked",
                "starts_at": starts_at,
                "starts_local": local(starts_at, place.time_zone).replace(tzinfo=None),
                "time_zone": place.time_zone,
                "given_as_instant": False,
                "duration": timedelta(minutes=50),
                "first_seen_at": read(session).clinic_at,
                "seen_after_first_import": True,
                "source_row": b"",
                "source_digest": b"",
            }
            session.add(Appointment(id=visit_id, clinic_id=self.id, person_id=patient_id, **(values | columns)))
            debts.owe(session, [(self.id, patient_id)])
        return visit_id

    def told_visit(self, patient_id: UUID, starts: str = WEDNESDAY, **columns: Any) -> UUID:
        """Book a visit that is no news: nobody is told that it was booked."""
        return self.visit(patient_id, starts, seen_after_first_import=False, **columns)

    def reminder(self, name: str = "Ana", phone: str = PHONE, starts: str = TUESDAY_VISIT, **person: Any) -> UUID:
        """Book and plan a consultation of which only `reminder` tells, at `DUE`; return that message."""
        patient_id = self.patient(name, phone=phone, **{"email": f"{name.lower()}@example.com", **person})
        visit_id = self.told_visit(patient_id, starts, service="consultation")
        self.plan()
        return self.message("reminder", Message.appointment_id == visit_id).id

    def reminders(self, count: int) -> list[UUID]:
        """Return *count* such messages of patients with a phone each."""
        for number in range(count):
            patient_id = self.patient(f"Ana{number}", phone=f"+1312555{number:04}", email=f"ana{number}@example.com")
            self.told_visit(patient_id, TUESDAY_VISIT, service="consultation")
        self.plan()
        return [row.id for row in self.messages(Message.rule == "reminder")]

    def course(self, patient_id: UUID, kind: str = "iv-ketamine-course") -> UUID:
        course_id = new_id()
        with self.parts.transaction() as session:
            kind_id = session.scalars(select(CourseKind.id).where(CourseKind.slug == kind)).one()
            opened_at = read(session).clinic_at
            session.add(
                Course(id=course_id, clinic_id=self.id, person_id=patient_id, kind_id=kind_id, opened_at=opened_at)
            )
        return course_id

    def change(self, visit_id: UUID, **columns: Any) -> None:
        """Change a visit as a source would: under the patient's lock, with a plan owed."""
        with self.parts.transaction() as session:
            visit = session.scalars(select(Appointment).where(Appointment.id == visit_id)).one()
            lock_people(session, [visit.person_id])
            session.execute(
                update(Appointment)
                .where(Appointment.id == visit_id)
                .values(changed_at=func.clock_timestamp(), **columns)
                .execution_options(synchronize_session=False)
            )
            debts.owe(session, [(self.id, visit.person_id)])

    def move(self, visit_id: UUID, starts: str) -> None:
        self.change(visit_id, starts_at=at(starts))

    def cancel(self, visit_id: UUID, *, by: str = "clinic") -> None:
        self.change(visit_id, status="cancelled", cancelled_by=by, cancelled_at=self.now_at)

    def opt_out(self, phone: str = PHONE) -> None:
        """Let a phone say STOP, as the web process would enter it."""
        with self.parts.transaction() as session:
            now_at = read(session).clinic_at
            session.execute(
                update(Address)
                .where(Address.lookup == VAULT.lookup("sms", phone))
                .values(opted_out_at=now_at, opted_out_how="STOP")
            )

    def owe(self, patient_id: UUID) -> None:
        with self.parts.transaction() as session:
            debts.owe(session, [(self.id, patient_id)])

    # the steps of the pipeline

    def plan(self) -> int:
        return plan_owed(self.parts)

    def dispatch(self) -> list[Batch]:
        """Release what is due; return what the workers would be handed."""
        handed: list[Batch] = []
        dispatch(self.parts, lambda lane, batch_id, ids: handed.append(Batch(lane, batch_id, tuple(ids))))
        self.published += handed
        return handed

    def send(self, batches: Sequence[Batch]) -> list[str]:
        return [send(self.parts, batch.id, batch.message_ids) for batch in batches]

    def send_due(self) -> list[str]:
        """Dispatch and send until nothing more goes; return the new texts."""
        before = len(self.channel.given)
        while batches := self.dispatch():
            self.send(batches)
        return self.channel.texts[before:]

    def send_at(self, text: str) -> list[str]:
        """Move the clock and send what is due then."""
        self.clock(text)
        return self.send_due()

    def sweep(self) -> int:
        return sweep(self.parts)

    def receipt(self, message_id: UUID, status: str, code: str | None = None) -> None:
        """Let the provider report on the newest attempt of a message."""
        attempt = self.attempts(message_id)[-1]
        provider_id = attempt.provider_id or f"SM{attempt.id.hex}"
        receive(
            self.parts,
            [Report(attempt_id=attempt.id, provider_id=provider_id, status=status, code=code, raw="status")],
        )

    def settle(self) -> int:
        return settle(self.parts)

    # what is to be seen

    def messages(self, *conditions: Any) -> list[Message]:
        with self.parts.transaction() as session:
            order = (Message.due_at, Message.rule, Message.occurrence, Message.step, Message.id)
            return list(session.scalars(select(Message).where(*conditions).order_by(*order)))

    def message(self, rule: str, *conditions: Any) -> Message:
        """Return the newest message of a rule."""
        found = self.messages(Message.rule == rule, *conditions)
        return max(found, key=lambda row: (row.occurrence, row.step))

    def get(self, message_id: UUID) -> Message:
        (found,) = self.messages(Message.id == message_id)
        return found

    def states(self, *conditions: Any) -> dict[str, str]:
        """Return the state of the newest message of each rule."""
        return {row.rule: row.state for row in sorted(self.messages(*conditions), key=lambda m: (m.occurrence, m.step))}

    def attempts(self, message_id: UUID) -> list[Attempt]:
        with self.parts.transaction() as session:
            rows = select(Attempt).where(Attempt.message_id == message_id).order_by(Attempt.number)
            return list(session.scalars(rows))

    def work(self) -> list[Item]:
        return items(self.parts, with_done=True)

    def set(self, table: Any, *conditions: Any, **columns: Any) -> None:
        """Write columns as somebody else would."""
        with self.parts.transaction() as session:
            session.execute(
                update(table).where(*conditions).values(**columns).execution_options(synchronize_session=False)
            )

    def scalar(self, query: Any) -> Any:
        with self.parts.transaction() as session:
            return session.scalar(query)

    def sender(self, channel: str = "sms") -> Sender:
        with self.parts.transaction() as session:
            return session.scalars(select(Sender).where(Sender.channel == channel, Sender.is_active)).one()

    def at_each_commit(self, look: Callable[[], None]) -> None:
        """From now on look at what everybody sees when a transaction has been committed."""
        looking: list[bool] = []

        def after_commit(_session: Session) -> None:
            if not looking:
                looking.append(True)
                look()
                looking.clear()

        event.listen(Session, "after_commit", after_commit)
        self.undo.append(lambda: event.remove(Session, "after_commit", after_commit))

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Collect the statements of a block; one with many rows counts once."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(self.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(self.engine, "before_cursor_execute", note)


def lanes(batches: Sequence[Batch]) -> list[str]:
    return [batch.lane for batch in batches]


def open_clinic(engine: Engine) -> WorkingClinic:
    """Open the seeded clinic of *engine*'s database on a stepped clock."""
    channel = ScriptedChannel()
    parts = Parts(
        transaction=transactions(engine),
        vault=VAULT,
        public_url="http://127.0.0.1:8000",
        token_key=b"a key for tests",
        channels={"sandbox": channel},
    )
    with parts.transaction() as session:
        clinic_id = session.scalars(select(Clinic.id)).one()
    return WorkingClinic(parts, engine, clinic_id, channel)


def seed_database(url: str) -> None:
    """Seed a migrated database from config/, and start its clock."""
    engine = connect(url)
    parts = Parts(transaction=transactions(engine), vault=VAULT, public_url="", token_key=b"")
    with parts.transaction() as session:
        start_stepped(session, at(MONDAY))
    seed(parts, CONFIG, list(SANDBOX))
    engine.dispose()
