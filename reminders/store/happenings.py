"""What happened to messages since a moment: the demo's running lines and its closing table."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reminders.domain.states import State
from reminders.store.tables.clinic import Location, StaffContact
from reminders.store.tables.messages import Attempt, Message, Reply, WorkItem
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A message that came to a state, and what was said in its last attempt."""

    message_id: UUID
    patient_source_id: str
    patient_name: str
    appointment_source_id: str | None
    rule: str
    occurrence: int
    step: int
    channel: str
    category: str
    state: State
    reason: str | None
    at: datetime
    """Clinic time of the state."""
    due_at: datetime
    zone: str
    text: str | None
    segments: int | None


def since(session: Session, vault: Vault, at: datetime, states: Collection[State]) -> list[Happening]:
    """Return the messages that came to one of *states* at or after *at*, in that order."""
    last = select(Attempt.message_id, func.max(Attempt.number).label("number")).group_by(Attempt.message_id).subquery()
    rows = session.execute(
        select(Message, Person, Appointment, Attempt)
        .join(Person, Person.id == Message.patient_id)
        .outerjoin(Appointment, Appointment.id == Message.appointment_id)
        .outerjoin(last, last.c.message_id == Message.id)
        .outerjoin(Attempt, (Attempt.message_id == Message.id) & (Attempt.number == last.c.number))
        .where(Message.moved_at >= at, Message.state.in_(states))
        .order_by(Message.moved_at, Message.id)
    )
    return [_happening(vault, *row) for row in rows]


def _happening(
    vault: Vault, message: Message, person: Person, visit: Appointment | None, attempt: Attempt | None
) -> Happening:
    return Happening(
        message_id=message.id,
        patient_source_id=person.source_id or "",
        patient_name=vault.open(Person.first_name, person.id, person.first_name),
        appointment_source_id=visit.source_id if visit else None,
        rule=message.rule,
        occurrence=message.occurrence,
        step=message.step,
        channel=message.channel,
        category=message.category,
        state=State(message.state),
        reason=message.reason or message.stamp.get("cause"),
        at=message.moved_at,
        due_at=message.due_at,
        zone=person.time_zone or message.stamp["zone"],
        text=vault.open(Attempt.body, attempt.id, attempt.body) if attempt else None,
        segments=attempt.segments if attempt else None,
    )


@dataclass(frozen=True, slots=True)
class Alerted:
    """A member of staff who was told of something that a person must do."""

    message_id: UUID
    who: str
    channel: str
    at: datetime


def alerted(session: Session, vault: Vault, since_at: datetime) -> list[Alerted]:
    """Return who of the staff was told since then, in that order."""
    rows = session.execute(
        select(Message, StaffContact)
        .join(StaffContact, StaffContact.id == Message.recipient_staff_id)
        .where(Message.launched_on_clock >= since_at)
        .order_by(Message.launched_on_clock, Message.id)
    )
    return [
        Alerted(message.id, vault.open(StaffContact.name, staff.id, staff.name), message.channel, message.moved_at)
        for message, staff in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A text that somebody wrote to us, and what came of it."""

    id: UUID
    at: datetime
    who: str
    """A first name, or what stands for one."""
    text: str = field(repr=False)
    intent: str | None
    effect: str | None
    work: str | None
    """The kinds of the work items that it opened."""
    zone: str


def written(session: Session, vault: Vault) -> list[Written]:
    """Return all that was written to us, oldest first."""
    opened = select(func.string_agg(WorkItem.kind, ", ")).where(WorkItem.reply_id == Reply.id).scalar_subquery()
    zone = select(func.min(Location.time_zone)).where(Location.clinic_id == Reply.clinic_id).scalar_subquery()
    rows = session.execute(
        select(Reply, Person, opened, zone)
        .outerjoin(Person, Person.id == Reply.person_id)
        .order_by(Reply.received_at, Reply.id)
    )
    return [_written(vault, *row) for row in rows]


def _written(vault: Vault, reply: Reply, person: Person | None, work: str | None, zone: str) -> Written:
    name = vault.open(Person.first_name, person.id, person.first_name) if person else ""
    return Written(
        id=reply.id,
        at=reply.received_at,
        who=name or (person.kind if person else "somebody"),
        text=vault.open(Reply.body, reply.id, reply.body),
        intent=reply.intent,
        effect=reply.effect,
        work=work,
        zone=zone,
    )
