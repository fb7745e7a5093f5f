"""What is due, held back by nobody, and does not go: the first such message of each sender."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import Session, aliased

from reminders.domain.states import State
from reminders.domain.words import Lane
from reminders.store.dispatching import is_held_by, open_pauses
from reminders.store.now import Now
from reminders.store.paces import waits_for_tomorrow
from reminders.store.tables.clinic import Sender
from reminders.store.tables.messages import Message


@dataclass(frozen=True, slots=True)
class Late:
    """The message that a sender should have handed over first."""

    sender_id: UUID
    clinic_id: UUID
    channel: str
    message_id: UUID
    due_at: datetime


def first_late(session: Session, now: Now, *, since_at: datetime) -> list[Late]:
    """Return for each open sender the message due before *since_at* that goes next, if there is one."""
    senders = session.scalars(select(Sender).where(Sender.is_active, Sender.held_at.is_(None))).all()
    free = _is_free(session, now)
    questions = [one for sender in senders for one in _questions(sender.id, since_at, free)]
    if not questions:
        return []
    # Lane before due, as dispatch takes them; the last row that is written for a sender is its first.
    rows = sorted(session.execute(union_all(*questions)), key=lambda row: row[1:], reverse=True)
    first = {sender_id: (message_id, due_at) for sender_id, _, due_at, message_id in rows}
    return [
        Late(sender.id, sender.clinic_id, sender.channel, *first[sender.id]) for sender in senders if sender.id in first
    ]


def count(session: Session, now: Now, sender_id: UUID, *, since_at: datetime) -> int:
    """Return how many messages of a sender are that late."""
    free = _is_free(session, now)
    waiting = Message.state.in_([State.SCHEDULED, State.QUEUED])
    query = select(func.count()).select_from(Message).where(waiting, *_is_late(sender_id, since_at), *free)
    return session.scalar(query) or 0


def _questions(
    sender_id: UUID, since_at: datetime, free: Sequence[ColumnElement[bool]]
) -> Iterator[Select[UUID | None, int, datetime, UUID]]:
    """Ask for the first of each lane, and of what waits in the broker: a scan of all would read what is not due."""
    late = _is_late(sender_id, since_at)
    places = [(Message.state == State.SCHEDULED, Message.lane == lane) for lane in Lane]
    for place in (*places, (Message.state == State.QUEUED,)):
        yield (
            select(Message.sender_id, Message.lane, Message.due_at, Message.id)
            .where(*place, *late, *free)
            .order_by(Message.lane, Message.due_at, Message.id)
            .limit(1)
        )


def _is_late(sender_id: UUID, since_at: datetime) -> tuple[ColumnElement[bool], ...]:
    return Message.sender_id == sender_id, Message.due_at <= since_at


def _is_free(session: Session, now: Now) -> list[ColumnElement[bool]]:
    """Return the conditions that nobody holds a message back: no pause, no spent day, no open question."""
    other = aliased(Message)
    asked_about = select(other.id).where(other.address_id == Message.address_id, other.state == State.UNKNOWN)
    return [
        Message.useful_until > now.clinic_at,
        ~waits_for_tomorrow(now),
        ~asked_about.exists(),
        *(~is_held_by(pause) for pause in open_pauses(session)),
    ]
