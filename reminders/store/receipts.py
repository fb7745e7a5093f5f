"""Receipts: stored raw before they are answered, matched to their attempt, settled later in any order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from reminders.domain.states import State
from reminders.store.bulk import Rows, arrays, given
from reminders.store.tables.messages import Attempt, Message, Receipt


@dataclass(frozen=True, slots=True)
class Waiting:
    """A receipt that has not moved anything yet, with the message it is about (None: not known here)."""

    id: UUID
    status: str
    code: str | None
    provider_id: str
    attempt_id: UUID | None
    message_id: UUID | None
    patient_id: UUID | None
    sender_id: UUID | None
    is_newest: bool
    """Whether it is about the newest try of its message."""


_NEW = given(Receipt, "id", "attempt_id", "provider_id", "status", "code", "raw")

_KEEP = insert(Receipt).from_select(
    [*_NEW.c.keys(), "clinic_id"],
    select(*_NEW.c, Attempt.clinic_id).select_from(_NEW.outerjoin(Attempt, Attempt.id == _NEW.c.attempt_id)),
)


def keep(session: Session, rows: Rows) -> None:
    """Store *rows* (columns of `Receipt`) as they came; the clinic is their attempt's, where that is known here."""
    session.connection().execute(_KEEP, arrays(rows))


def is_unsettled() -> ColumnElement[bool]:
    """Return the condition that a receipt waits to be settled; an orphan waits for its message first."""
    return and_(Receipt.settled_at.is_(None), ~Receipt.is_orphan)


def waiting(session: Session, *, limit: int, only: UUID | None = None) -> list[Waiting]:
    """Lock and return receipts, or *only* one, that are not settled and whose message is not just being handed over."""
    newer = aliased(Attempt)
    which = is_unsettled() if only is None else and_(is_unsettled(), Receipt.id == only)
    rows = session.execute(
        select(
            Receipt.id,
            Receipt.status,
            Receipt.code,
            Receipt.provider_id,
            Receipt.attempt_id,
            Message.id.label("message_id"),
            Message.patient_id,
            Message.sender_id,
            ~exists(newer.id).where(newer.message_id == Attempt.message_id, newer.number > Attempt.number),
        )
        .outerjoin(Attempt, Attempt.id == Receipt.attempt_id)
        .outerjoin(Message, Message.id == Attempt.message_id)
        .where(which, func.coalesce(Message.state, "") != State.SENDING)
        .order_by(Receipt.id)
        .limit(limit)
        .with_for_update(of=Receipt, skip_locked=True)
    )
    return [Waiting(*row) for row in rows]


def close(session: Session, receipt_ids: Sequence[UUID], *, effect: str) -> None:
    """Mark receipts as settled, with the word for what they did."""
    if receipt_ids:
        session.execute(
            update(Receipt)
            .where(Receipt.id.in_(receipt_ids))
            .values(settled_at=func.clock_timestamp(), effect=effect)
            .execution_options(synchronize_session=False)
        )


def set_aside(session: Session, receipt_ids: Sequence[UUID]) -> None:
    """Let receipts whose attempt is not known here wait for it."""
    if receipt_ids:
        session.execute(
            update(Receipt)
            .where(Receipt.id.in_(receipt_ids))
            .values(is_orphan=True)
            .execution_options(synchronize_session=False)
        )


def take_up(session: Session, *, since: timedelta) -> int:
    """Let orphans whose attempt is here by now be settled; return how many. Those older than *since* stay."""
    found = session.execute(
        update(Receipt)
        .where(
            Receipt.settled_at.is_(None),
            Receipt.is_orphan,
            Receipt.received_at > func.clock_timestamp() - since,
            Receipt.attempt_id.in_(select(Attempt.id)),
        )
        .values(is_orphan=False)
        .returning(Receipt.id)
        .execution_options(synchronize_session=False)
    )
    return len(found.all())


def learn_provider_ids(session: Session, named: Mapping[UUID, str]) -> None:
    """Give attempts whose call never answered the provider's id that their receipts brought."""
    rows = [{"attempt": attempt_id, "named": provider_id} for attempt_id, provider_id in sorted(named.items())]
    if rows:
        table: Any = Attempt.__table__
        statement = (
            update(table)
            .where(table.c.id == bindparam("attempt"), table.c.provider_id.is_(None))
            .values(provider_id=bindparam("named"))
        )
        session.connection().execute(statement, rows)
