"""Inquiring: providers are asked what became of messages whose end is open.

    take ─▶ ask ─▶ receive ─▶ conclude ─▶ settle

What the provider has is written down as a receipt and settled like one; `concluding` says
what follows where it has nothing. No transaction is open while a provider is asked.
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from reminders.channels.base import Missing, NoAnswer, Seen
from reminders.domain.inquiry import CLOCKS_APART, Clue, Proof, find
from reminders.domain.reasons import Reason
from reminders.domain.receipts import read_twilio
from reminders.domain.states import State
from reminders.domain.words import Channel
from reminders.pipeline import event_loop, receiving, settling
from reminders.pipeline.accounts import account_of
from reminders.pipeline.concluding import Finding, conclude
from reminders.pipeline.parts import Parts
from reminders.pipeline.receiving import Report
from reminders.store import claims, open_ends
from reminders.store.claims import SenderKeys
from reminders.store.open_ends import OpenEnd

ENDS = 10
"""Questions at a time: they share the provider's limits with the texts themselves, and all end within a task."""

_Answer = Sequence[Seen] | Seen | Missing | NoAnswer | None


def inquire(parts: Parts) -> int:
    """Ask about the messages whose time has come; return about how many something was learnt.

    A provider that does not answer is not asked again in the same turn.
    """
    asked, stop_at = 0, time.monotonic() + parts.times.turn.total_seconds()
    while time.monotonic() < stop_at and (some := _inquire(parts)):
        asked += some
    return asked


def _inquire(parts: Parts) -> int:
    with parts.transaction() as session:
        ends = open_ends.take(session, parts.vault, limit=ENDS, lease=parts.times.lease)
        senders = claims.senders(session, parts.vault, {end.sender_id for end in ends}) if ends else {}
    if not ends:
        return 0
    found = _explain(parts, ends, event_loop.run(_ask_all(parts, ends, senders)))
    reports = [_report(end, seen) for end, seen in found if isinstance(seen, Seen) and _is_news(end, seen)]
    receiving.receive(parts, reports)
    conclude(parts, found)
    settling.settle(parts)
    return sum(not isinstance(finding, NoAnswer) for _, finding in found)


async def _ask_all(parts: Parts, ends: Sequence[OpenEnd], senders: Mapping[UUID, SenderKeys]) -> list[_Answer]:
    return await asyncio.gather(*(_ask(parts, end, senders.get(end.sender_id)) for end in ends))


async def _ask(parts: Parts, end: OpenEnd, keys: SenderKeys | None) -> _Answer:
    if keys is None:
        return NoAnswer(Reason.SENDER_UNREADABLE)
    inquirer, account = parts.inquirers.get(keys.provider), account_of(keys)
    if inquirer is None or end.channel is not Channel.SMS:
        return None
    if end.provider_id is not None:
        return await inquirer.look_up(account, end.provider_id)
    return await inquirer.listed(account, to=end.to, since=end.launched_at - CLOCKS_APART)


def _explain(parts: Parts, ends: Sequence[OpenEnd], answers: Sequence[_Answer]) -> list[tuple[OpenEnd, Finding]]:
    """Return what each answer says: a list is searched for the message, less what other tries of ours explain."""
    listed = {seen.provider_id for answer in answers if isinstance(answer, Sequence) for seen in answer}
    with parts.transaction() as session:
        explained = open_ends.explained(session, listed, but=[end.attempt_id for end in ends])
    return [
        (end, _found(end, answer, explained) if isinstance(answer, Sequence) else answer)
        for end, answer in zip(ends, answers, strict=True)
    ]


def _found(end: OpenEnd, listed: Sequence[Seen], explained: set[str]) -> Seen | Proof:
    clues = [Clue(provider_id=seen.provider_id, text=seen.text, created_at=seen.created_at) for seen in listed]
    name = find(clues, text=end.text, launched_at=end.launched_at, explained=explained)
    return name if isinstance(name, Proof) else next(seen for seen in listed if seen.provider_id == name)


def _is_news(end: OpenEnd, seen: Seen) -> bool:
    return end.state is State.UNKNOWN or read_twilio(seen.status).is_final


def _report(end: OpenEnd, seen: Seen) -> Report:
    """Return what the provider showed as if it had reported it by itself."""
    return Report(
        attempt_id=end.attempt_id,
        provider_id=seen.provider_id,
        status=seen.status,
        code=seen.code,
        raw=json.dumps({"source": "asked", "status": seen.status, "code": seen.code}),
    )
