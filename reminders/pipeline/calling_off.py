"""Calling off: what waits to be sent again is stopped when a late receipt proves that an earlier try of it has gone.

Such a message was proven absent from the provider's list, deferred, or sent on by a person; the
receipt is the better proof. Its locks are the caller's, and so is its last move, from `parked` to
what the receipt says.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain import states
from reminders.domain.facts import MessageRow
from reminders.domain.states import UNSENT, State
from reminders.store import attempts, outbox
from reminders.store.claims import ids_of_riders
from reminders.store.facts import rows_by_id
from reminders.store.now import Now
from reminders.store.tables.messages import Message


@dataclass(frozen=True, slots=True)
class Gone:
    """A message that waits, and its try that has gone."""

    row: MessageRow
    attempt_id: UUID


def call_off(session: Session, gone: Collection[Gone], now: Now) -> None:
    """Park the messages of *gone* as the try that went told them, and free what came to ride in them since.

    A visit that was moved meanwhile has moved its message too; as the old time is what was told,
    planning finds that the new one is yet to be.
    """
    told = attempts.told(session, [one.attempt_id for one in gone])
    for one in gone:
        state = one.row.state
        for step in states.way(state, State.SENT)[:-1]:
            outbox.advance(session, [one.row.id], start=[state], to=step, at=now.clinic_at, crashes=0)
            state = step
        if then := told.get(one.attempt_id):
            outbox.amend(session, [{"id": one.row.id, **then.columns()}], start=[state])
            _free_latecomers(session, one.row.id, since=then.launched_on_clock, now=now)


def _free_latecomers(session: Session, carrier_id: UUID, *, since: datetime, now: Now) -> None:
    """Schedule again what came to ride in a carrier after *since* (clinic time), when its text had gone already."""
    riders = ids_of_riders(session, [carrier_id])
    came_later = Message.moved_at > since
    outbox.advance(session, riders, start=[State.MERGED], to=State.SCHEDULED, at=now.clinic_at, only=[came_later])


def gone_along(session: Session, rows: Mapping[UUID, tuple[UUID | None, MessageRow]]) -> frozenset[UUID]:
    """Return which of *rows* went as part of another message: no receipt of an earlier try can call that off."""
    riding = {row.id: row.carrier_id for _, row in rows.values() if row.carrier_id}
    carriers = rows_by_id(session, set(riding.values())) if riding else {}
    return frozenset(
        message_id for message_id, carrier_id in riding.items() if carriers[carrier_id][1].state not in UNSENT
    )
