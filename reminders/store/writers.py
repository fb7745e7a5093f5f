"""Who wrote the texts that began work items: from which phone, and who uses it as far as we know."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from reminders.store.bulk import among
from reminders.store.correspondents import STRANGER
from reminders.store.tables.messages import Reply
from reminders.store.tables.people import Address, ContactPoint, Person
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A patient or a driver."""

    id: UUID
    name: str | None = field(repr=False)
    source_id: str | None
    drives: "Who | None" = field(default=None, repr=False)
    """The patient whom a driver takes home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """From where a text came."""

    phone: str | None = field(repr=False)
    """What the provider showed; None: it cannot be decrypted."""
    writer: Who | None
    """Who was understood to write; None: nobody knows, or which of those who share the phone."""
    others: Sequence[Who]
    """Who else uses the phone, by id."""


def of_replies(session: Session, vault: Vault, reply_ids: Collection[UUID]) -> dict[UUID, Written]:
    """Return from where each of *reply_ids* came."""
    rows = session.execute(
        select(Reply.id, Reply.person_id, Address)
        .join(Address, Address.id == Reply.address_id)
        .where(among(Reply.id, reply_ids))
    ).all()
    at = _at(session, {row.Address.id for row in rows})
    writers = {row.person_id for row in rows if row.person_id}
    known = _people(session, vault, writers.union(*at.values()))
    return {
        row.id: _written(vault, row.Address, known.get(row.person_id), [known[one] for one in at[row.Address.id]])
        for row in rows
    }


def _written(vault: Vault, address: Address, writer: Who | None, users: Sequence[Who]) -> Written:
    alone = users[0] if writer is None and len(users) == 1 else writer
    return Written(
        phone=vault.open_whole(Address.value, address.id, address.value),
        writer=alone,
        others=[one for one in users if alone is None or one.id != alone.id],
    )


def _at(session: Session, address_ids: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
    """Return the patients and drivers who use each address."""
    found: dict[UUID, list[UUID]] = {one: [] for one in address_ids}
    rows = session.execute(
        select(Address.id, Person.id)
        .join(ContactPoint, ContactPoint.address_id == Address.id)
        .join(Person, Person.id == ContactPoint.person_id)
        .where(among(Address.id, address_ids), Person.kind != STRANGER)
        .order_by(Person.kind.desc(), Person.id)
    )
    for address_id, person_id in rows:
        found[address_id].append(person_id)
    return found


def _people(session: Session, vault: Vault, person_ids: Collection[UUID]) -> dict[UUID, Who]:
    """Return *person_ids* by id; strangers are nobody."""
    patient = aliased(Person)
    rows = session.execute(
        select(Person, patient)
        .outerjoin(patient, patient.id == Person.patient_id)
        .where(among(Person.id, person_ids), Person.kind != STRANGER)
    )
    return {person.id: _who(vault, person, drives) for person, drives in rows}


def _who(vault: Vault, person: Person, drives: Person | None = None) -> Who:
    return Who(
        id=person.id,
        name=name_of(vault, person),
        source_id=person.source_id,
        drives=_who(vault, drives) if drives else None,
    )


def name_of(vault: Vault, person: Person) -> str | None:
    """Return a person's name; None: it cannot be decrypted."""
    first = vault.open_whole(Person.first_name, person.id, person.first_name)
    last = person.last_name and vault.open_whole(Person.last_name, person.id, person.last_name)
    return " ".join(name for name in (first, last) if name) or None
