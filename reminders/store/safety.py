"""The work items of a cry for help: one open for each phone, told to people until somebody acts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select, union_all, update
from sqlalchemy.orm import Session

from reminders.domain.words import WorkKind
from reminders.store import work
from reminders.store.bulk import among
from reminders.store.correspondents import STRANGER
from reminders.store.tables.messages import Reply, WorkItem
from reminders.store.tables.people import ContactPoint, Person
from reminders.store.work import NewWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Cry:
    """A text that tells of danger."""

    clinic_id: UUID
    address_id: UUID
    person_id: UUID | None
    """Who wrote; None: nobody knows which of those who share the phone."""
    appointment_id: UUID | None
    reply_id: UUID
    reason: str


def open_item(session: Session, cry: Cry, *, now: datetime) -> None:
    """Open an item that is told to people at once.

    Where one is open for this phone, the cry is counted there: whoever acts reads the whole
    thread. One that somebody has taken is told again, for what they know may be old by now.
    """
    if _count_in_open(session, cry, now):
        return
    item = NewWork(
        clinic_id=cry.clinic_id,
        key=f"{WorkKind.SAFETY}/{cry.reply_id}",
        kind=WorkKind.SAFETY,
        due_at=now,
        person_id=cry.person_id,
        appointment_id=cry.appointment_id,
        reply_id=cry.reply_id,
        reason=cry.reason,
        detail={"texts": 1},
        escalate_at=now,
    )
    work.open_items(session, [item], now=now)


def crying(session: Session, person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of *person_ids* whose cry for help is open, or who share the phone of one that nobody owns up to."""
    is_open = (WorkItem.kind == WorkKind.SAFETY, WorkItem.state != "done")
    own = select(WorkItem.person_id).where(among(WorkItem.person_id, person_ids), *is_open)
    shared = _sharing().where(among(ContactPoint.person_id, person_ids), *is_open)
    return frozenset(session.scalars(union_all(own, shared)))


def patients_of(session: Session, item_id: UUID) -> list[tuple[UUID, UUID]]:
    """Return (clinic, patient) of each whose texts rest while the cry for help of *item_id* is open."""
    is_it = (WorkItem.id == item_id, WorkItem.kind == WorkKind.SAFETY)
    people = union_all(select(WorkItem.person_id).where(*is_it), _sharing().where(*is_it)).subquery()
    patient = func.coalesce(Person.patient_id, Person.id)
    rows = session.execute(
        select(Person.clinic_id, patient).where(Person.id.in_(select(people)), Person.kind != STRANGER).distinct()
    )
    return [(clinic_id, patient_id) for clinic_id, patient_id in rows]


def _sharing() -> Select[UUID]:
    """Return everybody at the phone from which nobody knows who wrote."""
    return (
        select(ContactPoint.person_id)
        .join(Reply, Reply.address_id == ContactPoint.address_id)
        .join(WorkItem, WorkItem.reply_id == Reply.id)
        .where(WorkItem.person_id.is_(None))
    )


def _texts() -> ColumnElement[int]:
    return func.coalesce(WorkItem.detail["texts"].as_integer(), 0)


def _count_in_open(session: Session, cry: Cry, now: datetime) -> bool:
    same_phone = select(Reply.id).where(Reply.id == WorkItem.reply_id, Reply.address_id == cry.address_id)
    same_person = WorkItem.person_id == cry.person_id if cry.person_id else false()
    found = session.scalars(
        update(WorkItem)
        .where(
            WorkItem.clinic_id == cry.clinic_id,
            WorkItem.kind == WorkKind.SAFETY,
            WorkItem.state != "done",
            or_(same_phone.exists(), same_person),
        )
        .values(
            detail=WorkItem.detail.op("||")(func.jsonb_build_object("texts", _texts() + 1)),
            escalate_at=case((WorkItem.state == "taken", now), else_=WorkItem.escalate_at),
        )
        .returning(WorkItem.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(found)
