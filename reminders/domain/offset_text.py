"""Offsets, moments and lengths of time as a coordinator writes them, both ways.

at once                     the anchor itself
-3 h, +90 min, 3 h before   elapsed time
day before at 17:00         a wall time of a calendar day; so are "next day at 10:00",
"3 days before at 10:00", "+10 d at 10:00", "same day at 8:00"
-3 d                        the anchor's own wall time, three calendar days before
last stop, start - 24 h     a moment of the visit, for `useful_until` and `at_latest`
"""

import re
from datetime import time, timedelta

from reminders.domain.errors import RefusedError
from reminders.domain.protocol import Elapsed, Landmark, Moment, Offset, WallClock

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_LONGEST = 731 * _DAY
_UNITS = {
    "min": _MINUTE, "minute": _MINUTE, "minutes": _MINUTE,
    "h": _HOUR, "hour": _HOUR, "hours": _HOUR,
    "d": _DAY, "day": _DAY, "days": _DAY,
    "w": 7 * _DAY, "week": 7 * _DAY, "weeks": 7 * _DAY,
}  # fmt: skip
_LENGTH = r"(?:\d{1,5}\s*[a-z]+)(?:\s+\d{1,5}\s*[a-z]+)*"
_PART = re.compile(r"(\d+)\s*([a-z]+)")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_SIGNED = re.compile(rf"(?P<sign>[+-])\s*(?P<length>{_LENGTH})")
_WORDED = re.compile(rf"(?P<length>{_LENGTH})\s+(?P<side>before|after)")
_DAYS_BY_NAME = {"day before": -1, "same day": 0, "next day": 1, "day after": 1}
_MOMENT = re.compile(rf"(?P<of>[a-z ]+?)(?:\s*(?P<sign>[+-])\s*(?P<length>{_LENGTH}))?")

_OFFSET_CURE = 'write it like "day before at 17:00", "3 days before at 10:00", "-3 h", "+90 min" or "at once"'


def parse_time(text: str) -> time:
    """Return the wall time "17:00"."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise RefusedError(f"{text!r} is not a time of day; write it like 17:00.")
    return time(int(match[1]), int(match[2]))


def parse_length(text: str) -> timedelta:
    """Return the length "90 min", "8 h", "1 h 30 min", "21 d" or "2 weeks"; a day is 24 hours."""
    if not re.fullmatch(_LENGTH, text) or any(unit not in _UNITS for _, unit in _PART.findall(text)):
        raise RefusedError(f"{text!r} is not a length of time; write it like 30 min, 8 h or 21 d.")
    length = sum((int(count) * _UNITS[unit] for count, unit in _PART.findall(text)), timedelta())
    if length > _LONGEST:
        raise RefusedError(f"{text!r} is longer than two years; check the number.")
    return length


def format_length(length: timedelta) -> str:
    """Return *length* as `parse_length` reads it, in whole minutes."""
    return f"{length // _DAY} d" if length and not length % _DAY else _in_hours(length)


def _in_hours(length: timedelta) -> str:
    hours, minutes = divmod(length // _MINUTE, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes or not hours)
    return " ".join(parts)


def parse_offset(text: str) -> Offset:
    """Return the offset of a rule."""
    if text == "at once":
        return Elapsed(timedelta())
    days, _, at = text.partition(" at ")
    clock = parse_time(at.strip()) if at else None
    days = " ".join(days.split())
    if days in _DAYS_BY_NAME:
        return WallClock(_DAYS_BY_NAME[days], clock)
    signed = _signed_length(days)
    if signed is None:
        raise RefusedError(f"{text!r} is not an offset; {_OFFSET_CURE}.")
    return _counted(text, *signed, clock)


def _signed_length(text: str) -> tuple[int, str] | None:
    if match := _SIGNED.fullmatch(text):
        return (-1 if match["sign"] == "-" else 1), match["length"]
    if match := _WORDED.fullmatch(text):
        return (-1 if match["side"] == "before" else 1), match["length"]
    return None


def _counted(text: str, sign: int, length: str, clock: time | None) -> Offset:
    """Return days as calendar days, hours and minutes as elapsed time; the two do not mix."""
    by = parse_length(length)
    units = {_UNITS[unit] for _, unit in _PART.findall(length)}
    if min(units) >= _DAY:
        return WallClock(sign * (by // _DAY), clock)
    if max(units) >= _DAY:
        raise RefusedError(f"{text!r} mixes days and hours: a day is a day of the calendar; {_OFFSET_CURE}.")
    if clock is not None:
        raise RefusedError(f"{text!r} counts hours and names a time too; {_OFFSET_CURE}.")
    return Elapsed(sign * by)


def format_offset(offset: Offset) -> str:
    """Return *offset* as `parse_offset` reads it."""
    if isinstance(offset, Elapsed):
        return f"{_sign(offset.by)}{_in_hours(abs(offset.by))}" if offset.by else "at once"
    names = {-1: "day before", 0: "same day", 1: "next day"}
    side = "before" if offset.days < 0 else "after"
    days = names.get(offset.days, f"{abs(offset.days)} days {side}")
    return f"{days} at {offset.at:%H:%M}" if offset.at is not None else days


def parse_moment(text: str) -> Moment:
    """Return a landmark with an elapsed time before or after it."""
    match = _MOMENT.fullmatch(text)
    landmarks = [landmark.value for landmark in Landmark]
    if match is None or match["of"] not in landmarks:
        raise RefusedError(
            f"{text!r} is not a moment; write one of {', '.join(landmarks)}, alone or like "
            f'"start - 24 h" or "anchor + 36 h".'
        )
    plus = parse_length(match["length"]) if match["length"] else timedelta()
    return Moment(Landmark(match["of"]), -plus if match["sign"] == "-" else plus)


def format_moment(moment: Moment) -> str:
    """Return *moment* as `parse_moment` reads it."""
    if not moment.plus:
        return moment.of.value
    return f"{moment.of.value} {_sign(moment.plus)} {format_length(abs(moment.plus))}"


def _sign(length: timedelta) -> str:
    return "-" if length < timedelta() else "+"
