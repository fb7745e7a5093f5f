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
from reminders.pipeline import daily, dispatch, escalating, posting, returning, settling, sweeping
from reminders.pipeline.leadership import Leadership
from reminders.pipeline.owing import Doorbell, anything_to_ask, anything_to_plan, anything_to_settle
from reminders.pipeline.parts import Parts
from reminders.pipeline.watching import Watch

TICK = 0.5
"""Seconds between two looks at what is due."""

STEPPED_TICK = 0.08
"""The same when the clock is stepped: weeks pass in a minute."""

DAILY_TICK = 60
"""Seconds between two looks at the work of the day; a stepped clock waits for it, so there it is one tick."""


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
    stopped.wait()
    clockwork.shutdown()
    leader.resign()


def _clockwork(parts: Parts, leader: Leadership, tick: float) -> BackgroundScheduler:
    clockwork = BackgroundScheduler(
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}, timezone="UTC"
    )

    daily_tick = DAILY_TICK if tick == TICK else tick

    def every(seconds: float, step: Callable[[], object], name: str) -> None:
        clockwork.add_job(leader.guard(step, name), IntervalTrigger(seconds=seconds, timezone="UTC"), id=name)

    # A tick that comes while the last one still runs is left out: that is meant, and no news.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    renewal = IntervalTrigger(seconds=leader.renewal.total_seconds(), timezone="UTC")
    clockwork.add_job(leader.renew, renewal, id="lead")
    every(tick, partial(dispatch.dispatch, parts, tasks.publish), "dispatch what is due")
    every(tick, partial(posting.post, parts), "post the sandbox's receipts")
    every(tick, Doorbell(anything_to_settle, parts, tasks.ring_settle).look, "settle receipts")
    every(tick, Doorbell(anything_to_plan, parts, tasks.ring_plan).look, "plan who is owed")
    every(2 * tick, partial(sweeping.sweep, parts), "rescue and expire")
    every(2 * tick, partial(escalating.escalate, parts), "tell staff who must act")
    every(2 * tick, Doorbell(anything_to_ask, parts, tasks.ring_inquire).look, "ask what became of messages")
    every(10 * tick, partial(returning.sum_up, parts), "sum up an outage")
    every(30, Watch(parts).look, "watch for what is late")
    every(daily_tick, Doorbell(daily.anything_to_do, parts, tasks.ring_daily).look, "do the work of the day")
    every(60, partial(settling.take_up_orphans, parts), "match receipts that came before their message")
    return clockwork
