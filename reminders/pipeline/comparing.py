"""Comparing: once a day the provider's list is held against ours, for what no callback would ever tell.

    the provider has it, we do not         an orphan: sent by somebody else, or before a restored backup
    we handed it over, and it has it twice a double: what was sent again had gone after all
    it refused it for an opt-out           that opt-out is entered, where nothing told us of it

The first two are alerts for ops; none of them changes a message.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from reminders.channels.base import TOO_LONG, NoAnswer, Seen
from reminders.domain.reasons import Reason
from reminders.domain.words import WorkKind
from reminders.pipeline import event_loop
from reminders.pipeline.accounts import account_of
from reminders.pipeline.consenting import Stop, silence
from reminders.pipeline.parts import Parts
from reminders.store import claims, correspondents, ledger, open_ends, senders, work
from reminders.store.claims import SenderKeys
from reminders.store.locks import lock_addresses, retrying
from reminders.store.now import Now, read
from reminders.store.work import NewWork

SPAN = timedelta(hours=26)
"""How far back each comparison looks at the least: a day, and some hours for the one that came late."""

OVERLAP = timedelta(hours=2)
"""How much of what the last one looked at is looked at again: what was too young then, and clocks that are apart."""

SETTLED = timedelta(minutes=15)
"""What is younger than this may be on its way into our own rows."""

SENT_WITHIN = timedelta(days=30)
"""How long ago a message may have been due whose second hand-over is looked for."""

SHOWN = 20
"""How many of the provider's ids a work item names."""

OPTED_OUT_CODES = frozenset({"21610", "63033"})
"""Twilio: the recipient has opted out (21610), or blocks us (63033)."""

_log = structlog.get_logger(__name__)


def compare(parts: Parts, clinic_id: UUID, done_at: datetime) -> int:
    """Compare a clinic's texts since *done_at*, when that was done last; return how many messages are an alert.

    Raises `ConnectionError` where a provider did not show its list: the day is compared later.
    """
    with parts.transaction() as session:
        now = read(session)
        keys = claims.senders(session, parts.vault, senders.of_texts(session, clinic_id))
    span = max(SPAN, now.clinic_at - done_at + OVERLAP)
    lists = {sender_id: _listed(parts, its, span, now) for sender_id, its in keys.items()}
    found = _doubles(parts, clinic_id, now)
    for sender_id, listed in lists.items():
        if not isinstance(listed, NoAnswer):
            _opt_outs(parts, clinic_id, listed, now)
            found += _orphans(parts, clinic_id, sender_id, [seen.provider_id for seen in listed], now)
    missing = {sender_id: listed.reason for sender_id, listed in lists.items() if isinstance(listed, NoAnswer)}
    if missing:
        _log.warning("provider.list_missing", count=len(missing), reason=", ".join(sorted(set(missing.values()))))
        raise ConnectionError(f"the list could not be read: {', '.join(sorted(set(missing.values())))}")
    return found


def _opt_outs(parts: Parts, clinic_id: UUID, listed: Sequence[Seen], now: Now) -> None:
    """Enter the opt-outs that the provider knows of and we do not: it refuses every text to such a number."""
    last = {seen.to: seen for seen in sorted(listed, key=lambda one: one.created_at) if seen.code in OPTED_OUT_CODES}
    for number in sorted(last):
        retrying(parts.transaction, partial(_opt_out, parts, clinic_id, last[number], now))


def _opt_out(parts: Parts, clinic_id: UUID, refused: Seen, now: Now, session: Session) -> None:
    """Enter one opt-out, unless the number is silent already or has said START since."""
    address_id = correspondents.address_in_use(session, parts.vault, clinic_id, refused.to)
    if address_id is None:
        return
    lock_addresses(session, [address_id])
    knows_better = ledger.has_consented(session, address_id, since=refused.created_at)
    if not knows_better and not correspondents.is_silenced(session, address_id):
        _log.warning("provider.opt_out", clinic_id=clinic_id)
        silence(session, parts, Stop(address_id=address_id, source="provider", how="comparison"), now)


def _orphans(parts: Parts, clinic_id: UUID, sender_id: UUID, listed: Sequence[str], now: Now) -> int:
    if not listed:
        return 0
    with parts.transaction() as session:
        orphans = sorted(set(listed) - open_ends.explained(session, listed))
        if orphans:
            _log.error("provider.orphans", sender_id=sender_id, count=len(orphans))
            work.open_items(session, [_item(clinic_id, str(sender_id), Reason.ORPHAN, orphans, now)], now=now.clinic_at)
    return len(orphans)


def _listed(parts: Parts, keys: SenderKeys, span: timedelta, now: Now) -> Sequence[Seen] | NoAnswer:
    """Return what the provider has of a sender's last *span*, or of its last day where that is too long to be read.

    Nothing where it cannot be asked.
    """
    inquirer = parts.inquirers.get(keys.provider)
    if inquirer is None:
        return ()
    since, until = now.machine_at - span, now.machine_at - SETTLED
    listed = event_loop.run(inquirer.listed(account_of(keys), since=since, until=until))
    if span > SPAN and isinstance(listed, NoAnswer) and listed.reason == TOO_LONG:
        # Asked for again and again it would only grow, and the last day would never be compared either.
        _log.error("provider.days_not_compared", seconds=round((span - SPAN).total_seconds()))
        return _listed(parts, keys, SPAN, now)
    return listed


def _doubles(parts: Parts, clinic_id: UUID, now: Now) -> int:
    with parts.transaction() as session:
        found = open_ends.went_twice(session, clinic_id, since=now.clinic_at - SENT_WITHIN)
        for message_id, provider_ids in found.items():
            _log.error("provider.double", message_id=message_id, count=len(provider_ids))
            work.open_items(
                session, [_item(clinic_id, str(message_id), Reason.DOUBLE, provider_ids, now)], now=now.clinic_at
            )
    return len(found)


def _item(clinic_id: UUID, about: str, reason: Reason, provider_ids: Collection[str], now: Now) -> NewWork:
    return NewWork(
        clinic_id=clinic_id,
        key=f"{WorkKind.ORPHAN}/{about}/{now.clinic_at.date().isoformat()}",
        kind=WorkKind.ORPHAN,
        due_at=now.clinic_at,
        reason=reason,
        escalate_at=now.clinic_at,
        detail={"count": len(provider_ids), "provider_ids": sorted(provider_ids)[:SHOWN]},
    )
