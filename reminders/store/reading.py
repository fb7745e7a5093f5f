"""Reads messages for people: which patients a timeline is about, and what became of each message."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from reminders.domain.errors import BrokenSealError
from reminders.domain.facts import Standing
from reminders.domain.words import Audience, RecipientKind
from reminders.store.facts import STANDING, standing_of
from reminders.store.tables.messages import Attempt, Message, Receipt
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message as a person asks about it."""

    message: Standing
    patient_id: UUID
    patient_source_id: str
    appointment_source_id: str | None
    category: str
    audience: Audience
    planned_at: datetime
    moved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One attempt as a person asks about it."""

    number: int
    made_at: datetime
    was_launched: bool
    language: str
    is_fallback_language: bool
    segments: int | None
    outcome: str | None
    code: str | None
    text: str | None
    """None: it cannot be opened."""
    receipts: Sequence[tuple[str, str | None]]
    """(status, code) in the order in which they came."""


def patients_named(session: Session, name: str) -> Sequence[UUID]:
    """Return the patients with the source's id, or our id, *name*."""
    return session.scalars(
        select(Person.id).where(Person.kind == "patient", or_(Person.source_id == name, _is(Person.id, name)))
    ).all()


def appointments_named(session: Session, name: str) -> Sequence[tuple[UUID, UUID]]:
    """Return (appointment, patient) of the source's id, or our id, *name*."""
    rows = session.execute(
        select(Appointment.id, Appointment.person_id).where(
            or_(Appointment.source_id == name, _is(Appointment.id, name))
        )
    )
    return [(appointment_id, person_id) for appointment_id, person_id in rows]


def _is(column: InstrumentedAttribute[UUID], name: str) -> ColumnElement[bool]:
    try:
        return column == UUID(name)
    except ValueError:
        return false()


def of_patients(session: Session, patient_ids: Collection[UUID], *, limit: int) -> list[Seen]:
    """Return the messages of *patient_ids*, soonest first."""
    return _seen(session, Message.patient_id.in_(patient_ids), limit=limit)


def of_appointment(session: Session, appointment_id: UUID, *, limit: int) -> list[Seen]:
    """Return the messages about a visit, soonest first."""
    return _seen(session, Message.appointment_id == appointment_id, limit=limit)


def due_between(session: Session, begin: datetime, end: datetime, *, limit: int) -> list[Seen]:
    """Return the messages due from *begin* to *end*, soonest first."""
    return _seen(session, and_(Message.due_at >= begin, Message.due_at <= end), limit=limit)


def one(session: Session, message_id: UUID) -> Seen | None:
    """Return one message."""
    found = _seen(session, Message.id == message_id, limit=1)
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that no plan made, as a person asks about it."""

    message: Standing
    clinic_id: UUID


def notice(session: Session, message_id: UUID) -> Notice | None:
    """Return one message that no plan made."""
    row = session.execute(
        select(*STANDING, Message.clinic_id).where(Message.id == message_id, Message.patient_id.is_(None))
    ).one_or_none()
    return Notice(standing_of(row), row.clinic_id) if row else None


def _seen(session: Session, condition: ColumnElement[bool], *, limit: int) -> list[Seen]:
    rows = session.execute(
        select(
            *STANDING,
            Message.category,
            Message.planned_at,
            Message.moved_at,
            Person.source_id.label("patient_source_id"),
            Appointment.source_id.label("appointment_source_id"),
        )
        .join(Person, Person.id == Message.patient_id)
        .outerjoin(Appointment, Appointment.id == Message.appointment_id)
        .where(condition)
        .order_by(Message.due_at, Message.id)
        .limit(limit)
    )
    return [
        Seen(
            message=standing_of(row),
            patient_id=row.patient_id,
            patient_source_id=row.patient_source_id,
            appointment_source_id=row.appointment_source_id,
            category=row.category,
            audience=_audience(row.recipient_kind, row.recipient_id, row.patient_id),
            planned_at=row.planned_at,
            moved_at=row.moved_at,
        )
        for row in rows
    ]


def _audience(kind: str, recipient_id: UUID, patient_id: UUID) -> Audience:
    if kind == RecipientKind.STAFF:
        return Audience.STAFF
    return Audience.PATIENT if recipient_id == patient_id else Audience.DRIVER


def tries(session: Session, vault: Vault, message_ids: Collection[UUID]) -> dict[UUID, list[Try]]:
    """Return the attempts of each of *message_ids*, with what was said and what was reported."""
    attempts = session.scalars(
        select(Attempt).where(Attempt.message_id.in_(message_ids)).order_by(Attempt.number)
    ).all()
    reported = _receipts(session, [attempt.id for attempt in attempts])
    found: dict[UUID, list[Try]] = {}
    for attempt in attempts:
        found.setdefault(attempt.message_id, []).append(
            Try(
                number=attempt.number,
                made_at=attempt.made_at,
                was_launched=attempt.launched_at is not None,
                language=attempt.language,
                is_fallback_language=attempt.is_fallback_language,
                segments=attempt.segments,
                outcome=attempt.outcome,
                code=attempt.code,
                text=_opened(vault, attempt),
                receipts=reported.get(attempt.id, ()),
            )
        )
    return found


def _opened(vault: Vault, attempt: Attempt) -> str | None:
    try:
        return vault.open(Attempt.body, attempt.id, attempt.body)
    except BrokenSealError:
        return None


def _receipts(session: Session, attempt_ids: Collection[UUID]) -> dict[UUID, list[tuple[str, str | None]]]:
    rows = session.execute(
        select(Receipt.attempt_id, Receipt.status, Receipt.code)
        .where(Receipt.attempt_id.in_(attempt_ids))
        .order_by(Receipt.id)
    )
    found: dict[UUID, list[tuple[str, str | None]]] = {}
    for attempt_id, status, code in rows:
        if attempt_id is not None:
            found.setdefault(attempt_id, []).append((status, code))
    return found
