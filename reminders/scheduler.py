"""The clockwork: which step runs when. Nothing else is here, so an operator can read it whole.

Every job is a tick that asks the database what is due. A missed tick loses nothing and a
doubled tick does nothing, so no job store is needed. Any number of schedulers may run:
the one that holds the lease works, another takes over seconds after it is gone.
"""

import logging
import os
import signal
import socket
from collections.abc import Callable
from functools import partial
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from reminders import bootstrap, tasks
from reminders.pipeline import dispatch, posting, sweeping
from reminders.pipeline.leadership import Leadership
from reminders.pipeline.owing import anything_to_plan, anything_to_settle, ring_if
from reminders.pipeline.parts import Parts

TICK = 0.5
"""Seconds between two looks at what is due."""

STEPPED_TICK = 0.08
"""The same when the clock is stepped: weeks pass in a minute."""


def run() -> None:
    """Tick until SIGTERM or SIGINT."""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    parts = bootstrap.parts()
    tasks.connect()
    leader = Leadership(parts, holder=f"{socket.gethostname()}:{os.getpid()}")
    leader.renew()
    clockwork = _clockwork(parts, leader, STEPPED_TICK if bootstrap.is_stepped() else TICK)
    clockwork.start()
    stopped.wait()
    clockwork.shutdown()
    leader.resign()


def _clockwork(parts: Parts, leader: Leadership, tick: float) -> BackgroundScheduler:
    clockwork = BackgroundScheduler(
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}, timezone="UTC"
    )

    def every(seconds: float, step: Callable[[], object], name: str) -> None:
        clockwork.add_job(leader.guard(step, name), IntervalTrigger(seconds=seconds, timezone="UTC"), id=name)

    # A tick that comes while the last one still runs is left out: that is meant, and no news.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    clockwork.add_job(leader.renew, IntervalTrigger(seconds=1, timezone="UTC"), id="lead")
    every(tick, partial(dispatch.dispatch, parts, tasks.publish), "dispatch what is due")
    every(tick, partial(posting.post, parts), "post the sandbox's receipts")
    every(tick, partial(ring_if, anything_to_settle, parts, tasks.ring_settle), "settle receipts")
    every(tick, partial(ring_if, anything_to_plan, parts, tasks.ring_plan), "plan who is owed")
    every(2 * tick, partial(sweeping.sweep, parts), "rescue and expire")
    return clockwork
