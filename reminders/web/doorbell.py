"""A doorbell for the workers: many presses are one ring, and nobody waits for it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

REST = timedelta(milliseconds=50)
"""The least time between two rings: who answers one answers all presses before it."""

_log = structlog.get_logger(__name__)


class Doorbell:
    """Calls `ring` in a thread after `press`; `run` is its one task."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._pressed = asyncio.Event()
        self._turn = asyncio.Lock()

    def press(self) -> None:
        """Ask for a ring."""
        self._pressed.set()

    async def run(self) -> None:
        """Ring whenever it was pressed."""
        while True:
            await self._pressed.wait()
            await self._answer()
            await asyncio.sleep(REST.total_seconds())

    async def finish(self) -> None:
        """Let a ring that has begun end, and ring for whoever pressed last, before the process ends."""
        await self._answer()

    async def _answer(self) -> None:
        async with self._turn:
            if not self._pressed.is_set():
                return
            self._pressed.clear()
            try:
                await asyncio.to_thread(self._ring)
            except Exception as error:  # noqa: BLE001  a tick finds what no bell told
                _log.warning("doorbell.failed", error=type(error).__name__)
