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
from reminders.store import dispatching, outbox
from reminders.store.base import new_id
from reminders.store.dispatching import Due, Gate
from reminders.store.now import Now, read
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
        gate = Gate(now, dispatching.open_pauses(session), deadly=CRASHES)
        senders = dispatching.open_senders(session)
        lanes = dispatching.lanes_due(session, [sender.id for sender, _ in senders], gate)
        batches = [
            batch
            for sender, pace in senders
            if sender.id in lanes
            for batch in _of_sender(session, parts, sender, pace, lanes[sender.id], gate)
        ]
    for number, batch in enumerate(batches):
        try:
            publish(batch.lane.word, batch.id, batch.message_ids)
        except OSError:
            _take_back(parts, batches[number:])
            raise
    return sum(len(batch.message_ids) for batch in batches)


def _of_sender(
    session: Session, parts: Parts, sender: Sender, pace: Pace, lanes: Iterable[Lane], gate: Gate
) -> list[Batch]:
    room = dispatching.refill(sender, pace, gate.now)
    deep = max(WAVE, int(sender.per_second * int(dispatching.BURST.total_seconds())))
    batches: list[Batch] = []
    for lane in lanes:
        limit = min(room, deep - dispatching.queued(session, sender.id, lane))
        if limit <= 0:
            continue
        found = dispatching.due(session, sender, lane, gate, limit=limit)
        chosen = dispatching.within_budget(sender, pace, found)
        dispatching.spend(pace, chosen)
        room -= len(chosen)
        batches += [_lease(session, parts, group, gate.now) for group in _grouped(chosen)]
    return batches


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


def _lease(session: Session, parts: Parts, group: Sequence[Due], now: Now) -> Batch:
    batch = Batch(new_id(), group[0].lane, tuple(due.id for due in group))
    outbox.advance(
        session,
        batch.message_ids,
        start=[State.SCHEDULED],
        to=State.QUEUED,
        at=now.clinic_at,
        batch_id=batch.id,
        lease_until=now.machine_at + parts.times.lease,
    )
    return batch
