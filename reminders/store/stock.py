"""What waits, and what the senders do: the figures that ops look at. None of them reads history."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from reminders.domain.states import State
from reminders.domain.words import Lane
from reminders.store.now import Now
from reminders.store.tables.clinic import Clinic, Pace, Sender
from reminders.store.tables.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Messages of one lane that stand in one state and should not stand there long."""

    lane: str
    state: str
    """`scheduled`: due and not taken yet."""
    count: int
    oldest_due_at: datetime


def waiting(session: Session, now: Now) -> list[Waiting]:
    """Return what is due or under way, by lane and state, in the order of lanes."""
    due = and_(Message.state == State.SCHEDULED, Message.due_at <= now.clinic_at)
    under_way = Message.state.in_([State.QUEUED, State.SENDING, State.UNKNOWN])
    rows = session.execute(
        select(Message.lane, Message.state, func.count(), func.min(Message.due_at))
        .where(or_(due, under_way, Message.state == State.PARKED))
        .group_by(Message.lane, Message.state)
        .order_by(Message.lane, Message.state)
    )
    return [
        Waiting(lane=Lane(lane).word, state=state, count=count, oldest_due_at=oldest)
        for lane, state, count, oldest in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderStand:
    """One sender: whether it sends, and what its day has taken."""

    clinic: str
    channel: str
    provider: str
    held_because: str | None
    shut_until: datetime | None
    """Machine time; None: it is not shut."""
    shut_because: str | None
    used_up_on: date | None
    per_second: float
    segments: int
    segments_per_day: int | None


def senders(session: Session, now: Now) -> list[SenderStand]:
    """Return how every sender in use stands."""
    rows = session.execute(
        select(Sender, Pace, Clinic.slug)
        .join(Clinic, Clinic.id == Sender.clinic_id)
        .outerjoin(Pace, Pace.sender_id == Sender.id)
        .where(Sender.is_active)
        .order_by(Clinic.slug, Sender.channel)
    )
    return [_stand(sender, pace, slug, now) for sender, pace, slug in rows]


def _stand(sender: Sender, pace: Pace | None, clinic: str, now: Now) -> SenderStand:
    is_shut = pace is not None and pace.shut_until is not None and pace.shut_until > now.machine_at
    return SenderStand(
        clinic=clinic,
        channel=sender.channel,
        provider=sender.provider,
        held_because=sender.held_because if sender.held_at else None,
        shut_until=pace.shut_until if pace and is_shut else None,
        shut_because=pace.shut_because if pace and is_shut else None,
        used_up_on=pace.used_up_on if pace else None,
        per_second=float(sender.per_second),
        segments=pace.segments if pace else 0,
        segments_per_day=sender.segments_per_day,
    )


def doubles(session: Session, *, since: datetime, until: datetime) -> int:
    """Return how many messages due in a time went on a second channel without proof that the first had failed.

    A first one that is parked, and may have gone, counts as gone.
    """
    first = aliased(Message)
    went = (State.SENT, State.DELIVERED, State.UNKNOWN)
    may_have_gone = and_(first.state == State.PARKED, first.launched_at.is_not(None))
    also_went = exists(first.id).where(
        first.subject_id == Message.subject_id,
        first.rule == Message.rule,
        first.occurrence == Message.occurrence,
        first.recipient_id == Message.recipient_id,
        first.step < Message.step,
        first.channel != Message.channel,
        or_(first.state.in_(went), may_have_gone),
    )
    query = select(func.count()).select_from(Message)
    clinics = select(Clinic.id)
    found = session.scalar(
        query.where(
            Message.clinic_id.in_(clinics),
            Message.due_at.between(since, until),
            Message.step > 1,
            Message.state.in_(went),
            also_went,
        )
    )
    return found or 0
