"""Hearing beside the event loop: a few threads understand texts, and a text that was begun is heard to its end.

Whoever waits may stop waiting; the thread goes on. More than `ROOM` texts do not wait: the
provider then tells of them again, or its list does.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from reminders.domain.replies.inbound import Heard, Inbound

Hear = Callable[[Inbound], Heard]
"""Understands a text and does what follows; the same text again, by its provider's id, is the same `Heard`."""

THREADS = 4
ROOM = 200

_log = structlog.get_logger(__name__)


class Ears:
    """Runs *hear* in threads."""

    def __init__(self, hear: Hear, *, room: int = ROOM) -> None:
        self._hear = hear
        self._room = room
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="ears")
        self._under_way: set[asyncio.Future[Heard]] = set()

    def begin(self, inbound: Inbound) -> asyncio.Future[Heard] | None:
        """Begin to hear *inbound*; None: there is no room."""
        if len(self._under_way) >= self._room:
            _log.error("inbound.no_room", count=len(self._under_way))
            return None
        hearing = asyncio.get_running_loop().run_in_executor(self._threads, self._hear, inbound)
        self._under_way.add(hearing)
        hearing.add_done_callback(self._ended)
        return hearing

    async def finish(self) -> None:
        """Let what was begun end, before the process does."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
        self._threads.shutdown()

    def _ended(self, hearing: asyncio.Future[Heard]) -> None:
        self._under_way.discard(hearing)
        error = None if hearing.cancelled() else hearing.exception()
        if error is not None:
            _log.error("inbound.not_heard", error=type(error).__name__, exc_info=error)
