"""The consent ledger and what follows from it: who may be written to, and where not."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update
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
    address = _address(session, address_id)
    if address.opted_out_at is None:
        address.opted_out_at, address.opted_out_how = now, how
    address.keeps_prep = False
    people = session.execute(
        update(ContactPoint)
        .where(ContactPoint.address_id == address_id, or_(ContactPoint.opted_out_at.is_(None), ContactPoint.keeps_prep))
        .values(opted_out_at=func.coalesce(ContactPoint.opted_out_at, now), keeps_prep=False)
        .returning(ContactPoint.person_id)
    )
    reached = [person_id for (person_id,) in people]
    _enter_for_all(session, address, _Entered("all", granted=False, source=source, how=how), now)
    return reached


def opt_in(session: Session, address_id: UUID, *, source: str, how: str, now: datetime) -> None:
    """Lift the STOP of an address and of everybody on it: START is a consent of its own, to texts about visits."""
    address = _address(session, address_id)
    address.opted_out_at, address.opted_out_how, address.keeps_prep = None, None, False
    _set_points(session, address_id, opted_out_at=None, keeps_prep=False, consented=True)
    _enter_for_all(session, address, _Entered("visits", granted=True, source=source, how=how), now)


def keep_prep(session: Session, address_id: UUID, *, source: str, how: str, now: datetime) -> None:
    """Let an address that said STOP have what is of the categories prep and safety, and nothing else."""
    address = _address(session, address_id)
    address.opted_out_at, address.keeps_prep = address.opted_out_at or now, True
    _set_points(session, address_id, opted_out_at=func.coalesce(ContactPoint.opted_out_at, now), keeps_prep=True)
    _enter_for_all(session, address, _Entered("prep", granted=True, source=source, how=how), now)


def wrong_number(session: Session, address_id: UUID, *, how: str, now: datetime) -> None:
    """Silence an address that is not who we think: nobody's consent changes, and a later address of theirs is free."""
    address = _address(session, address_id)
    if address.opted_out_at is None:
        address.opted_out_at, address.opted_out_how = now, how
    address.keeps_prep = False
    _enter_for_all(session, address, _Entered("all", granted=False, source="person", how=how), now)


def _address(session: Session, address_id: UUID) -> Address:
    return session.scalars(select(Address).where(Address.id == address_id)).one()


def _set_points(session: Session, address_id: UUID, **values: Any) -> None:
    session.execute(
        update(ContactPoint)
        .where(ContactPoint.address_id == address_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True)
class _Entered:
    """What is entered for everybody at an address."""

    purpose: str
    granted: bool
    source: str
    how: str


def _enter_for_all(session: Session, address: Address, entered: _Entered, now: datetime) -> None:
    """Enter it in the ledger; the plans of everybody at *address* are owed."""
    entry = Entry(
        clinic_id=address.clinic_id,
        channel=address.channel,
        purpose=entered.purpose,
        granted=entered.granted,
        source=entered.source,
        how=entered.how,
        entered_by=entered.source,
        address_id=address.id,
    )
    session.flush()
    enter(session, [entry], now=now)
    owe_everyone_at(session, address.id)


def has_consented(session: Session, address_id: UUID, *, since: datetime) -> bool:
    """Whether somebody at an address has consented to texts since then."""
    entry = Consent.address_id == address_id, Consent.granted, Consent.source == "person", Consent.entered_at > since
    return session.scalar(select(Consent.id).where(*entry).limit(1)) is not None


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
        .where(ContactPoint.address_id == address_id, Person.kind != "stranger")
    )
    debts.owe(session, [(clinic_id, patient_id or person_id) for clinic_id, patient_id, person_id in people])
