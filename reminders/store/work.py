"""Work items: opened once for each need, listed by deadline, closed by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from reminders.domain.words import WorkKind
from reminders.store.base import new_id
from reminders.store.tables.messages import WorkItem
from reminders.store.tables.people import Address, ContactPoint, Person
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault

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
    person_id: UUID | None = None
    appointment_id: UUID | None = None
    message_id: UUID | None = None
    reason: str | None = None


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
            "person_id": item.person_id,
            "appointment_id": item.appointment_id,
            "message_id": item.message_id,
            "reason": item.reason,
            "opened_at": now,
        }
        for item in items
    ]
    if rows:
        statement = insert(WorkItem).values(rows)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["clinic_id", "key"],
                set_={
                    "state": "open",
                    "owner": None,
                    "done_at": None,
                    "due_at": statement.excluded.due_at,
                    "is_after_hours": statement.excluded.is_after_hours,
                    "reason": statement.excluded.reason,
                },
                where=and_(WorkItem.state == "done", WorkItem.owner == NOBODY),
            )
        )


def close_unneeded(
    session: Session, about: Sequence[tuple[UUID, WorkKind, UUID]], *, needed: Sequence[str], now: datetime
) -> None:
    """Close the untaken items about each (patient, kind, visit) whose need is gone: nobody is sent after nothing."""
    if about:
        session.execute(
            update(WorkItem)
            .where(
                tuple_(WorkItem.person_id, WorkItem.kind, WorkItem.appointment_id).in_(about),
                WorkItem.state == "open",
                WorkItem.key.not_in(needed),
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
    due_at: datetime
    is_after_hours: bool
    state: str
    owner: str | None
    outcome: str | None
    patient_source_id: str | None
    patient_name: str | None
    phone: str | None
    appointment_source_id: str | None
    starts_at: datetime | None
    zone: str


def details(
    session: Session, vault: Vault, *, with_done: bool, only: UUID | None = None, limit: int = 500
) -> list[Detail]:
    """Return the work items, the most urgent first, or *only* one."""
    phone = aliased(ContactPoint)
    query = (
        select(WorkItem, Person, Address, Appointment)
        .outerjoin(Person, Person.id == WorkItem.person_id)
        .outerjoin(phone, and_(phone.person_id == Person.id, phone.channel == "sms"))
        .outerjoin(Address, Address.id == phone.address_id)
        .outerjoin(Appointment, Appointment.id == WorkItem.appointment_id)
        .order_by(WorkItem.due_at, WorkItem.id)
        .limit(limit)
    )
    if not with_done:
        query = query.where(WorkItem.state != "done")
    if only is not None:
        query = query.where(WorkItem.id == only)
    return [_detail(vault, *row) for row in session.execute(query)]


def _detail(
    vault: Vault, item: WorkItem, person: Person | None, address: Address | None, visit: Appointment | None
) -> Detail:
    return Detail(
        id=item.id,
        kind=item.kind,
        reason=item.reason,
        due_at=item.due_at,
        is_after_hours=item.is_after_hours,
        state=item.state,
        owner=item.owner,
        outcome=vault.open_some(WorkItem.outcome, item.id, item.outcome),
        patient_source_id=person.source_id if person else None,
        patient_name=_name(vault, person) if person else None,
        phone=vault.open(Address.value, address.id, address.value) if address else None,
        appointment_source_id=visit.source_id if visit else None,
        starts_at=visit.starts_at if visit else None,
        zone=visit.time_zone if visit else "UTC",
    )


def _name(vault: Vault, person: Person) -> str:
    first = vault.open(Person.first_name, person.id, person.first_name)
    last = vault.open_some(Person.last_name, person.id, person.last_name)
    return f"{first} {last}" if last else first


def finish(session: Session, vault: Vault, item_id: UUID, *, by: str, outcome: str, now: datetime) -> bool:
    """Close an item with what came of it; return False when it was closed already."""
    closed = session.execute(
        update(WorkItem)
        .where(WorkItem.id == item_id, WorkItem.state != "done")
        .values(state="done", owner=by, outcome=vault.seal(WorkItem.outcome, item_id, outcome), done_at=now)
        .returning(WorkItem.id)
    )
    return closed.one_or_none() is not None
