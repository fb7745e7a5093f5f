"""Wall time and instants: when a clock on the wall of some zone shows a time, and what it shows at an instant.

Wall times of rules bend (`at_wall`): one that the spring change skips moves forward by the
skipped hour, one that the autumn change repeats means its first instance. Wall times of
people are refused instead (`read_wall`), for only they know which one was meant.
"""

from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from typing import assert_never
from zoneinfo import ZoneInfo, available_timezones, reset_tzpath

from reminders.domain.errors import RefusedError
from reminders.domain.protocol import Elapsed, Offset, WallClock

# The operating system's zone files may be years behind the pinned tzdata package, and two
# machines that disagree would plan the same visit at two instants.
reset_tzpath(to=())
ZoneInfo.clear_cache()


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def zone_info(zone: str) -> ZoneInfo:
    """Return the rules of *zone*, an IANA name, or refuse it with the name that may have been meant."""
    if zone not in _zone_names():
        close = get_close_matches(zone, sorted(_zone_names()), n=1)
        hint = f"Did you mean {close[0]}?" if close else "Use an IANA name such as America/New_York."
        raise RefusedError(f"{zone!r} is not a time zone. {hint}", code="unknown_zone")
    return ZoneInfo(zone)


def at_wall(day: date, at: time, zone: str) -> datetime:
    """Return the instant at which clocks in *zone* show *at* on *day*, as rules mean it.

    A time that does not exist moves forward by the length of the gap (02:30 becomes
    03:30); of a time that exists twice the first instance is taken.
    """
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone_info(zone)).astimezone(UTC)


def read_wall(wall: datetime, zone: str) -> datetime:
    """Return the instant of the naive *wall* time that a person or a file gave for *zone*.

    Refuses a time that does not exist (`no_such_time`) or exists twice (`time_exists_twice`).
    """
    first, second = (wall.replace(tzinfo=zone_info(zone), fold=fold) for fold in (0, 1))
    before, after = first.utcoffset() or timedelta(), second.utcoffset() or timedelta()
    if before < after:
        raise RefusedError(
            f"{wall:%Y-%m-%d %H:%M} does not exist in {zone}: the clocks skip it that day. "
            f"Correct the time, or write it with its offset, such as {_written(first.astimezone(UTC), zone)}.",
            code="no_such_time",
        )
    if before > after:
        raise RefusedError(
            f"{wall:%Y-%m-%d %H:%M} exists twice in {zone}: the clocks go back that day. "
            f"Write it with the offset that is meant, {_written(first, zone)} or {_written(second, zone)}.",
            code="time_exists_twice",
        )
    return first.astimezone(UTC)


def _written(instant: datetime, zone: str) -> str:
    return local(instant, zone).isoformat(timespec="minutes")


def local(instant: datetime, zone: str) -> datetime:
    """Return *instant* as clocks in *zone* show it."""
    return instant.astimezone(zone_info(zone))


def local_day(instant: datetime, zone: str) -> date:
    """Return the calendar day that it is in *zone* at *instant*."""
    return local(instant, zone).date()


def is_repeated(instant: datetime, zone: str) -> bool:
    """Whether clocks in *zone* show the time of *instant* twice that day."""
    shown = local(instant, zone)
    return shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset()


def shift_days(instant: datetime, days: int, zone: str) -> datetime:
    """Return the same wall time in *zone* that many calendar days later (earlier: negative)."""
    if not days:
        return instant
    shown = local(instant, zone)
    return at_wall(shown.date() + timedelta(days=days), shown.time(), zone)


def apply(offset: Offset, anchor_at: datetime, zone: str) -> datetime:
    """Return the instant that lies *offset* from the anchor; days and wall times are those of *zone*."""
    match offset:
        case Elapsed(by):
            return anchor_at + by
        case WallClock(days, at) if at is not None:
            return at_wall(local_day(anchor_at, zone) + timedelta(days=days), at, zone)
        case WallClock(days):
            return shift_days(anchor_at, days, zone)
        case _:
            assert_never(offset)
