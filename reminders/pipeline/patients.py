"""Patients as the steps of the pipeline meet them: locked, with their facts, their clinic and a voice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.drivers import recipients
from reminders.domain.facts import PatientFacts, Standing
from reminders.domain.words import Audience
from reminders.pipeline.parts import Parts
from reminders.pipeline.speaking import Speaker
from reminders.store import claims, facts
from reminders.store.claims import Called
from reminders.store.clinics import ClinicBook
from reminders.store.library import Content
from reminders.store.now import Now


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to for a patient: the patient, or a driver."""

    facts: PatientFacts
    speaker: Speaker


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient of a batch."""

    id: UUID
    content: Content
    recipients: Mapping[UUID, Recipient]
    """The patient first, then whoever drives or drove."""

    @property
    def facts(self) -> PatientFacts:
        """What is known of the patient, with the rows to the drivers."""
        return self.recipients[self.id].facts

    @property
    def speaker(self) -> Speaker:
        """Who speaks to the patient."""
        return self.recipients[self.id].speaker

    @property
    def book(self) -> ClinicBook:
        """The clinic's reference data."""
        return self.content.book

    def recipient_of(self, message: Standing) -> Recipient:
        """Return who reads *message*."""
        return self.recipients[message.slot.recipient_id]

    def goes_twice(self, message: Standing) -> bool:
        """Whether *message*, once it went, goes on a second channel too: that is planned when it goes."""
        return (message.protocol_version_id, message.slot.rule) in self.book.protocols.doubled


def load(session: Session, parts: Parts, patient_ids: Collection[UUID], now: Now) -> Mapping[UUID, Patient]:
    """Return *patient_ids* as they stand at *now*: a fixed number of statements for a clinic's patients."""
    people = claims.called(session, parts.vault, patient_ids)
    contents = parts.library.read(session, {one.clinic_id for one in people.values()})
    books = {clinic_id: content.book for clinic_id, content in contents.items()}
    known = facts.load(session, parts.vault, books, patient_ids, now=now.clinic_at)
    return {
        patient_id: _patient(patient_id, contents[one.clinic_id], known[patient_id], one)
        for patient_id, one in people.items()
    }


def _patient(patient_id: UUID, content: Content, known: PatientFacts, called: Called) -> Patient:
    found = {one.person.id: Recipient(one, _speaker(content, one, called)) for one in recipients(known)}
    return Patient(patient_id, content, found)


def _speaker(content: Content, known: PatientFacts, called: Called) -> Speaker:
    """Return who speaks to the recipient of *known*; a driver reads the patient's name only if the patient agreed."""
    is_named = known.audience is Audience.PATIENT or called.is_named_to_drivers
    return Speaker(content.book, content.shelf, known, called.first_name if is_named else _nobody)


def _nobody() -> str:
    return ""
