"""Run a worker that falls asleep once, right before it hands over: `python -m tests.torture.nap FILE MODULE [ARG...]`.

It stops its whole process group between the claim of its first batch and the first call, and
writes *FILE* to say so. Whoever wakes it finds out whether it still sends.
"""

import os
import runpy
import signal
import sys
from pathlib import Path
from typing import Any

from reminders.pipeline import sending


def main(arguments: list[str]) -> None:
    """Change the step, then become the module."""
    told, module = Path(arguments[0]), arguments[1]
    hand_over = sending._hand_over

    def asleep(*values: Any) -> Any:
        if not told.exists():
            told.touch()
            os.killpg(os.getpgrp(), signal.SIGSTOP)
        return hand_over(*values)

    sending._hand_over = asleep  # type: ignore[assignment]
    sys.argv = arguments[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
