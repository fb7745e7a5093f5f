"""Work items: opened once for each need, listed by deadline, closed by a person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, String, and_, case, cast, exists, func, not_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from reminders.domain.words import PersonStatus, WorkKind
from reminders.store import writers
from reminders.store.base import new_id
from reminders.store.bulk import among, together
from reminders.store.clinics import zones
from reminders.store.tables.messages import Reply, WorkItem
from reminders.store.tables.people import Address, ContactPoint, Person
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault
from reminders.store.writers import Written

NOBODY = "reminders"
"""Who closes an item that is needed no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWork:
    """A need for a person to act; `key` is the same however often the need is noticed."""

    clinic_id: UUID
    key: str
    kind: WorkKind
    due_at: datetime
    is_after_hours: bool = False
    is_urgent: bool = False
    """It changes a visit of today, cries for help or stops messages: somebody is told at once, whatever the hour."""
    person_id: UUID | None = None
    appointment_id: UUID | None = None
    message_id: UUID | None = None
    reply_id: UUID | None = None
    """The text that began it."""
    reason: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Counts, codes and ids only."""
    escalate_at: datetime | None = None
    """Clinic time at which somebody is told, unless it is taken before."""


def open_items(session: Session, items: Sequence[NewWork], *, now: datetime) -> None:
    """Open *items*; one whose key exists already is left as it is, unless it was closed as needed no more."""
    rows = [
        {
            "id": new_id(),
            "clinic_id": item.clinic_id,
            "key": item.key,
            "kind": item.kind,
            "due_at": item.due_at,
            "is_after_hours": item.is_after_hours,
            "is_urgent": item.is_urgent,
            "person_id": item.person_id,
            "appointment_id": item.appointment_id,
            "message_id": item.message_id,
            "reply_id": item.reply_id,
            "reason": item.reason,
            "detail": dict(item.detail),
            "escalate_at": item.escalate_at,
            "opened_at": now,
        }
        for item in items
    ]
    if rows:
        new = together(WorkItem, rows)
        stands = exists().where(WorkItem.clinic_id == new.c.clinic_id, WorkItem.key == new.c.key, not_(_is_needless()))
        statement = insert(WorkItem).from_select(list(rows[0]), select(*new.c).where(not_(stands)))
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["clinic_id", "key"],
                set_={
                    "state": "open",
                    "owner": None,
                    "done_at": None,
                    "due_at": statement.excluded.due_at,
                    "is_after_hours": statement.excluded.is_after_hours,
                    "is_urgent": statement.excluded.is_urgent,
                    "reason": statement.excluded.reason,
                    "detail": statement.excluded.detail,
                    "escalate_at": statement.excluded.escalate_at,
                },
                where=_is_needless(),
            )
        )


def _is_needless() -> ColumnElement[bool]:
    """Whether an item was closed because its need was gone: the need may come again."""
    return and_(WorkItem.state == "done", func.coalesce(WorkItem.owner, "") == NOBODY)


def close_unneeded(
    session: Session, about: Sequence[tuple[UUID, WorkKind, UUID | None]], *, needed: Sequence[str], now: datetime
) -> None:
    """Close the untaken items about each (patient, kind, visit) whose need is gone: nobody is sent after nothing.

    What a text asked for is a person's to close: no plan knows whether it was done.
    """
    found = session.execute(
        select(WorkItem.id, WorkItem.person_id, WorkItem.kind, WorkItem.appointment_id, WorkItem.key).where(
            among(WorkItem.person_id, {patient_id for patient_id, _, _ in about}),
            WorkItem.state == "open",
            WorkItem.reply_id.is_(None),
        )
    )
    in_question, still = {(patient_id, str(kind), visit_id) for patient_id, kind, visit_id in about}, set(needed)
    gone = [item_id for item_id, *subject, key in found if tuple(subject) in in_question and key not in still]
    if gone:
        session.execute(
            update(WorkItem)
            .where(among(WorkItem.id, gone), WorkItem.state == "open")
            .values(state="done", owner=NOBODY, done_at=now)
            .execution_options(synchronize_session=False)
        )


def close_moot(session: Session, key: str, *, now: datetime) -> None:
    """Close the item of *key* that nobody has taken: its need is gone."""
    session.execute(
        update(WorkItem)
        .where(WorkItem.key == key, WorkItem.state == "open")
        .values(state="done", owner=NOBODY, done_at=now)
        .execution_options(synchronize_session=False)
    )


def close_about(session: Session, clinic_id: UUID, visit_id: UUID, kind: WorkKind, *, now: datetime) -> None:
    """Close the items of *kind* about a visit that nobody has taken, whatever opened them: their need is gone."""
    about = (WorkItem.clinic_id == clinic_id, WorkItem.appointment_id == visit_id, WorkItem.kind == kind)
    session.execute(
        update(WorkItem)
        .where(*about, WorkItem.state == "open")
        .values(state="done", owner=NOBODY, done_at=now)
        .execution_options(synchronize_session=False)
    )


def close_key(session: Session, key: str, *, by: str, now: datetime) -> None:
    """Close the item of *key*, taken or not: what it asked for was decided by *by*."""
    session.execute(
        update(WorkItem)
        .where(WorkItem.key == key, WorkItem.state != "done")
        .values(state="done", owner=by, done_at=now)
        .execution_options(synchronize_session=False)
    )


def is_in_hand(session: Session, address_id: UUID, *, since: datetime) -> bool:
    """Whether somebody of the clinic has lately taken up what came from an address, and is not done with it.

    Whom an item is about does not tell: what a driver wrote is about the patient, who writes in a thread of their own.
    """
    query = (
        select(WorkItem.id)
        .join(Reply, Reply.id == WorkItem.reply_id)
        .where(Reply.address_id == address_id, WorkItem.state == "taken", WorkItem.taken_at > since)
    )
    return session.scalar(query.limit(1)) is not None


def is_asked(session: Session, person_id: UUID, kind: WorkKind, reason: str) -> bool:
    """Whether an item of *kind* about somebody for *reason* is not done yet."""
    about = (WorkItem.person_id == person_id, WorkItem.kind == kind, WorkItem.reason == reason)
    return session.scalar(select(WorkItem.id).where(*about, WorkItem.state != "done").limit(1)) is not None


def clinics_with(session: Session, kind: WorkKind, reason: str) -> set[UUID]:
    """Return the clinics in which an item of *kind* for *reason* is not done yet."""
    found = session.scalars(
        select(WorkItem.clinic_id).where(WorkItem.state != "done", WorkItem.kind == kind, WorkItem.reason == reason)
    )
    return set(found)


def close_of_kind(session: Session, kind: WorkKind, reason: str, *, but: Collection[UUID], now: datetime) -> None:
    """Close the untaken items of *kind* for *reason*, which is over in all clinics *but* those."""
    session.execute(
        update(WorkItem)
        .where(
            WorkItem.state == "open",
            WorkItem.kind == kind,
            WorkItem.reason == reason,
            WorkItem.clinic_id.not_in(but),
        )
        .values(state="done", owner=NOBODY, done_at=now)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A work item with what a person needs to act on it."""

    id: UUID
    kind: str
    reason: str | None
    detail: Mapping[str, Any]
    due_at: datetime
    is_after_hours: bool
    state: str
    owner: str | None
    outcome: str | None
    message_id: UUID | None
    patient_source_id: str | None
    """Of whom it is about, or of the patient whom they drive."""
    patient_name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    """The patient's."""
    written: Written | None = field(repr=False)
    """From where the text came that began it."""
    appointment_source_id: str | None
    starts_at: datetime | None
    zone: str


_first = case((WorkItem.state == "done", 2), (WorkItem.kind == WorkKind.SAFETY, 0), (WorkItem.is_urgent, 1), else_=2)
"""A cry for help stands above all that is overdue, then what changes a visit of today."""


def details(
    session: Session,
    vault: Vault,
    *,
    with_done: bool,
    kind: str | None = None,
    only: UUID | None = None,
    limit: int = 500,
) -> list[Detail]:
    """Return the work items, the most urgent first: all, those of a *kind*, or *only* one."""
    about, phone = aliased(Person), aliased(ContactPoint)
    is_patient = and_(Person.id == func.coalesce(about.patient_id, about.id), Person.kind == "patient")
    query = (
        select(WorkItem, Person, Address, Appointment)
        .outerjoin(about, about.id == WorkItem.person_id)
        .outerjoin(Person, is_patient)
        .outerjoin(phone, and_(phone.person_id == Person.id, phone.channel == "sms"))
        .outerjoin(Address, Address.id == phone.address_id)
        .outerjoin(Appointment, Appointment.id == WorkItem.appointment_id)
        .order_by(_first, WorkItem.due_at, WorkItem.id)
        .limit(limit)
    )
    if not with_done:
        query = query.where(WorkItem.state != "done")
    if kind is not None:
        query = query.where(WorkItem.kind == kind)
    if only is not None:
        query = query.where(WorkItem.id == only)
    own, rows = zones(session), session.execute(query).all()
    written = writers.of_replies(session, vault, {row.WorkItem.reply_id for row in rows if row.WorkItem.reply_id})
    return [
        _detail(vault, row, zone=own[row.WorkItem.clinic_id], written=written.get(row.WorkItem.reply_id))
        for row in rows
    ]


def _detail(
    vault: Vault,
    row: Row[WorkItem, Person | None, Address | None, Appointment | None],
    *,
    zone: str,
    written: Written | None,
) -> Detail:
    item, person, address, visit = row
    return Detail(
        id=item.id,
        kind=item.kind,
        reason=item.reason,
        detail=item.detail,
        due_at=item.due_at,
        is_after_hours=item.is_after_hours,
        state=item.state,
        owner=item.owner,
        outcome=vault.open_whole(WorkItem.outcome, item.id, item.outcome) if item.outcome else None,
        message_id=item.message_id,
        patient_source_id=person.source_id if person else None,
        patient_name=writers.name_of(vault, person) if person else None,
        phone=vault.open_whole(Address.value, address.id, address.value) if address else None,
        written=written,
        appointment_source_id=visit.source_id if visit else None,
        starts_at=visit.starts_at if visit else None,
        zone=visit.time_zone if visit else zone,
    )


def finish(session: Session, vault: Vault, item_id: UUID, *, by: str, outcome: str, now: datetime) -> bool:
    """Close an item with what came of it; return False when it was closed already."""
    closed = session.execute(
        update(WorkItem)
        .where(WorkItem.id == item_id, WorkItem.state != "done")
        .values(
            state="done",
            owner=by,
            outcome=vault.seal(WorkItem.outcome, item_id, outcome),
            done_at=now,
            escalate_at=None,
        )
        .returning(WorkItem.id)
    )
    return closed.one_or_none() is not None


def named(session: Session, name: str) -> Sequence[UUID]:
    """Return up to two items whose id, written without hyphens, begins or ends with *name*."""
    bare = func.replace(cast(WorkItem.id, String), "-", "")
    return session.scalars(select(WorkItem.id).where(or_(bare.startswith(name), bare.endswith(name))).limit(2)).all()


def clinic_of(session: Session, item_id: UUID) -> UUID:
    """Return whose item it is."""
    return session.execute(select(WorkItem.clinic_id).where(WorkItem.id == item_id)).scalar_one()


def people_of(session: Session, item_id: UUID) -> set[UUID]:
    """Return whom an item is about, and the patient whom they drive: who must be locked before the item."""
    row = session.execute(
        select(Person.id, Person.patient_id)
        .join(WorkItem, WorkItem.person_id == Person.id)
        .where(WorkItem.id == item_id)
    ).one_or_none()
    return {one for one in row or () if one is not None}


def set_patient_status(session: Session, item_id: UUID, status: PersonStatus) -> tuple[UUID, UUID]:
    """Note what is known of the patient of an item now; return the clinic and the patient, whose plan is owed."""
    about = select(func.coalesce(Person.patient_id, Person.id)).where(Person.id == WorkItem.person_id)
    patient_id = select(about.scalar_subquery()).where(WorkItem.id == item_id).scalar_subquery()
    row = session.execute(
        update(Person)
        .where(Person.id == patient_id)
        .values(status=status)
        .returning(Person.clinic_id, Person.id)
        .execution_options(synchronize_session=False)
    ).one()
    return row.clinic_id, row.id
