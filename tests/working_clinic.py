"""A clinic at work: seeded from config/, its people and their visits, and a scripted provider."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event, func, select, update
from sqlalchemy.orm import Session

from reminders.pipeline.dispatch import dispatch
from reminders.pipeline.parts import Parts
from reminders.pipeline.planning import plan_owed
from reminders.pipeline.receiving import Report, receive
from reminders.pipeline.seeding import seed
from reminders.pipeline.sending import send
from reminders.pipeline.settling import settle
from reminders.pipeline.sweeping import sweep
from reminders.pipeline.working import Item, items
from reminders.store import senders
from reminders.store.engine import connect, transactions
from reminders.store.now import start_stepped
from reminders.store.tables.clinic import Clinic, Sender
from reminders.store.tables.messages import Attempt, Message
from tests.clinics import SANDBOX, VAULT
from tests.domain.planning_clinic import at
from tests.front_desk import MAILBOX, MONDAY, PHONE, WEDNESDAY, FrontDesk
from tests.scripted_channel import ScriptedChannel

__all__ = [
    "CONFIG",
    "DUE",
    "MAILBOX",
    "PHONE",
    "WEDNESDAY",
    "Batch",
    "WorkingClinic",
    "lanes",
    "open_clinic",
    "seed_database",
]

CONFIG = Path(__file__).parents[1] / "config"
TUESDAY_VISIT = "2026-09-29 14:00"
"""A visit whose only message is due at `DUE`, in half an hour."""
DUE = "2026-09-28 10:00"


@dataclass(frozen=True)
class Batch:
    """What the workers were handed."""

    lane: str
    id: UUID
    message_ids: tuple[UUID, ...]


@dataclass(repr=False)
class WorkingClinic(FrontDesk):
    """One clinic, its process and its people."""

    engine: Engine
    channel: ScriptedChannel
    published: list[Batch] = field(default_factory=list)
    undo: list[Callable[[], None]] = field(default_factory=list)
    """What takes back what a test set up outside the database."""

    # the steps of the pipeline

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

    def plan(self) -> int:
        """Plan, turn after turn, until nobody waits for it; return how many were planned."""
        return sum(iter(lambda: plan_owed(self.parts), 0))

    def dispatch(self) -> list[Batch]:
        """Release what is due; return what the workers would be handed."""
        handed: list[Batch] = []
        dispatch(self.parts, lambda lane, batch_id, ids: handed.append(Batch(lane, batch_id, tuple(ids))))
        self.published += handed
        return handed

    def send(self, batches: Sequence[Batch]) -> list[str]:
        return [send(self.parts, batch.id, batch.message_ids) for batch in batches]

    def queued(self, **person: Any) -> tuple[UUID, list[Batch]]:
        """Return a message that is due, and the batch that it was handed out in."""
        message_id = self.reminder(**person)
        self.clock(DUE)
        return message_id, self.dispatch()

    def seed_senders(self) -> None:
        """Set up the senders anew, as ops do when what was wrong with them is mended."""
        with self.parts.transaction() as session:
            senders.follow(session, VAULT, self.id, SANDBOX)

    def lease_runs_out(self) -> None:
        """Let the lease of whatever is under way run out, and sweep."""
        out_at = func.clock_timestamp() - timedelta(seconds=1)
        self.set(Message, Message.lease_until.is_not(None), lease_until=out_at)
        self.sweep()

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

    def visit_of(self, message_id: UUID) -> UUID:
        """Return the visit that a message is about."""
        visit_id = self.get(message_id).appointment_id
        assert visit_id is not None
        return visit_id

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
    return WorkingClinic(parts=parts, id=clinic_id, engine=engine, channel=channel)


def seed_database(url: str) -> None:
    """Seed a migrated database from config/, and start its clock."""
    engine = connect(url)
    parts = Parts(transaction=transactions(engine), vault=VAULT, public_url="", token_key=b"")
    with parts.transaction() as session:
        start_stepped(session, at(MONDAY))
    seed(parts, CONFIG, list(SANDBOX))
    engine.dispose()
