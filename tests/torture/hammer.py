"""Those who do the same at once, without a pause, as workers and schedulers do: they plan, or they send.

Run `python -m tests.torture.hammer NUMBER WORK` with the settings in the environment: it forks
so many processes, each with connections of its own, and says a word for each that works.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy.exc import OperationalError

from reminders import bootstrap
from reminders.pipeline import dispatch, planning, sending, settling, sweeping
from reminders.pipeline.parts import Parts

_REST = 0.05


def main(number: int, work: str) -> None:
    """Fork, and wait to be killed."""
    for _ in range(number):
        if os.fork() == 0:
            _work_for_ever(_WORK[work])
    while True:
        os.wait()


def _work_for_ever(work: Callable[[Parts], int]) -> None:
    parts = bootstrap.parts()
    os.write(1, b"ready\n")
    while True:
        if not _work(work, parts):
            time.sleep(_REST)


def _work(work: Callable[[Parts], int], parts: Parts) -> int:
    try:
        return work(parts)
    except OperationalError:  # of several that wait in a circle one is thrown out; it comes again
        return 0


def _plan(parts: Parts) -> int:
    return settling.settle(parts) + planning.plan_owed(parts) + sweeping.sweep(parts)


def send(parts: Parts) -> int:
    """Release what is due, and send it at once."""
    batches: list[tuple[UUID, Sequence[UUID]]] = []
    released = dispatch.dispatch(parts, lambda _lane, batch_id, ids: batches.append((batch_id, ids)))
    for batch_id, message_ids in batches:
        sending.send(parts, batch_id, message_ids)
    return released


_WORK: dict[str, Callable[[Parts], int]] = {
    "plan": _plan,
    "send": lambda parts: send(parts) + planning.plan_owed(parts),
}


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
