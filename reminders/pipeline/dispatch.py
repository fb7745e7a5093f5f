"""Dispatch: what is due becomes batches for the workers, by sender and lane.

Rows are leased to a batch and committed before the broker hears of it: a task that gets
lost is a lease that runs out, a task that comes twice finds no rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.states import State
from reminders.domain.words import Lane
from reminders.pipeline.parts import Parts, Publish
from reminders.pipeline.times import BATCH, CRASHES, WAVE
from reminders.store import dispatching, outbox, paces
from reminders.store.base import new_id
from reminders.store.dispatching import Due, Gate
from reminders.store.now import read
from reminders.store.paces import Allowance
from reminders.store.tables.clinic import Pace, Sender
from reminders.store.tables.messages import Message


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of one sender and lane that one task will send."""

    id: UUID
    lane: Lane
    message_ids: tuple[UUID, ...]


def dispatch(parts: Parts, publish: Publish) -> int:
    """Release what is due to the workers; return how many messages."""
    with parts.transaction() as session:
        now = read(session)
        tick = _Tick(session, parts, Gate(now, dispatching.open_pauses(session), deadly=CRASHES))
        senders = paces.open_senders(session)
        lanes = dispatching.lanes_due(session, [sender.id for sender, _ in senders], tick.gate)
        batches = [
            batch
            for sender, pace in senders
            if sender.id in lanes
            for batch in _of_sender(tick, sender, pace, lanes[sender.id])
        ]
    for number, batch in enumerate(batches):
        try:
            publish(batch.lane.word, batch.id, batch.message_ids)
        except OSError:
            _take_back(parts, batches[number:])
            raise
    return sum(len(batch.message_ids) for batch in batches)


@dataclass(frozen=True, slots=True)
class _Tick:
    """What choosing in one tick needs."""

    session: Session
    parts: Parts
    gate: Gate


def _of_sender(tick: _Tick, sender: Sender, pace: Pace, lanes: Iterable[Lane]) -> list[Batch]:
    """Release what one sender may take; while its provider was out, the one message that shows whether it is back.

    What is urgent waits for no other's probe: all of it goes, and shows the same.
    """
    stock = dispatching.stock(tick.session, sender.id)
    allowance = paces.allow(sender, pace, tick.gate.now, reserved=stock.segments)
    batches = _of_urgent(tick, sender, allowance) if Lane.SAFETY in lanes else []
    is_probe = pace.trips > 0
    if is_probe and (stock.queued or stock.sending or batches):
        return batches
    for lane in lanes:
        room = min(allowance.room(lane), _deepest(sender) - stock.queued.get(lane, 0))
        chosen = _choose(tick, sender, allowance, lane, room=min(room, 1) if is_probe else room)
        batches += [_lease(tick, group) for group in _grouped(chosen)]
        if is_probe and batches:
            break
    return batches


def _of_urgent(tick: _Tick, sender: Sender, allowance: Allowance) -> list[Batch]:
    """Release what waits for no pace and no pause; the others pay for it afterwards."""
    chosen = allowance.take(dispatching.urgent(tick.session, sender.id, tick.gate, limit=BATCH))
    return [_lease(tick, group) for group in _grouped(chosen)]


def _deepest(sender: Sender) -> int:
    """Return how many messages of a lane may wait in the broker: those of two seconds, at least one wave.

    A slow provider makes it no deeper: a message is released only when another has left.
    """
    return max(WAVE, int(sender.per_second * int(paces.BURST.total_seconds())))


def _choose(tick: _Tick, sender: Sender, allowance: Allowance, lane: Lane, *, room: int) -> list[Due]:
    longest = allowance.longest(lane)
    if room <= 0 or (longest is not None and longest <= 0):
        return []
    return allowance.take(dispatching.due(tick.session, sender.id, lane, tick.gate, limit=room, longest=longest))


def _take_back(parts: Parts, batches: Sequence[Batch]) -> None:
    """Free the rows of batches that the broker did not take; a task that got through all the same finds none."""
    with parts.transaction() as session:
        for batch in batches:
            outbox.advance(
                session,
                batch.message_ids,
                start=[State.QUEUED],
                to=State.SCHEDULED,
                at=read(session).clinic_at,
                only=[Message.batch_id == batch.id],
            )


def _grouped(chosen: Iterable[Due]) -> list[list[Due]]:
    """Cut *chosen* into batches; a message whose batch died before goes alone, for it may be what killed it."""
    healthy = [due for due in chosen if due.crashes == 0]
    alone = [[due] for due in chosen if due.crashes > 0]
    return alone + [healthy[start : start + BATCH] for start in range(0, len(healthy), BATCH)]


def _lease(tick: _Tick, group: Sequence[Due]) -> Batch:
    batch, now = Batch(new_id(), group[0].lane, tuple(due.id for due in group)), tick.gate.now
    outbox.advance(
        tick.session,
        batch.message_ids,
        start=[State.SCHEDULED],
        to=State.QUEUED,
        at=now.clinic_at,
        batch_id=batch.id,
        lease_until=now.machine_at + tick.parts.times.lease,
    )
    return batch
