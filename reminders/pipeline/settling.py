"""Settling: receipts move their messages, in whatever order they came.

Run by a task when receipts come and by a tick as a safety net. A receipt whose message is
just being handed over waits; one whose message is not known here waits as an orphan for it. Of
several about one message only where they leave it counts: what is proven delivered has not
failed in between. Of a message that waits to be sent again, a late receipt may prove that it
went at the first try: then it goes no more.
"""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from reminders.channels import twilio_codes
from reminders.channels.twilio_codes import Failure
from reminders.domain import states
from reminders.domain.answers import Hold
from reminders.domain.facts import MessageRow
from reminders.domain.reasons import Reason
from reminders.domain.receipts import read_twilio
from reminders.domain.retrying import retry_at
from reminders.domain.states import UNSENT, State
from reminders.domain.words import WorkKind
from reminders.pipeline import aftermath
from reminders.pipeline.calling_off import Gone, call_off, gone_along
from reminders.pipeline.isolating import alone, together
from reminders.pipeline.parts import Parts
from reminders.pipeline.setting_aside import set_aside
from reminders.store import outbox, receipts, work
from reminders.store.claims import lock_all_of
from reminders.store.facts import rows_by_id
from reminders.store.locks import retrying
from reminders.store.now import Now, read
from reminders.store.receipts import Waiting
from reminders.store.work import NOBODY

RECEIPTS = 200
ORPHANS_WAIT = timedelta(days=7)
"""How long a receipt waits for a message that is not known here: a backup is restored within a week, or never."""

_log = structlog.get_logger(__name__)


def settle(parts: Parts) -> int:
    """Settle every receipt that can be; return how many."""
    done, stop_at = 0, time.monotonic() + parts.times.turn.total_seconds()
    find, do = partial(receipts.waiting, limit=RECEIPTS), partial(_settle, parts)
    while time.monotonic() < stop_at and (
        found := together(parts.transaction, find, do, partial(_settle_alone, parts))
    ):
        done += found
    return done


def take_up_orphans(parts: Parts) -> int:
    """Let receipts that came before their message be settled, now that it is here; return how many."""
    with parts.transaction() as session:
        return receipts.take_up(session, since=ORPHANS_WAIT)


def _settle_alone(parts: Parts, one: Waiting) -> int:
    def again(session: Session) -> int:
        return _settle(parts, receipts.waiting(session, limit=1, only=one.id), session)

    return alone(parts.transaction, again, partial(_set_aside, parts, one))


def _set_aside(parts: Parts, one: Waiting, error: str) -> None:
    _log.error("settle.failed", message_id=str(one.message_id), attempt_id=str(one.attempt_id), error=error)
    retrying(parts.transaction, lambda session: _set_aside_in(session, parts, one))


def _set_aside_in(session: Session, parts: Parts, one: Waiting) -> None:
    """Settle a receipt as something that nobody could read; what it is about does not go again meanwhile."""
    if one.message_id is not None:
        set_aside(session, parts, one.message_id)
    receipts.close(session, [one.id], effect=Reason.FAULT)


def _settle(parts: Parts, waiting: Sequence[Waiting], session: Session) -> int:
    message_ids = {one.message_id for one in waiting if one.message_id}
    lock_all_of(session, message_ids)
    now = read(session)
    rows = rows_by_id(session, message_ids)
    reading = _Reading(rows, gone_along(session, rows))
    for one in waiting:
        reading.take(one)
    receipts.learn_provider_ids(session, reading.named)
    ended = _move(session, parts, reading, now)
    for effect, receipt_ids in reading.effects.items():
        receipts.close(session, receipt_ids, effect=effect)
    receipts.set_aside(session, reading.orphans)
    aftermath.follow(session, parts, ended, now)
    return len(reading.orphans) + sum(len(receipt_ids) for receipt_ids in reading.effects.values())


_NOTHING_NEW = "nothing new"


@dataclass
class _Reading:
    """What a number of receipts say together."""

    rows: Mapping[UUID, tuple[UUID | None, MessageRow]]
    """Of each message its patient (None: no plan made it) and how it stood before."""
    gone_along: frozenset[UUID]
    """Messages that went as part of another."""
    stands: dict[UUID, State] = field(init=False)
    """Where the receipts read so far leave it."""
    last: dict[UUID, Waiting] = field(default_factory=dict)
    """The receipt that moved it last."""
    named: dict[UUID, str] = field(default_factory=dict)
    effects: dict[str, list[UUID]] = field(default_factory=dict)
    """The receipts read, by the word for what they did."""
    orphans: list[UUID] = field(default_factory=list)
    """Receipts of attempts that are not known here."""

    def __post_init__(self) -> None:
        self.stands = {message_id: row.state for message_id, (_, row) in self.rows.items()}

    def take(self, one: Waiting) -> None:
        """Read one receipt, unless its message is just being handed over."""
        if one.message_id is None or one.attempt_id is None:
            self.orphans.append(one.id)
        elif self.stands[one.message_id] is not State.SENDING:
            self.effects.setdefault(self._effect(one, one.message_id, one.attempt_id), []).append(one.id)

    def _effect(self, one: Waiting, message_id: UUID, attempt_id: UUID) -> str:
        """Return the word for what a receipt does to its message."""
        old = self.stands[message_id]
        report = read_twilio(one.status)
        if not report.known:
            _log.warning("receipt.status_unknown", status=one.status)
        self.named.setdefault(attempt_id, one.provider_id)
        proven = _proven(report.state, one, old) if report.state else None
        new = states.settle(old, proven) if proven else old
        if new is old or message_id in self.gone_along:
            return _NOTHING_NEW
        self.stands[message_id], self.last[message_id] = new, one
        return new


def _proven(reported: State, receipt: Waiting, old: State) -> State | None:
    """Return what a receipt proves of a message in the state *old*; None: nothing.

    The failure of an older try says nothing about the newest. One that may be wrong is none: the
    provider had it, and it may have arrived, so what waits to be sent again must not go.
    """
    if reported is not State.UNDELIVERED:
        return reported
    if not _failure(receipt).is_proof:
        return State.SENT if receipt.is_newest or old in UNSENT else None
    return State.UNDELIVERED if receipt.is_newest else None


def _failure(receipt: Waiting, *, tried: int = 0) -> Failure:
    return twilio_codes.failure(receipt.code, receipt.status, tried=tried)


def _move(session: Session, parts: Parts, reading: _Reading, now: Now) -> set[tuple[UUID | None, UUID]]:
    """Move the messages; return (patient, message) of those for whom something else is to be done now."""
    moves: dict[tuple[State, State], list[UUID]] = {}
    ended = _call_off(session, reading, now)
    for message_id in reading.last:
        old, new = reading.rows[message_id][1].state, reading.stands[message_id]
        moves.setdefault((State.PARKED if old in UNSENT else old, new), []).append(message_id)
    for (old, new), message_ids in moves.items():
        if old is State.PARKED:
            _close_items(session, message_ids, now)
        if new is State.UNDELIVERED:
            for message_id, (_, message) in rows_by_id(session, message_ids).items():
                _fail(session, parts, message, reading.last[message_id], now)
        else:
            check_at = now.machine_at + parts.times.poll if new is State.SENT else None
            outbox.advance(
                session, message_ids, start=[old], to=new, at=now.clinic_at, reason=None, check_at=check_at, checks=0
            )
        if State.UNDELIVERED in {old, new}:
            ended.update((reading.rows[message_id][0], message_id) for message_id in message_ids)
    return ended


def _call_off(session: Session, reading: _Reading, now: Now) -> set[tuple[UUID | None, UUID]]:
    """Park what waits to be sent again though it has gone; return (patient, message) of each."""
    waited = {message_id for message_id in reading.last if reading.rows[message_id][1].state in UNSENT}
    gone = [(reading.rows[one][1], reading.last[one].attempt_id) for one in sorted(waited)]
    call_off(session, [Gone(row, attempt_id) for row, attempt_id in gone if attempt_id], now)
    return {(reading.rows[message_id][0], message_id) for message_id in waited}


def _close_items(session: Session, message_ids: Sequence[UUID], now: Now) -> None:
    """Close what a person was to decide or find out about parked messages: a receipt has told it."""
    for message_id in message_ids:
        for kind in (WorkKind.PARKED, WorkKind.UNKNOWN_OUTCOME):
            work.close_key(session, f"{kind}/{message_id}", by=NOBODY, now=now.clinic_at)


def _fail(session: Session, parts: Parts, message: MessageRow, receipt: Waiting, now: Now) -> None:
    failed = _failure(receipt, tried=message.step - 1)
    jitter = random.random()  # noqa: S311  spreads load, guards nothing
    again_at = retry_at(now.clinic_at, step=message.step, is_daily=failed.is_daily, jitter=jitter)
    outbox.advance(
        session,
        [message.id],
        start=[message.state],
        to=State.UNDELIVERED,
        at=now.clinic_at,
        reason=failed.reason,
        retries=failed.retries,
        retry_at=again_at if failed.retries else None,
    )
    if failed.hold is Hold.CONFIGURATION and receipt.sender_id is not None:
        aftermath.hold_sender(session, receipt.sender_id, failed.reason, now, receipt.attempt_id)
    aftermath.learn(session, parts, message, failed.fault, failed.reason, now)
