"""How long each part of a hand-over may take, in machine time; the later ones lean on the earlier.

A call ends before its batch, a batch before its lease, a lease before the broker would hand
the task to somebody else. `scaled` shrinks them all by one factor for a rehearsal.
"""

from dataclasses import dataclass, fields, replace
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Times:
    """The time-outs of sending."""

    call: timedelta = timedelta(seconds=30)
    """One provider call; Twilio's side may take 26 s before it gives up."""
    connect: timedelta = timedelta(seconds=10)
    """Its part before the first byte."""
    last_wave: timedelta = timedelta(seconds=30)
    """No wave starts later than this after the claim."""
    lease: timedelta = timedelta(seconds=90)
    """How long a claim holds; a claim without outcome is then unknown or free again."""
    backoff: timedelta = timedelta(seconds=5)
    """The first pause after "not now"; it doubles with each try, with jitter."""
    backoff_most: timedelta = timedelta(minutes=10)
    settle_first: timedelta = timedelta(seconds=120)
    """When the provider's list is first asked about an unknown, after the call's last possible end."""
    settle_again: timedelta = timedelta(minutes=10)
    """When it is asked for the second time; absent both times, the message was never accepted."""
    ask_again: timedelta = timedelta(minutes=1)
    """The pause after the list could not be read."""
    poll: timedelta = timedelta(minutes=10)
    """When the provider is first asked about a message whose receipt does not come; the pause grows fourfold."""

    rest: timedelta = timedelta(seconds=5)
    """How long a sender rests when its provider finds it too fast and names no time."""
    outage: timedelta = timedelta(seconds=30)
    """How long a sender whose provider is out hands nothing over until it tries one; it doubles with each failure."""
    outage_most: timedelta = timedelta(minutes=5)

    turn: timedelta = timedelta(seconds=20)
    """How long one task plans or settles before it lets others have the worker."""
    task: timedelta = timedelta(seconds=120)
    """When Celery kills a task that still runs."""
    visibility: timedelta = timedelta(seconds=300)
    """When the broker hands a task that nobody finished to somebody else."""
    leadership: timedelta = timedelta(seconds=5)
    """How long a scheduler leads without renewing: takeover comes this late at the most."""
    idle: timedelta = timedelta(seconds=60)
    """When the database ends a transaction in which nothing happens: a frozen process must not hold locks for ever."""

    def scaled(self, factor: float) -> "Times":
        """Return all times multiplied by *factor*."""
        return Times(**{one.name: getattr(self, one.name) * factor for one in fields(self)})

    def when_watched(self) -> "Times":
        """Return these times for a stepped clock: it waits for every unknown, and the sandbox's list does not lag."""
        quick = self.scaled(0.01)
        return replace(
            self,
            settle_first=quick.settle_first,
            settle_again=quick.settle_again,
            ask_again=quick.ask_again,
            outage=quick.outage,
            outage_most=quick.outage_most,
        )


WAVE = 50
"""Calls in flight at once in one process."""

BATCH = 200
"""Ids in one task: one id a task is 20 to 40 times slower."""

POLLS = 5
"""How often a message without a final receipt is asked about: the last time after more than two days."""

CRASHES = 3
"""Deaths of its batch after which a message is parked."""
