"""What the doorbells ring for: a plan that is owed, a receipt to settle, a provider to ask or to list.

Each question is answered by a sign of what waits, or by None where nothing does. While the
sign stays the same nothing gets better, so the bell rings ever more rarely: tasks that fail,
or that nobody takes, must not fill the broker.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from reminders.pipeline.parts import Parts
from reminders.store import listings
from reminders.store.receipts import is_unsettled
from reminders.store.tables.messages import Message, Receipt
from reminders.store.tables.visits import PlanningDebt

Sign = tuple[object, ...] | None
"""The first and the last of what waits: whatever is done, and whatever is new, changes one of them."""

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 15.0
"""Seconds between two rings for the same."""


def anything_to_plan(parts: Parts) -> Sign:
    """Return a sign of the plans that are owed; where all have failed, none before the next try."""
    with parts.transaction() as session:
        return _due(session, PlanningDebt.owed_at)


def anything_to_settle(parts: Parts) -> Sign:
    """Return a sign of the receipts that wait."""
    waiting = select(Receipt.id).where(is_unsettled()).limit(1)
    first, last = waiting.order_by(Receipt.id), waiting.order_by(Receipt.id.desc())
    with parts.transaction() as session:
        found: tuple[UUID | None, ...] = tuple(
            session.execute(select(first.scalar_subquery(), last.scalar_subquery())).one()
        )
    return None if found[0] is None else found


def anything_to_ask(parts: Parts) -> Sign:
    """Return a sign of the messages about which a provider is to be asked."""
    with parts.transaction() as session:
        return _due(session, Message.check_at)


def anything_to_list(parts: Parts) -> Sign:
    """Return a sign of the senders whose texts are to be looked for in the provider's list."""
    with parts.transaction() as session:
        found = listings.due(session)
    return tuple((one.sender_id, one.listed_until) for one in found) or None


def _due(session: Session, column: InstrumentedAttribute[Any]) -> Sign:
    """Return the ends of *column* if the first is due; both are read off its index, whatever lies between."""
    first_at, last_at, now_at = session.execute(
        select(func.min(column), func.max(column), func.clock_timestamp())
    ).one()
    return None if first_at is None or first_at > now_at else (first_at, last_at)


class Doorbell:
    """Rings while something waits: at once for what is new, and ever more rarely for what stays."""

    def __init__(
        self,
        waits: Callable[[Parts], Sign],
        parts: Parts,
        ring: Callable[[], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._waits = waits
        self._parts = parts
        self._ring = ring
        self._rung_for: Sign = None
        self._again = 0.0
        self._pause = FIRST_PAUSE

    def look(self) -> None:
        """Ring, if it is time to."""
        sign, now = self._waits(self._parts), self._clock()
        if sign != self._rung_for:
            self._rung_for, self._pause = sign, FIRST_PAUSE
        elif now < self._again:
            return
        if sign is not None:
            self._again, self._pause = now + self._pause, min(2 * self._pause, LONGEST_PAUSE)
            self._ring()
