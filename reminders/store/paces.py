"""Paces: what a sender may take now, what its day has taken, whether it is shut. One row a sender, shared by all.

    tokens     a bucket of messages that fills in machine time: dispatch takes one for each that it releases
    segments   of the Pacific day: the claim books what was rendered, recording what the carrier really took,
               and whoever finds that an attempt never went gives back what it had booked

What is released and not claimed yet is reserved, not booked: a batch that the broker loses,
or that no worker is there for, costs nothing of the day.

A pace is the last lock of every transaction but dispatch's, which waits for nobody: whoever
waits for a pace is never waited for by its holder.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reminders.domain.retrying import PACIFIC
from reminders.domain.words import Lane
from reminders.store.base import new_id
from reminders.store.bulk import among
from reminders.store.dispatching import Due
from reminders.store.now import Now
from reminders.store.tables.clinic import Pace, Sender
from reminders.store.tables.messages import Attempt, Message

BURST = timedelta(seconds=2)
"""How much of its rate a sender may save up, and how much of it the safety lane may take ahead."""

_DAY = timedelta(days=1)


def day_on(at: datetime) -> date:
    """Return the day by which carriers count segments."""
    return at.astimezone(PACIFIC).date()


def current_day(known_on: date | None, now: Now) -> date:
    """Return the Pacific day at *now*, or the next where a locked row knows of it: the clock was read before the lock.

    A row that knows of a later one was written by a clock that was wrong.
    """
    today_on = day_on(now.clinic_at)
    return today_on + _DAY if known_on == today_on + _DAY else today_on


def open_senders(session: Session) -> Sequence[tuple[Sender, Pace]]:
    """Lock and return the senders that may send now with their paces, leaving out those another process has."""
    _make_missing(session)
    rows = session.execute(
        select(Sender, Pace)
        .join(Pace, Pace.sender_id == Sender.id)
        .where(
            Sender.is_active,
            Sender.held_at.is_(None),
            or_(Pace.shut_until.is_(None), Pace.shut_until <= func.clock_timestamp()),
        )
        .order_by(Pace.id)
        .with_for_update(of=Pace, skip_locked=True)
    )
    return [(sender, pace) for sender, pace in rows]


def _make_missing(session: Session) -> None:
    missing = session.execute(
        select(Sender.id, Sender.clinic_id)
        .outerjoin(Pace, Pace.sender_id == Sender.id)
        .where(Sender.is_active, Pace.id.is_(None))
    ).all()
    for sender_id, clinic_id in missing:
        values = {
            "id": new_id(),
            "clinic_id": clinic_id,
            "sender_id": sender_id,
            "tokens": Decimal(0),
            "filled_at": datetime(2000, 1, 1, tzinfo=UTC),
            "day_on": date(2000, 1, 1),
            "segments": 0,
        }
        session.execute(insert(Pace).values(**values).on_conflict_do_nothing())


@dataclass(slots=True)
class Allowance:
    """What one sender may still take in this tick."""

    pace: Pace
    most: Decimal
    """What it may save up."""
    left: int | None
    """Segments of the day; None: nobody counts them."""

    def room(self, lane: Lane) -> int:
        """Return how many messages of *lane* the bucket pays for; safety may take ahead what one can save up."""
        tokens = self.pace.tokens + (self.most if lane is Lane.SAFETY else 0)
        return max(0, int(tokens))

    def longest(self, lane: Lane) -> int | None:
        """Return how many segments a message of *lane* may have; None: safety is never held back."""
        return None if lane is Lane.SAFETY else self.left

    def take(self, due: Iterable[Due]) -> list[Due]:
        """Take out those of *due* that the day still pays for."""
        taken: list[Due] = []
        for one in due:
            longest = self.longest(one.lane)
            if longest is None or one.expected_segments <= longest:
                taken.append(one)
                self.pace.tokens -= 1
                self.left = None if self.left is None else self.left - one.expected_segments
        return taken


def allow(sender: Sender, pace: Pace, now: Now, *, reserved: int) -> Allowance:
    """Fill *pace* up to this moment and return what the sender may take; *reserved* segments are under way."""
    most = max(Decimal(1), sender.per_second * Decimal(BURST.total_seconds()))
    if pace.shut_until is not None:
        _fill(sender, pace, pace.shut_until, most=Decimal(1))  # who rests saves up one message, and no burst
    _fill(sender, pace, now.machine_at, most=most)
    today_on = current_day(pace.day_on, now)
    if pace.day_on != today_on:
        pace.day_on, pace.segments = today_on, 0
    if pace.used_up_on == today_on:
        return Allowance(pace, most, left=0)
    left = None if sender.segments_per_day is None else sender.segments_per_day - pace.segments - reserved
    return Allowance(pace, most, left)


def _fill(sender: Sender, pace: Pace, until: datetime, *, most: Decimal) -> None:
    """Fill the bucket for the time up to *until*; none is filled twice, though *until* was read before the lock."""
    if pace.filled_at < until:
        seconds = Decimal((until - pace.filled_at).total_seconds())
        pace.tokens = min(most, pace.tokens + seconds * sender.per_second)
        pace.filled_at = until


def waits_for_tomorrow(now: Now) -> ColumnElement[bool]:
    """Return the condition that a message that is due waits for its sender's next day, which no worker can bring."""
    today_on = day_on(now.clinic_at)
    booked = case((Pace.day_on == today_on, Pace.segments), else_=0)
    too_many = booked + Message.expected_segments > Sender.segments_per_day
    used_up = exists().where(
        Pace.sender_id == Message.sender_id,
        Sender.id == Pace.sender_id,
        or_(Pace.used_up_on == today_on, too_many),
    )
    return and_(Message.lane != Lane.SAFETY, func.coalesce(used_up, False))


def is_shut() -> ColumnElement[bool]:
    """Return the condition that a message's sender is shut, held or out of use: nothing may be handed over by it."""
    rests = exists().where(Pace.sender_id == Message.sender_id, Pace.shut_until > func.clock_timestamp())
    stands_still = or_(~Sender.is_active, Sender.held_at.is_not(None))
    return or_(rests, exists().where(Sender.id == Message.sender_id, stands_still))


def book(session: Session, more: Iterable[tuple[UUID, int]], now: Now) -> None:
    """Add segments to the day of each (sender, segments) of *more* whose day has an end."""
    today_on = day_on(now.clinic_at)
    # As `current_day`, decided by the statement, for the row is locked by nothing before it.
    counts_on = case((Pace.day_on == today_on + _DAY, Pace.day_on), else_=today_on)
    booked = case((Pace.day_on == counts_on, Pace.segments), else_=0)
    sums: Counter[UUID] = Counter()
    for sender_id, segments in more:
        sums[sender_id] += segments
    for sender_id, segments in sorted(sums.items()):
        session.execute(
            update(Pace)
            .where(Pace.sender_id == sender_id, _HAS_AN_END)
            .values(segments=booked + segments, day_on=counts_on)
            .execution_options(synchronize_session=False)
        )


_HAS_AN_END = exists().where(Sender.id == Pace.sender_id, Sender.segments_per_day.is_not(None))

Changes = Mapping[tuple[UUID, date], int]
"""By how many segments the count of a sender's Pacific day is to change."""


def unbook(session: Session, *which: ColumnElement[bool]) -> Changes:
    """Free attempts that never went of what they have booked, each once; return what their days get back.

    Their messages must be locked.
    """
    gone = (
        select(Attempt.id, Attempt.sender_id, Attempt.segments, Attempt.booked_on)
        .where(*which, Attempt.booked_on.is_not(None))
        .cte("gone")
    )
    rows = session.execute(
        update(Attempt)
        .where(Attempt.id == gone.c.id)
        .values(booked_on=None)
        .returning(gone.c.sender_id, gone.c.booked_on, gone.c.segments)
        .execution_options(synchronize_session=False)
    )
    changes: Counter[tuple[UUID, date]] = Counter()
    for sender_id, booked_on, segments in rows:
        changes[sender_id, booked_on] -= segments
    return changes


def give_back(session: Session, attempt_ids: Collection[UUID]) -> None:
    """Give back to their days what attempts have booked that never went; their messages must be locked."""
    if attempt_ids:
        change(session, unbook(session, among(Attempt.id, attempt_ids)))


def give_back_unlaunched(session: Session, message_ids: Collection[UUID]) -> None:
    """Do the same for the attempts of *message_ids* that were made and never launched."""
    if message_ids:
        change(session, unbook(session, among(Attempt.message_id, message_ids), Attempt.launched_at.is_(None)))


def change(session: Session, changes: Changes) -> None:
    """Make *changes*; the count of a day that has ended is gone, and that of the next one is not touched."""
    for (sender_id, booked_on), segments in sorted(changes.items()):
        session.execute(
            update(Pace)
            .where(Pace.sender_id == sender_id, Pace.day_on == booked_on, _HAS_AN_END)
            .values(segments=func.greatest(0, Pace.segments + segments))
            .execution_options(synchronize_session=False)
        )


def is_in_trouble(session: Session, sender_id: UUID) -> bool:
    """Whether a sender has faults or doubts behind it that a success would end; asked without a lock: it is rare."""
    troubles = or_(Pace.faults > 0, Pace.trips > 0, Pace.doubts > 0)
    return session.scalar(select(Pace.id).where(Pace.sender_id == sender_id, troubles)) is not None


def doubts(session: Session, sender_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many doubtful answers each sender has had in a row; asked without a lock: one more does no harm."""
    rows = session.execute(select(Pace.sender_id, Pace.doubts).where(Pace.sender_id.in_(sender_ids)))
    return dict(rows.all())


def forget_doubts(session: Session, sender_id: UUID) -> None:
    """Begin the row of a sender's doubtful answers anew: it was set up anew."""
    session.execute(
        update(Pace)
        .where(Pace.sender_id == sender_id, Pace.doubts > 0)
        .values(doubts=0)
        .execution_options(synchronize_session=False)
    )


def lock(session: Session, sender_id: UUID) -> Pace | None:
    """Lock and return the pace of a sender; None: it never sent."""
    return session.scalars(
        select(Pace)
        .where(Pace.sender_id == sender_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def rest(pace: Pace, until: datetime, *, because: str) -> None:
    """Shut the sender of a locked *pace* until machine time *until*."""
    if pace.shut_until is None or pace.shut_until <= until:
        pace.shut_until, pace.shut_because = until, because
