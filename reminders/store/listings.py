"""Listing texts to us: until when each sender's were looked for, in machine time, and which of them we have."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, String, and_, any_, func, literal, or_, select, update
from sqlalchemy.orm import Session

from reminders.store.tables.clinic import Sender
from reminders.store.tables.messages import Reply

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


def stored(session: Session, provider_ids: Collection[str]) -> set[str]:
    """Return those of *provider_ids* whose text is stored, heard or not."""
    if not provider_ids:
        return set()
    given = literal(list(provider_ids), ARRAY(String))
    return set(session.scalars(select(Reply.provider_id).where(Reply.provider_id == any_(given))))
