"""Keeping: what the sandbox takes instead of sending it goes into the database, where the phones are shown from."""

from collections.abc import Callable

from reminders.channels.sandbox import Kept
from reminders.domain.tokens import attempt_named
from reminders.store import kept as shelf
from reminders.store.engine import Transaction
from reminders.store.kept import KeptCopy
from reminders.store.vault import Vault

Keep = Callable[[Kept], None]


def keeper(transaction: Transaction, vault: Vault) -> Keep:
    """Return what stores a message of the sandbox, each in a transaction of its own."""

    def keep(kept: Kept) -> None:
        copy = _copy_of(kept)
        with transaction() as session:
            shelf.keep(session, vault, copy)

    return keep


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
