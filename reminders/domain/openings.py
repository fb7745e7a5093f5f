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


def opens_at(instant: datetime, hours: OpenHours) -> datetime | None:
    """Return when the location opens next; None: it is open, or never opens in the next two weeks."""
    if is_open(instant, hours):
        return None
    day = local_day(instant, hours.zone)
    for ahead in range(15):
        starts = [opens for opens, _ in _spans_of(day + ahead * _DAY, hours) if opens > instant]
        if starts:
            return min(starts)
    return None


def after_open_time(instant: datetime, length: timedelta, hours: OpenHours) -> datetime:
    """Return the moment by which the location has been open for *length* since *instant*.

    A location that never opens in the next weeks is taken to be open always.
    """
    day, left = local_day(instant, hours.zone), length
    for ahead in range(15):
        for opens, closes in sorted(_spans_of(day + ahead * _DAY, hours)):
            begins = max(opens, instant)
            if begins < closes:
                if left <= closes - begins:
                    return begins + left
                left -= closes - begins
    return instant + length


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
