"""The quiet hours of a run: whatever the hour, a clinic may keep them, and both their edges lie near somebody."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.torture.clinic import Night

MIDNIGHT = datetime(2026, 11, 27, tzinfo=UTC)
SOON = timedelta(minutes=5)


@pytest.mark.parametrize("minutes", range(0, 24 * 60, 7))
def test_at_any_hour_a_night_begins_here_and_ends_there_and_noon_is_open(minutes: int) -> None:
    now = MIDNIGHT + timedelta(minutes=minutes)

    night = Night.around(now)

    assert (night.is_quiet(now, night.falls_in), night.is_quiet(now + SOON, night.falls_in)) == (False, True)
    assert any(not night.is_quiet(now + SOON, zone) for zone in night.zones(now, quiet=True))
    assert night.zones(now, quiet=False)
    assert not night.is_quiet(MIDNIGHT + timedelta(hours=12), "UTC")


def test_it_falls_to_the_second() -> None:
    falls_at = MIDNIGHT + timedelta(seconds=77)

    night = Night.around(MIDNIGHT).falling(falls_at)

    moments = [falls_at - timedelta(milliseconds=1), falls_at]
    assert [night.is_quiet(at, night.falls_in) for at in moments] == [False, True]
