"""Run a Python module with a wall clock that is wrong: `python -m tests.torture.skew SECONDS MODULE [ARGUMENT...]`.

It shifts what Python code reads (`time.time`, `time_ns`, `gmtime`, `localtime`, `strftime`,
`clock_gettime(CLOCK_REALTIME)`, `datetime.now` and their kin) in this process and in those it
forks. It does not shift the monotonic clocks, which no wall clock moves, nor what C libraries
and the database ask the kernel for.
"""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine


def main(arguments: list[str]) -> None:
    """Shift the clock for good, then become the module."""
    seconds, module = float(arguments[0]), arguments[1]
    wrong = datetime.now(UTC) + timedelta(seconds=seconds)  # noqa: TID251
    time_machine.travel(wrong, tick=True).start()
    sys.argv = arguments[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
