"""The clockwork: which step runs when. Nothing else is here, so an operator can read it whole.

Every job is a tick that asks the database what is due. A missed tick loses nothing and a
doubled tick does nothing, so no job store is needed. Any number of schedulers may run:
the one that holds the lease works, another takes over seconds after it is gone. A wall clock
that is put on or back moves no tick.
"""

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from threading import Event

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from reminders import bootstrap, tasks
from reminders.pipeline import daily, deadlines, dispatch, escalating, posting, returning, settling, sweeping
from reminders.pipeline.leadership import Leadership
from reminders.pipeline.owing import Doorbell, anything_to_ask, anything_to_list, anything_to_plan, anything_to_settle
from reminders.pipeline.parts import Parts
from reminders.pipeline.watching import Watch

TICK = 0.5
"""Seconds between two looks at what is due."""

STEPPED_TICK = 0.08
"""The same when the clock is stepped: weeks pass in a minute."""

DAILY_TICK = 60
"""Seconds between two looks at the work of the day; a stepped clock waits for it, so there it is one tick."""

WALL_CLOCK_TICK, NO_JUMP = 1.0, 0.25
"""Seconds between two looks at the wall clock, and by how many it may be put back without being noticed."""

_log = structlog.get_logger(__name__)


def run() -> None:
    """Tick until SIGTERM or SIGINT."""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    parts = bootstrap.parts()
    bootstrap.refuse_unready()
    tasks.connect()
    leader = Leadership(parts, holder=f"{socket.gethostname()}:{os.getpid()}")
    leader.renew()
    clockwork = _clockwork(parts, leader, STEPPED_TICK if bootstrap.is_stepped() else TICK)
    clockwork.start()
    keep_ticking(clockwork, stopped)
    clockwork.shutdown()
    leader.resign()


class Tick(BaseTrigger):  # type: ignore[misc]  # the library ships no types
    """Fires so long after each time it is asked; the library's own goes on from a date, be it from before a jump."""

    def __init__(self, pause: timedelta) -> None:
        self._pause = pause

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Return when to fire next."""
        return now + self._pause


def keep_ticking(clockwork: BackgroundScheduler, stopped: Event) -> None:
    """Return when *stopped* is set; until then let every job go on when the wall clock is put back.

    APScheduler goes by that clock: it would wait until it is as late again as it was, and so
    would the renewal of the lease.
    """
    before = time.time() - time.monotonic()
    while not stopped.wait(WALL_CLOCK_TICK):
        now = time.time() - time.monotonic()
        if before - now > NO_JUMP:
            _log.warning("scheduler.clock_put_back", seconds=round(before - now))
            for job in clockwork.get_jobs():
                clockwork.reschedule_job(job.id, trigger=job.trigger)
        before = now


def _clockwork(parts: Parts, leader: Leadership, tick: float) -> BackgroundScheduler:
    clockwork = BackgroundScheduler(
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}, timezone="UTC"
    )

    daily_tick = DAILY_TICK if tick == TICK else tick

    def every(seconds: float, step: Callable[[], object], name: str) -> None:
        clockwork.add_job(leader.guard(step, name), Tick(timedelta(seconds=seconds)), id=name)

    # A tick that comes while the last one still runs is left out: that is meant, and no news.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    clockwork.add_job(leader.renew, Tick(leader.renewal), id="lead")
    every(tick, partial(dispatch.dispatch, parts, tasks.publish), "dispatch what is due")
    every(tick, partial(posting.post, parts), "post the sandbox's receipts")
    every(tick, Doorbell(anything_to_settle, parts, tasks.ring_settle).look, "settle receipts")
    every(tick, Doorbell(anything_to_plan, parts, tasks.ring_plan).look, "plan who is owed")
    every(2 * tick, partial(sweeping.sweep, parts), "rescue and expire")
    every(2 * tick, partial(escalating.escalate, parts), "tell staff who must act")
    every(2 * tick, Doorbell(anything_to_ask, parts, tasks.ring_inquire).look, "ask what became of messages")
    every(2 * tick, partial(deadlines.notice, parts), "notice visits without a driver")
    every(15, Doorbell(anything_to_list, parts, tasks.ring_listen).look, "look for lost texts")
    every(10 * tick, partial(returning.sum_up, parts), "sum up an outage")
    every(30, Watch(parts).look, "watch for what is late")
    every(daily_tick, Doorbell(daily.anything_to_do, parts, tasks.ring_daily).look, "do the work of the day")
    every(60, partial(settling.take_up_orphans, parts), "match receipts that came before their message")
    return clockwork
