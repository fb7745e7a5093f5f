"""Recording: the outcomes of a batch become states, in one transaction; a batch without any is given back.

A row whose lease ran out meanwhile is `unknown` by now; the late answer still settles it,
if nobody tried again since. A row that another batch holds is left alone.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reminders.domain import breaker
from reminders.domain.answers import Accepted, Answer, Deferred, Hold, Refused, Unknown
from reminders.domain.backoff import pause
from reminders.domain.doubt import is_doubtful
from reminders.domain.states import State
from reminders.domain.words import Channel
from reminders.pipeline import aftermath, breaking
from reminders.pipeline.claiming import Ready
from reminders.pipeline.doubting import resolve
from reminders.pipeline.isolating import alone, together
from reminders.pipeline.parts import Parts
from reminders.store import attempts, outbox, paces
from reminders.store.claims import lock_all_of
from reminders.store.facts import rows_by_id
from reminders.store.locks import lock_messages, retrying
from reminders.store.now import Now, read
from reminders.store.tables.messages import Message

_DATABASE_PAUSE = timedelta(seconds=1)

Outcome = tuple[Ready, Answer | None]
"""An attempt and its answer; None: it was never launched."""

_log = structlog.get_logger(__name__)

_HANDED = (State.SENDING, State.UNKNOWN)


def record(parts: Parts, batch_id: UUID, outcomes: Sequence[Outcome]) -> None:
    """Write down what became of each attempt.

    A database that is away for a moment must not make accepted messages unknown, so this
    asks again until the lease would be out.
    """
    do = partial(_record, parts, batch_id)
    if outcomes:
        _insist(parts, lambda: together(parts.transaction, lambda _: outcomes, do, partial(_record_alone, parts, do)))


def _record_alone(parts: Parts, do: Callable[[Sequence[Outcome], Session], int], one: Outcome) -> int:
    """Write down one outcome; one that cannot be is left to its lease: the provider is asked about it then."""
    message_id = str(one[0].message_id)
    return alone(
        parts.transaction,
        partial(do, [one]),
        lambda error: _log.error("record.failed", message_id=message_id, error=error),
    )


def give_back(parts: Parts, batch_id: UUID, message_ids: Sequence[UUID]) -> None:
    """Return the messages of a batch whose claim was lost with the database: that was no death of theirs.

    Where the claim was committed all the same, what it has launched is left to its lease.
    """
    give_up = partial(_give_up, batch_id, message_ids, crashes=func.greatest(0, Message.crashes - 1))
    _insist(parts, lambda: retrying(parts.transaction, give_up))


def give_back_one_by_one(parts: Parts, batch_id: UUID, message_ids: Sequence[UUID]) -> None:
    """Return the messages of a batch whose claim failed: one of them brought it about, so each goes alone, at once.

    One that fails alone waits as long as for a lease: a fault that is not in it, but in all that we do, may
    be mended before everything is parked.
    """
    wait: dict[str, Any] = {"not_before": func.clock_timestamp() + parts.times.lease} if len(message_ids) == 1 else {}
    give_up = partial(_give_up, batch_id, message_ids, **wait)
    _insist(parts, lambda: retrying(parts.transaction, give_up))


def _insist(parts: Parts, step: Callable[[], object]) -> object:
    stop_at = time.monotonic() + parts.times.lease.total_seconds() / 2
    while True:
        try:
            return step()
        except OperationalError:
            if time.monotonic() > stop_at:
                raise
            time.sleep(_DATABASE_PAUSE.total_seconds())


def _give_up(batch_id: UUID, message_ids: Sequence[UUID], session: Session, **values: Any) -> None:
    lock_messages(session, message_ids)
    given_back = outbox.advance(
        session,
        message_ids,
        start=[State.QUEUED, State.SENDING],
        to=State.SCHEDULED,
        at=read(session).clinic_at,
        only=[Message.batch_id == batch_id, Message.launched_at.is_(None)],
        **values,
    )
    paces.give_back_unlaunched(session, given_back)


def _record(parts: Parts, batch_id: UUID, outcomes: Sequence[Outcome], session: Session) -> int:
    if any(isinstance(answer, Refused) or is_doubtful(answer) for _, answer in outcomes):
        lock_all_of(session, [ready.message_id for ready, _ in outcomes])
    else:
        lock_messages(session, [ready.message_id for ready, _ in outcomes])
    now, outcomes = read(session), resolve(session, outcomes)
    late = and_(Message.state == State.UNKNOWN, attempts.are_newest([ready.attempt_id for ready, _ in outcomes]))
    mine = or_(Message.batch_id == batch_id, late)
    attempts.finish(session, [(ready.attempt_id, answer) for ready, answer in outcomes if answer is not None])
    for check_at, accepted in _by_check(parts, outcomes, now).items():
        _move(session, accepted, State.SENT, mine, now, reason=None, check_at=check_at, checks=0)
    ask_at = now.machine_at + parts.times.settle_first
    for reason, unknown in _by_reason(outcomes).items():
        _move(session, unknown, State.UNKNOWN, mine, now, reason=reason, check_at=ask_at, checks=0)
    _give_back(session, [r for r, a in outcomes if a is None], mine, now)
    for ready, answer in outcomes:
        if isinstance(answer, Deferred):
            _defer(session, parts, ready, answer, mine, now)
    refused = [(ready, answer) for ready, answer in outcomes if isinstance(answer, Refused)]
    _refuse(session, parts, refused, mine, now)
    breaking.learn(session, parts, outcomes, now)
    return len(outcomes)


def _by_reason(outcomes: Sequence[Outcome]) -> dict[str, list[Ready]]:
    """Return what may have gone, by why that is not known: few statements for many rows."""
    found: dict[str, list[Ready]] = {}
    for ready, answer in outcomes:
        if isinstance(answer, Unknown):
            found.setdefault(answer.reason, []).append(ready)
    return found


def _by_check(parts: Parts, outcomes: Sequence[Outcome], now: Now) -> dict[datetime | None, list[Ready]]:
    """Return what was accepted, by when its provider is asked about it; None: it cannot be, or tells nothing."""
    found: dict[datetime | None, list[Ready]] = {}
    for ready, answer in outcomes:
        if isinstance(answer, Accepted):
            can_ask = ready.outgoing.by is Channel.SMS and ready.account.provider in parts.inquirers
            found.setdefault(now.machine_at + parts.times.poll if can_ask else None, []).append(ready)
    return found


def _move(
    session: Session, ready: Sequence[Ready], to: State, mine: ColumnElement[bool], now: Now, **values: Any
) -> None:
    start = [state for state in _HANDED if state is not to]
    message_ids = [one.message_id for one in ready]
    outbox.advance(session, message_ids, start=start, to=to, at=now.clinic_at, only=[mine], crashes=0, **values)


def _give_back(session: Session, ready: Sequence[Ready], mine: ColumnElement[bool], now: Now) -> None:
    """Return what was never launched; whoever changed its visit or consent has owed a plan."""
    outbox.advance(
        session,
        [one.message_id for one in ready],
        start=[State.SENDING],
        to=State.SCHEDULED,
        at=now.clinic_at,
        only=[mine, Message.launched_at.is_(None)],
        crashes=0,
    )


def _defer(session: Session, parts: Parts, ready: Ready, answer: Deferred, mine: ColumnElement[bool], now: Now) -> None:
    """Try again after a pause; where the sender is what must wait, the message burns no try and goes first after it."""
    if answer.hold is Hold.CONFIGURATION:
        aftermath.hold_sender(session, ready.sender_id, answer.reason, now, ready.attempt_id)
    tries = ready.tries + (answer.hold in {Hold.SAFE, Hold.DOUBTFUL})
    wait = pause(
        ready.tries,
        first=parts.times.backoff,
        most=parts.times.backoff_most,
        jitter=random.random(),  # noqa: S311  spreads load, guards nothing
        asked=answer.retry_after,
    )
    outbox.advance(
        session,
        [ready.message_id],
        start=_HANDED,
        to=State.SCHEDULED,
        at=now.clinic_at,
        only=[mine],
        crashes=0,
        tries=tries,
        reason=answer.reason,
        not_before=None if breaker.waits_with_sender(answer) else now.machine_at + wait,
        launched_at=None,
        launched_on_clock=None,
    )


def _refuse(
    session: Session,
    parts: Parts,
    refused: Sequence[tuple[Ready, Refused]],
    mine: ColumnElement[bool],
    now: Now,
) -> None:
    if not refused:
        return
    rows = rows_by_id(session, [ready.message_id for ready, _ in refused])
    ended: list[tuple[UUID | None, UUID]] = []
    for ready, answer in refused:
        moved = outbox.advance(
            session,
            [ready.message_id],
            start=_HANDED,
            to=State.UNDELIVERED,
            at=now.clinic_at,
            only=[mine],
            crashes=0,
            reason=answer.reason,
        )
        if moved:
            patient_id, message = rows[ready.message_id]
            ended.append((patient_id, message.id))
            aftermath.learn(session, parts, message, answer.fault, answer.reason, now)
    aftermath.follow(session, parts, ended, now)
