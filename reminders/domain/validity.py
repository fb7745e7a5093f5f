"""How long a message may be on its way: never past use, most texts never into the night, and none begins at night."""

from datetime import datetime, timedelta

from reminders.domain.facts import ClinicPolicy
from reminders.domain.quiet import next_quiet
from reminders.domain.words import Category, Channel

SHORTEST = timedelta(seconds=10)
"""With less than this left of its use a message expires instead of going; with less left of the day it waits."""

LONGEST = timedelta(seconds=36_000)
"""Twilio's `ValidityPeriod` takes 1 to 36,000 seconds."""

_MAY_RING_AT_NIGHT = {Category.PREP, Category.SAFETY}


def ends_at_night(channel: Channel, category: Category) -> bool:
    """Whether a provider must not go on trying into the night: an email wakes nobody."""
    return channel is Channel.SMS and category not in _MAY_RING_AT_NIGHT


def validity(
    now: datetime, *, useful_until: datetime, channel: Channel, category: Category, zone: str, policy: ClinicPolicy
) -> timedelta | None:
    """Return the validity period of a message handed over at *now*; None: too little is left of its use."""
    left = useful_until - now
    if ends_at_night(channel, category):
        left = min(left, quiet_in(now, zone, policy))
    return min(left, LONGEST) if left >= SHORTEST else None


def quiet_in(now: datetime, zone: str, policy: ClinicPolicy) -> timedelta:
    """Return after how long quiet hours begin for somebody in *zone*; the longest there is where there are none."""
    begins_at = next_quiet(now, zone, policy)
    return timedelta.max if begins_at is None else begins_at - now
