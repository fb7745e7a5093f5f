"""A provider's own list, as a test lays it down."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reminders.channels.base import TOO_LONG, Missing, NoAnswer, Received, Seen, SenderAccount


@dataclass
class ScriptedInquirer:
    """Shows what a test put on its list; it remembers what it was asked."""

    messages: list[Seen] = field(default_factory=list)
    texts: list[Received] = field(default_factory=list)
    """What came in."""
    silent: NoAnswer | None = None
    """What it answers instead, while it is set."""
    longest: timedelta = timedelta.max
    """How far back its whole list can be read."""
    asked: list[str] = field(default_factory=list)

    async def listed(
        self,
        account: SenderAccount,  # noqa: ARG002  the port's
        *,
        since: datetime,
        until: datetime | None = None,
        to: str | None = None,
    ) -> Sequence[Seen] | NoAnswer:
        self.asked.append(to or "everything")
        if self.silent:
            return self.silent
        if until and until - since > self.longest:
            return NoAnswer(TOO_LONG)
        return [
            one
            for one in self.messages
            if one.created_at >= since and (until is None or one.created_at <= until) and to in {None, one.to}
        ]

    async def received(self, account: SenderAccount, *, since: datetime) -> Sequence[Received] | NoAnswer:  # noqa: ARG002
        self.asked.append(since.isoformat())
        return self.silent or [one for one in self.texts if one.created_at >= since]

    async def look_up(self, account: SenderAccount, provider_id: str) -> Seen | Missing | NoAnswer:  # noqa: ARG002
        self.asked.append(provider_id)
        if self.silent:
            return self.silent
        return next((one for one in self.messages if one.provider_id == provider_id), Missing())
