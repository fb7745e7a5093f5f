"""A machine that is suspended: its monotonic clock and its event loop stand still, and time goes on."""

import time
from datetime import timedelta

import pytest


def suspend(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let the machine have slept for *by* just now, as only the clock that counts sleep tells."""
    read = time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda clock: read(clock) + by.total_seconds())
