"""Outages: the times in which no scheduler worked, and what became of the messages that were due then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from reminders.domain.downtime import Aftermath
from reminders.domain.states import State
from reminders.domain.words import Lane, WorkKind
from reminders.store.base import new_id
from reminders.store.tables.clinic import Clinic, Sender
from reminders.store.tables.machinery import Outage
from reminders.store.tables.messages import Message, WorkItem


@dataclass(frozen=True, slots=True)
class Past:
    """An outage that is over and not summed up yet."""

    id: UUID
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class _Counts:
    """A count for each clinic; asked by clinic, for the indexes begin with it."""

    clinic: InstrumentedAttribute[UUID]
    query: Select[UUID, int]


def note(session: Session, began_at: datetime, ended_at: datetime) -> None:
    """Write down that nobody worked between two moments of clinic time."""
    session.add(Outage(id=new_id(), began_at=began_at, ended_at=ended_at))


def past(session: Session) -> list[Past]:
    """Lock and return the outages to sum up, oldest first, leaving out what somebody else is summing up."""
    rows = session.execute(
        select(Outage.id, Outage.began_at, Outage.ended_at)
        .where(Outage.summed_up_at.is_(None))
        .order_by(Outage.ended_at)
        .with_for_update(skip_locked=True)
    )
    return [Past(*row) for row in rows]


def close(session: Session, outage_id: UUID, *, at: datetime) -> None:
    """Note that an outage has been summed up."""
    session.execute(update(Outage).where(Outage.id == outage_id).values(summed_up_at=at))


def is_anything_left(session: Session, outage: Past) -> bool:
    """Return whether a message that was due in the outage still waits or is just being handed over."""
    senders = session.scalars(select(Sender.id)).all()
    due = _was_due(outage)
    # By sender and lane, as dispatch asks: every other index holds what went as well, which may be a million.
    waits = [
        exists(Message.id).where(Message.state == State.SCHEDULED, Message.sender_id == one, Message.lane == lane, *due)
        for one in senders
        for lane in Lane
    ]
    moves = exists(Message.id).where(Message.state.in_([State.QUEUED, State.SENDING]), *due)
    return any(session.execute(select(moves, *waits)).one())


def aftermath(session: Session, outage: Past, now: datetime) -> dict[UUID, Aftermath]:
    """Return for each clinic what became of what was due in the outage."""
    clinic_ids = session.scalars(select(Clinic.id).order_by(Clinic.id)).all()
    queries = {
        "went_late": _messages(
            *_was_due(outage), Message.launched_on_clock >= outage.ended_at, Message.state.not_in(_WAITING)
        ),
        "expired": _messages(*_was_due(outage), Message.moved_at >= outage.ended_at, Message.state == State.EXPIRED),
        "put_off": _messages(*_was_put_off(outage, now)),
        "still_waiting": _messages(*_was_due(outage), Message.state.in_(_WAITING)),
        "call_list": _calls(outage),
    }
    found = {word: _by_clinic(session, query, clinic_ids) for word, query in queries.items()}
    return {
        clinic_id: Aftermath(
            began_at=outage.began_at,
            ended_at=outage.ended_at,
            **{word: counts.get(clinic_id, 0) for word, counts in found.items()},
        )
        for clinic_id in clinic_ids
    }


_WAITING = (State.SCHEDULED, State.QUEUED, State.SENDING)
_BEFORE = timedelta(days=1)
"""What was due before the outage and waited for a back-off is its victim too; what waits for weeks is not."""
_PUT_OFF = timedelta(days=2)


def _was_due(outage: Past) -> tuple[ColumnElement[bool], ...]:
    return Message.due_at > outage.began_at - _BEFORE, Message.due_at <= outage.ended_at


def _was_put_off(outage: Past, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a message was judged since the return and given a later time."""
    return (
        Message.due_at > now,
        Message.due_at <= now + _PUT_OFF,
        Message.planned_at < outage.ended_at,
        Message.moved_at >= outage.ended_at,
        Message.state == State.SCHEDULED,
    )


def _messages(*conditions: ColumnElement[bool]) -> _Counts:
    return _Counts(Message.clinic_id, select(Message.clinic_id, func.count()).where(*conditions))


def _calls(outage: Past) -> _Counts:
    """Count the patients whom somebody has to phone since the return."""
    return _Counts(
        WorkItem.clinic_id,
        select(WorkItem.clinic_id, func.count(func.distinct(WorkItem.person_id))).where(
            WorkItem.kind == WorkKind.PHONE_PATIENT, WorkItem.state != "done", WorkItem.opened_at >= outage.ended_at
        ),
    )


def _by_clinic(session: Session, counts: _Counts, clinic_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = session.execute(counts.query.where(counts.clinic.in_(clinic_ids)).group_by(counts.clinic))
    return dict(rows.all())
