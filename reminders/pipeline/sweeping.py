"""The sweep: leases that ran out, messages that are too late to help, messages that kill their workers."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from reminders.domain.reasons import Reason
from reminders.domain.states import UNSENT, State
from reminders.pipeline import aftermath
from reminders.pipeline.isolating import alone, together
from reminders.pipeline.parts import Parts
from reminders.pipeline.setting_aside import set_aside
from reminders.pipeline.times import CRASHES
from reminders.store import outbox, paces, senders, sweeps
from reminders.store.claims import lock_all_of
from reminders.store.facts import rows_by_id
from reminders.store.locks import retrying
from reminders.store.now import read
from reminders.store.tables.messages import Message

ROWS = 200

AT_A_TIME = timedelta(seconds=5)
"""How long one sweep goes on where more is left than it takes at once, as after an outage."""

_log = structlog.get_logger(__name__)


def sweep(parts: Parts) -> int:
    """Rescue what was left behind; return how many messages."""
    swept, stop_at = _rescue(parts), time.monotonic() + AT_A_TIME.total_seconds()
    while found := _stop_all(parts):
        swept += found
        if found < ROWS or time.monotonic() >= stop_at:
            break
    return swept


def _rescue(parts: Parts) -> int:
    """Give back the rows of batches that died: launched ones may have gone, the others did not."""
    with parts.transaction() as session:
        senders.change_over_late(session)
        queued = sweeps.leases_out(session, State.QUEUED, limit=ROWS)
        sending = sweeps.leases_out(session, State.SENDING, limit=ROWS)
        now = read(session)
        moved = outbox.advance(session, queued, start=[State.QUEUED], to=State.SCHEDULED, at=now.clinic_at)
        unlaunched = outbox.advance(
            session,
            sending,
            start=[State.SENDING],
            to=State.SCHEDULED,
            at=now.clinic_at,
            only=[Message.launched_at.is_(None)],
        )
        moved += unlaunched
        moved += outbox.advance(
            session,
            sending,
            start=[State.SENDING],
            to=State.UNKNOWN,
            at=now.clinic_at,
            only=[Message.launched_at.is_not(None)],
            reason=Reason.LEASE_OUT,
            check_at=now.machine_at + parts.times.settle_first,
            checks=0,
        )
        paces.give_back_unlaunched(session, unlaunched)
    return len(moved)


def _stop_all(parts: Parts) -> int:
    with parts.transaction() as session:
        now = read(session)
        late = sweeps.past_use(session, now, limit=ROWS)
        deadly = sweeps.deadly(session, crashes=CRASHES, limit=ROWS)
    _stop(parts, late, State.EXPIRED, Reason.TOO_LATE)
    _stop(parts, deadly, State.PARKED, Reason.CRASHED)
    return len(late) + len(deadly)


def _stop(parts: Parts, message_ids: Sequence[UUID], state: State, reason: Reason) -> None:
    if message_ids:
        do = partial(_stop_in, parts, state, reason)
        together(parts.transaction, lambda _session: message_ids, do, partial(_stop_alone, parts, do))


def _stop_alone(parts: Parts, do: Callable[[Sequence[UUID], Session], int], message_id: UUID) -> int:
    return alone(parts.transaction, partial(do, [message_id]), partial(_set_aside, parts, message_id))


def _set_aside(parts: Parts, message_id: UUID, error: str) -> None:
    _log.error("sweep.failed", message_id=str(message_id), error=error)
    retrying(parts.transaction, lambda session: set_aside(session, parts, message_id))


def _stop_in(parts: Parts, state: State, reason: Reason, message_ids: Sequence[UUID], session: Session) -> int:
    lock_all_of(session, message_ids)
    now = read(session)
    stopped = [
        (patient_id, message)
        for patient_id, message in rows_by_id(session, message_ids).values()
        if message.state in UNSENT and (state is not State.EXPIRED or message.useful_until <= now.clinic_at)
    ]
    aftermath.stop_all(session, [message for _, message in stopped], state=state, reason=reason, now=now)
    aftermath.follow(session, parts, [(patient_id, message.id) for patient_id, message in stopped], now)
    return len(stopped)
