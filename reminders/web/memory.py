"""What a process keeps in memory of the database: read again every half minute, kept when the database is away."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

AGE = timedelta(seconds=30)
YOUNG = timedelta(seconds=2)
"""A stranger's request may make us read again, but not more often than this."""

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class Memory(Generic[T]):
    """What `read` found last; *kind* is its name in the log."""

    def __init__(self, read: Callable[[], T], *, kind: str, young: timedelta = YOUNG) -> None:
        self._read = read
        self._kind = kind
        self._young = young.total_seconds()
        self._read_at = float("-inf")
        self._turn = asyncio.Lock()
        self.known: T | None = None
        """None until the database was reached once."""

    async def run(self) -> None:
        """Read now and then every `AGE`; until the first success every `YOUNG`."""
        while True:
            await self.look_again()
            await asyncio.sleep(self._young if self.known is None else AGE.total_seconds())

    async def look_again(self) -> None:
        """Read anew, unless that was tried just now."""
        async with self._turn:
            if time.monotonic() - self._read_at < self._young:
                return
            self._read_at = time.monotonic()
            try:
                self.known = await asyncio.to_thread(self._read)
            except SQLAlchemyError as error:
                _log.warning("memory.not_read", kind=self._kind, error=type(error).__name__)
