"""Finds rows that were left behind: leases that ran out, use that ended."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from reminders.domain.states import UNSENT, State
from reminders.store.now import Now
from reminders.store.tables.messages import Message


def leases_out(session: Session, state: State, *, limit: int) -> Sequence[UUID]:
    """Lock and return messages in *state* (queued or sending) whose lease has run out.

    What somebody is just working on is left for the next sweep: no patient is locked here, so
    waiting for such a row could be waiting in a circle.
    """
    return session.scalars(
        select(Message.id)
        .where(Message.state == state, Message.lease_until < func.clock_timestamp())
        .order_by(Message.lease_until)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()


def past_use(session: Session, now: Now, *, limit: int) -> Sequence[UUID]:
    """Return unsent messages that are of no use any more, the longest first."""
    return session.scalars(
        select(Message.id)
        .where(is_waiting(), Message.useful_until <= now.clinic_at)
        .order_by(Message.useful_until)
        .limit(limit)
    ).all()


def is_waiting() -> ColumnElement[bool]:
    """Return the condition that a message is unsent; one that rides is as unsent as its carrier."""
    carrier = aliased(Message)
    rides_unsent = exists(carrier.id).where(carrier.id == Message.carrier_id, carrier.state.in_(UNSENT))
    return and_(Message.state.in_(UNSENT), or_(Message.carrier_id.is_(None), rides_unsent))


def deadly(session: Session, *, crashes: int, limit: int) -> Sequence[UUID]:
    """Return scheduled messages whose batch died *crashes* times."""
    return session.scalars(
        select(Message.id)
        .where(Message.state == State.SCHEDULED, Message.crashes > 0, Message.crashes >= crashes)
        .limit(limit)
    ).all()
