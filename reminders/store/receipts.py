"""Receipts: stored raw before they are answered, matched to their attempt, settled later in any order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from reminders.domain.states import State
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


def keep(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Store *rows* (columns of `Receipt`) as they came."""
    session.execute(insert(Receipt), list(rows))


def clinics_of(session: Session, attempt_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the clinic of each of *attempt_ids* that is known here."""
    rows = session.execute(select(Attempt.id, Attempt.clinic_id).where(Attempt.id.in_(attempt_ids)))
    return dict(rows.all())


def waiting(session: Session, *, limit: int) -> list[Waiting]:
    """Lock and return receipts that are not settled and whose message is not just being handed over."""
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
        )
        .outerjoin(Attempt, Attempt.id == Receipt.attempt_id)
        .outerjoin(Message, Message.id == Attempt.message_id)
        .where(Receipt.settled_at.is_(None), func.coalesce(Message.state, "") != State.SENDING)
        .order_by(Receipt.id)
        .limit(limit)
        .with_for_update(of=Receipt, skip_locked=True)
    )
    return [Waiting(*row) for row in rows]


def close(session: Session, receipt_ids: Sequence[UUID], *, effect: str, is_orphan: bool = False) -> None:
    """Mark receipts as settled, with the word for what they did."""
    if receipt_ids:
        session.execute(
            update(Receipt)
            .where(Receipt.id.in_(receipt_ids))
            .values(settled_at=func.clock_timestamp(), effect=effect, is_orphan=is_orphan)
            .execution_options(synchronize_session=False)
        )


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
