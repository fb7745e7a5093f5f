"""Patients as the steps of the pipeline meet them: locked, with their facts, their clinic and a voice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain.facts import PatientFacts
from reminders.pipeline.parts import Parts
from reminders.pipeline.speaking import Speaker
from reminders.store import claims, clinics, facts, templates
from reminders.store.clinics import ClinicBook
from reminders.store.now import Now
from reminders.store.tables.people import Person


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient of a batch."""

    id: UUID
    book: ClinicBook
    facts: PatientFacts
    speaker: Speaker


def load(session: Session, parts: Parts, patient_ids: Collection[UUID], now: Now) -> Mapping[UUID, Patient]:
    """Return *patient_ids* as they stand at *now*: a fixed number of statements for a clinic's patients."""
    of_clinic = dict(session.execute(select(Person.id, Person.clinic_id).where(Person.id.in_(patient_ids))).all())
    books = clinics.read_books(session, set(of_clinic.values()))
    shelves = {book.id: templates.read_shelf(session, book.id, book.policy.language) for book in books.values()}
    known = facts.load(session, parts.vault, books, patient_ids, now=now.clinic_at)
    names = claims.first_names(session, parts.vault, patient_ids)
    return {
        patient_id: Patient(
            id=patient_id,
            book=books[of_clinic[patient_id]],
            facts=one,
            speaker=Speaker(books[of_clinic[patient_id]], shelves[of_clinic[patient_id]], one, names[patient_id]),
        )
        for patient_id, one in known.items()
    }
