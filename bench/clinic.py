"""A clinic to measure with: seeded from config/, where it is always a little after five in the afternoon.

Its locations lie in the zone in which it is between 17:00 and 18:00 when it is made, and are
open every day: texts for tomorrow are due, no quiet hours are near, the clock is the system's.
Patients are booked as an intake would leave them, and planned by the product.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bench.measure import check_equal
from bench.stage import ROOT, Stage
from reminders.domain.states import State
from reminders.pipeline.parts import Parts
from reminders.pipeline.planning import plan_owed
from reminders.pipeline.seeding import seed
from reminders.store import debts, outbox
from reminders.store.base import new_id
from reminders.store.bulk import insert_all
from reminders.store.engine import connect
from reminders.store.migrate import upgrade
from reminders.store.now import read
from reminders.store.senders import SenderSetup
from reminders.store.tables.clinic import Clinic, CourseKind, Location, Pause, Sender, Service
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Address, ContactPoint, Course, Person
from reminders.store.tables.visits import Appointment

PACE = Decimal(100_000)
"""Messages a second of a sender whose pace must not be what is measured."""

SANDBOX = (SenderSetup(channel="sms", provider="sandbox"), SenderSetup(channel="email", provider="sandbox"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """A patient with one visit, of which exactly one message is due today."""

    rule: str
    lane: str
    service: str
    days: int
    """Between today and the visit."""
    at: time
    columns: dict[str, Any]
    course: str | None = None
    reach: tuple[str, ...] = ("sms", "email")
    """On which channels the patient agreed to be written to."""


REMINDER = Kind(
    rule="reminder", lane="routine", service="consultation", days=1, at=time(14), columns={"status": "booked"}
)
PREP = Kind(rule="prep", lane="prep", service="iv-ketamine", days=1, at=time(14), columns={"status": "booked"})
SAFETY = Kind(
    rule="going-home", lane="safety", service="iv-ketamine", days=0, at=time(13, 30), columns={"status": "arrived"}
)
NUDGE = Kind(
    rule="nudge",
    lane="nudge",
    service="iv-ketamine",
    days=-14,
    at=time(14),
    columns={"status": "fulfilled", "visit_number": 8},
    course="iv-ketamine-course",
)


def open_clinic(stage: Stage, name: str, setups: Sequence[SenderSetup] = SANDBOX) -> Parts:
    """Make the database *name* with this version's schema and the starter clinic; return parts that work on it."""
    url = stage.create(name)
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
    parts = stage.parts(url)
    seed(parts, _folder(stage), list(setups))
    with parts.transaction() as session:
        session.execute(update(Sender).values(per_second=PACE))
    return parts


def zone_of_five(now: datetime) -> str:
    """Return the zone in which it is between five and six in the afternoon."""
    ahead = (17 - now.astimezone(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"  # these zones count the other way round


def _folder(stage: Stage) -> Path:
    """Return a copy of config/ whose locations lie where it is afternoon."""
    folder = stage.supervisor.folder.path / "config"
    for source in (ROOT / "config").rglob("*.*"):
        target = folder / source.relative_to(ROOT / "config")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    clinic = folder / "clinic.yaml"
    zone = zone_of_five(datetime.now(UTC))  # noqa: TID251  the machine's clock decides what is due
    text = re.sub(r"(?m)^( +zone: ).*$", rf"\g<1>{zone}", clinic.read_text("utf-8"))
    text = re.sub(r"(?m)^( +)hours:\n(\1  .*\n)+", r"\1hours:\n\1  monday-sunday: 07:00-22:00\n", text)
    clinic.write_text(re.sub(r"(?m)^ +closed: .*\n", "", text), "utf-8")
    return folder


def book(parts: Parts, kind: Kind, count: int, *, first: int = 0) -> None:
    """Give the clinic *count* patients of *kind*, numbered from *first*, and owe each a plan."""
    with parts.transaction() as session:
        desk = _Desk(parts, session, kind)
        guests = [desk.take(number) for number in range(first, first + count)]
        desk.write()
        debts.owe(session, [(desk.clinic_id, guest.person_id) for guest in guests])


def book_planned(parts: Parts, kind: Kind, count: int, *, first: int = 0) -> None:
    """Give the clinic *count* patients of *kind* as `book` and `plan` would, in less time.

    The first is planned; the messages of the others are copies of theirs, which the claim
    judges like any other: one that differs from its plan would not be sent.
    """
    book(parts, kind, 1, first=first)
    plan(parts)
    with parts.transaction() as session:
        of_kind = select(Message.__table__).where(Message.rule == kind.rule, Message.state == State.SCHEDULED)
        patterns = session.execute(of_kind.order_by(Message.id.desc()).limit(1)).mappings().all()
        check_equal(len(patterns), 1, f"messages of the rule {kind.rule} that one patient waits for")
        desk = _Desk(parts, session, kind)
        guests = [desk.take(number) for number in range(first + 1, first + count)]
        desk.write()
        outbox.add(session, [_copied(dict(patterns[0]), guest) for guest in guests])


def _copied(pattern: Mapping[str, Any], guest: "_Guest") -> dict[str, Any]:
    """Return the row of *pattern* as the planner would write it for *guest*."""
    subject = "course_id" if pattern["course_id"] else "appointment_id"
    subject_id = guest.course_id if pattern["course_id"] else guest.appointment_id
    named = {
        "id": new_id(),
        "subject_id": subject_id,
        subject: subject_id,
        "patient_id": guest.person_id,
        "recipient_id": guest.person_id,
        "recipient_person_id": guest.person_id,
        "address_id": guest.address_ids[pattern["channel"]],
        "stamp": {**pattern["stamp"], "address_id": str(guest.address_ids[pattern["channel"]])},
    }
    return {**pattern, **named}


@dataclass(frozen=True, slots=True)
class _Guest:
    """The ids of one patient."""

    person_id: UUID
    appointment_id: UUID
    course_id: UUID | None
    address_ids: Mapping[str, UUID]


class _Desk:
    """Gathers the rows of patients and writes them together."""

    def __init__(self, parts: Parts, session: Session, kind: Kind) -> None:
        self.clinic_id = session.scalars(select(Clinic.id)).one()
        self._vault = parts.vault
        self._session = session
        self._kind = kind
        self._place = session.scalars(select(Location).order_by(Location.slug).limit(1)).one()
        self._service_id = session.scalars(select(Service.id).where(Service.slug == kind.service)).one()
        self._course_kind_id = session.scalar(select(CourseKind.id).where(CourseKind.slug == (kind.course or "")))
        self._now = read(session).clinic_at
        self._rows: dict[type[Any], list[dict[str, Any]]] = {
            table: [] for table in (Person, Address, ContactPoint, Course, Appointment)
        }

    def take(self, number: int) -> _Guest:
        """Note one patient, their phone and mailbox, and their visit."""
        person_id = new_id()
        self._add(
            Person,
            id=person_id,
            kind="patient",
            source_id=f"{self._kind.rule}-{number}",
            first_name=self._vault.seal(Person.first_name, person_id, "Ana"),
            last_name=self._vault.seal(Person.last_name, person_id, "Lee"),
            language="en",
        )
        values = {
            "sms": f"+1{_RULES.index(self._kind.rule) + 2}{number:09}",
            "email": f"{self._kind.rule}.{number}@example.com",
        }
        addresses = {channel: self._reach(person_id, channel, value) for channel, value in values.items()}
        course_id = self._course(person_id)
        return _Guest(person_id, self._visit(person_id, course_id, number), course_id, addresses)

    def write(self) -> None:
        """Write everything that was noted."""
        for table, rows in self._rows.items():
            insert_all(self._session, table, rows)

    def _reach(self, person_id: UUID, channel: str, value: str) -> UUID:
        address_id = new_id()
        sealed, lookup = self._vault.seal(Address.value, address_id, value), self._vault.lookup(channel, value)
        self._add(Address, id=address_id, channel=channel, lookup=lookup, value=sealed)
        agreed = dict.fromkeys(("consented", "nudge_consented"), channel in self._kind.reach)
        self._add(ContactPoint, id=new_id(), person_id=person_id, channel=channel, address_id=address_id, **agreed)
        return address_id

    def _visit(self, person_id: UUID, course_id: UUID | None, number: int) -> UUID:
        kind, zone, appointment_id = self._kind, ZoneInfo(self._place.time_zone), new_id()
        local = datetime.combine(self._now.astimezone(zone).date() + timedelta(days=kind.days), kind.at)
        starts_at = local.replace(tzinfo=zone).astimezone(UTC)
        happened = {"arrived": {"arrived_at": starts_at}, "fulfilled": {"fulfilled_at": starts_at}}
        self._add(
            Appointment,
            id=appointment_id,
            person_id=person_id,
            course_id=course_id,
            source_id=f"{kind.rule}-{number}",
            service_id=self._service_id,
            location_id=self._place.id,
            starts_at=starts_at,
            starts_local=local,
            time_zone=self._place.time_zone,
            given_as_instant=False,
            duration=timedelta(minutes=50),
            first_seen_at=self._now - timedelta(days=30),
            seen_after_first_import=False,
            source_row=b"",
            source_digest=b"",
            **kind.columns,
            **happened.get(kind.columns["status"], {}),
        )
        return appointment_id

    def _course(self, person_id: UUID) -> UUID | None:
        if self._course_kind_id is None:
            return None
        course_id = new_id()
        opened_at = self._now - timedelta(days=200)
        self._add(Course, id=course_id, person_id=person_id, kind_id=self._course_kind_id, opened_at=opened_at)
        return course_id

    def _add(self, table: type[Any], **columns: Any) -> None:
        self._rows[table].append({"clinic_id": self.clinic_id, **columns})


_RULES = ("reminder", "prep", "going-home", "nudge")


def plan(parts: Parts) -> None:
    """Plan everybody who is owed it."""
    while plan_owed(parts):
        pass


def pause(parts: Parts, lane: str) -> None:
    """Hold the messages of a lane until the pause is ended."""
    with parts.transaction() as session:
        clinic_id, now_at = session.scalars(select(Clinic.id)).one(), read(session).clinic_at
        why = {"reason": "measuring", "started_by": "bench", "started_at": now_at}
        session.add(Pause(clinic_id=clinic_id, scope="lane", value=lane, **why))


def check_waiting(parts: Parts, kind: Kind, count: int) -> None:
    """Raise unless exactly *count* messages of *kind* wait, and each of them is due."""
    with parts.transaction() as session:
        now_at = read(session).clinic_at
        waiting = session.scalar(
            select(func.count())
            .select_from(Message)
            .where(Message.rule == kind.rule, Message.state == State.SCHEDULED, Message.due_at <= now_at)
        )
    check_equal(waiting, count, f"messages of the rule {kind.rule} that are due")


def close(parts: Parts) -> None:
    """Give back the connections of *parts*, so that its database can be copied."""
    with parts.transaction() as session:
        engine = session.get_bind()
    engine.engine.dispose()
