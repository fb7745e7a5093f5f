"""Wall times against vectors made with GNU `date` and `zdump`, which do not use Python's zone code."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.domain import wallclock
from reminders.domain.errors import RefusedError
from reminders.domain.protocol import Elapsed, WallClock
from reminders.domain.wallclock import (
    at_wall,
    is_repeated,
    local,
    local_day,
    read_wall,
    shift_days,
    zone_info,
)

NEW_YORK = "America/New_York"
CHICAGO = "America/Chicago"

VECTORS = [
    (NEW_YORK, "2026-01-15 10:30", "2026-01-15T15:30Z"),
    (NEW_YORK, "2026-07-15 00:00", "2026-07-15T04:00Z"),
    (NEW_YORK, "2026-03-08 01:59", "2026-03-08T06:59Z"),
    (NEW_YORK, "2026-03-08 03:00", "2026-03-08T07:00Z"),
    (NEW_YORK, "2026-10-31 23:59", "2026-11-01T03:59Z"),
    (NEW_YORK, "2026-11-01 00:30", "2026-11-01T04:30Z"),
    (NEW_YORK, "2026-11-01 02:00", "2026-11-01T07:00Z"),
    (CHICAGO, "2026-01-15 10:30", "2026-01-15T16:30Z"),
    (CHICAGO, "2026-07-15 00:00", "2026-07-15T05:00Z"),
    (CHICAGO, "2026-03-08 03:00", "2026-03-08T08:00Z"),
    (CHICAGO, "2026-11-01 02:00", "2026-11-01T08:00Z"),
    ("America/Phoenix", "2026-01-15 10:30", "2026-01-15T17:30Z"),
    ("America/Phoenix", "2026-07-15 00:00", "2026-07-15T07:00Z"),
    ("Pacific/Honolulu", "2026-07-15 00:00", "2026-07-15T10:00Z"),
    ("America/St_Johns", "2026-01-15 10:30", "2026-01-15T14:00Z"),
    ("America/St_Johns", "2026-07-15 00:00", "2026-07-15T02:30Z"),
    ("America/Santiago", "2026-01-15 10:30", "2026-01-15T13:30Z"),
    ("America/Santiago", "2026-07-15 00:00", "2026-07-15T04:00Z"),
    ("America/Santiago", "2026-09-06 01:00", "2026-09-06T04:00Z"),
    ("Europe/London", "2026-03-29 02:00", "2026-03-29T01:00Z"),
    ("Europe/London", "2026-07-15 00:00", "2026-07-14T23:00Z"),
    ("Europe/London", "2026-10-25 02:00", "2026-10-25T02:00Z"),
    ("Asia/Kolkata", "2026-07-15 00:00", "2026-07-14T18:30Z"),
    ("Australia/Sydney", "2026-01-15 10:30", "2026-01-14T23:30Z"),
    ("Australia/Sydney", "2026-04-05 03:00", "2026-04-04T17:00Z"),
    ("Australia/Sydney", "2026-10-04 03:00", "2026-10-03T16:00Z"),
    ("Australia/Lord_Howe", "2026-10-04 01:59", "2026-10-03T15:29Z"),
    ("Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03T15:30Z"),
    ("Pacific/Auckland", "2026-07-15 00:00", "2026-07-14T12:00Z"),
    ("Pacific/Auckland", "2026-09-27 03:00", "2026-09-26T14:00Z"),
]

GAPS = [
    (NEW_YORK, "2026-03-08 02:00", "2026-03-08T07:00Z"),
    (NEW_YORK, "2026-03-08 02:30", "2026-03-08T07:30Z"),
    (NEW_YORK, "2026-03-08 02:59", "2026-03-08T07:59Z"),
    (CHICAGO, "2026-03-08 02:30", "2026-03-08T08:30Z"),
    ("Europe/London", "2026-03-29 01:30", "2026-03-29T01:30Z"),
    ("America/Santiago", "2026-09-06 00:00", "2026-09-06T04:00Z"),
    ("Australia/Sydney", "2026-10-04 02:15", "2026-10-03T16:15Z"),
    ("Australia/Lord_Howe", "2026-10-04 02:10", "2026-10-03T15:40Z"),
]

FOLDS = [
    (NEW_YORK, "2026-11-01 01:00", "2026-11-01T05:00Z"),
    (NEW_YORK, "2026-11-01 01:30", "2026-11-01T05:30Z"),
    (NEW_YORK, "2026-11-01 01:59", "2026-11-01T05:59Z"),
    (CHICAGO, "2026-11-01 01:30", "2026-11-01T06:30Z"),
    ("Europe/London", "2026-10-25 01:30", "2026-10-25T00:30Z"),
    ("America/Santiago", "2026-04-04 23:30", "2026-04-05T02:30Z"),
    ("Australia/Sydney", "2026-04-05 02:30", "2026-04-04T15:30Z"),
    ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45Z"),
]

ZONES = st.sampled_from(sorted({zone for zone, _, _ in VECTORS}))


def naive(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


INSTANTS = st.datetimes(naive("2024-01-01"), naive("2032-01-01"), timezones=st.just(UTC))


@pytest.mark.parametrize(("zone", "wall", "instant"), VECTORS)
def test_a_wall_time_is_the_instant_that_another_tool_computes(zone: str, wall: str, instant: str) -> None:
    shown = naive(wall)

    assert at_wall(shown.date(), shown.time(), zone) == utc(instant)
    assert read_wall(shown, zone) == utc(instant)
    assert local(utc(instant), zone).replace(tzinfo=None) == shown


@pytest.mark.parametrize(("zone", "wall", "instant"), GAPS)
def test_a_rule_moves_a_time_that_does_not_exist_forward_by_the_gap(zone: str, wall: str, instant: str) -> None:
    shown = naive(wall)

    assert at_wall(shown.date(), shown.time(), zone) == utc(instant)


@pytest.mark.parametrize(("zone", "wall", "instant"), FOLDS)
def test_a_rule_takes_the_first_instance_of_a_time_that_exists_twice(zone: str, wall: str, instant: str) -> None:
    shown = naive(wall)

    assert at_wall(shown.date(), shown.time().replace(fold=1), zone) == utc(instant)
    assert is_repeated(utc(instant), zone)


@pytest.mark.parametrize(("zone", "wall", "_instant"), GAPS)
def test_a_person_is_told_that_the_time_does_not_exist(zone: str, wall: str, _instant: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_wall(naive(wall), zone)

    assert refused.value.code == "no_such_time"
    assert str(refused.value).startswith(f"{wall} does not exist in {zone}")


@pytest.mark.parametrize(("zone", "wall", "_instant"), FOLDS)
def test_a_person_is_told_that_the_time_exists_twice(zone: str, wall: str, _instant: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_wall(naive(wall), zone)

    assert refused.value.code == "time_exists_twice"
    assert str(refused.value).startswith(f"{wall} exists twice in {zone}")


def test_the_refusal_of_a_time_shows_how_to_write_the_one_that_is_meant() -> None:
    with pytest.raises(RefusedError, match=r"2026-03-08T03:30-04:00"):
        read_wall(naive("2026-03-08 02:30"), NEW_YORK)
    with pytest.raises(RefusedError, match=r"2026-11-01T01:30-04:00 or 2026-11-01T01:30-05:00"):
        read_wall(naive("2026-11-01 01:30"), NEW_YORK)


@pytest.mark.parametrize("zone", ["", "America", "america/new_york", "../../etc/passwd", "Eastern", "a\0b"])
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(RefusedError, match="is not a time zone") as refused:
        zone_info(zone)

    assert refused.value.code == "unknown_zone"


def test_a_misspelt_zone_is_answered_with_the_right_one() -> None:
    with pytest.raises(RefusedError, match=r"Did you mean America/New_York\?"):
        zone_info("America/NewYork")


def test_zone_rules_come_from_the_package_and_never_from_the_machine() -> None:
    assert zoneinfo.TZPATH == ()
    assert local(utc("2026-12-01T20:00Z"), "America/Vancouver").utcoffset() == timedelta(hours=-7)


@pytest.mark.parametrize(
    ("start", "days", "zone", "expected"),
    [
        ("2026-03-09T14:30Z", -3, NEW_YORK, "2026-03-06T15:30Z"),  # 10:30 EDT, three days before: 10:30 EST
        ("2026-11-02T15:30Z", -1, NEW_YORK, "2026-11-01T15:30Z"),
        ("2026-11-02T15:30Z", -2, NEW_YORK, "2026-10-31T14:30Z"),
        ("2026-03-07T07:30Z", 1, NEW_YORK, "2026-03-08T07:30Z"),  # 02:30 does not exist on the 8th: 03:30
        ("2026-03-07T07:30Z", 2, NEW_YORK, "2026-03-09T06:30Z"),
        ("2026-11-01T06:30Z", 1, NEW_YORK, "2026-11-02T06:30Z"),  # from the second 01:30
        ("2026-11-01T06:30Z", 0, NEW_YORK, "2026-11-01T06:30Z"),  # and no days leave it the second
        ("2026-10-03T23:00Z", 1, "Australia/Sydney", "2026-10-04T23:00Z"),
        ("2026-10-02T23:00Z", 2, "Australia/Sydney", "2026-10-04T22:00Z"),
    ],
)
def test_days_are_calendar_days_and_keep_the_wall_time(start: str, days: int, zone: str, expected: str) -> None:
    assert shift_days(utc(start), days, zone) == utc(expected)
    assert wallclock.apply(WallClock(days), utc(start), zone) == utc(expected)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-03-08T11:00Z", -8, "2026-03-08T03:00Z"),  # 7:00 EDT less eight hours: 22:00 EST the day before
        ("2026-11-01T12:00Z", -8, "2026-11-01T04:00Z"),  # 7:00 EST less eight hours: midnight EDT
    ],
)
def test_hours_are_elapsed_time_across_a_change(start: str, hours: int, expected: str) -> None:
    assert wallclock.apply(Elapsed(timedelta(hours=hours)), utc(start), NEW_YORK) == utc(expected)


@pytest.mark.parametrize(
    ("start", "offset", "zone", "expected"),
    [
        ("2026-10-07T14:30Z", WallClock(-1, time(17)), NEW_YORK, "2026-10-06T21:00Z"),
        ("2026-11-01T15:00Z", WallClock(-1, time(17)), NEW_YORK, "2026-10-31T21:00Z"),
        ("2026-11-02T15:00Z", WallClock(-1, time(17)), NEW_YORK, "2026-11-01T22:00Z"),
        ("2026-03-08T14:00Z", WallClock(-1, time(17)), NEW_YORK, "2026-03-07T22:00Z"),
        ("2026-03-07T15:00Z", WallClock(1, time(10)), NEW_YORK, "2026-03-08T14:00Z"),
        ("2026-03-09T15:00Z", WallClock(-1, time(2, 30)), NEW_YORK, "2026-03-08T07:30Z"),
        ("2026-11-02T15:00Z", WallClock(-1, time(1, 30)), NEW_YORK, "2026-11-01T05:30Z"),
        ("2026-10-08T03:30Z", WallClock(0, time(10)), NEW_YORK, "2026-10-07T14:00Z"),  # 23:30 on the 7th there
    ],
)
def test_a_time_of_day_is_the_wall_time_of_the_place(start: str, offset: WallClock, zone: str, expected: str) -> None:
    assert wallclock.apply(offset, utc(start), zone) == utc(expected)


def test_the_day_is_that_of_the_place() -> None:
    late_evening = utc("2026-10-08T03:30Z")

    assert local_day(late_evening, NEW_YORK) == date(2026, 10, 7)
    assert local_day(late_evening, "Australia/Sydney") == date(2026, 10, 8)


@given(INSTANTS, ZONES)
def test_every_instant_comes_back_from_its_wall_time_unless_that_exists_twice(instant: datetime, zone: str) -> None:
    shown = local(instant, zone)

    back = at_wall(shown.date(), shown.time(), zone)

    assert back == instant if not is_repeated(instant, zone) else instant - back in {timedelta(), _repeat(zone)}
    assert back.tzinfo is UTC


def _repeat(zone: str) -> timedelta:
    return timedelta(minutes=30) if zone == "Australia/Lord_Howe" else timedelta(hours=1)


@given(INSTANTS, st.integers(-400, 400), ZONES)
def test_shifting_days_lands_on_the_day_counted(instant: datetime, days: int, zone: str) -> None:
    shifted = shift_days(instant, days, zone)

    assert local_day(shifted, zone) == local_day(instant, zone) + timedelta(days=days)
