"""The group-commit writer: many share a commit, a bad row spoils no other, and there is an end to waiting."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy.exc import DataError, OperationalError

from reminders.web.writer import TURNS, FullError, GroupWriter, NotWrittenError
from tests.web.visiting import until


@dataclass
class Ledger:
    """Takes rows like a database: a bad one fails its whole group; a closed gate holds the commit up."""

    bad: frozenset[str] = frozenset()
    is_away: bool = False
    gate: threading.Event = field(default_factory=threading.Event)
    groups: list[list[str]] = field(default_factory=list)
    committed: list[str] = field(default_factory=list)

    def write(self, rows: Sequence[str]) -> None:
        self.groups.append(list(rows))
        assert self.gate.wait(10)
        if self.is_away:
            raise OperationalError("insert", None, Exception())
        if self.bad & set(rows):
            raise DataError("insert", None, Exception())
        self.committed += rows


def open_ledger(*bad: str) -> Ledger:
    ledger = Ledger(frozenset(bad))
    ledger.gate.set()
    return ledger


def writing(writer: GroupWriter[str], use: Callable[[], Awaitable[object]]) -> None:
    """Run *use* beside *writer*, then close it."""

    async def run() -> None:
        task = asyncio.create_task(writer.run())
        await use()
        await writer.close()
        await task

    asyncio.run(run())


async def outcome(writer: GroupWriter[str], row: str) -> str:
    try:
        await writer.put(row)
    except (FullError, NotWrittenError) as error:
        return type(error).__name__
    return "stored"


def test_nothing_is_answered_before_its_commit() -> None:
    ledger = Ledger()
    writer = GroupWriter(ledger.write)
    seen: list[bool] = []

    async def use() -> None:
        waiting = asyncio.create_task(writer.put("a"))
        await until(lambda: ledger.groups)
        seen.append(waiting.done())
        ledger.gate.set()
        await waiting
        seen.append(ledger.committed == ["a"])

    writing(writer, use)

    assert seen == [False, True]


def test_what_comes_during_a_commit_shares_the_next_one() -> None:
    ledger = Ledger()
    writer = GroupWriter(ledger.write)

    async def use() -> None:
        first = asyncio.create_task(writer.put("first"))
        await until(lambda: ledger.groups)
        others = [asyncio.create_task(writer.put(row)) for row in "abc"]
        await asyncio.sleep(0)
        ledger.gate.set()
        await asyncio.gather(first, *others)

    writing(writer, use)

    assert ledger.groups == [["first"], ["a", "b", "c"]]


def test_what_is_just_coming_in_shares_the_commit_of_what_is_there() -> None:
    ledger = open_ledger()
    writer: GroupWriter[str] = GroupWriter(ledger.write)

    async def come(row: str, turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        await writer.put(row)

    async def use() -> None:
        await asyncio.gather(come("a", 0), come("b", TURNS - 1))

    writing(writer, use)

    assert ledger.groups == [["a", "b"]]


def test_a_group_is_no_larger_than_allowed() -> None:
    ledger = open_ledger()
    writer = GroupWriter(ledger.write, most=2)

    async def use() -> None:
        await asyncio.gather(*(writer.put(row) for row in "abcde"))

    writing(writer, use)

    assert [len(group) for group in ledger.groups] == [2, 2, 1]


def test_a_failed_group_is_written_again_row_by_row() -> None:
    ledger = open_ledger("b")
    writer = GroupWriter(ledger.write)
    outcomes: list[str] = []

    async def use() -> None:
        outcomes.extend(await asyncio.gather(*(outcome(writer, row) for row in "abc")))

    writing(writer, use)

    assert outcomes == ["stored", "NotWrittenError", "stored"]
    assert ledger.committed == ["a", "c"]


def test_while_the_database_is_away_not_every_row_is_tried() -> None:
    ledger = open_ledger()
    ledger.is_away = True
    writer = GroupWriter(ledger.write)
    outcomes: list[str] = []

    async def use() -> None:
        outcomes.extend(await asyncio.gather(*(outcome(writer, row) for row in "abcd")))

    writing(writer, use)

    assert outcomes == ["NotWrittenError"] * 4
    assert ledger.groups == [["a", "b", "c", "d"], ["a"]]


def test_what_has_no_room_is_refused_at_once() -> None:
    ledger = Ledger()
    writer = GroupWriter(ledger.write, room=1)
    refused: list[str] = []

    async def use() -> None:
        under_way = asyncio.create_task(writer.put("under way"))
        await until(lambda: ledger.groups)
        waiting = asyncio.create_task(writer.put("waiting"))
        await asyncio.sleep(0)
        refused.append(await outcome(writer, "one too many"))
        ledger.gate.set()
        await asyncio.gather(under_way, waiting)

    writing(writer, use)

    assert refused == ["FullError"]
    assert ledger.committed == ["under way", "waiting"]


def test_whoever_gave_up_waiting_does_not_stop_the_writer() -> None:
    ledger = Ledger()
    writer = GroupWriter(ledger.write)

    async def use() -> None:
        impatient = asyncio.create_task(writer.put("a"))
        await until(lambda: ledger.groups)
        impatient.cancel()
        ledger.gate.set()
        await writer.put("b")

    writing(writer, use)

    assert ledger.committed == ["a", "b"]


def test_what_waits_is_written_before_the_end() -> None:
    ledger = open_ledger()
    writer = GroupWriter(ledger.write)
    waiting: list[asyncio.Task[None]] = []

    async def use() -> None:
        waiting.extend(asyncio.create_task(writer.put(row)) for row in "abc")
        await asyncio.sleep(0)

    writing(writer, use)

    assert ledger.committed == ["a", "b", "c"]
    assert all(task.done() for task in waiting)


@pytest.mark.parametrize(("bad", "rings"), [((), 1), (("a",), 0)])
def test_only_what_was_stored_is_made_known(bad: tuple[str, ...], rings: int) -> None:
    ledger = open_ledger(*bad)
    rung: list[str] = []
    writer = GroupWriter(ledger.write, written=lambda: rung.append("ring"))

    async def use() -> None:
        await outcome(writer, "a")

    writing(writer, use)

    assert len(rung) == rings
