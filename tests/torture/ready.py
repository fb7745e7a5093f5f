"""Waiting until the processes of a fleet work: faults before that would meet nobody."""

import time
import urllib.error
import urllib.request
from datetime import timedelta

from redis.exceptions import RedisError
from sqlalchemy import func, select

from reminders import tasks
from reminders.pipeline.parts import Parts
from reminders.store.tables.machinery import Lease
from tests.torture.fleet import Crew, Fleet

PATIENCE = timedelta(seconds=90)


def await_ready(fleet: Fleet, parts: Parts, crew: Crew) -> None:
    """Wait until web answers, a scheduler leads and every worker listens; fail when it takes too long."""
    missing = who_is_missing(fleet, parts, crew, patience=PATIENCE)
    if missing:
        raise AssertionError(f"these did not start: {missing}")


def who_is_missing(fleet: Fleet, parts: Parts, crew: Crew, *, patience: timedelta = timedelta(seconds=20)) -> list[str]:
    """Return who does not work, though it was given time; none: everybody does."""
    silent = set(crew.workers)
    give_up = time.monotonic() + patience.total_seconds()
    while True:
        silent -= _answering()
        missing = [*sorted(silent), *_others_missing(fleet, parts)]
        if not missing or time.monotonic() > give_up:
            return missing
        fleet.wait(timedelta(seconds=0.2))


def _answering() -> set[str]:
    """Return the workers that answer a call through the broker."""
    try:
        answers = tasks.connect().control.ping(timeout=0.5) or ()
    except (OSError, RedisError):  # a kept connection of ours did not outlive the broker
        return set()
    return {name.partition("@")[0] for answer in answers for name in answer}


def _others_missing(fleet: Fleet, parts: Parts) -> list[str]:
    found = {"web": _web_answers(fleet), "a scheduler that leads": _somebody_leads(parts)}
    return [name for name, works in found.items() if not works]


def _web_answers(fleet: Fleet) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{fleet.port}/health/ready", timeout=5):
            return True
    except OSError:
        return False


def _somebody_leads(parts: Parts) -> bool:
    with parts.transaction() as session:
        return bool(session.scalar(select(func.count()).where(Lease.until > func.clock_timestamp())))
