"""A text as it reached one of our numbers, and what is said back in the same breath."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One text to us, verified to come from the provider."""

    account: str
    """The provider's account that took it."""
    provider_id: str
    """Twilio's MessageSid: the same text, however often it is told of."""
    sender: str = field(repr=False)
    """Who wrote: E.164, or what else the provider shows."""
    to: str = field(repr=False)
    """Our number."""
    body: str = field(repr=False)
    media: int = 0
    """How many pictures or files came along."""
    messaging_service: str | None = None
    opt_out: str | None = None
    """What the provider itself did with it: STOP, START or HELP (Twilio's `OptOutType`)."""
    was_listed: bool = False
    """Found in the provider's list: its webhook never reached us, so nothing can be said back in one."""
    written_at: datetime | None = None
    """When the provider took a text that was listed, by its clock; None: just now."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is answered to a text in the webhook's own response."""

    answer: str | None = field(default=None, repr=False)
    """None: nothing."""
    attempt_id: UUID | None = None
    """The attempt that the answer is; its receipts come to the callback with its token."""
