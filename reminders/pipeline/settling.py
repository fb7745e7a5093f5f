"""Settling: receipts move their messages, in whatever order they came.

Run by a task when receipts come and by a tick as a safety net. A receipt whose message is
just being handed over waits; one whose message is not known here is kept as an orphan.
"""

from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from reminders.channels import twilio_codes
from reminders.domain import states
from reminders.domain.answers import Hold
from reminders.domain.receipts import read_twilio
from reminders.domain.states import State
from reminders.pipeline import aftermath
from reminders.pipeline.parts import Parts
from reminders.store import outbox, receipts, senders
from reminders.store.facts import standing_by_id
from reminders.store.locks import lock_messages, lock_people, retrying
from reminders.store.now import Now, read
from reminders.store.receipts import Waiting

RECEIPTS = 200
_log = structlog.get_logger(__name__)


def settle(parts: Parts) -> int:
    """Settle every receipt that can be; return how many."""
    done = 0
    while found := retrying(parts.transaction, lambda session: _settle(session, parts)):
        done += found
    return done


def _settle(session: Session, parts: Parts) -> int:
    waiting = receipts.waiting(session, limit=RECEIPTS)
    lock_people(session, {one.patient_id for one in waiting if one.patient_id})
    message_ids = {one.message_id for one in waiting if one.message_id}
    lock_messages(session, message_ids)
    now = read(session)
    stands = {message_id: row.state for message_id, (_, row) in standing_by_id(session, message_ids).items()}
    changed: set[UUID] = set()
    for one in waiting:
        old = stands.get(one.message_id) if one.message_id else None
        effect = _take(session, one, stands, now)
        receipts.close(session, [one.id], effect=effect, is_orphan=old is None)
        if State.UNDELIVERED in {old, effect} and one.patient_id:
            changed.add(one.patient_id)
    aftermath.replan(session, parts, changed, now)
    return len(waiting)


def _take(session: Session, one: Waiting, stands: dict[UUID, State], now: Now) -> str:
    """Let one receipt move its message; return the word for what it did."""
    if one.message_id is None or one.attempt_id is None:
        return "orphan"
    report = read_twilio(one.status)
    if not report.known:
        _log.warning("receipt.status_unknown", status=one.status)
    receipts.learn_provider_id(session, one.attempt_id, one.provider_id)
    old = stands[one.message_id]
    new = states.settle(old, report.state) if report.state else old
    if new is old:
        return "nothing new"
    stands[one.message_id] = new
    _move(session, one, old, new, now)
    return new


def _move(session: Session, one: Waiting, old: State, new: State, now: Now) -> None:
    failed = twilio_codes.failure(one.code, one.status) if new is State.UNDELIVERED else None
    reason = failed.reason if failed else None
    message_ids = [one.message_id] if one.message_id else []
    outbox.advance(session, message_ids, start=[old], to=new, at=now.clinic_at, reason=reason)
    if failed is None:
        return
    if failed.hold is Hold.CONFIGURATION and one.sender_id is not None:
        senders.hold(session, one.sender_id, because=failed.reason)
    for _, message in standing_by_id(session, message_ids).values():
        aftermath.learn(session, message, failed.fault, failed.reason, now)
    aftermath.free_riders(session, message_ids, now)
