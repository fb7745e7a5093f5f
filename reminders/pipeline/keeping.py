"""Keeping: what the sandbox takes instead of sending it goes into the database, and is found there again.

The phones are shown from there, and the sandbox says from there what it has when it is asked.
"""

from collections.abc import Callable, Sequence

from reminders.channels.base import Seen
from reminders.channels.sandbox import Kept, Look, Sought
from reminders.domain.tokens import attempt_named
from reminders.store import kept as shelf
from reminders.store.engine import Transaction
from reminders.store.kept import KeptCopy, KeptText
from reminders.store.vault import Vault

Keep = Callable[[Kept], None]


def keeper(transaction: Transaction, vault: Vault) -> Keep:
    """Return what stores a message of the sandbox, each in a transaction of its own."""

    def keep(kept: Kept) -> None:
        copy = _copy_of(kept)
        with transaction() as session:
            shelf.keep(session, vault, copy)

    return keep


def looker(transaction: Transaction, vault: Vault) -> Look:
    """Return what finds the sandbox's texts again."""

    def look(sought: Sought) -> Sequence[Seen]:
        with transaction() as session:
            found = shelf.texts(
                session,
                vault,
                account=sought.account,
                provider_id=sought.provider_id,
                recipient=sought.to,
                since=sought.since,
                until=sought.until,
            )
        return [_seen(text) for text in found]

    return look


def _seen(text: KeptText) -> Seen:
    return Seen(
        provider_id=text.provider_id,
        to=text.recipient,
        text=text.body,
        status=text.status,
        code=text.code,
        created_at=text.taken_at,
    )


def _copy_of(kept: Kept) -> KeptCopy:
    attempt_id = attempt_named(kept.attempt_token)
    if attempt_id is None:
        raise ValueError("a message was handed to the sandbox without the token of an attempt")
    return KeptCopy(
        attempt_id=attempt_id,
        channel=kept.channel,
        provider_id=kept.provider_id,
        recipient=kept.to,
        body=kept.text,
        subject=kept.subject,
        html=kept.html,
        callback_url=kept.callback_url or "",
        receipts=[(step.after, step.status, None if step.code is None else str(step.code)) for step in kept.script],
    )
