"""Chooses what is due: by sender, lane and due, no more than pace, budget, pauses and holds allow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from reminders.domain.states import State
from reminders.domain.words import Lane
from reminders.store.base import new_id
from reminders.store.now import Now
from reminders.store.tables.clinic import Pace, Pause, Sender
from reminders.store.tables.messages import Message
from reminders.store.tables.visits import PlanningDebt

PACIFIC = ZoneInfo("America/Los_Angeles")
"""Carriers reset a brand's daily segments at midnight Pacific."""

BURST = timedelta(seconds=2)
"""How much of its rate a sender may save up; also how deep a lane's queue may be."""


@dataclass(frozen=True, slots=True)
class Due:
    """One message that may go now."""

    id: UUID
    lane: Lane
    crashes: int
    expected_segments: int


@dataclass(frozen=True, slots=True)
class Gate:
    """What every message must pass to go now."""

    now: Now
    pauses: Sequence[Pause]
    deadly: int
    """One whose batch died so often goes no more."""


def open_senders(session: Session) -> Sequence[tuple[Sender, Pace]]:
    """Lock and return the senders in use with their paces, leaving out those another dispatcher has."""
    _make_paces(session)
    rows = session.execute(
        select(Sender, Pace)
        .join(Pace, Pace.sender_id == Sender.id)
        .where(Sender.is_active, Sender.held_at.is_(None))
        .order_by(Pace.id)
        .with_for_update(of=Pace, skip_locked=True)
    )
    return [(sender, pace) for sender, pace in rows]


def _make_paces(session: Session) -> None:
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


def refill(sender: Sender, pace: Pace, now: Now) -> int:
    """Fill *pace* up to this moment and return how many messages the sender may take."""
    seconds = Decimal(max(0.0, (now.machine_at - pace.filled_at).total_seconds()))
    most = max(Decimal(1), sender.per_second * Decimal(BURST.total_seconds()))
    pace.tokens = min(most, pace.tokens + seconds * sender.per_second)
    pace.filled_at = now.machine_at
    today_on = now.clinic_at.astimezone(PACIFIC).date()
    if pace.day_on != today_on:
        pace.day_on, pace.segments = today_on, 0
    return int(pace.tokens)


def spend(pace: Pace, chosen: Iterable[Due]) -> None:
    """Take *chosen* out of the pace and the day's segments."""
    for due in chosen:
        pace.tokens -= 1
        pace.segments += due.expected_segments


def within_budget(sender: Sender, pace: Pace, due: Sequence[Due]) -> list[Due]:
    """Return the head of *due* that the sender's daily segments still pay for; safety is never held back."""
    if sender.segments_per_day is None:
        return list(due)
    left = sender.segments_per_day - pace.segments
    kept: list[Due] = []
    for one in due:
        left -= one.expected_segments
        if left >= 0 or one.lane is Lane.SAFETY:
            kept.append(one)
    return kept


def lanes_due(session: Session, sender_ids: Sequence[UUID], gate: Gate) -> dict[UUID, list[Lane]]:
    """Return in which lanes something of each of *sender_ids* is due, held back or not: mostly nowhere."""
    asked = [(sender_id, lane) for sender_id in sender_ids for lane in Lane]
    if not asked:
        return {}
    # One question for each part of the index: a scan of the whole would grow with what is stored for later.
    questions = [exists(Message.id).where(*_is_due(sender_id, lane, gate)) for sender_id, lane in asked]
    found: dict[UUID, list[Lane]] = {}
    for (sender_id, lane), is_due in zip(asked, session.execute(select(*questions)).one(), strict=True):
        if is_due:
            found.setdefault(sender_id, []).append(lane)
    return found


def _is_due(sender_id: UUID, lane: Lane, gate: Gate) -> tuple[ColumnElement[bool], ...]:
    return (
        Message.state == State.SCHEDULED,
        Message.sender_id == sender_id,
        Message.lane == lane,
        Message.due_at <= gate.now.clinic_at,
    )


def queued(session: Session, sender_id: UUID, lane: Lane) -> int:
    """Return how many messages of a sender and lane wait in the broker."""
    count = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(Message.state == State.QUEUED, Message.sender_id == sender_id, Message.lane == lane)
    )
    return count or 0


def due(session: Session, sender: Sender, lane: Lane, gate: Gate, *, limit: int) -> list[Due]:
    """Lock and return up to *limit* messages of a sender and lane that may go now, the longest due first."""
    rows = session.execute(
        select(Message.id, Message.address_id, Message.crashes, Message.expected_segments)
        .where(
            *_is_due(sender.id, lane, gate),
            or_(Message.not_before.is_(None), Message.not_before <= gate.now.machine_at),
            Message.crashes < gate.deadly,
            *_FREE,
            *(~is_held_by(pause) for pause in gate.pauses),
        )
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(of=Message, skip_locked=True)
    )
    return _one_an_address(rows.all(), lane)


def _one_an_address(rows: Iterable[Row[UUID, UUID | None, int, int]], lane: Lane) -> list[Due]:
    taken: set[UUID | None] = set()
    chosen: list[Due] = []
    for message_id, address_id, crashes, segments in rows:
        if address_id not in taken:
            taken.add(address_id)
            chosen.append(Due(message_id, lane, crashes, segments))
    return chosen


_OTHER = aliased(Message)
_BUSY = select(_OTHER.id).where(
    _OTHER.address_id == Message.address_id,
    _OTHER.state.in_([State.QUEUED, State.SENDING, State.UNKNOWN]),
)
_OWED = select(PlanningDebt.id).where(PlanningDebt.id == Message.patient_id)
_FREE = (~_BUSY.exists(), ~_OWED.exists())
"""Nothing else comes first: no message on its way to the same address, or perhaps there, and no plan still owed."""


def is_held_by(pause: Pause) -> ColumnElement[bool]:
    """Return the condition that *pause* holds a message."""
    column = {
        "clinic": Message.clinic_id == pause.clinic_id,
        "channel": Message.channel == pause.value,
        "sender": Message.sender_id == (UUID(pause.value) if pause.scope == "sender" else None),
        "template": Message.template == pause.value,
        "lane": Message.lane == (Lane[pause.value.upper()] if pause.scope == "lane" else None),
    }[pause.scope]
    return and_(Message.clinic_id == pause.clinic_id, column)


def open_pauses(session: Session) -> Sequence[Pause]:
    """Return the pauses in force."""
    return session.scalars(select(Pause).where(Pause.ended_at.is_(None))).all()
