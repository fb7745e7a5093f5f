"""How long each part of a hand-over may take, in machine time; the later ones lean on the earlier.

A call ends before its batch, a batch before its lease, a lease before the broker would hand
the task to somebody else. `scaled` shrinks them all by one factor for a rehearsal.
"""

from dataclasses import dataclass, fields
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Times:
    """The time-outs of sending."""

    call: timedelta = timedelta(seconds=30)
    """One provider call; Twilio's side may take 26 s before it gives up."""
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

    def scaled(self, factor: float) -> "Times":
        """Return all times multiplied by *factor*."""
        return Times(**{one.name: getattr(self, one.name) * factor for one in fields(self)})


WAVE = 50
"""Calls in flight at once in one process."""

BATCH = 200
"""Ids in one task: one id a task is 20 to 40 times slower."""

CRASHES = 3
"""Deaths of its batch after which a message is parked."""
