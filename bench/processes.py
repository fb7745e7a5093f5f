"""What processes cost: the memory and the processor time of one and of all that it started."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from statistics import median

import psutil

MEGABYTE = 1024 * 1024


def memory_of_tree(pid: int) -> float:
    """Return the resident megabytes of a process and its descendants."""
    return sum(_of_each(pid, lambda one: one.memory_info().rss)) / MEGABYTE


def seconds_of_tree(pid: int) -> float:
    """Return the processor seconds that a process and its descendants have used, those that have ended included."""

    def seconds(one: psutil.Process) -> float:
        used = one.cpu_times()
        return float(used.user + used.system + used.children_user + used.children_system)

    return sum(_of_each(pid, seconds))


@dataclass
class Dealt:
    """How many messages a block dealt with."""

    count: int


class Effort:
    """The processor time of what runs on a stage, by contender: it is nearly the same however busy the machine is."""

    def __init__(self, pids: Callable[[], Mapping[str, int]]) -> None:
        self._pids = pids
        self._spent: dict[str, dict[str, list[float]]] = {}

    @contextmanager
    def of(self, contender: str, count: int = 1) -> Iterator["Dealt"]:
        """Note what a block costs that deals with *count* messages; it may say itself how many those were."""
        before, dealt = self._seconds(), Dealt(count)
        yield dealt
        spent = self._spent.setdefault(contender, {})
        for name, seconds in self._seconds().items():
            spent.setdefault(name, []).append(1000 * (seconds - before.get(name, 0)) / dealt.count)

    def each(self, contender: str) -> dict[str, float]:
        """Return the milliseconds for each message, by process; the middle of the rounds."""
        return {name: median(values) for name, values in self._spent[contender].items()}

    def rounds(self, contenders: Sequence[str]) -> dict[str, list[float]]:
        """Return the milliseconds for each message of all processes together, round by round."""
        return {name: [sum(parts) for parts in zip(*self._spent[name].values(), strict=True)] for name in contenders}

    def _seconds(self) -> dict[str, float]:
        return {name: seconds_of_tree(pid) for name, pid in self._pids().items()}


def _of_each(pid: int, asked: Callable[[psutil.Process], float]) -> Iterator[float]:
    """Yield what is *asked* of a process and of its descendants; one that ends meanwhile is its parent's to tell."""
    leader = psutil.Process(pid)
    for one in (*leader.children(recursive=True), leader):
        with suppress(psutil.NoSuchProcess):
            yield asked(one)
