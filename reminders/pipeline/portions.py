"""Portions: how much one transaction takes on, so that nobody waits long for its locks."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

HELD = timedelta(seconds=0.4)
"""How long a transaction that locks many people should last; whoever wants one of them waits no longer."""

_LEAST = 10


class Portion:
    """A number of rows or patients that follows what the machine can do in `HELD`."""

    def __init__(self, most: int, *, first: int | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self.size = first or most

    @contextmanager
    def timed(self) -> Iterator[int]:
        """Yield how many to take on, and learn from how long that took."""
        began = self._clock()
        yield self.size
        self._learn(self._clock() - began)

    def _learn(self, seconds: float) -> None:
        fits = int(self.size * HELD.total_seconds() / max(seconds, 0.001))
        self.size = max(_LEAST, min(self._most, fits, 2 * self.size))
