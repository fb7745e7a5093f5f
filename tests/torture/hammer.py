"""Those who plan at once: each settles, plans and sweeps without a pause, as workers and schedulers do.

Run `python -m tests.torture.hammer NUMBER` with the settings in the environment: it forks so
many processes, each with connections of its own, and says a word for each that works.
"""

import os
import sys
import time

from sqlalchemy.exc import OperationalError

from reminders import bootstrap
from reminders.pipeline import planning, settling, sweeping
from reminders.pipeline.parts import Parts

_REST = 0.05


def main(number: int) -> None:
    """Fork, and wait to be killed."""
    for _ in range(number):
        if os.fork() == 0:
            _work_for_ever()
    while True:
        os.wait()


def _work_for_ever() -> None:
    parts = bootstrap.parts()
    os.write(1, b"ready\n")
    while True:
        if not _work(parts):
            time.sleep(_REST)


def _work(parts: Parts) -> int:
    try:
        return settling.settle(parts) + planning.plan_owed(parts) + sweeping.sweep(parts)
    except OperationalError:  # of several that wait in a circle one is thrown out; it comes again
        return 0


if __name__ == "__main__":
    main(int(sys.argv[1]))
