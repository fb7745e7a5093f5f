"""A clock that runs on while the machine sleeps: for the deadlines that guard what is handed over, and who leads.

`time.monotonic`, and the event loop with it, stands still while a Linux machine or a Mac is
suspended: who wakes would believe that no time has passed, and that its lease still holds.
A whole virtual machine that its host has paused can't be told apart from one that was not.
"""

import sys
import time

if sys.platform == "linux":
    _CLOCK = time.CLOCK_BOOTTIME
elif sys.platform == "darwin":
    _CLOCK = time.CLOCK_MONOTONIC_RAW
else:
    _CLOCK = time.CLOCK_MONOTONIC


def read() -> float:
    """Return seconds since a moment that says nothing: only differences do."""
    return time.clock_gettime(_CLOCK)
