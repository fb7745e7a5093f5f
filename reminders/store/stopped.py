"""Messages about which a person is asked though nothing is known of what they were planned for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from reminders.domain.states import State
from reminders.store.bulk import among
from reminders.store.tables.messages import Message
from reminders.store.tables.visits import Appointment


@dataclass(frozen=True, slots=True)
class Stopped:
    """One of them, as its row says."""

    id: UUID
    clinic_id: UUID
    patient_id: UUID | None
    """None: no plan made it."""
    reader_id: UUID | None
    """None: it is for staff."""
    visit_id: UUID | None
    location_id: UUID | None
    useful_until: datetime
    was_launched: bool
    reason: str | None


def one(session: Session, message_id: UUID) -> list[Stopped]:
    """Return one message, in whatever state it is."""
    return _read(session, Message.id == message_id)


def parked(session: Session, patient_ids: Collection[UUID]) -> list[Stopped]:
    """Return the parked messages of *patient_ids*."""
    return _read(session, and_(among(Message.patient_id, patient_ids), Message.state == State.PARKED))


def _read(session: Session, which: ColumnElement[bool]) -> list[Stopped]:
    rows = session.execute(
        select(
            Message.id,
            Message.clinic_id,
            Message.patient_id,
            Message.recipient_person_id,
            Message.appointment_id,
            Appointment.location_id,
            Message.useful_until,
            Message.launched_on_clock.is_not(None),
            Message.reason,
        )
        .outerjoin(Appointment, Appointment.id == Message.appointment_id)
        .where(which)
        .order_by(Message.id)
    )
    return [Stopped(*row) for row in rows]
