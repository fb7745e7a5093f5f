"""Opening hours, closed dates, and where a deadline falls that nobody would be there to meet."""

from datetime import date, datetime, time

import pytest

from reminders.domain.facts import OpenHours
from reminders.domain.openings import Deadline, fit_deadline, is_closed_on, is_open

WEEKDAYS = {day: [(time(8), time(12)), (time(13), time(17))] for day in range(5)}
HOURS = OpenHours(zone="America/New_York", spans=WEEKDAYS, closed_on=frozenset({date(2026, 11, 26)}))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),  # a Saturday
        (date(2026, 11, 26), True),  # Thanksgiving
        (date(2026, 11, 27), False),
    ],
)
def test_a_location_is_closed_on_its_closed_dates_and_on_days_without_hours(day: date, *, closed: bool) -> None:
    assert is_closed_on(day, HOURS) is closed


@pytest.mark.parametrize(
    ("instant", "opened"),
    [
        ("2026-10-07T11:59Z", False),  # 7:59 EDT
        ("2026-10-07T12:00Z", True),
        ("2026-10-07T16:30Z", False),  # the lunch hour
        ("2026-10-07T20:59Z", True),
        ("2026-10-07T21:00Z", False),
        ("2026-11-02T12:30Z", False),  # 7:30 EST, after the change
        ("2026-11-26T15:00Z", False),  # a closed date
    ],
)
def test_somebody_is_there_within_the_local_hours(instant: str, *, opened: bool) -> None:
    assert is_open(utc(instant), HOURS) is opened


@pytest.mark.parametrize(
    ("deadline", "now", "expected"),
    [
        # within the hours it stands, and so does a closing time
        ("2026-10-07T14:00Z", "2026-10-06T14:00Z", Deadline(utc("2026-10-07T14:00Z"), after_hours=False)),
        ("2026-10-07T21:00Z", "2026-10-06T14:00Z", Deadline(utc("2026-10-07T21:00Z"), after_hours=False)),
        # 23:30 on Tuesday: the hour before Tuesday's closing
        ("2026-10-07T03:30Z", "2026-10-06T14:00Z", Deadline(utc("2026-10-06T20:00Z"), after_hours=False)),
        # in the lunch hour: the hour before it
        ("2026-10-07T16:30Z", "2026-10-06T14:00Z", Deadline(utc("2026-10-07T15:00Z"), after_hours=False)),
        # 6:00 on Monday: Friday's last hour
        ("2026-10-12T10:00Z", "2026-10-08T14:00Z", Deadline(utc("2026-10-09T20:00Z"), after_hours=False)),
        # the day after Thanksgiving, before opening: Wednesday's last hour, in winter time
        ("2026-11-27T11:00Z", "2026-11-20T14:00Z", Deadline(utc("2026-11-25T21:00Z"), after_hours=False)),
        # the last open hour is running: now, and somebody is there
        ("2026-10-07T03:30Z", "2026-10-06T20:30Z", Deadline(utc("2026-10-06T20:30Z"), after_hours=False)),
        # it has passed: now, and on the after-hours list
        ("2026-10-07T03:30Z", "2026-10-06T21:00Z", Deadline(utc("2026-10-06T21:00Z"), after_hours=True)),
        ("2026-10-12T10:00Z", "2026-10-10T14:00Z", Deadline(utc("2026-10-10T14:00Z"), after_hours=True)),
        # a deadline that has passed is now, whoever is there
        ("2026-10-07T14:00Z", "2026-10-07T15:00Z", Deadline(utc("2026-10-07T15:00Z"), after_hours=False)),
        ("2026-10-07T14:00Z", "2026-10-07T22:00Z", Deadline(utc("2026-10-07T22:00Z"), after_hours=True)),
    ],
)
def test_a_deadline_falls_into_opening_hours(deadline: str, now: str, expected: Deadline) -> None:
    assert fit_deadline(utc(deadline), HOURS, utc(now)) == expected


def test_a_span_shorter_than_an_hour_is_due_at_its_opening() -> None:
    short = OpenHours(zone="America/New_York", spans={2: [(time(10), time(10, 30))]})

    deadline = fit_deadline(utc("2026-10-08T02:00Z"), short, utc("2026-10-06T14:00Z"))

    assert deadline == Deadline(utc("2026-10-07T14:00Z"), after_hours=False)


def test_a_location_without_hours_has_only_after_hours() -> None:
    never = OpenHours(zone="America/New_York")

    deadline = fit_deadline(utc("2026-10-08T02:00Z"), never, utc("2026-10-06T14:00Z"))

    assert deadline == Deadline(utc("2026-10-06T14:00Z"), after_hours=True)
