"""The accounts' signing tokens in memory: read again every half minute, kept when the database is away."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

AGE = timedelta(seconds=30)
YOUNG = timedelta(seconds=2)
"""A stranger's request may make us read again, but not more often than this."""

_log = structlog.get_logger(__name__)


class WebhookKeys:
    """The tokens by account, as `read` found them last."""

    def __init__(self, read: Callable[[], Mapping[str, Collection[str]]], *, young: timedelta = YOUNG) -> None:
        self._read = read
        self._young = young.total_seconds()
        self._known: Mapping[str, Collection[str]] | None = None
        self._read_at = float("-inf")
        self._turn = asyncio.Lock()

    @property
    def are_known(self) -> bool:
        """Whether the database was reached at least once."""
        return self._known is not None

    def of(self, account: str) -> tuple[str, ...]:
        """Return the tokens of *account*; none when it is not one of ours."""
        return tuple((self._known or {}).get(account, ()))

    async def run(self) -> None:
        """Read now and then every `AGE`; until the first success every `YOUNG`."""
        while True:
            await self.look_again()
            await asyncio.sleep(AGE.total_seconds() if self.are_known else self._young)

    async def look_again(self) -> None:
        """Read the tokens anew, unless that was tried just now."""
        async with self._turn:
            if time.monotonic() - self._read_at < self._young:
                return
            self._read_at = time.monotonic()
            try:
                self._known = await asyncio.to_thread(self._read)
            except SQLAlchemyError as error:
                _log.warning("webhook_keys.not_read", error=type(error).__name__)
