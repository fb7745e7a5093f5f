"""Offsets, moments and lengths as coordinators write them, and back."""

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.domain.errors import RefusedError
from reminders.domain.offset_text import (
    format_length,
    format_moment,
    format_offset,
    parse_length,
    parse_moment,
    parse_offset,
    parse_time,
)
from reminders.domain.protocol import Elapsed, Landmark, Moment, Offset, WallClock


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("at once", Elapsed(timedelta())),
        ("-3 h", Elapsed(timedelta(hours=-3))),
        ("- 3h", Elapsed(timedelta(hours=-3))),
        ("-48 h", Elapsed(timedelta(hours=-48))),
        ("+90 min", Elapsed(timedelta(minutes=90))),
        ("+1 h 30 min", Elapsed(timedelta(minutes=90))),
        ("3 hours before", Elapsed(timedelta(hours=-3))),
        ("20 minutes after", Elapsed(timedelta(minutes=20))),
        ("day before at 17:00", WallClock(-1, time(17))),
        ("same day at 8:00", WallClock(0, time(8))),
        ("next day at 10:00", WallClock(1, time(10))),
        ("day after at 10:00", WallClock(1, time(10))),
        ("3 days before at 10:00", WallClock(-3, time(10))),
        ("2 weeks after at 09:30", WallClock(14, time(9, 30))),
        ("+10 d at 10:00", WallClock(10, time(10))),
        ("-3 d", WallClock(-3)),
        ("day before", WallClock(-1)),
    ],
)
def test_hours_are_elapsed_time_and_days_are_calendar_days(text: str, offset: Offset) -> None:
    assert parse_offset(text) == offset
    assert parse_offset(format_offset(offset)) == offset


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not an offset"),
        ("3 h", "is not an offset"),
        ("day before 17:00", "is not an offset"),
        ("yesterday", "is not an offset"),
        ("day before at 5 PM", "'5 PM' is not a time of day"),
        ("day before at 24:00", "'24:00' is not a time of day"),
        ("-3 fortnights", "'3 fortnights' is not a length of time"),
        ("-1 d 3 h", "mixes days and hours"),
        ("-3 h at 10:00", "counts hours and names a time"),
        ("-9999 d", "is longer than two years"),
    ],
)
def test_an_offset_that_cannot_be_read_says_how_to_write_it(text: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason) as refused:
        parse_offset(text)

    assert "write" in str(refused.value) or "check" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("last stop", Moment(Landmark.LAST_STOP)),
        ("first stop - 2 h", Moment(Landmark.FIRST_STOP, timedelta(hours=-2))),
        ("start - 24 h", Moment(Landmark.START, timedelta(hours=-24))),
        ("start -90 min", Moment(Landmark.START, timedelta(minutes=-90))),
        ("anchor + 36 h", Moment(Landmark.ANCHOR, timedelta(hours=36))),
        ("anchor + 14 d", Moment(Landmark.ANCHOR, timedelta(days=14))),
        ("due + 6 h", Moment(Landmark.DUE, timedelta(hours=6))),
        ("end", Moment(Landmark.END)),
    ],
)
def test_a_moment_is_a_landmark_with_elapsed_time(text: str, moment: Moment) -> None:
    assert parse_moment(text) == moment
    assert parse_moment(format_moment(moment)) == moment


@pytest.mark.parametrize("text", ["", "stop", "start 24 h", "24 h", "last  stop", "start - soon", "+ 3 h"])
def test_a_moment_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="write"):
        parse_moment(text)


@pytest.mark.parametrize("text", ["17:00", "7:05", "00:00", "23:59"])
def test_a_time_of_day_has_twenty_four_hours(text: str) -> None:
    assert parse_time(text) == time.fromisoformat(text.zfill(5))


@pytest.mark.parametrize("text", ["", "7", "24:00", "12:60", "5 PM", "17.00", "17:00:00"])
def test_a_time_of_day_is_written_one_way(text: str) -> None:
    with pytest.raises(RefusedError, match="write it like 17:00"):
        parse_time(text)


MINUTES = st.integers(0, 60 * 24 * 700).map(lambda minutes: timedelta(minutes=minutes))
ELAPSED = st.tuples(st.sampled_from([-1, 1]), MINUTES).map(lambda pair: pair[0] * pair[1])
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
OFFSETS = st.builds(Elapsed, ELAPSED) | st.builds(WallClock, st.integers(-700, 700), st.none() | TIMES)


@given(OFFSETS)
def test_every_offset_survives_being_written(offset: Offset) -> None:
    assert parse_offset(format_offset(offset)) == offset


@given(st.builds(Moment, st.sampled_from(Landmark), ELAPSED))
def test_every_moment_survives_being_written(moment: Moment) -> None:
    assert parse_moment(format_moment(moment)) == moment


@given(MINUTES)
def test_every_length_survives_being_written(length: timedelta) -> None:
    assert parse_length(format_length(length)) == length
