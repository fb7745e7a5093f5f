"""The scheduler's own clock: whatever is done to the wall clock, every job goes on ticking."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apscheduler.schedulers.background import BackgroundScheduler

from reminders import scheduler
from reminders.scheduler import Tick, keep_ticking
from tests.waiting import until

HOUR = timedelta(hours=1)


@contextmanager
def ticking(ticks: list[float]) -> Iterator[None]:
    """Run a clockwork with one job, which notes when it ran, as the scheduler runs its own."""
    clockwork, stopped = (
        BackgroundScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None}),
        threading.Event(),
    )
    clockwork.add_job(lambda: ticks.append(time.monotonic()), Tick(timedelta(seconds=0.02)), id="tick")
    clockwork.start()
    watcher = threading.Thread(target=keep_ticking, args=(clockwork, stopped))
    watcher.start()
    try:
        yield
    finally:
        stopped.set()
        watcher.join()
        clockwork.shutdown()


@pytest.mark.parametrize("jump", [-HOUR, HOUR, timedelta(days=400)], ids=str)
def test_a_wall_clock_that_is_put_on_or_back_stops_no_job(monkeypatch: pytest.MonkeyPatch, jump: timedelta) -> None:
    monkeypatch.setattr(scheduler, "WALL_CLOCK_TICK", 0.05)
    ticks: list[float] = []
    with ticking(ticks):
        until(lambda: len(ticks) > 3)

        with time_machine.travel(datetime.now(UTC) + jump, tick=True):  # noqa: TID251  the wall clock is what jumps
            jumped_at, before = time.monotonic(), len(ticks)
            until(lambda: len(ticks) > before + 10)

    longest = max(later - earlier for earlier, later in zip(ticks[before - 1 :], ticks[before:], strict=False))
    assert longest < 2
    assert ticks[-1] > jumped_at


def test_after_a_long_pause_a_tick_comes_once() -> None:
    late = datetime(2026, 10, 5, 12, tzinfo=UTC)

    following = Tick(timedelta(seconds=0.5)).get_next_fire_time(late - timedelta(days=400), late)

    assert following == late + timedelta(seconds=0.5)
