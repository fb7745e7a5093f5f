"""How long a provider may go on trying: never past use, and for most messages never into the night."""

from datetime import datetime, timedelta

from reminders.domain.facts import ClinicPolicy
from reminders.domain.quiet import next_quiet
from reminders.domain.words import Category

SHORTEST = timedelta(seconds=10)
"""With less than this left a message expires instead of going."""

LONGEST = timedelta(seconds=36_000)
"""Twilio's `ValidityPeriod` takes 1 to 36,000 seconds."""

_MAY_RING_AT_NIGHT = {Category.PREP, Category.SAFETY}


def validity(
    now: datetime, *, useful_until: datetime, category: Category, zone: str, policy: ClinicPolicy
) -> timedelta | None:
    """Return the validity period of a message handed over at *now*; None: too little is left of its use."""
    end = useful_until
    if category not in _MAY_RING_AT_NIGHT:
        begins = next_quiet(now, zone, policy)
        end = min(end, begins) if begins else end
    left = end - now
    return min(left, LONGEST) if left >= SHORTEST else None
