"""The tokens with which an account signs what it tells us: the current one and the one before it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain.errors import BrokenSealError
from reminders.store.tables.clinic import Sender
from reminders.store.vault import Vault

_log = structlog.get_logger(__name__)


def read_keys(session: Session, vault: Vault) -> Mapping[str, frozenset[str]]:
    """Return the tokens of each account that texts, senders no longer in use included: their receipts still come.

    A mail server's password is no such token. One that cannot be opened is logged and left
    out, so that it does not silence the others.
    """
    rows = session.execute(
        select(Sender.id, Sender.account, Sender.token, Sender.previous_token).where(Sender.channel == "sms")
    )
    found: dict[str, set[str]] = {}
    for sender_id, account, token, previous in rows:
        sealed = ((Sender.token, token), (Sender.previous_token, previous))
        opened = (_open(vault, sender_id, column, value) for column, value in sealed)
        found.setdefault(account, set()).update(one for one in opened if one)
    return {account: frozenset(tokens) for account, tokens in found.items() if account}


def _open(vault: Vault, sender_id: UUID, column: Any, value: bytes | None) -> str | None:
    try:
        return vault.open_some(column, sender_id, value)
    except BrokenSealError:
        _log.exception("webhook_keys.broken_seal", sender_id=sender_id)
        return None
