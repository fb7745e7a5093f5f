"""The port that every provider stands behind: an account, what goes out, and one of four answers.

A channel answers with a value, never with an exception, for everything that a provider or
the network can do. It lives in one event loop: its connections are made by the first `send`.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from reminders.domain.answers import Answer


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
    to: str = field(repr=False)
    text: str = field(repr=False)
    subject: str | None = field(default=None, repr=False)
    html: str | None = field(default=None, repr=False)
    callback_url: str | None = field(default=None, repr=False)
    """Where receipts are posted; it carries our token."""
    validity: timedelta = timedelta(hours=10)
    """How long the provider may still try."""
    message_id_header: str | None = None
    """The Message-ID of an email, the same for every try of one attempt."""


class Channel(Protocol):
    """One provider."""

    async def send(self, outgoing: Outgoing, account: SenderAccount) -> Answer:
        """Hand *outgoing* over once, and say what became of it."""
        ...

    async def close(self) -> None:
        """Give connections back; the channel may be used again afterwards."""
        ...
