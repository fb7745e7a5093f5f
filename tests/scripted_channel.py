"""A provider whose answers a test lays down."""

from collections.abc import Callable

from reminders.channels.base import Outgoing, SenderAccount
from reminders.domain.answers import Accepted, Answer


class ScriptedChannel:
    """A provider whose answers a test lays down; it remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[Outgoing] = []
        self.answers: dict[str, list[Answer | BaseException]] = {}
        """By recipient, one for each call; afterwards, and for everybody else, it accepts."""
        self.looks: list[Callable[[Outgoing], None]] = []
        """Called during each call: what a test wants to see while a provider is being called."""

    async def send(self, outgoing: Outgoing, account: SenderAccount) -> Answer:  # noqa: ARG002  the port's
        self.given.append(outgoing)
        for look in self.looks:
            look(outgoing)
        script = self.answers.get(outgoing.to)
        answer = script.pop(0) if script else Accepted(f"SM{outgoing.attempt_token}")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def close(self) -> None:
        """Nothing is open."""

    @property
    def texts(self) -> list[str]:
        return [outgoing.text for outgoing in self.given]
