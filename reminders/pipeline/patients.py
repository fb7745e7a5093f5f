"""Patients as the steps of the pipeline meet them: locked, with their facts, their clinic and a voice."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.facts import PatientFacts
from reminders.pipeline.parts import Parts
from reminders.pipeline.speaking import Speaker
from reminders.store import claims, facts
from reminders.store.clinics import ClinicBook
from reminders.store.library import Content
from reminders.store.now import Now


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient of a batch."""

    id: UUID
    content: Content
    facts: PatientFacts
    speaker: Speaker

    @property
    def book(self) -> ClinicBook:
        """The clinic's reference data."""
        return self.content.book


def load(session: Session, parts: Parts, patient_ids: Collection[UUID], now: Now) -> Mapping[UUID, Patient]:
    """Return *patient_ids* as they stand at *now*: a fixed number of statements for a clinic's patients."""
    people = claims.called(session, parts.vault, patient_ids)
    contents = parts.library.read(session, {one.clinic_id for one in people.values()})
    books = {clinic_id: content.book for clinic_id, content in contents.items()}
    known = facts.load(session, parts.vault, books, patient_ids, now=now.clinic_at)
    return {
        patient_id: _patient(patient_id, contents[one.clinic_id], known[patient_id], one.first_name)
        for patient_id, one in people.items()
    }


def _patient(patient_id: UUID, content: Content, known: PatientFacts, first_name: Callable[[], str]) -> Patient:
    return Patient(patient_id, content, known, Speaker(content.book, content.shelf, known, first_name))
