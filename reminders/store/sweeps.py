"""Finds rows that were left behind: leases that ran out, use that ended."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from reminders.domain.states import State
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
    """Return unsent messages that are of no use any more: *limit*, the longest first, and all of the same patients.

    Who is planned again because of one must not be planned again for each of the others.
    """
    is_past = (is_waiting(), Message.useful_until <= now.clinic_at)
    first = session.execute(
        select(Message.id, Message.patient_id).where(*is_past).order_by(Message.useful_until).limit(limit)
    ).all()
    if not first:
        return []
    others = session.scalars(
        select(Message.id).where(*is_past, Message.patient_id.in_({row.patient_id for row in first if row.patient_id}))
    )
    return list({row.id for row in first}.union(others))


def is_waiting() -> ColumnElement[bool]:
    """Return the condition that a message waits by itself to be sent.

    What rides is not asked about: it goes, or is judged, with its carrier; and riders of
    carriers that went stay merged for ever, so a query for them would read all history.
    """
    return Message.state.in_([State.SCHEDULED, State.QUEUED])


def deadly(session: Session, *, crashes: int, limit: int) -> Sequence[UUID]:
    """Return scheduled messages whose batch died *crashes* times."""
    return session.scalars(
        select(Message.id)
        .where(Message.state == State.SCHEDULED, Message.crashes > 0, Message.crashes >= crashes)
        .limit(limit)
    ).all()
