"""The two ports that a provider stands behind: what it is handed, and what it can be asked.

    Channel    takes one message                 ─▶ one of four answers
    Inquirer   says what it has, sent or come in ─▶ what is there, or that nobody could be asked

Both answer with a value, never with an exception, for everything that a provider or the
network can do. They live in one event loop: connections are made by the first call.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from reminders.domain import words
from reminders.domain.answers import Answer, Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderAccount:
    """Who sends: one number, messaging service or mailbox, and the right to use it."""

    provider: str
    """`twilio`, `smtp` or `sandbox`."""
    account: str
    """Twilio's account SID, or the user name of a mail server (empty: it asks for none)."""
    token: str = field(repr=False)
    from_address: str | None = None
    """A number in E.164, or a mailbox such as `Lakeside <visits@lakeside.example>`."""
    messaging_service: str | None = None
    api_url: str | None = None
    """Where the provider listens, when it is not the provider's own place: a stand-in, a mail server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One hand-over: everything a provider is told."""

    attempt_token: str = field(repr=False)
    message_id: UUID | None = None
    """The message whose try this is; each of its tries is handed over as the same one where a provider can tell."""
    to: str = field(repr=False)
    text: str = field(repr=False)
    by: words.Channel = words.Channel.SMS
    """A text, an email, a call that reads `text` aloud, or data for a pager."""
    language: str = "en"
    """In which a call is read."""
    subject: str | None = field(default=None, repr=False)
    html: str | None = field(default=None, repr=False)
    callback_url: str | None = field(default=None, repr=False)
    """Where receipts are posted; it carries our token."""
    validity: timedelta = timedelta(hours=10)
    """How long the provider may still try."""
    patience: timedelta = timedelta(seconds=30)
    """How long it may wait here for room: afterwards the claim is not sure to hold."""


class Channel(Protocol):
    """One provider."""

    async def send(self, outgoing: Outgoing, account: SenderAccount) -> Answer:
        """Hand *outgoing* over once, and say what became of it."""
        ...

    async def close(self) -> None:
        """Give connections back; the channel may be used again afterwards."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One message as the provider's own list shows it."""

    provider_id: str
    to: str = field(repr=False)
    text: str | None = field(repr=False)
    """None: the provider keeps no wording (redaction)."""
    status: str
    """The provider's word."""
    code: str | None
    created_at: datetime
    """By the provider's clock, in whole seconds where it counts no finer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One text to us as the provider's own list shows it."""

    provider_id: str
    sender: str = field(repr=False)
    to: str = field(repr=False)
    text: str = field(repr=False)
    """Empty where the provider keeps no wording (redaction), or there was none."""
    media: int
    messaging_service: str | None
    created_at: datetime
    """By the provider's clock, in whole seconds where it counts no finer."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The provider knows no such message."""


TOO_LONG = "too_long"
"""Why a list is no answer that has more than can be read: less of it can."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The provider could not be asked now; that proves nothing about a message."""

    reason: str
    hold: Hold | None = None
    """CONFIGURATION: the keys or the address are wrong, so asking again is of no use."""


class Inquirer(Protocol):
    """A provider that can be asked what it has: not every one can (a mail server cannot)."""

    async def listed(
        self, account: SenderAccount, *, since: datetime, until: datetime | None = None, to: str | None = None
    ) -> Sequence[Seen] | NoAnswer:
        """Return everything of ours that the provider created within [*since*, *until*], to *to* or to anybody.

        It is complete or `NoAnswer`: a list that broke off on its third page proves nothing.
        The bounds are read on the provider's clock, so give them a margin for its being off.
        """
        ...

    async def received(self, account: SenderAccount, *, since: datetime) -> Sequence[Received] | NoAnswer:
        """Return every text that came to the sender's number, or to its account's, since *since*; complete likewise."""
        ...

    async def look_up(self, account: SenderAccount, provider_id: str) -> Seen | Missing | NoAnswer:
        """Return how one message stands, by the id that the provider gave it."""
        ...
