"""Finds rows that were left behind: leases that ran out, use that ended."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reminders.domain.states import UNSENT, State
from reminders.store.now import Now
from reminders.store.tables.messages import Message


def leases_out(session: Session, state: State, *, limit: int) -> Sequence[UUID]:
    """Return messages in *state* (queued or sending) whose lease has run out."""
    return session.scalars(
        select(Message.id)
        .where(Message.state == state, Message.lease_until < func.clock_timestamp())
        .order_by(Message.lease_until)
        .limit(limit)
    ).all()


def past_use(session: Session, now: Now, *, limit: int) -> Sequence[UUID]:
    """Return unsent messages that are of no use any more, the longest first."""
    return session.scalars(
        select(Message.id)
        .where(Message.state.in_(UNSENT), Message.useful_until <= now.clinic_at)
        .order_by(Message.useful_until)
        .limit(limit)
    ).all()


def deadly(session: Session, *, crashes: int, limit: int) -> Sequence[UUID]:
    """Return scheduled messages whose batch died *crashes* times."""
    return session.scalars(
        select(Message.id).where(Message.state == State.SCHEDULED, Message.crashes >= crashes).limit(limit)
    ).all()
