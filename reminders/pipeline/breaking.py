"""Breaking: what a batch's outcomes teach its senders. Their breaker, the rest that a provider asks for, their day.

It is the last step of recording, in the same transaction: a sender that must wait is shut
before what it gave back can be released again.
"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from reminders.domain import breaker
from reminders.domain.answers import Accepted, Answer, Deferred, Hold, Unknown
from reminders.domain.breaker import Breaker, News
from reminders.domain.doubt import is_doubtful
from reminders.domain.reasons import Reason
from reminders.domain.words import WorkKind
from reminders.pipeline.claiming import Ready
from reminders.pipeline.parts import Parts
from reminders.store import paces, work
from reminders.store.bulk import among
from reminders.store.now import Now
from reminders.store.paces import Changes
from reminders.store.tables.clinic import Pace
from reminders.store.tables.messages import Attempt
from reminders.store.work import NewWork

PATIENCE = timedelta(minutes=10)
"""How long, in clinic time, a provider may be out before a person is told."""

SHORTEST_REST = timedelta(seconds=1)
JITTER = 0.25
"""By how much of itself a rest may be longer, so that senders do not come back together."""

_log = structlog.get_logger(__name__)

Outcomes = Sequence[tuple[Ready, Answer | None]]


def learn(session: Session, parts: Parts, outcomes: Outcomes, now: Now) -> None:
    """Let the senders of a batch learn from its outcomes."""
    changes = _changes(session, outcomes)
    for sender_id in sorted({ready.sender_id for ready, _ in outcomes}):
        paces.change(session, {key: segments for key, segments in changes.items() if key[0] == sender_id})
        answers = [answer for ready, answer in outcomes if ready.sender_id == sender_id and answer is not None]
        news = breaker.hear(answers)
        rests = [one for one in answers if isinstance(one, Deferred) and breaker.asks_for_rest(one)]
        doubts = sum(is_doubtful(one) for one in answers)
        if news.faults or rests or doubts or (news.works and paces.is_in_trouble(session, sender_id)):
            pace = paces.lock(session, sender_id)
            if pace is not None:
                _watch(session, parts, pace, news, now)
                _rest(parts, pace, rests, now)
                pace.doubts = 0 if any(isinstance(one, Accepted) for one in answers) else pace.doubts + doubts


def _changes(session: Session, outcomes: Outcomes) -> Changes:
    """Return by how many segments the carrier took more than the claim has booked; what never went took none."""
    never_went = [one for one, answer in outcomes if one.segments and not isinstance(answer, Accepted | Unknown)]
    ids = [one.attempt_id for one in never_went]
    changes = Counter(paces.unbook(session, among(Attempt.id, ids)) if ids else {})
    for one, answer in outcomes:
        if isinstance(answer, Accepted) and answer.segments and one.segments and answer.segments != one.segments:
            changes[one.sender_id, one.booked_on] += answer.segments - one.segments
    return changes


def _watch(session: Session, parts: Parts, pace: Pace, news: News, now: Now) -> None:
    """Open or close the breaker of a locked pace."""
    before = Breaker(pace.faults, pace.trips, pace.shut_until, pace.opened_at)
    after = breaker.learn(
        before,
        news,
        at=now.machine_at,
        clinic_at=now.clinic_at,
        first=parts.times.outage,
        most=parts.times.outage_most,
    )
    if before.trips and after.opened_at != before.opened_at:
        _log.warning("breaker.closed", sender_id=pace.sender_id, count=before.trips)
        work.close_moot(session, _key(pace), now=now.clinic_at)
    pace.faults, pace.trips = after.faults, after.trips
    pace.shut_until, pace.opened_at = after.shut_until, after.opened_at
    if after.trips and after.shut_until != before.shut_until:
        _open(session, pace, news.because or "", now)


def _open(session: Session, pace: Pace, because: str, now: Now) -> None:
    shut_until = pace.shut_until or now.machine_at
    paces.rest(pace, shut_until, because=because)
    seconds = (shut_until - now.machine_at).total_seconds()
    _log.error("breaker.opened", sender_id=pace.sender_id, reason=because, count=pace.trips, seconds=round(seconds))
    if pace.opened_at is not None and now.clinic_at - pace.opened_at >= PATIENCE:
        item = NewWork(
            clinic_id=pace.clinic_id,
            key=_key(pace),
            kind=WorkKind.SENDER_HELD,
            due_at=now.clinic_at,
            is_urgent=True,
            reason=Reason.PROVIDER_OUTAGE,
            escalate_at=now.clinic_at,
        )
        work.open_items(session, [item], now=now.clinic_at)


def _key(pace: Pace) -> str:
    opened_at = pace.opened_at.isoformat() if pace.opened_at else ""
    return f"{WorkKind.SENDER_HELD}/{pace.sender_id}/{Reason.PROVIDER_OUTAGE}/{opened_at}"


def _rest(parts: Parts, pace: Pace, rests: Sequence[Deferred], now: Now) -> None:
    """Let the sender of a locked pace rest as its provider asks."""
    for answer in rests:
        asked = max(answer.retry_after or parts.times.rest, SHORTEST_REST)
        if answer.hold is Hold.DAILY:
            use_up(pace, answer.reason, now)
            asked = parts.times.outage
        jitter = 1 + JITTER * random.random()  # noqa: S311  spreads load, guards nothing
        paces.rest(pace, now.machine_at + asked * jitter, because=answer.reason)
    if rests:
        _log.warning("sender.rests", sender_id=pace.sender_id, reason=pace.shut_because, count=len(rests))


def use_up(pace: Pace, because: str, now: Now) -> None:
    """End the day of a locked pace: until midnight Pacific only the safety lane goes."""
    today_on = paces.current_day(pace.used_up_on, now)
    if pace.used_up_on != today_on:
        pace.used_up_on = today_on
        _log.warning("sender.used_up", sender_id=pace.sender_id, reason=because)
