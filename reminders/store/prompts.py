"""Prompts as rows: opened when a text that asks is handed over, read when somebody answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reminders.domain.replies.prompts import Prompt
from reminders.domain.states import State
from reminders.domain.words import Context, VisitStatus
from reminders.store.base import new_id
from reminders.store.bulk import among, insert_all
from reminders.store.tables.messages import Message, ReplyContext
from reminders.store.tables.visits import Appointment

STALE = timedelta(days=14)
"""How long after its end a prompt is still known, so that a late answer is told that it is late."""

_NEVER_CAME = (
    State.SCHEDULED,
    State.QUEUED,
    State.SUPPRESSED,
    State.EXPIRED,
    State.CANCELLED,
    State.UNDELIVERED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPrompt:
    """What a text that is being handed over asks about one visit or course."""

    clinic_id: UUID
    message_id: UUID
    address_id: UUID
    person_id: UUID
    patient_id: UUID
    kind: Context
    visit_id: UUID | None
    course_id: UUID | None
    starts_at: datetime | None
    expires_at: datetime


def open_all(session: Session, new: Sequence[NewPrompt], *, now: datetime) -> None:
    """Open *new*: from now on they can be answered."""
    rows = [
        {
            "id": new_id(),
            "clinic_id": one.clinic_id,
            "message_id": one.message_id,
            "address_id": one.address_id,
            "person_id": one.person_id,
            "patient_id": one.patient_id,
            "kind": one.kind,
            "appointment_id": one.visit_id,
            "course_id": one.course_id,
            "starts_at": one.starts_at,
            "opened_at": now,
            "expires_at": one.expires_at,
        }
        for one in new
    ]
    insert_all(session, ReplyContext, rows)


def at_address(session: Session, address_id: UUID, *, now: datetime) -> list[Prompt]:
    """Return the prompts at an address: live ones, answered or not, and those that ended a while ago."""
    rows = session.execute(
        select(ReplyContext, Appointment.starts_at, Appointment.status)
        .join(Message, Message.id == ReplyContext.message_id)
        .outerjoin(Appointment, Appointment.id == ReplyContext.appointment_id)
        .where(
            ReplyContext.address_id == address_id,
            ReplyContext.expires_at > now - STALE,
            Message.state.not_in(_NEVER_CAME),
        )
    )
    return [_prompt(row, starts_at, status) for row, starts_at, status in rows]


def newest_text(session: Session, address_id: UUID, patient_ids: Collection[UUID]) -> UUID | None:
    """Return the message that was last handed over to an address about *patient_ids*, answers to replies aside."""
    query = (
        select(Message.id)
        .where(
            among(Message.patient_id, patient_ids),
            Message.address_id == address_id,
            Message.launched_on_clock.is_not(None),
            Message.state.not_in(_NEVER_CAME),
            Message.reply_id.is_(None),
        )
        .order_by(Message.launched_on_clock.desc(), Message.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def by_ids(session: Session, ids: Collection[UUID]) -> list[Prompt]:
    """Return the prompts *ids*, in that order."""
    rows = session.execute(
        select(ReplyContext, Appointment.starts_at, Appointment.status)
        .outerjoin(Appointment, Appointment.id == ReplyContext.appointment_id)
        .where(among(ReplyContext.id, ids))
    )
    found = {row.id: _prompt(row, starts_at, status) for row, starts_at, status in rows}
    return [found[one] for one in ids if one in found]


def note_answered(session: Session, ids: Collection[UUID], *, now: datetime) -> None:
    """Note that *ids* were answered: what is said later is about others first."""
    if ids:
        session.execute(
            update(ReplyContext)
            .where(among(ReplyContext.id, ids))
            .values(answered_at=now)
            .execution_options(synchronize_session=False)
        )


def _prompt(row: ReplyContext, starts_at: datetime | None, status: str | None) -> Prompt:
    return Prompt(
        id=row.id,
        message_id=row.message_id,
        kind=Context(row.kind),
        person_id=row.person_id,
        patient_id=row.patient_id,
        visit_id=row.appointment_id,
        course_id=row.course_id,
        told_start=row.starts_at,
        starts_at=starts_at,
        status=VisitStatus(status) if status else None,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        is_answered=row.answered_at is not None,
    )
