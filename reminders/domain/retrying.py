"""When a text that was proven not delivered is tried again on the same channel.

A phone that was off may be on in ten minutes, and is not after an hour; a carrier's daily
cap opens at midnight Pacific. How often a failure may be tried again is the provider's code's
to say (`channels.twilio_codes`); whether there is still use in it is the plan's.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
"""Carriers reset a brand's daily segments at midnight Pacific."""

FIRST_PAUSE = timedelta(minutes=10)
GROWTH = 3
LONGEST_PAUSE = timedelta(hours=2)

SPREAD = 0.25
"""By how much of itself a pause may be longer, so that a crowd that failed together does not come back together."""

_AFTER_MIDNIGHT = timedelta(minutes=5)
_CROWD_OF_A_DAY = timedelta(minutes=10)
"""Over how long what waited for the next day is spread."""


def retry_at(now: datetime, *, step: int, is_daily: bool, jitter: float) -> datetime:
    """Return the earliest instant of the try that follows step number *step*, which failed at *now*.

    *jitter*, between 0 and 1, makes it later.
    """
    if is_daily:
        return next_day(now) + _AFTER_MIDNIGHT + _CROWD_OF_A_DAY * jitter
    pause: timedelta = min(LONGEST_PAUSE, FIRST_PAUSE * GROWTH ** min(step - 1, 10))
    return now + pause * (1 + SPREAD * jitter)


def next_day(now: datetime) -> datetime:
    """Return the next midnight Pacific, at which daily budgets open."""
    tomorrow_on = now.astimezone(PACIFIC).date() + timedelta(days=1)
    return datetime.combine(tomorrow_on, time(), PACIFIC).astimezone(UTC)
