"""Who among the schedulers works: the holder of a lease row."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import structlog
from sqlalchemy.exc import OperationalError

from reminders import stopwatch
from reminders.pipeline import returning
from reminders.pipeline.parts import Parts
from reminders.store import leases

_SHORTEST = timedelta(seconds=0.5)
"""Below this a busy machine would lose the lease without anything being wrong."""

_NAME = "scheduler"
_log = structlog.get_logger(__name__)


class Leadership:
    """One scheduler's claim to the clockwork; *holder* tells where it runs, and others may say the same."""

    def __init__(self, parts: Parts, *, holder: str) -> None:
        self._parts = parts
        # Containers that share a host's name may each call themselves its process 1.
        self._holder = f"{holder}:{uuid4().hex}"
        self._last = max(parts.times.leadership, _SHORTEST)
        self._term: int | None = None
        self._ends = 0.0
        """When the lease has run out by this process's own clock, be it that it or its machine slept."""

    @property
    def renewal(self) -> timedelta:
        """How often to renew: a few may be missed."""
        return self._last / 5

    def renew(self) -> None:
        """Take or renew the lease; without the database there is no leader, and nothing to lead."""
        ends = stopwatch.read() + self._last.total_seconds()
        try:
            with self._parts.transaction() as session:
                tenure = leases.hold(session, _NAME, self._holder, last=self._last)
                if tenure:
                    returning.notice(session, tenure)
            term = tenure.term if tenure else None
        except OperationalError:
            term = None
            _log.warning("scheduler.database_away")
        if term != self._term:
            _log.info("scheduler.leads" if term else "scheduler.waits", term=term)
        self._term, self._ends = term, ends

    def resign(self) -> None:
        """Give the lease back, so that another scheduler need not wait for its end."""
        self._term = None
        try:
            with self._parts.transaction() as session:
                leases.release(session, _NAME, self._holder)
        except OperationalError:
            _log.warning("scheduler.database_away")

    def guard(self, step: Callable[[], object], name: str) -> Callable[[], None]:
        """Return *step* as a job that runs only while this scheduler leads.

        A database or broker that is away is logged, not raised: the next tick asks again.
        """

        def tick() -> None:
            if self._term is None or stopwatch.read() >= self._ends:
                return
            try:
                step()
            except OSError as lost:
                _log.warning("tick.failed", step=name, error=type(lost).__name__)
            except OperationalError:
                _log.warning("tick.failed", step=name, error="database")

        return tick
