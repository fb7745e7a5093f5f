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

    assert any(not night.is_quiet(now - SOON, zone) for zone in night.zones(now, quiet=True))
    assert any(not night.is_quiet(now + SOON, zone) for zone in night.zones(now, quiet=True))
    assert night.zones(now, quiet=False)
    assert not night.is_quiet(MIDNIGHT + timedelta(hours=12), "UTC")
