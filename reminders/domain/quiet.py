"""Quiet hours: the local hours in which nobody is disturbed, and the open minutes around them.

The clinic says from when until when; the recipient's zone says when that is. From 20:00
until 9:00, the last open minute is 19:59 and the first is 9:00. Equal times mean that
there are no quiet hours.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

from reminders.domain.facts import ClinicPolicy
from reminders.domain.protocol import Direction
from reminders.domain.wallclock import local, local_day, zone_info

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_ASKED = 512
"""Answers kept: a batch is judged at one moment, and asks of each of its patients the same."""


@lru_cache(_ASKED)
def is_quiet(instant: datetime, zone: str, policy: ClinicPolicy) -> bool:
    """Whether *instant* falls into the quiet hours of somebody in *zone*."""
    shown = local(instant, zone).time()
    if policy.quiet_from <= policy.quiet_until:
        return policy.quiet_from <= shown < policy.quiet_until
    return shown >= policy.quiet_from or shown < policy.quiet_until


def next_open(instant: datetime, zone: str, policy: ClinicPolicy) -> datetime:
    """Return *instant*, or the end of the quiet hours that it falls into."""
    if not is_quiet(instant, zone, policy):
        return instant
    ends = _when_clocks_show(policy.quiet_until, instant, zone)
    return min(end for end in ends if end >= instant and not is_quiet(end, zone, policy))


def last_open(instant: datetime, zone: str, policy: ClinicPolicy) -> datetime:
    """Return *instant*, or the last open minute before the quiet hours that it falls into."""
    if not is_quiet(instant, zone, policy):
        return instant
    minutes = (start - _MINUTE for start in _when_clocks_show(policy.quiet_from, instant, zone))
    return max(minute for minute in minutes if minute <= instant and not is_quiet(minute, zone, policy))


def open_in(direction: Direction, instant: datetime, zone: str, policy: ClinicPolicy) -> datetime:
    """Return *instant*, moved out of the quiet hours in *direction*."""
    if direction is Direction.EARLIER:
        return last_open(instant, zone, policy)
    return next_open(instant, zone, policy)


def _when_clocks_show(at: time, instant: datetime, zone: str) -> Iterator[datetime]:
    """Yield the instants around *instant* at which clocks show *at*.

    Two instants a day where the clocks repeat the time; where they skip it, the two
    instants that lie the length of the gap apart around it.
    """
    for days in range(-2, 3):
        for fold in (0, 1):
            yield datetime.combine(
                local_day(instant, zone) + days * _DAY, at.replace(fold=fold), tzinfo=zone_info(zone)
            ).astimezone(UTC)


@lru_cache(_ASKED)
def next_quiet(instant: datetime, zone: str, policy: ClinicPolicy) -> datetime | None:
    """Return when the next quiet hours begin after *instant*; None where there are none."""
    if policy.quiet_from == policy.quiet_until:
        return None
    return min(begin for begin in _when_clocks_show(policy.quiet_from, instant, zone) if begin > instant)
