"""A provider that is no work: what is measured with it is everything around the call."""

from reminders.channels.base import Outgoing, SenderAccount
from reminders.domain.answers import Accepted, Answer


class ReadyProvider:
    """A channel that has accepted before it was asked."""

    async def send(self, outgoing: Outgoing, account: SenderAccount) -> Answer:  # noqa: ARG002  the port's
        """Accept *outgoing*."""
        return Accepted(outgoing.attempt_token, 1)

    async def close(self) -> None:
        """Nothing is open."""
