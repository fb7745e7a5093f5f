"""Intake of persons: what rows tell about patients, and who drives them. Names and dates are sealed here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from reminders.domain.row_news import Said
from reminders.store.base import Json, new_id
from reminders.store.bulk import insert_all, update_all
from reminders.store.tables.people import Person
from reminders.store.vault import Column, Vault

_SEALED: Mapping[str, Column] = {
    "first_name": Person.first_name,
    "last_name": Person.last_name,
    "birth_date": Person.birth_date,
    "emergency_name": Person.emergency_name,
    "emergency_phone": Person.emergency_phone,
}
_PLAIN = ("language", "time_zone")

Texts = dict[str, str | None]
"""What is known of a person, by column, opened."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """A person as the rows of a chunk leave them."""

    id: UUID
    kind: str
    source_id: str | None = None
    patient_id: UUID | None = None
    driver_lookup: bytes | None = None
    texts: Texts
    source_updated_at: datetime | None = None
    is_new: bool = False
    is_blank: bool = False
    """Nothing was taken over yet."""
    is_changed: bool = False

    def take(self, said: Said, taken: Collection[str], updated_at: datetime | None) -> bool:
        """Take over the columns *taken* of what a row *said*; return whether anything is different now."""
        before = dict(self.texts)
        self.texts |= {column: said.get(column) for column in (*_SEALED, *_PLAIN) if column in taken}
        self.is_blank = False
        if taken and updated_at and (self.source_updated_at is None or updated_at > self.source_updated_at):
            self.source_updated_at = updated_at
            self.is_changed = True
        if self.texts == before:
            return False
        self.is_changed = True
        return True


class People:
    """The patients that a chunk's rows name, and the drivers of these."""

    def __init__(self, session: Session, vault: Vault, clinic_id: UUID) -> None:
        self._session = session
        self._vault = vault
        self._clinic_id = clinic_id
        self._patients: dict[str, Draft] = {}
        self._drivers: dict[tuple[UUID, bytes], Draft] = {}

    def find(self, source_ids: Collection[str], person_ids: Collection[UUID]) -> set[UUID]:
        """Return the ids of the patients *source_ids* and of *person_ids*, and of all who drive them."""
        patients = self._session.scalars(
            select(Person.id).where(
                or_(
                    and_(Person.clinic_id == self._clinic_id, Person.source_id.in_(source_ids)),
                    Person.id.in_(person_ids),
                )
            )
        ).all()
        return {*patients, *self._session.scalars(select(Person.id).where(Person.patient_id.in_(patients)))}

    def load(self, person_ids: Collection[UUID]) -> None:
        """Read *person_ids*, which must be locked, and whoever began to drive one of them meanwhile."""
        meant = or_(Person.id.in_(person_ids), Person.patient_id.in_(person_ids))
        for row in self._session.scalars(select(Person).where(meant)):
            draft = self._draft(row)
            if row.source_id is not None:
                self._patients[row.source_id] = draft
            elif row.patient_id is not None and row.driver_lookup is not None:
                self._drivers[row.patient_id, row.driver_lookup] = draft

    def patient(self, source_id: str, language: str) -> Draft:
        """Return the patient *source_id*, who may be new."""
        if source_id not in self._patients:
            texts: Texts = {**dict.fromkeys(_SEALED), "language": language, "time_zone": None}
            draft = Draft(id=new_id(), kind="patient", source_id=source_id, texts=texts, is_new=True)
            draft.is_blank = draft.is_changed = True
            self._patients[source_id] = draft
        return self._patients[source_id]

    def driver(self, patient_id: UUID, name: str | None, phone: str | None, language: str) -> tuple[Draft, bool]:
        """Return who drives *patient_id*, and whether they are new or have another name now.

        A driver is known by the phone, else by the name; the same phone may belong to the
        drivers of several patients, who are as many persons.
        """
        lookup = driver_lookup(self._vault, name, phone)
        draft = self._drivers.get((patient_id, lookup))
        is_known = draft is not None
        if draft is None:
            texts: Texts = {**dict.fromkeys(_SEALED), "first_name": "", "language": language, "time_zone": None}
            draft = Draft(id=new_id(), kind="driver", patient_id=patient_id, driver_lookup=lookup, texts=texts)
            draft.is_new = draft.is_changed = True
            self._drivers[patient_id, lookup] = draft
        named = draft.take(names_of(name), ("first_name", "last_name"), None) if name else False
        return draft, named or not is_known

    def write(self) -> None:
        """Write whoever is new or changed; patients before their drivers, who point at them."""
        self._write([draft for draft in self._patients.values() if draft.is_changed])
        self._write([draft for draft in self._drivers.values() if draft.is_changed])

    def _draft(self, row: Person) -> Draft:
        opened: Texts = {
            name: self._vault.open_some(column, row.id, getattr(row, name)) for name, column in _SEALED.items()
        }
        return Draft(
            id=row.id,
            kind=row.kind,
            source_id=row.source_id,
            patient_id=row.patient_id,
            driver_lookup=row.driver_lookup,
            texts=opened | {name: getattr(row, name) for name in _PLAIN},
            source_updated_at=row.source_updated_at,
        )

    def _write(self, drafts: Sequence[Draft]) -> None:
        new = [draft for draft in drafts if draft.is_new]
        old = [draft for draft in drafts if not draft.is_new]
        insert_all(self._session, Person, [self._columns(draft) for draft in new])
        update_all(self._session, Person, [self._columns(draft) for draft in old])

    def _columns(self, draft: Draft) -> Json:
        return {
            "id": draft.id,
            "clinic_id": self._clinic_id,
            "kind": draft.kind,
            "source_id": draft.source_id,
            "patient_id": draft.patient_id,
            "driver_lookup": draft.driver_lookup,
            **{name: self._vault.seal_some(column, draft.id, draft.texts[name]) for name, column in _SEALED.items()},
            **{name: draft.texts[name] for name in _PLAIN},
            "source_updated_at": draft.source_updated_at,
        }


def driver_lookup(vault: Vault, name: str | None, phone: str | None) -> bytes:
    """Return the keyed hash by which a driver of a patient is found again."""
    return vault.lookup("driver", phone or f"name:{(name or '').casefold()}")


def names_of(name: str) -> Said:
    """Return a driver's name as its columns: the last word is the last name, one word is a first name."""
    first, _, last = name.rpartition(" ")
    return {"first_name": first, "last_name": last} if first else {"first_name": last}
