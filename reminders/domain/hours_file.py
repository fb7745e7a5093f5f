"""Opening hours of a location in the clinic file: by weekday or range of weekdays, and the closed dates.

hours:
monday-friday: 08:00-12:00, 13:00-18:00
saturday: 09:00-13:00
closed: [2026-11-26, 2026-12-25]
"""

import re
from datetime import date, time
from itertools import pairwise

from reminders.domain.blocks import Block, meant
from reminders.domain.errors import RefusedError
from reminders.domain.facts import OpenHours
from reminders.domain.offset_text import parse_time
from reminders.domain.wallclock import zone_info

Spans = tuple[tuple[time, time], ...]

_CLOSED: Spans = ()
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_hours(block: Block) -> OpenHours:
    """Return the zone, hours and closed dates of the location in *block*."""
    return OpenHours(
        zone=block.need("zone", _zone, "UTC"),
        spans=_read_spans(block),
        closed_on=frozenset(block.several("closed", _day)),
    )


def _zone(text: str) -> str:
    return zone_info(text).key


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RefusedError(f"{text!r} is not a date; write it like 2026-11-26.") from None


def _read_spans(block: Block) -> dict[int, Spans]:
    if not block.has("hours"):
        block.note("hours", "say when somebody is there, such as monday-friday: 08:00-18:00.")
    hours = block.block("hours")
    spans: dict[int, Spans] = {}
    for name in hours.names():
        opened = hours.may(name, _spans, _CLOSED)
        for day in _weekdays(hours, name):
            if day in spans:
                hours.note(name, f"{_DAYS[day]} stands here twice; write each day once.")
            spans[day] = opened
    return spans


def _weekdays(hours: Block, name: str) -> range:
    first, _, last = name.partition("-")
    for day in (first, last or first):
        if day not in _DAYS:
            hours.note(name, f"{day!r} is not a weekday. {meant(day, _DAYS)}")
            return range(0)
    days = range(_DAYS.index(first), _DAYS.index(last or first) + 1)
    if not days:
        hours.note(name, "a range of days runs from monday on; write the days one by one.")
    return days


def _spans(text: str) -> Spans:
    if text == "closed":
        return ()
    spans = tuple(_span(part.strip()) for part in text.split(","))
    if any(closes > opens for (_, closes), (opens, _) in pairwise(spans)):
        raise RefusedError(f"{text!r}: each span must begin after the one before it has ended.")
    return spans


def _span(text: str) -> tuple[time, time]:
    match = re.fullmatch(r"(\S+?)\s*-\s*(\S+)", text)
    if match is None:
        raise RefusedError(f"{text!r} is not a span of time; write it like 08:00-18:00, or closed.")
    opens, closes = parse_time(match[1]), parse_time(match[2])
    if closes <= opens:
        raise RefusedError(f"{text!r} ends before it begins; write it like 08:00-18:00.")
    return opens, closes
