"""Opening hours of a location, and deadlines that fall into them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reminders.domain.facts import OpenHours
from reminders.domain.wallclock import at_wall, local_day

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when a person must have done something."""

    due_at: datetime
    after_hours: bool
    """Nobody is at the location before it is too late: it is on the after-hours list too."""


def is_closed_on(day: date, hours: OpenHours) -> bool:
    """Whether nobody is at the location on *day* at all."""
    return day in hours.closed_on or not hours.spans.get(day.weekday())


def is_open(instant: datetime, hours: OpenHours) -> bool:
    """Whether somebody is at the location at *instant*."""
    return any(opens <= instant < closes for opens, closes in _spans_of(local_day(instant, hours.zone), hours))


def fit_deadline(deadline: datetime, hours: OpenHours, now: datetime) -> Deadline:
    """Move *deadline* into opening hours.

    One that would end when the location is closed moves to the start of the last open
    hour before it, so that somebody is still there when it escalates; a closing time
    itself stands. Where no such hour is left, it is now and on the after-hours list.
    """
    if deadline <= now:
        return Deadline(now, after_hours=not is_open(now, hours))
    day, today = local_day(deadline, hours.zone), local_day(now, hours.zone)
    while day >= today:
        for opens, closes in sorted(_spans_of(day, hours), reverse=True):
            if now < closes and opens <= deadline:
                due_at = deadline if deadline <= closes else max(opens, closes - _HOUR)
                return Deadline(max(due_at, now), after_hours=False)
        day -= _DAY
    return Deadline(now, after_hours=True)


def _spans_of(day: date, hours: OpenHours) -> Iterator[tuple[datetime, datetime]]:
    if is_closed_on(day, hours):
        return
    for opens, closes in hours.spans[day.weekday()]:
        yield at_wall(day, opens, hours.zone), at_wall(day, closes, hours.zone)
