"""What processes cost: the memory and the processor time of one and of all that it started."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import psutil

MEGABYTE = 1024 * 1024


def memory_of_tree(pid: int) -> float:
    """Return the resident megabytes of a process and its descendants."""
    return float(sum(one.memory_info().rss for one in _tree(pid))) / MEGABYTE


def seconds_of_tree(pid: int) -> float:
    """Return the processor seconds that a process and its descendants have used, those that have ended included."""
    times = [one.cpu_times() for one in _tree(pid)]
    return float(sum(one.user + one.system + one.children_user + one.children_system for one in times))


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


def _tree(pid: int) -> list[psutil.Process]:
    leader = psutil.Process(pid)
    return [leader, *leader.children(recursive=True)]
