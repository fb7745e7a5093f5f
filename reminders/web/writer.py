"""A bounded group-commit writer: many requests wait, one transaction stores what all of them brought.

While one group is being committed the next one gathers, and whoever is just coming in is
let in first; so under load a commit is shared by many, and without load nobody waits for
company. `put` returns only after the commit.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import OperationalError

Row = TypeVar("Row")

ROOM = 2000
GROUP = 200
TURNS = 10
"""Turns of the event loop, none of them a wait, in which a request gets from its socket to a row here."""

_log = structlog.get_logger(__name__)


class FullError(Exception):
    """More rows wait than there is room for; the caller must come again."""


class NotWrittenError(Exception):
    """A row that could not be stored, alone neither."""


class GroupWriter(Generic[Row]):
    """Stores rows in groups; `run` is its one task, `write` stores a group in one transaction, in a thread."""

    def __init__(
        self,
        write: Callable[[Sequence[Row]], None],
        *,
        written: Callable[[], None] = lambda: None,
        room: int = ROOM,
        most: int = GROUP,
    ) -> None:
        self._write = write
        self._written = written
        self._most = most
        self._waiting: asyncio.Queue[tuple[Row, asyncio.Future[None]] | None] = asyncio.Queue(room)
        self._is_closing = False

    @property
    def waiting(self) -> int:
        """How many rows wait for their group."""
        return self._waiting.qsize()

    async def put(self, row: Row) -> None:
        """Return once *row* is committed; raise `FullError` or `NotWrittenError` otherwise."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            self._waiting.put_nowait((row, stored))
        except asyncio.QueueFull:
            raise FullError from None
        await stored

    async def run(self) -> None:
        """Write group after group until `close`."""
        with ThreadPoolExecutor(1, thread_name_prefix="writer") as thread:
            while group := await self._gathered():
                rows = [row for row, _ in group]
                errors = await asyncio.get_running_loop().run_in_executor(thread, self._errors_of, rows)
                for (_, stored), error in zip(group, errors, strict=True):
                    _answer(stored, error)
                if None in errors:
                    self._written()

    async def close(self) -> None:
        """Let `run` end after what waits already."""
        await self._waiting.put(None)

    async def _gathered(self) -> list[tuple[Row, asyncio.Future[None]]]:
        """Return the rows that wait, at least one; none when the writer is closing and all are written."""
        group: list[tuple[Row, asyncio.Future[None]]] = []
        while len(group) < self._most and not self._is_closing and (not group or await self._comes_more()):
            item = await self._waiting.get()
            if item is None:
                self._is_closing = True
            else:
                group.append(item)
        return group

    async def _comes_more(self) -> bool:
        """Whether a row waits, or one is just coming in."""
        for _ in range(TURNS):
            if not self._waiting.empty():
                break
            await asyncio.sleep(0)
        return not self._waiting.empty()

    def _errors_of(self, rows: Sequence[Row]) -> list[Exception | None]:
        """Write *rows* and return what went wrong with each."""
        try:
            self._write(rows)
        except Exception as error:  # noqa: BLE001  whatever it is, those who wait must hear of it
            _log.warning("writer.failed", count=len(rows), error=type(error).__name__)
            return self._one_by_one(rows) if len(rows) > 1 else [error]
        return [None] * len(rows)

    def _one_by_one(self, rows: Sequence[Row]) -> list[Exception | None]:
        """Write a failed group again row by row, so that one bad row spoils no other; stop if the database is away."""
        errors: list[Exception | None] = []
        for row in rows:
            errors += self._errors_of([row])
            if isinstance(errors[-1], OperationalError):
                break
        return errors + [errors[-1]] * (len(rows) - len(errors))


def _answer(stored: asyncio.Future[None], error: Exception | None) -> None:
    if stored.done():  # nobody waits for it any more
        return
    if error is None:
        stored.set_result(None)
    else:
        refusal = NotWrittenError()
        refusal.__cause__ = error
        stored.set_exception(refusal)
