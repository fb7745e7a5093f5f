"""Quiet hours around midnight, across both changes of the clocks, and in the recipient's own zone."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.domain.facts import ClinicPolicy
from reminders.domain.protocol import Direction
from reminders.domain.quiet import is_quiet, last_open, next_open, open_in

NEW_YORK = "America/New_York"
EVENING_TO_MORNING = ClinicPolicy(language="en")
AROUND_NOON = ClinicPolicy(language="en", quiet_from=time(12), quiet_until=time(14))
NEVER = ClinicPolicy(language="en", quiet_from=time(9), quiet_until=time(9))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("instant", "zone", "policy", "quiet"),
    [
        ("2026-10-06T23:59Z", NEW_YORK, EVENING_TO_MORNING, False),  # 19:59 EDT
        ("2026-10-07T00:00Z", NEW_YORK, EVENING_TO_MORNING, True),  # 20:00 EDT
        ("2026-10-07T04:00Z", NEW_YORK, EVENING_TO_MORNING, True),  # midnight
        ("2026-10-07T12:59Z", NEW_YORK, EVENING_TO_MORNING, True),  # 8:59 EDT
        ("2026-10-07T13:00Z", NEW_YORK, EVENING_TO_MORNING, False),  # 9:00 EDT
        ("2026-10-07T13:00Z", "America/Chicago", EVENING_TO_MORNING, True),  # but 8:00 CDT
        ("2026-10-07T00:30Z", "Pacific/Honolulu", EVENING_TO_MORNING, False),  # 14:30 HST
        ("2026-10-07T15:59Z", NEW_YORK, AROUND_NOON, False),
        ("2026-10-07T16:00Z", NEW_YORK, AROUND_NOON, True),
        ("2026-10-07T18:00Z", NEW_YORK, AROUND_NOON, False),
        ("2026-10-07T13:00Z", NEW_YORK, NEVER, False),
        ("2026-10-07T04:00Z", NEW_YORK, NEVER, False),
    ],
)
def test_quiet_is_what_the_recipients_clock_says(instant: str, zone: str, policy: ClinicPolicy, *, quiet: bool) -> None:
    assert is_quiet(utc(instant), zone, policy) is quiet


@pytest.mark.parametrize(
    ("instant", "zone", "policy", "before", "after"),
    [
        # 02:00 EDT, an ordinary night
        ("2026-10-07T06:00Z", NEW_YORK, EVENING_TO_MORNING, "2026-10-06T23:59Z", "2026-10-07T13:00Z"),
        # 21:00 EDT: the same night, other side of midnight
        ("2026-10-07T01:00Z", NEW_YORK, EVENING_TO_MORNING, "2026-10-06T23:59Z", "2026-10-07T13:00Z"),
        # the short night of the spring change: 19:59 EST to 9:00 EDT
        ("2026-03-08T06:00Z", NEW_YORK, EVENING_TO_MORNING, "2026-03-08T00:59Z", "2026-03-08T13:00Z"),
        # the long night of the autumn change: 19:59 EDT to 9:00 EST
        ("2026-11-01T06:30Z", NEW_YORK, EVENING_TO_MORNING, "2026-10-31T23:59Z", "2026-11-01T14:00Z"),
        # 13:00 within a span that does not wrap
        ("2026-10-07T17:00Z", NEW_YORK, AROUND_NOON, "2026-10-07T15:59Z", "2026-10-07T18:00Z"),
        # the spring change of the southern hemisphere: 19:59 AEST to 9:00 AEDT
        ("2026-10-03T15:00Z", "Australia/Sydney", EVENING_TO_MORNING, "2026-10-03T09:59Z", "2026-10-03T22:00Z"),
    ],
)
def test_the_open_minutes_around_quiet_hours(
    instant: str, zone: str, policy: ClinicPolicy, before: str, after: str
) -> None:
    assert last_open(utc(instant), zone, policy) == utc(before)
    assert next_open(utc(instant), zone, policy) == utc(after)


def test_an_open_instant_stays_where_it_is() -> None:
    noon = utc("2026-10-07T16:00:30Z")

    assert next_open(noon, NEW_YORK, EVENING_TO_MORNING) == noon
    assert last_open(noon, NEW_YORK, EVENING_TO_MORNING) == noon


def test_the_first_and_the_last_minute_of_the_quiet_hours_move_too() -> None:
    begins, ends = utc("2026-10-07T00:00Z"), utc("2026-10-07T12:59:59Z")

    assert last_open(begins, NEW_YORK, EVENING_TO_MORNING) == utc("2026-10-06T23:59Z")
    assert next_open(ends, NEW_YORK, EVENING_TO_MORNING) == utc("2026-10-07T13:00Z")


def test_a_direction_chooses_the_side() -> None:
    night = utc("2026-10-07T06:00Z")

    assert open_in(Direction.EARLIER, night, NEW_YORK, EVENING_TO_MORNING) == utc("2026-10-06T23:59Z")
    assert open_in(Direction.LATER, night, NEW_YORK, EVENING_TO_MORNING) == utc("2026-10-07T13:00Z")


@pytest.mark.parametrize(
    ("quiet_from", "quiet_until", "instant"),
    [
        (time(20), time(2, 30), "2026-03-08T06:30Z"),  # ends at a time that does not exist
        (time(2, 30), time(9), "2026-03-08T08:00Z"),  # begins at one
        (time(20), time(1, 30), "2026-11-01T06:10Z"),  # ends at a time that exists twice, in the second hour
        (time(1, 30), time(9), "2026-11-01T05:45Z"),  # begins at one
    ],
)
def test_quiet_hours_that_begin_or_end_within_a_change_still_end(
    quiet_from: time, quiet_until: time, instant: str
) -> None:
    policy = ClinicPolicy(language="en", quiet_from=quiet_from, quiet_until=quiet_until)

    before, after = last_open(utc(instant), NEW_YORK, policy), next_open(utc(instant), NEW_YORK, policy)

    assert before < utc(instant) < after
    assert not is_quiet(before, NEW_YORK, policy)
    assert not is_quiet(after, NEW_YORK, policy)
    assert after - before < timedelta(hours=16)


ZONES = st.sampled_from([NEW_YORK, "America/Phoenix", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata"])
INSTANTS = st.datetimes(
    datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2028-01-01"), timezones=st.just(UTC)
)
QUARTERS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))


@given(INSTANTS, ZONES, QUARTERS, QUARTERS)
def test_nobody_is_ever_disturbed_whatever_the_hours(
    instant: datetime, zone: str, quiet_from: time, quiet_until: time
) -> None:
    policy = ClinicPolicy(language="en", quiet_from=quiet_from, quiet_until=quiet_until)

    before, after = last_open(instant, zone, policy), next_open(instant, zone, policy)

    assert before <= instant <= after
    assert not is_quiet(before, zone, policy)
    assert not is_quiet(after, zone, policy)
    assert after - before <= timedelta(hours=49)
