"""Retrying: when a text that did not arrive is tried again on the same channel."""

from datetime import UTC, datetime, timedelta

import pytest

from reminders.domain.retrying import FIRST_PAUSE, LONGEST_PAUSE, next_day, retry_at

NOW = datetime(2026, 10, 28, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("step", "pause"),
    [(1, FIRST_PAUSE), (2, timedelta(minutes=30)), (3, timedelta(minutes=90)), (4, LONGEST_PAUSE), (99, LONGEST_PAUSE)],
)
def test_each_pause_is_longer_than_the_last(step: int, pause: timedelta) -> None:
    assert retry_at(NOW, step=step, is_daily=False, jitter=0) == NOW + pause


def test_a_daily_cap_opens_after_midnight_pacific() -> None:
    assert retry_at(NOW, step=1, is_daily=True, jitter=0) == datetime(2026, 10, 29, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize("is_daily", [True, False])
def test_what_failed_together_does_not_come_back_together(*, is_daily: bool) -> None:
    tries = [retry_at(NOW, step=1, is_daily=is_daily, jitter=jitter) for jitter in (0, 0.01, 0.5, 1)]

    assert tries == sorted(set(tries))
    assert timedelta(minutes=2) < tries[-1] - tries[0] <= timedelta(minutes=10)


def test_midnight_pacific_follows_the_change_of_the_clocks() -> None:
    assert next_day(datetime(2026, 11, 1, 12, 0, tzinfo=UTC)) == datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
