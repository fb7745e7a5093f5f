"""The consent ledger and what follows from it: who may be written to, and where not."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, union_all, update
from sqlalchemy.orm import Session

from reminders.domain.states import HANDED_OVER
from reminders.store import debts
from reminders.store.base import new_id
from reminders.store.bulk import insert_all
from reminders.store.tables.messages import Attempt, Message, Reply
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
    wording_version_id: UUID | None = None
    """Of what was read before it was said; None: nobody knows, or nothing of ours was."""


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
    _enter(session, address, _Entered("all", granted=False, source=source, how=how), now)
    return reached


def opt_in(
    session: Session, address_id: UUID, *, source: str, how: str, now: datetime, writer_id: UUID | None = None
) -> None:
    """Lift the STOP of an address and of everybody on it; for who said START it is a consent to texts about visits.

    That is *writer_id*, or the only person there: nobody consents for somebody else. Where several share the
    address and nobody knows who wrote, only the STOP is lifted.
    """
    address = _address(session, address_id)
    address.opted_out_at, address.opted_out_how, address.keeps_prep = None, None, False
    _set_points(session, address_id, opted_out_at=None, keeps_prep=False)
    people = _people_at(session, address_id)
    who = people[0] if len(people) == 1 else next((one for one in people if one == writer_id), None)
    if who is not None:
        _set_points(session, address_id, who, consented=True)
    purpose = "all" if who is None else "visits"
    _enter(session, address, _Entered(purpose, granted=True, source=source, how=how, person_id=who), now)


def keep_prep(session: Session, address_id: UUID, *, source: str, how: str, now: datetime) -> None:
    """Let an address that said STOP have what is of the categories prep and safety, and nothing else."""
    address = _address(session, address_id)
    address.opted_out_at, address.keeps_prep = address.opted_out_at or now, True
    _set_points(session, address_id, opted_out_at=func.coalesce(ContactPoint.opted_out_at, now), keeps_prep=True)
    _enter(session, address, _Entered("prep", granted=True, source=source, how=how), now)


def wrong_number(session: Session, address_id: UUID, *, how: str, now: datetime) -> None:
    """Silence an address that is not who we think: nobody's consent changes, and a later address of theirs is free."""
    address = _address(session, address_id)
    if address.opted_out_at is None:
        address.opted_out_at, address.opted_out_how = now, how
    address.keeps_prep = False
    _enter(session, address, _Entered("all", granted=False, source="person", how=how), now)


def _address(session: Session, address_id: UUID) -> Address:
    return session.scalars(select(Address).where(Address.id == address_id)).one()


def _people_at(session: Session, address_id: UUID) -> list[UUID]:
    """Return who uses an address; a stranger only where nobody else does."""
    rows = session.execute(
        select(Person.id, Person.kind)
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .where(ContactPoint.address_id == address_id)
    ).all()
    return [row.id for row in rows if row.kind != "stranger"] or [row.id for row in rows]


def _set_points(session: Session, address_id: UUID, person_id: UUID | None = None, **values: Any) -> None:
    whose = () if person_id is None else (ContactPoint.person_id == person_id,)
    session.execute(
        update(ContactPoint)
        .where(ContactPoint.address_id == address_id, *whose)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True)
class _Entered:
    """What is entered at an address: for everybody there, or for one person."""

    purpose: str
    granted: bool
    source: str
    how: str
    person_id: UUID | None = None


def _enter(session: Session, address: Address, entered: _Entered, now: datetime) -> None:
    """Enter it in the ledger; the plans of everybody at *address* are owed."""
    entry = Entry(
        clinic_id=address.clinic_id,
        channel=address.channel,
        purpose=entered.purpose,
        granted=entered.granted,
        source=entered.source,
        how=entered.how,
        entered_by=entered.source,
        person_id=entered.person_id,
        address_id=address.id,
        wording_version_id=_last_wording(session, address.id) if entered.source == "person" else None,
    )
    session.flush()
    enter(session, [entry], now=now)
    owe_everyone_at(session, address.id)


def _last_wording(session: Session, address_id: UUID) -> UUID | None:
    """Return the version of the wording that was handed over last to an address: what an answer answers."""
    people = (
        select(func.coalesce(Person.patient_id, Person.id))
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .where(ContactPoint.address_id == address_id)
    )
    replies = select(Reply.id).where(Reply.address_id == address_id)
    # Two queries, for messages have no index by address, but one by each of these.
    here = (Message.address_id == address_id, Message.state.in_(HANDED_OVER))
    ours = union_all(
        select(Message.id).where(Message.patient_id.in_(people), *here),
        select(Message.id).where(Message.reply_id.in_(replies), *here),
    )
    return session.scalar(
        select(Attempt.template_version_id)
        .where(Attempt.message_id.in_(ours), Attempt.launched_at.is_not(None))
        .order_by(Attempt.launched_at.desc())
        .limit(1)
    )


def has_consented(session: Session, address_id: UUID, *, since: datetime) -> bool:
    """Whether somebody at an address has consented to texts since then, or lifted its STOP."""
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
