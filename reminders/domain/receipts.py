"""What a provider's message status means for the life of a message.

    accepted, scheduled, queued, sending, sent ─▶ sent (the provider has it)
    delivered, read                            ─▶ delivered
    undelivered, failed, canceled              ─▶ undelivered

Statuses come twice and in any order: `rank` says which of two is the later one, and
`states.settle` decides what a message makes of it. A status we do not know changes nothing
and is marked `known=False`, so that the one who reads it logs it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reminders.domain.states import State


@dataclass(frozen=True, slots=True)
class Report:
    """One status, read."""

    state: State | None
    """What the message is reported to be; None: it says nothing about a message of ours."""
    rank: int
    """How far along it is; the higher of two is the truth."""
    known: bool = True

    @property
    def is_final(self) -> bool:
        """Whether nothing more is expected after it."""
        return self.state in {State.DELIVERED, State.UNDELIVERED}


_UNKNOWN = Report(state=None, rank=-1, known=False)

TWILIO_STATUSES: Mapping[str, Report] = {
    "scheduled": Report(State.SENT, 0),
    "accepted": Report(State.SENT, 0),
    "queued": Report(State.SENT, 1),
    "sending": Report(State.SENT, 2),
    "sent": Report(State.SENT, 3),
    # Some parts arrived and some did not: the patient may have read it, so it is not proven lost.
    "partially_delivered": Report(State.SENT, 3),
    "delivered": Report(State.DELIVERED, 4),
    "undelivered": Report(State.UNDELIVERED, 4),
    "failed": Report(State.UNDELIVERED, 4),
    "canceled": Report(State.UNDELIVERED, 4),
    "read": Report(State.DELIVERED, 5),
    # Inbound texts have these; a receipt of ours never should.
    "receiving": Report(None, 0),
    "received": Report(None, 0),
}
"""Every value of `message.status` in Twilio's published API description."""


def read_twilio(status: str) -> Report:
    """Return what Twilio's *status* reports; any case, any spelling, never an exception."""
    return TWILIO_STATUSES.get(status.strip().lower(), _UNKNOWN)
