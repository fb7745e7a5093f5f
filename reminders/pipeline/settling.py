"""Settling: receipts move their messages, in whatever order they came.

Run by a task when receipts come and by a tick as a safety net. A receipt whose message is
just being handed over waits; one whose message is not known here is kept as an orphan. Of
several about one message only where they leave it counts: what is proven delivered has not
failed in between.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from reminders.channels import twilio_codes
from reminders.domain import states
from reminders.domain.answers import Hold
from reminders.domain.facts import Standing
from reminders.domain.receipts import read_twilio
from reminders.domain.states import State
from reminders.pipeline import aftermath
from reminders.pipeline.parts import Parts
from reminders.store import outbox, receipts
from reminders.store.claims import lock_all_of
from reminders.store.facts import standing_by_id
from reminders.store.locks import retrying
from reminders.store.now import Now, read
from reminders.store.receipts import Waiting

RECEIPTS = 200
AT_A_TIME = timedelta(seconds=20)
"""How long one task settles before it lets others have the worker."""
_log = structlog.get_logger(__name__)


def settle(parts: Parts) -> int:
    """Settle every receipt that can be; return how many."""
    done, stop_at = 0, time.monotonic() + AT_A_TIME.total_seconds()
    while time.monotonic() < stop_at and (
        found := retrying(parts.transaction, lambda session: _settle(session, parts))
    ):
        done += found
    return done


def _settle(session: Session, parts: Parts) -> int:
    waiting = receipts.waiting(session, limit=RECEIPTS)
    message_ids = {one.message_id for one in waiting if one.message_id}
    lock_all_of(session, message_ids)
    now = read(session)
    reading = _Reading(standing_by_id(session, message_ids))
    for one in waiting:
        reading.take(one)
    receipts.learn_provider_ids(session, reading.named)
    changed = _move(session, reading, now)
    for effect, receipt_ids in reading.effects.items():
        receipts.close(session, receipt_ids, effect=effect, is_orphan=effect == _ORPHAN)
    aftermath.replan(session, parts, changed, now)
    return sum(len(receipt_ids) for receipt_ids in reading.effects.values())


_ORPHAN = "orphan"
_NOTHING_NEW = "nothing new"


@dataclass
class _Reading:
    """What a number of receipts say together."""

    rows: Mapping[UUID, tuple[UUID, Standing]]
    """Of each message its patient and how it stood before."""
    stands: dict[UUID, State] = field(init=False)
    """Where the receipts read so far leave it."""
    last: dict[UUID, Waiting] = field(default_factory=dict)
    """The receipt that moved it last."""
    named: dict[UUID, str] = field(default_factory=dict)
    effects: dict[str, list[UUID]] = field(default_factory=dict)
    """The receipts read, by the word for what they did."""

    def __post_init__(self) -> None:
        self.stands = {message_id: row.state for message_id, (_, row) in self.rows.items()}

    def take(self, one: Waiting) -> None:
        """Read one receipt, unless its message is just being handed over."""
        effect = self._effect(one)
        if effect is not None:
            self.effects.setdefault(effect, []).append(one.id)

    def _effect(self, one: Waiting) -> str | None:
        if one.message_id is None or one.attempt_id is None:
            return _ORPHAN
        old = self.stands[one.message_id]
        if old is State.SENDING:
            return None
        report = read_twilio(one.status)
        if not report.known:
            _log.warning("receipt.status_unknown", status=one.status)
        self.named.setdefault(one.attempt_id, one.provider_id)
        new = states.settle(old, report.state) if report.state else old
        if new is old:
            return _NOTHING_NEW
        self.stands[one.message_id], self.last[one.message_id] = new, one
        return new


def _move(session: Session, reading: _Reading, now: Now) -> set[UUID]:
    """Move the messages; return the patients for whom something else is to be done now."""
    moves: dict[tuple[State, State], list[UUID]] = {}
    for message_id in reading.last:
        old, new = reading.rows[message_id][1].state, reading.stands[message_id]
        moves.setdefault((old, new), []).append(message_id)
    changed: set[UUID] = set()
    for (old, new), message_ids in moves.items():
        if new is State.UNDELIVERED:
            for message_id in message_ids:
                _fail(session, reading.rows[message_id][1], reading.last[message_id], now)
        else:
            outbox.advance(session, message_ids, start=[old], to=new, at=now.clinic_at, reason=None)
        if State.UNDELIVERED in {old, new}:
            changed.update(reading.rows[message_id][0] for message_id in message_ids)
    return changed


def _fail(session: Session, message: Standing, receipt: Waiting, now: Now) -> None:
    failed = twilio_codes.failure(receipt.code, receipt.status)
    outbox.advance(
        session,
        [message.id],
        start=[message.state],
        to=State.UNDELIVERED,
        at=now.clinic_at,
        reason=failed.reason,
    )
    if failed.hold is Hold.CONFIGURATION and receipt.sender_id is not None:
        aftermath.hold_sender(session, receipt.sender_id, failed.reason, now)
    aftermath.learn(session, message, failed.fault, failed.reason, now)
