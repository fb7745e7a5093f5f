"""Intake: rows of a source become persons, addresses, visits and drivers, a chunk in a transaction.

However many rows a chunk has, it takes the same number of statements. A row that says what
it said last time costs a comparison and writes nothing. Locks are taken in the order of
`locks`, after the clinic's row: of two imports into one clinic one waits, at most for a
chunk, so that they do not make the same person or address twice.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain.row import VisitRow
from reminders.domain.row_news import columns_of, taken_of_patient
from reminders.domain.taken import Change, Taken
from reminders.domain.words import Channel
from reminders.store import debts
from reminders.store.catalogs import Catalog
from reminders.store.imports import Run
from reminders.store.intake_addresses import Addresses
from reminders.store.intake_contacts import Contacts
from reminders.store.intake_courses import Courses
from reminders.store.intake_drivers import COLUMNS as DRIVER_COLUMNS
from reminders.store.intake_drivers import Drivers, Ride
from reminders.store.intake_news import Fresh, sift, taken_of
from reminders.store.intake_people import Draft, People
from reminders.store.intake_visits import Telling, Visits, Written
from reminders.store.locks import lock_people
from reminders.store.now import read
from reminders.store.tables.clinic import Clinic
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault


def take(session: Session, vault: Vault, catalog: Catalog, run: Run, rows: Sequence[VisitRow]) -> list[Taken]:
    """Write what *rows*, all of one clinic, bring anew; return what each was, in the order of their lines.

    Raises `LinksGrewError` when somebody came by another address meanwhile: the transaction
    must start over.
    """
    session.execute(select(Clinic.id).where(Clinic.id == catalog.clinic_id).with_for_update(key_share=True))
    fresh, taken = sift(session, vault, catalog, rows)
    if fresh:
        chunk = _Chunk(session, vault, catalog, run, fresh)
        taken += [chunk.take(one) for one in fresh]
        chunk.write()
    return sorted(taken, key=lambda one: one.line)


class _Chunk:
    """The rows of a transaction that bring news, with everything they are about, locked and loaded."""

    def __init__(self, session: Session, vault: Vault, catalog: Catalog, run: Run, fresh: Sequence[Fresh]) -> None:
        self._session = session
        self._catalog = catalog
        clinic_id = catalog.clinic_id
        self._people = People(session, vault, clinic_id)
        self._addresses = Addresses(session, vault, clinic_id)
        self._contacts = Contacts(session, clinic_id, self._addresses)
        self._courses = Courses(session, clinic_id)
        self._drivers = Drivers(session, clinic_id, self._people, self._contacts)
        self._owed: set[tuple[UUID, UUID]] = set()
        self._load(fresh)
        self._now = read(session).clinic_at
        self._visits = Visits(session, vault, catalog, after_first_import=not run.is_first, now=self._now)

    def take(self, fresh: Fresh) -> Taken:
        """Take over what one row brings."""
        row, stored = fresh.row, self._appointments.get(fresh.row.appointment_id)
        patient = self._people.patient(row.patient.patient_id, row.patient.language)
        written = self._visits.take(Telling.of(fresh, stored), patient.id, self._courses)
        differs = [
            self._take_patient(fresh, patient),
            self._take_driver(
                fresh, patient, written, is_passed_on=stored is not None and stored.person_id != patient.id
            ),
        ]
        change = Change.CHANGED if written.change is Change.UNCHANGED and any(differs) else written.change
        if change is not Change.UNCHANGED:
            self._note_change(stored, patient)
        return taken_of(row, change, (stored.starts_local, stored.time_zone) if stored else None)

    def write(self) -> None:
        """Write it all, each after what it points at; debts last, as the order of locks wants."""
        self._addresses.write()
        self._people.write()
        self._courses.write()
        self._visits.write()
        self._contacts.write(now=self._now)
        self._drivers.write()
        debts.owe(self._session, self._owed)

    def _load(self, fresh: Sequence[Fresh]) -> None:
        """Lock the people and addresses that the rows are about, then read all that hangs on them."""
        patient_ids = {one.row.patient.patient_id for one in fresh}
        person_ids = self._people.find(patient_ids, {one.person_id for one in fresh if one.person_id})
        address_ids = self._addresses.find(wanted for one in fresh for wanted in _addresses_in(one.row))
        lock_people(self._session, person_ids, addresses=address_ids)
        self._people.load(person_ids)
        self._contacts.load(person_ids)
        self._courses.load(person_ids)
        source_ids = [one.row.appointment_id for one in fresh]
        rows = self._session.scalars(
            select(Appointment).where(
                Appointment.clinic_id == self._catalog.clinic_id, Appointment.source_id.in_(source_ids)
            )
        )
        self._appointments = {row.source_id: row for row in rows}
        self._drivers.load([row.id for row in self._appointments.values()])

    def _take_patient(self, fresh: Fresh, patient: Draft) -> bool:
        row, taken = fresh.row, columns_of(fresh.row)
        if not patient.is_blank:
            taken = taken_of_patient(
                row, fresh.news, visit_known_at=fresh.known_at, patient_known_at=patient.source_updated_at
            )
        differs = patient.take(fresh.said, taken, row.updated_at)
        return self._contacts.take(patient.id, row, fresh.said, taken) or differs

    def _take_driver(self, fresh: Fresh, patient: Draft, written: Written, *, is_passed_on: bool) -> bool:
        return self._drivers.take(
            Ride(
                appointment_id=written.appointment_id,
                patient_id=patient.id,
                language=self._catalog.reference.language,
                so_far=fresh.so_far,
                is_news=is_passed_on or bool(DRIVER_COLUMNS & fresh.news),
                is_moved=written.is_moved or written.change is Change.CANCELLED,
            )
        )

    def _note_change(self, stored: Appointment | None, patient: Draft) -> None:
        self._owed.add((self._catalog.clinic_id, patient.id))
        if stored is not None:
            self._owed.add((self._catalog.clinic_id, stored.person_id))
            self._visits.touch(stored.id)


def _addresses_in(row: VisitRow) -> list[tuple[Channel, str]]:
    phones = [(Channel.SMS, phone) for phone in (row.patient.phone, row.driver_phone) if phone]
    return [*phones, (Channel.EMAIL, row.patient.email)] if row.patient.email else phones
