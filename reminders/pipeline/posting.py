"""Posting: the sandbox's receipts go, signed, to the same webhook that a provider would call.

    take ─▶ post ─▶ note

A tick in two short transactions, none of them open while posting. A receipt that is taken
is put off at once, so that one whose poster dies is posted again, and two posters rarely
post the same; posted twice, it is what a provider does too.
"""

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import aiohttp
import structlog

from reminders.channels.base import SenderAccount
from reminders.channels.sandbox_receipts import callback_form, post_callback, signed_request
from reminders.domain.backoff import pause
from reminders.pipeline.claiming import STATUS_PATH
from reminders.pipeline.parts import Parts
from reminders.store import claims, kept
from reminders.store.claims import SenderKeys
from reminders.store.kept import DueCallback

AT_ONCE = 16
MOST = 100
"""Receipts of one tick; all of them end within `PATIENCE`, however slow the webhook is."""
PATIENCE = timedelta(seconds=15)
LEASE = timedelta(seconds=30)
FIRST_PAUSE = timedelta(milliseconds=250)
LONGEST_PAUSE = timedelta(seconds=15)

_log = structlog.get_logger(__name__)


def post(parts: Parts) -> int:
    """Post the sandbox's receipts that are due; return how many were answered."""
    with parts.transaction() as session:
        due = kept.take_due(session, parts.vault, limit=MOST, lease=LEASE)
        senders = claims.senders(session, parts.vault, {one.sender_id for one in due}) if due else {}
    due = [one for one in due if one.sender_id in senders]
    if not due:
        return 0
    answers = asyncio.run(_post_all(parts.public_url, due, senders))
    return _note(parts, list(zip(due, answers, strict=True)))


async def _post_all(
    public_url: str, due: Sequence[DueCallback], senders: Mapping[UUID, SenderKeys]
) -> list[int | None]:
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:
        return await asyncio.gather(*(_post(session, public_url, one, senders[one.sender_id]) for one in due))


async def _post(session: aiohttp.ClientSession, public_url: str, one: DueCallback, keys: SenderKeys) -> int | None:
    """Post one receipt to where we listen now: after a restart that may be another port than it was given."""
    account = SenderAccount(
        provider=keys.provider,
        account=keys.account,
        token=keys.token,
        from_address=keys.from_address,
        messaging_service=keys.messaging_service,
    )
    form = callback_form(one.provider_id, one.recipient, one.status, one.code, account)
    url = f"{public_url}{STATUS_PATH}?{urlsplit(one.callback_url).query}"
    return await post_callback(session, signed_request(url, form, keys.token), patience=PATIENCE)


def _note(parts: Parts, answers: Sequence[tuple[DueCallback, int | None]]) -> int:
    """Close what was answered for good, refusals too; put off what nobody took."""
    posted = [one for one, status in answers if _is_answered(status)]
    for one, status in answers:
        if status is None or not 200 <= status < 300:
            _log.warning("callback.not_taken", status=status, attempt=one.tries + 1)
    with parts.transaction() as session:
        kept.close(session, posted)
        kept.put_off(session, {one.id: _wait(one) for one, status in answers if not _is_answered(status)})
    return len(posted)


def _is_answered(status: int | None) -> bool:
    return status is not None and (200 <= status < 300 or 400 <= status < 500)


def _wait(one: DueCallback) -> timedelta:
    jitter = random.random()  # noqa: S311  spreads load, guards nothing
    return pause(one.tries, first=FIRST_PAUSE, most=LONGEST_PAUSE, jitter=jitter)
