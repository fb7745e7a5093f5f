"""Whether anybody must be planned again or any receipt settled: what the doorbells ring for."""

from collections.abc import Callable

from sqlalchemy import exists, select

from reminders.pipeline.parts import Parts
from reminders.store.tables.messages import Receipt
from reminders.store.tables.visits import PlanningDebt


def anything_to_plan(parts: Parts) -> bool:
    """Return whether a plan is owed."""
    with parts.transaction() as session:
        return bool(session.scalar(select(exists().select_from(PlanningDebt))))


def anything_to_settle(parts: Parts) -> bool:
    """Return whether a receipt waits."""
    with parts.transaction() as session:
        return bool(session.scalar(select(exists(Receipt.id).where(Receipt.settled_at.is_(None)))))


def ring_if(waits: Callable[[Parts], bool], parts: Parts, ring: Callable[[], None]) -> None:
    """Ring a doorbell when something waits behind it."""
    if waits(parts):
        ring()
