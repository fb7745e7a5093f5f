"""Sending: one batch, from its lease to the recorded outcomes.

    begin ─▶ claim ─▶ wave ─▶ wave ─▶ … ─▶ record

Each step is a short transaction of its own; none is open while a provider is called.
A wave that may no longer start, or would run into an outage of the provider or the database,
leaves its rows to `record`, which gives them back.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError

from reminders import stopwatch
from reminders.domain import breaker
from reminders.domain.answers import Answer, Deferred, Unknown
from reminders.pipeline import event_loop
from reminders.pipeline.claiming import Claim, Ready, claim, messages_of
from reminders.pipeline.isolating import NOBODYS_FAULT
from reminders.pipeline.parts import Parts
from reminders.pipeline.recording import Outcome, give_back, give_back_one_by_one, record
from reminders.store import claims
from reminders.store.locks import retrying

_log = structlog.get_logger(__name__)


def send(parts: Parts, batch_id: UUID, message_ids: Sequence[UUID]) -> str:
    """Send the messages of a batch that are still its own; return a word for the log."""
    with parts.transaction() as session:
        mine = claims.begin(session, batch_id, message_ids, lease=parts.times.lease)
    if not mine:
        return "nothing of ours"
    claimed_from = stopwatch.read()
    try:
        claimed = retrying(parts.transaction, lambda session: claim(session, parts, batch_id, mine))
    except NOBODYS_FAULT as lost:
        _log.warning("send.claim_lost", error=type(getattr(lost, "orig", lost)).__name__, count=len(mine))
        give_back(parts, batch_id, mine)
        return "given back"
    except Exception as failed:  # noqa: BLE001  one of them stumbles over a fault of ours: each goes alone now
        _log.error("send.claim_failed", error=type(failed).__name__, count=len(mine))
        give_back_one_by_one(parts, batch_id, mine)
        return "given back"
    outcomes = _hand_over(parts, batch_id, claimed, claimed_from)
    record(parts, batch_id, outcomes)
    return f"{sum(answer is not None for _, answer in outcomes)} of {len(mine)} handed over"


def _hand_over(parts: Parts, batch_id: UUID, claimed: Claim, claimed_from: float) -> list[Outcome]:
    last_start = claimed_from + parts.times.last_wave.total_seconds()
    called: list[tuple[Ready, Answer]] = []
    for number, wave in enumerate(claimed.waves):
        launched = claimed.launched if number == 0 else _launch(parts, batch_id, claimed, wave, last_start)
        if launched is None:
            break
        going = [one for one in wave if one.attempt_id in launched]
        answers = event_loop.run(_call_all(parts, going, claimed_from))
        called += zip(going, answers, strict=True)
        if breaker.is_out(answers):
            break
    answered = {one.attempt_id for one, _ in called}
    return [*called, *((one, None) for wave in claimed.waves for one in wave if one.attempt_id not in answered)]


def _launch(
    parts: Parts, batch_id: UUID, claimed: Claim, wave: Sequence[Ready], last_start: float
) -> frozenset[UUID] | None:
    """Return what of a wave is launched; None: the database is away, and what is in hand must be written down."""
    if stopwatch.read() >= last_start:
        return frozenset()
    try:
        with parts.transaction() as session:
            return claims.launch(session, batch_id, messages_of(wave), claimed_at=claimed.claimed_at)
    except OperationalError as lost:
        _log.warning("send.launch_lost", error=type(lost.orig).__name__, count=len(wave))
        return None


async def _call_all(parts: Parts, wave: Sequence[Ready], claimed_from: float) -> list[Answer]:
    """Call for a whole wave; every call has ended when this returns.

    What a channel raises is a fault of ours after which nobody knows whether the message went.
    """
    results = await asyncio.gather(*(_call(parts, one, claimed_from) for one in wave), return_exceptions=True)
    return [_answer(result) for result in results]


def _answer(result: Answer | BaseException) -> Answer:
    if isinstance(result, BaseException):
        _log.error("send.channel_raised", error=type(result).__name__)
        return Unknown("channel_raised")
    return result


async def _call(parts: Parts, one: Ready, claimed_from: float) -> Answer:
    """Call the provider, unless the claim is no longer sure to hold, the text of no more use, or it is night.

    All was well at the claim; since then this process may have slept, or waited for the waves before.
    """
    elapsed = timedelta(seconds=stopwatch.read() - claimed_from)
    longest = min(parts.times.last_wave, one.outgoing.validity, one.quiet_in)
    if elapsed >= longest:
        return Deferred("slept_past_its_claim")
    outgoing = replace(one.outgoing, validity=one.outgoing.validity - elapsed, patience=longest - elapsed)
    return await parts.channels[one.account.provider].send(outgoing, one.account)
