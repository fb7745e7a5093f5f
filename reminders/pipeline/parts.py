"""What the steps of the pipeline are given: built once by `bootstrap`, passed as an argument."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from reminders.channels.base import Channel, Inquirer
from reminders.pipeline.times import Times
from reminders.store.engine import Transaction
from reminders.store.library import Library
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The database, the keys and the providers of one process."""

    transaction: Transaction
    vault: Vault
    public_url: str
    """Where providers reach our webhooks; no slash at the end."""
    token_key: bytes
    """Signs the tokens in callback URLs."""
    channels: Mapping[str, Channel] = field(default_factory=dict)
    """By provider: `sandbox`, `twilio`, `smtp`."""
    inquirers: Mapping[str, Inquirer] = field(default_factory=dict)
    """By provider, those that can be asked what they have: a mail server cannot."""
    times: Times = field(default_factory=Times)
    library: Library = field(default_factory=Library)
    """What the clinics laid down."""
    is_practice: bool = False
    """Every provider is a stand-in, so nothing needs a clinician's signature."""


Publish = Callable[[str, UUID, Sequence[UUID]], None]
"""Hands a batch to the workers: lane word, batch id, message ids."""
