"""Two transactions at once: one in a thread, which a test lets run until it waits for a lock."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine, text

T = TypeVar("T")

PATIENCE = 10
"""Seconds after which a thread that does not wait for a lock fails its test."""


@contextmanager
def meanwhile(engine: Engine, step: Callable[[], T]) -> Iterator[Future[T]]:
    """Run *step* in a thread; enter the block when it waits for a lock, and see it end before leaving."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(step)
        until(lambda: someone_waits(engine))
        yield future
    future.result()


def someone_waits(engine: Engine) -> bool:
    """Whether a transaction on *engine*'s database waits for another's lock."""
    with engine.connect() as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return bool(connection.execute(text(query)).scalar_one())


def until(condition: Callable[[], bool]) -> None:
    """Wait until *condition* holds."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, "this did not happen"
        time.sleep(0.005)
