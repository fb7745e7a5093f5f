"""Chooses what is due: by sender, lane and due, but nothing that a pause, a hold or an owed plan keeps back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, false, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from reminders.domain.states import State
from reminders.domain.words import Lane
from reminders.store.now import Now
from reminders.store.tables.clinic import Pause
from reminders.store.tables.messages import Message
from reminders.store.tables.visits import PlanningDebt


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


def _nearly_always(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return *condition* in words that the planner takes to hold for nearly every row.

    So it walks the index of what is due and stops at the limit. Told plainly that a message must
    still help, it would also read the index by use, and with it all that is stored for later; told
    that nothing else may come first, it would compare each row with all that is in flight.
    """
    return func.nullif(condition, false()).is_not(None)


@dataclass(frozen=True, slots=True)
class Stock:
    """What of a sender is between dispatch and outcome."""

    queued: Mapping[int, int]
    """By lane, how many messages wait in the broker."""
    segments: int
    """How many segments those are expected to have."""
    sending: int


def stock(session: Session, sender_id: UUID) -> Stock:
    """Return what of a sender has been released and has no outcome yet."""
    rows = session.execute(
        select(Message.state, Message.lane, func.count(), func.sum(Message.expected_segments))
        .where(Message.state.in_([State.QUEUED, State.SENDING]), Message.sender_id == sender_id)
        .group_by(Message.state, Message.lane)
    ).all()
    waiting = [(lane, count, segments) for state, lane, count, segments in rows if state == State.QUEUED]
    return Stock(
        queued={lane: count for lane, count, _ in waiting},
        segments=sum(segments for _, _, segments in waiting),
        sending=sum(count for state, _, count, _ in rows if state == State.SENDING),
    )


def due(
    session: Session, sender_id: UUID, lane: Lane, gate: Gate, *, limit: int, longest: int | None = None
) -> list[Due]:
    """Lock and return up to *limit* messages of a sender and lane that may go now, the longest due first.

    One that has more segments than *longest* waits; one that is past its use is left to the sweep.
    """
    rows = session.execute(
        select(Message.id, Message.address_id, Message.crashes, Message.expected_segments)
        .where(
            *_is_due(sender_id, lane, gate),
            _nearly_always(Message.useful_until > gate.now.clinic_at),
            *([] if longest is None else [Message.expected_segments <= longest]),
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
_FREE = (_nearly_always(~_BUSY.exists()), _nearly_always(~_OWED.exists()))
"""Nothing else comes first: no message on its way to the same address, or perhaps there, and no plan still owed."""


def urgent(session: Session, sender_id: UUID, gate: Gate, *, limit: int) -> list[Due]:
    """Lock and return up to *limit* messages of a sender that wait for nothing: alerts to staff, safe replies, answers.

    Neither a pause nor another message on its way to the same address holds one back.
    """
    rows = session.execute(
        select(Message.id, Message.crashes, Message.expected_segments)
        .where(
            *_is_due(sender_id, Lane.SAFETY, gate),
            _is_urgent(),
            _nearly_always(Message.useful_until > gate.now.clinic_at),
            or_(Message.not_before.is_(None), Message.not_before <= gate.now.machine_at),
            Message.crashes < gate.deadly,
        )
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(of=Message, skip_locked=True)
    )
    return [Due(message_id, Lane.SAFETY, crashes, segments) for message_id, crashes, segments in rows]


def _is_urgent() -> ColumnElement[bool]:
    """Return the condition that no plan made a message and that it goes first of all."""
    return and_(Message.patient_id.is_(None), Message.lane == Lane.SAFETY)


def is_held_by(pause: Pause) -> ColumnElement[bool]:
    """Return the condition that *pause* holds a message; what is urgent it never does."""
    column = {
        "clinic": Message.clinic_id == pause.clinic_id,
        "channel": Message.channel == pause.value,
        "sender": Message.sender_id == (UUID(pause.value) if pause.scope == "sender" else None),
        "template": Message.template == pause.value,
        "lane": Message.lane == (Lane[pause.value.upper()] if pause.scope == "lane" else None),
    }[pause.scope]
    return and_(Message.clinic_id == pause.clinic_id, column, not_(_is_urgent()))


def open_pauses(session: Session) -> Sequence[Pause]:
    """Return the pauses in force."""
    return session.scalars(select(Pause).where(Pause.ended_at.is_(None))).all()
