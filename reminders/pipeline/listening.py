"""Listening: texts to us whose webhook never came are found in the provider's list, and heard.

    due senders ─▶ list ─▶ leave out what is stored ─▶ hear ─▶ mark

Every five minutes of machine time, and so at once after a stop. What was stored is heard
by nobody twice; a list that could not be read, or a text that could not be heard, leaves the
mark where it was. No transaction is open while a provider is asked.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from reminders.channels.base import NoAnswer, Received
from reminders.domain.replies.inbound import Heard, Inbound
from reminders.pipeline import event_loop
from reminders.pipeline.accounts import account_of
from reminders.pipeline.parts import Parts
from reminders.store import claims, listings
from reminders.store.claims import SenderKeys
from reminders.store.listings import Due

OVERLAP = timedelta(minutes=10)
"""How far each list reaches behind the one before: clocks differ, and lists lag."""
FIRST_SPAN = timedelta(days=1)
UNDER_WAY = timedelta(minutes=1)
"""What is younger may still be on its way to our webhook, which can answer it in the same breath."""

Hear = Callable[[Inbound], Heard]

_log = structlog.get_logger(__name__)


def listen(parts: Parts, hear: Hear) -> int:
    """List what came to the senders whose time it is; return how many texts were heard that nobody told of."""
    with parts.transaction() as session:
        due = listings.due(session)
        keys = claims.senders(session, parts.vault, {one.sender_id for one in due}) if due else {}
    stop_at = time.monotonic() + parts.times.turn.total_seconds()
    return sum(_listen(parts, hear, one, keys[one.sender_id], stop_at) for one in due if one.sender_id in keys)


def _listen(parts: Parts, hear: Hear, due: Due, keys: SenderKeys, stop_at: float) -> int:
    since = due.listed_until - OVERLAP if due.listed_until else due.now_at - FIRST_SPAN
    listed = _listed(parts, keys, since)
    if isinstance(listed, NoAnswer):
        _log.warning("texts.not_listed", sender_id=due.sender_id, reason=listed.reason)
        return 0
    lost = _lost(parts, listed, until=due.now_at - UNDER_WAY)
    heard = [_hear(hear, keys, one, due.sender_id) for one in lost if time.monotonic() < stop_at]
    if len(heard) == len(lost) and all(heard):
        with parts.transaction() as session:
            listings.mark(session, due)
    return sum(heard)


def _listed(parts: Parts, keys: SenderKeys, since: datetime) -> Sequence[Received] | NoAnswer:
    inquirer = parts.inquirers.get(keys.provider)
    return () if inquirer is None else event_loop.run(inquirer.received(account_of(keys), since=since))


def _lost(parts: Parts, listed: Sequence[Received], *, until: datetime) -> list[Received]:
    """Return, oldest first, those texts that are not stored and whose webhook should have come by *until*."""
    old = sorted((one for one in listed if one.created_at <= until), key=lambda one: (one.created_at, one.provider_id))
    with parts.transaction() as session:
        stored = listings.stored(session, [one.provider_id for one in old])
    return [one for one in old if one.provider_id not in stored]


def _hear(hear: Hear, keys: SenderKeys, one: Received, sender_id: UUID) -> bool:
    """Hear one text; one that cannot be heard keeps no other from it."""
    inbound = Inbound(
        account=keys.account,
        provider_id=one.provider_id,
        sender=one.sender,
        to=one.to,
        body=one.text,
        media=one.media,
        messaging_service=one.messaging_service,
        was_listed=True,
        written_at=one.created_at,
    )
    try:
        hear(inbound)
    except Exception as error:  # noqa: BLE001  whatever it is, the next text is to be heard
        _log.error("texts.not_heard", sender_id=sender_id, provider_id=one.provider_id, error=type(error).__name__)
        return False
    return True
