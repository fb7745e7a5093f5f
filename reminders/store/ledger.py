"""The consent ledger and what follows from it: who may be written to, and where not."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reminders.store import debts
from reminders.store.base import new_id
from reminders.store.bulk import insert_all
from reminders.store.tables.people import Address, Consent, ContactPoint, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One statement of consent or its withdrawal."""

    clinic_id: UUID
    channel: str
    purpose: str
    granted: bool
    source: str
    entered_by: str
    person_id: UUID | None = None
    address_id: UUID | None = None
    how: str | None = None
    said_at: datetime | None = None


_ENTRY = tuple(one.name for one in fields(Entry))


def enter(session: Session, entries: Sequence[Entry], *, now: datetime) -> None:
    """Write *entries*; the contact points and addresses that they change are the caller's to update."""
    rows = [{name: getattr(entry, name) for name in _ENTRY} for entry in entries]
    insert_all(session, Consent, [{"id": new_id(), "entered_at": now, **row} for row in rows])


def opt_out(session: Session, address_id: UUID, *, source: str, how: str, now: datetime) -> list[UUID]:
    """Silence an address for everybody on it, and each of them on that channel at any later address.

    Returns the ids of the persons it reached. Their plans are owed.
    """
    address = session.scalars(select(Address).where(Address.id == address_id)).one()
    if address.opted_out_at is None:
        address.opted_out_at, address.opted_out_how = now, how
    people = session.execute(
        update(ContactPoint)
        .where(ContactPoint.address_id == address_id, ContactPoint.opted_out_at.is_(None))
        .values(opted_out_at=now)
        .returning(ContactPoint.person_id)
    )
    reached = [person_id for (person_id,) in people]
    entry = Entry(
        clinic_id=address.clinic_id,
        channel=address.channel,
        purpose="all",
        granted=False,
        source=source,
        how=how,
        entered_by=source,
        address_id=address_id,
    )
    enter(session, [entry], now=now)
    owe_everyone_at(session, address_id)
    return reached


def mark_dead(session: Session, address_id: UUID, *, because: str, now: datetime) -> None:
    """Note that nothing can be sent to an address, and plan again whoever is on it."""
    session.execute(
        update(Address)
        .where(Address.id == address_id, Address.dead_at.is_(None))
        .values(dead_at=now, dead_because=because)
    )
    owe_everyone_at(session, address_id)


def owe_everyone_at(session: Session, address_id: UUID) -> None:
    """Note that the plan of everybody at *address_id* is out of date: a driver's is the patient's."""
    people = session.execute(
        select(Person.clinic_id, Person.patient_id, Person.id)
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .where(ContactPoint.address_id == address_id)
    )
    debts.owe(session, [(clinic_id, patient_id or person_id) for clinic_id, patient_id, person_id in people])
