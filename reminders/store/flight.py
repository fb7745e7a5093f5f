"""Whether anything is in flight, and when something is due next: what the stepped clock must know."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, union_all
from sqlalchemy.orm import Session

from reminders.domain.retrying import next_day
from reminders.domain.states import State
from reminders.store import deadlines, escalations
from reminders.store.dispatching import is_held_by, open_pauses
from reminders.store.now import Now
from reminders.store.paces import waits_for_tomorrow
from reminders.store.receipts import is_unsettled
from reminders.store.sweeps import is_waiting
from reminders.store.tables.clinic import Sender
from reminders.store.tables.machinery import DailyWork, KeptCallback
from reminders.store.tables.messages import Message, Receipt, WorkItem
from reminders.store.tables.visits import PlanningDebt


def in_flight(session: Session, now: Now) -> list[str]:
    """Return what still moves, in words for an operator; an empty list means that time may move on.

    A message that is due but held by a pause or by its sender waits for a person, and one
    whose sender's day is used up for the next: neither waits for a worker, so neither holds
    anything up. A sender that is shut for a while comes back by itself, in machine time.
    """
    questions: dict[str, ColumnElement[bool]] = {
        "planning owed": exists().select_from(PlanningDebt),
        "messages being sent": exists(Message.id).where(
            Message.state.in_([State.QUEUED, State.SENDING, State.UNKNOWN])
        ),
        "messages due": _due(session, now),
        "messages past their use": exists(Message.id).where(is_waiting(), Message.useful_until <= now.clinic_at),
        "staff to be told": exists(WorkItem.id).where(escalations.is_due(now)),
        "daily work due": exists(DailyWork.id).where(DailyWork.next_at <= now.clinic_at),
        "receipts to post": exists(KeptCallback.id).where(KeptCallback.posted_at.is_(None)),
        "receipts to settle": exists(Receipt.id).where(is_unsettled()),
    }
    first = ["drivers' deadlines to notice"] if deadlines.are_due(session, now) else []
    # One statement, so one snapshot: asked one after the other, a row that moves meanwhile is in none of them.
    answers = session.execute(select(*questions.values())).one()
    return first + [word for word, answer in zip(questions, answers, strict=True) if answer]


def _due(session: Session, now: Now) -> ColumnElement[bool]:
    """Return whether a message is due, be it with a back-off ahead."""
    return exists(Message.id).where(*_is_due(session, now), ~waits_for_tomorrow(now))


def _is_due(session: Session, now: Now) -> tuple[ColumnElement[bool], ...]:
    open_sender = exists().where(Sender.id == Message.sender_id, Sender.is_active, Sender.held_at.is_(None))
    free = [~is_held_by(pause) for pause in open_pauses(session)]
    return Message.state == State.SCHEDULED, Message.due_at <= now.clinic_at, open_sender, *free


def next_moment(session: Session, after: datetime) -> datetime | None:
    """Return the first instant later than *after* at which something is due, ends its use or reaches its deadline."""
    moments = union_all(
        select(func.min(Message.due_at).label("at")).where(Message.state == State.SCHEDULED, Message.due_at > after),
        select(func.min(Message.useful_until)).where(is_waiting(), Message.useful_until > after),
        select(func.min(WorkItem.due_at)).where(WorkItem.state != "done", WorkItem.due_at > after),
        select(func.min(WorkItem.escalate_at)).where(escalations.is_escalating(), WorkItem.escalate_at > after),
        select(func.min(DailyWork.next_at)).where(DailyWork.next_at > after),
    ).subquery()
    found: datetime | None = session.scalar(select(func.min(moments.c.at)))
    ends = [at for at in (found, deadlines.next_at(session, after)) if at is not None]
    found = min(ends, default=None)
    tomorrow_at = next_day(after)
    if (found is None or found > tomorrow_at) and _is_used_up(session, after):
        return tomorrow_at
    return found


def _is_used_up(session: Session, at: datetime) -> bool:
    """Whether a message that is due waits for the next day of its sender."""
    now = Now(clinic_at=at, machine_at=at)
    return bool(session.scalar(select(exists(Message.id).where(*_is_due(session, now), waits_for_tomorrow(now)))))
