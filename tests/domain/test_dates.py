"""Dates and times in the languages of patients, without the special spaces that cost a text half its length."""

from datetime import datetime

import pytest

from reminders.domain.dates import clock, short_date, weekday, zone_name

NEW_YORK = "America/New_York"
MORNING = datetime.fromisoformat("2026-10-07T14:30Z")
AFTERNOON = datetime.fromisoformat("2026-10-07T17:05Z")


@pytest.mark.parametrize(
    ("language", "date", "day", "morning", "afternoon"),
    [
        ("en", "Wed Oct 7", "Wednesday", "10:30 AM", "1:05 PM"),
        ("es", "mié 7 oct", "miércoles", "10:30 a. m.", "1:05 p. m."),
        ("en-GB", "Wed 7 Oct", "Wednesday", "10:30", "13:05"),
        ("es-MX", "mié 7 de oct", "miércoles", "10:30 a.m.", "1:05 p.m."),
        ("fr", "mer. 7 oct.", "mercredi", "10:30", "13:05"),
        ("tlh", "Wed Oct 7", "Wednesday", "10:30 AM", "1:05 PM"),
        ("not a language", "Wed Oct 7", "Wednesday", "10:30 AM", "1:05 PM"),
    ],
)
def test_a_visit_is_dated_as_its_patient_writes_dates(
    language: str, date: str, day: str, morning: str, afternoon: str
) -> None:
    assert short_date(MORNING, NEW_YORK, language) == date
    assert weekday(MORNING, NEW_YORK, language) == day
    assert clock(MORNING, NEW_YORK, language) == morning
    assert clock(AFTERNOON, NEW_YORK, language) == afternoon


@pytest.mark.parametrize(
    ("instant", "date", "time"),
    [
        ("2026-10-07T04:00Z", "Wed Oct 7", "12:00 AM"),
        ("2026-10-07T03:59Z", "Tue Oct 6", "11:59 PM"),
        ("2026-10-07T16:00Z", "Wed Oct 7", "12:00 PM"),
        ("2026-11-01T05:30Z", "Sun Nov 1", "1:30 AM"),
        ("2026-11-01T06:30Z", "Sun Nov 1", "1:30 AM"),
        ("2026-03-08T07:00Z", "Sun Mar 8", "3:00 AM"),
    ],
)
def test_day_and_time_are_those_of_the_zone(instant: str, date: str, time: str) -> None:
    at = datetime.fromisoformat(instant)

    assert (short_date(at, NEW_YORK, "en"), clock(at, NEW_YORK, "en")) == (date, time)


@pytest.mark.parametrize(
    ("instant", "zone", "name"),
    [
        ("2026-10-07T14:30Z", NEW_YORK, "EDT"),
        ("2026-11-07T14:30Z", NEW_YORK, "EST"),
        ("2026-10-07T14:30Z", "America/Phoenix", "MST"),
        ("2026-10-07T14:30Z", "America/Santiago", "GMT-3"),
        ("2026-07-07T14:30Z", "Australia/Lord_Howe", "GMT+10:30"),
        ("2026-07-07T14:30Z", "UTC", "UTC"),
    ],
)
def test_a_zone_is_called_what_people_there_call_it(instant: str, zone: str, name: str) -> None:
    at = datetime.fromisoformat(instant)

    assert zone_name(at, zone) == name
    assert clock(at, zone, "en", name_zone=True) == f"{clock(at, zone, 'en')} {name}"
