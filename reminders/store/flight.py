"""Whether anything is in flight, and when something is due next: what the stepped clock must know."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from reminders.domain.states import UNSENT, State
from reminders.store.now import Now
from reminders.store.tables.clinic import Pause, Sender
from reminders.store.tables.machinery import KeptCallback
from reminders.store.tables.messages import Message, Receipt, WorkItem
from reminders.store.tables.visits import PlanningDebt


def in_flight(session: Session, now: Now) -> list[str]:
    """Return what still moves, in words for an operator; an empty list means that time may move on.

    A message that is due but held by a pause or by its sender waits for a person, not for
    a worker, so it holds nothing up.
    """
    questions: dict[str, Select[tuple[bool]]] = {
        "planning owed": select(exists().select_from(PlanningDebt)),
        "messages being sent": select(
            exists(Message.id).where(Message.state.in_([State.QUEUED, State.SENDING, State.UNKNOWN]))
        ),
        "messages due": select(_due(now)),
        "messages past their use": select(
            exists(Message.id).where(Message.state.in_(UNSENT), Message.useful_until <= now.clinic_at)
        ),
        "receipts to post": select(exists(KeptCallback.id).where(KeptCallback.posted_at.is_(None))),
        "receipts to settle": select(exists(Receipt.id).where(Receipt.settled_at.is_(None))),
    }
    return [word for word, question in questions.items() if session.scalar(question)]


def _due(now: Now) -> ColumnElement[bool]:
    open_sender = exists().where(Sender.id == Message.sender_id, Sender.is_active, Sender.held_at.is_(None))
    paused = exists().where(Pause.clinic_id == Message.clinic_id, Pause.ended_at.is_(None))
    waiting = or_(Message.due_at <= now.clinic_at, Message.not_before > now.machine_at)
    return exists(Message.id).where(
        Message.state == State.SCHEDULED, waiting, Message.due_at <= now.clinic_at, open_sender, ~paused
    )


def next_moment(session: Session, after: datetime) -> datetime | None:
    """Return the first instant later than *after* at which something is due, ends its use or reaches its deadline."""
    moments = union_all(
        select(func.min(Message.due_at).label("at")).where(Message.state == State.SCHEDULED, Message.due_at > after),
        select(func.min(Message.useful_until)).where(Message.state.in_(UNSENT), Message.useful_until > after),
        select(func.min(WorkItem.due_at)).where(WorkItem.state != "done", WorkItem.due_at > after),
    ).subquery()
    found: datetime | None = session.scalar(select(func.min(moments.c.at)))
    return found
