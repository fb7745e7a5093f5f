"""Escalations: which work items are to be told of next, and by what their telling is hastened."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from reminders.domain.safety import FOR_OPS
from reminders.domain.words import WorkKind
from reminders.store.bulk import among
from reminders.store.now import Now
from reminders.store.tables.messages import Message, Reply, WorkItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A work item of which somebody must be told now."""

    id: UUID
    clinic_id: UUID
    kind: str
    is_urgent: bool
    """It changes a visit of today, or messages do not go."""
    state: str
    told: int
    """How many levels of the chain were told already."""
    told_after_hours: bool | None
    """Whether that chain was the one of after hours; None: nobody was told yet."""
    is_ops_told: bool
    rounds: int
    """How often somebody was told, ever."""


def is_due(now: Now) -> ColumnElement[bool]:
    """Return the condition that somebody must be told of a work item now."""
    return is_escalating() & (WorkItem.escalate_at <= now.clinic_at)


def is_escalating() -> ColumnElement[bool]:
    """Return the condition that staff are told of an item: a cry for help until it is done, else until it is taken."""
    waits = or_(WorkItem.state == "open", WorkItem.kind == WorkKind.SAFETY)
    return and_(waits, WorkItem.state != "done", WorkItem.escalate_at.is_not(None))


def take(session: Session, now: Now) -> Waiting | None:
    """Lock and return the item that has waited longest; None: nobody has to be told of anything.

    What another process is just telling of is left to it.
    """
    row = session.execute(
        _WAITING.where(is_due(now))
        .order_by(WorkItem.escalate_at, WorkItem.id)
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
    ).one_or_none()
    return _waiting(session, row) if row else None


def others_overdue(session: Session, item: Waiting, now: Now) -> list[Waiting]:
    """Lock and return what else of a clinic nobody took in time: one alert tells of all of it."""
    rows = session.execute(
        _WAITING.where(
            is_due(now),
            WorkItem.clinic_id == item.clinic_id,
            WorkItem.kind.not_in([WorkKind.SAFETY, *FOR_OPS]),
            WorkItem.is_urgent.is_(False),
            WorkItem.id != item.id,
        )
        .order_by(WorkItem.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return [_waiting(session, row) for row in rows]


_WAITING = select(
    WorkItem.id,
    WorkItem.clinic_id,
    WorkItem.kind,
    WorkItem.is_urgent,
    WorkItem.state,
    WorkItem.escalation,
    WorkItem.told_after_hours,
    WorkItem.is_ops_told,
)


def _waiting(session: Session, row: Row[*tuple[Any, ...]]) -> Waiting:
    return Waiting(
        id=row.id,
        clinic_id=row.clinic_id,
        kind=row.kind,
        is_urgent=row.is_urgent,
        state=row.state,
        told=row.escalation,
        told_after_hours=row.told_after_hours,
        is_ops_told=row.is_ops_told,
        rounds=_rounds(session, row.id),
    )


def _rounds(session: Session, item_id: UUID) -> int:
    found = session.scalar(select(func.max(Message.occurrence)).where(Message.work_item_id == item_id))
    return found or 0


def next_at(session: Session, item_id: UUID, *, told: int, at: datetime | None, **columns: Any) -> None:
    """Note that *told* levels know of a locked item, and when the next is told unless somebody acts."""
    session.execute(
        update(WorkItem)
        .where(WorkItem.id == item_id)
        .values(escalation=told, escalate_at=at, **columns)
        .execution_options(synchronize_session=False)
    )


def put_off(session: Session, item_id: UUID, *, until: datetime) -> None:
    """Let nobody be told of an item before *until*."""
    session.execute(
        update(WorkItem)
        .where(WorkItem.id == item_id, WorkItem.escalate_at.is_not(None))
        .values(escalate_at=until)
        .execution_options(synchronize_session=False)
    )


def hasten(session: Session, item_id: UUID, *, failed_round: int, now: Now) -> bool:
    """Let the next level be told at once, because who was told in *failed_round* could not be reached.

    Nothing happens where a later round was told meanwhile, or somebody has taken the item. The
    item is locked before it is asked for its rounds, so that one is not told of as lost twice.
    """
    state = session.scalar(select(WorkItem.state).where(WorkItem.id == item_id).with_for_update(key_share=True))
    if state != "open" or _rounds(session, item_id) > failed_round:
        return False
    at_once(session, [item_id], now)
    return True


def at_once(session: Session, item_ids: Collection[UUID], now: Now) -> None:
    """Let somebody be told of open items at once."""
    session.execute(
        update(WorkItem)
        .where(among(WorkItem.id, item_ids), WorkItem.state == "open")
        .values(escalate_at=func.least(WorkItem.escalate_at, now.clinic_at))
        .execution_options(synchronize_session=False)
    )


def of_reply(session: Session, reply_id: UUID) -> list[UUID]:
    """Lock and return the open safety items of the phone from which a text came: one counts all of its cries."""
    text, began = aliased(Reply), aliased(Reply)
    same_phone = (
        select(began.id)
        .join(text, text.address_id == began.address_id)
        .where(text.id == reply_id, began.id == WorkItem.reply_id)
    )
    return list(
        session.scalars(
            select(WorkItem.id)
            .where(same_phone.exists(), WorkItem.kind == WorkKind.SAFETY, WorkItem.state != "done")
            .order_by(WorkItem.id)
            .with_for_update(key_share=True)
        )
    )


def note(session: Session, item_ids: Collection[UUID], **detail: str) -> None:
    """Add codes to the detail of items."""
    session.execute(
        update(WorkItem)
        .where(among(WorkItem.id, item_ids))
        .values(detail=WorkItem.detail.concat(detail))
        .execution_options(synchronize_session=False)
    )


def acknowledge(session: Session, item_id: UUID, *, by: str, patience: timedelta, now: Now) -> bool:
    """Let *by* have an item; return False when it is done.

    A safety item is told of again from the first level when nothing came of it within *patience*.
    """
    taken = session.execute(
        update(WorkItem)
        .where(WorkItem.id == item_id, WorkItem.state != "done")
        .values(
            state="taken",
            owner=by,
            taken_at=now.clinic_at,
            escalation=0,
            told_after_hours=None,
            is_ops_told=False,
            escalate_at=case((WorkItem.kind == WorkKind.SAFETY, now.clinic_at + patience), else_=None),
        )
        .returning(WorkItem.id)
        .execution_options(synchronize_session=False)
    )
    return taken.one_or_none() is not None
