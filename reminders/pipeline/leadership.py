"""Who among the schedulers works: the holder of a lease row."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy.exc import OperationalError

from reminders.pipeline.parts import Parts
from reminders.store import leases

LAST = timedelta(seconds=5)
"""How long a lease lasts without renewal: takeover comes this late at the most."""

_NAME = "scheduler"
_log = structlog.get_logger(__name__)


class Leadership:
    """One scheduler's claim to the clockwork."""

    def __init__(self, parts: Parts, *, holder: str) -> None:
        self._parts = parts
        self._holder = holder
        self._term: int | None = None

    def renew(self) -> None:
        """Take or renew the lease; without the database there is no leader, and nothing to lead."""
        try:
            with self._parts.transaction() as session:
                term = leases.hold(session, _NAME, self._holder, last=LAST)
        except OperationalError:
            term = None
            _log.warning("scheduler.database_away")
        if term != self._term:
            _log.info("scheduler.leads" if term else "scheduler.waits", term=term)
        self._term = term

    def resign(self) -> None:
        """Give the lease back, so that another scheduler need not wait for its end."""
        with self._parts.transaction() as session:
            leases.release(session, _NAME, self._holder)

    def guard(self, step: Callable[[], object], name: str) -> Callable[[], None]:
        """Return *step* as a job that runs only while this scheduler leads.

        A database or broker that is away is logged, not raised: the next tick asks again.
        """

        def tick() -> None:
            if self._term is None:
                return
            try:
                step()
            except OSError as lost:
                _log.warning("tick.failed", step=name, error=type(lost).__name__)
            except OperationalError:
                _log.warning("tick.failed", step=name, error="database")

        return tick
