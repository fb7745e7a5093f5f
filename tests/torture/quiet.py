"""Waiting, for a bounded time, until a run is quiet: nothing due, nothing under way, nothing owed, nothing unread."""

import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from reminders.pipeline.parts import Parts
from reminders.pipeline.times import Times
from reminders.store.now import read
from reminders.store.tables.messages import Message, Receipt
from reminders.store.tables.visits import PlanningDebt
from tests.torture.fleet import Fleet

_STEP = timedelta(seconds=0.5)
_STEADY = 3
"""How often in a row it must look quiet."""


def patience(times: Times) -> timedelta:
    """Return how long quiet may take: an unknown is asked about twice, then sent again with back-off."""
    return 1.5 * times.settle_again + 3 * times.lease + times.backoff_most + timedelta(seconds=25)


def await_quiet(fleet: Fleet, parts: Parts, say: Callable[[str], None], *, at_most: timedelta | None = None) -> bool:
    """Wait until everything has come to rest; return False when it took too long."""
    give_up = time.monotonic() + (at_most or patience(parts.times)).total_seconds()
    steady, told = 0, ""
    while time.monotonic() < give_up:
        fleet.wait(_STEP)
        left = _left(fleet, parts)
        steady = 0 if left else steady + 1
        if steady >= _STEADY:
            return True
        text = ", ".join(f"{count} {what}" for what, count in left.items())
        if text != told:
            say(f"waiting: {text}")
            told = text
    return False


def _left(fleet: Fleet, parts: Parts) -> dict[str, int]:
    try:
        found = _counts(parts)
    except DBAPIError:
        return {"database away": 1}
    found["on the way"] = fleet.order()["on_the_way"]
    return {what: count for what, count in found.items() if count}


def _counts(parts: Parts) -> dict[str, int]:
    with parts.transaction() as session:
        now = read(session)
        under_way = session.execute(
            select(Message.state, func.count())
            .where(
                Message.state.in_(["queued", "sending", "unknown"])
                | ((Message.state == "scheduled") & (Message.due_at <= now.clinic_at))
            )
            .group_by(Message.state)
        )
        found = {str(state): int(count) for state, count in under_way}
        found["plans owed"] = session.scalar(select(func.count()).select_from(PlanningDebt)) or 0
        unread = select(func.count()).select_from(Receipt).where(Receipt.settled_at.is_(None), ~Receipt.is_orphan)
        found["receipts unread"] = session.scalar(unread) or 0
    return found
