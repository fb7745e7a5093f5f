"""Until when each sender's texts were looked for in its provider's list, in machine time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from reminders.store.tables.clinic import Sender

EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Due:
    """A sender whose list is to be read now."""

    sender_id: UUID
    listed_until: datetime | None
    """None: it was never read."""
    now_at: datetime


def is_due() -> ColumnElement[bool]:
    """Return the condition that a sender of texts in use was not listed for `EVERY`."""
    return and_(
        Sender.channel == "sms",
        Sender.is_active,
        or_(Sender.listed_until.is_(None), Sender.listed_until <= func.clock_timestamp() - EVERY),
    )


def due(session: Session) -> Sequence[Due]:
    """Return the senders whose time it is, those that waited longest first."""
    rows = session.execute(
        select(Sender.id, Sender.listed_until, func.clock_timestamp())
        .where(is_due())
        .order_by(Sender.listed_until.asc().nulls_first(), Sender.id)
    )
    return [Due(*row) for row in rows]


def mark(session: Session, listed: Due) -> None:
    """Write down that the list of *listed* was read; a mark that moved on meanwhile stays."""
    session.execute(
        update(Sender)
        .where(
            Sender.id == listed.sender_id,
            or_(Sender.listed_until.is_(None), Sender.listed_until < listed.now_at),
        )
        .values(listed_until=listed.now_at)
        .execution_options(synchronize_session=False)
    )
