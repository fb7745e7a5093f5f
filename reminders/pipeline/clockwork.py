"""Moving the stepped clock: from due moment to due moment, and only when nothing is in flight."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from reminders.domain.errors import RefusedError
from reminders.pipeline.parts import Parts
from reminders.store import flight
from reminders.store.now import read, start_stepped, step_to

_LOOK = timedelta(milliseconds=40)


def set_clock(parts: Parts, at: datetime) -> None:
    """Start the stepped clock at *at*, or move it on to *at* without stopping on the way."""
    with parts.transaction() as session:
        start_stepped(session, at)
        step_to(session, at)


def advance(
    parts: Parts,
    until: datetime,
    *,
    patience: timedelta,
    stops: Iterable[datetime] = (),
    arrived: Callable[[datetime], None] = lambda _at: None,
) -> Iterator[datetime]:
    """Move the clock to *until*, yielding each moment once everything due at it has come to rest.

    Args:
        parts: The process's parts.
        until: Where to stop.
        patience: How long one moment may take before it is refused as stuck (machine time).
        stops: Further moments to halt at.
        arrived: Called when the clock has reached a moment, before what is due then is awaited.
    """
    halts = sorted(set(stops))
    settle(parts, patience)
    while True:
        with parts.transaction() as session:
            now_at = read(session).clinic_at
            if now_at >= until:
                return
            found = flight.next_moment(session, now_at)
            at = min([until, *(halt for halt in halts if halt > now_at), *([found] if found else [])])
            step_to(session, at)
        arrived(at)
        settle(parts, patience)
        yield at


def settle(parts: Parts, patience: timedelta) -> None:
    """Wait until nothing is in flight; raise `RefusedError` when that takes longer than *patience*."""
    give_up = time.monotonic() + patience.total_seconds()
    while moving := _moving(parts):
        if time.monotonic() > give_up:
            raise RefusedError(
                f"The clock cannot move on: {', '.join(moving)} for {patience.total_seconds():.0f} s. "
                "Are scheduler, workers and web running?",
                code="clock_stuck",
            )
        time.sleep(_LOOK.total_seconds())


def _moving(parts: Parts) -> list[str]:
    with parts.transaction() as session:
        return flight.in_flight(session, read(session))
