"""Signed off or not sent: only what a clinician of the clinic has signed may reach a real channel."""

from functools import cache

from sqlalchemy.orm import Session

from reminders.domain.facts import Standing
from reminders.domain.words import SubjectKind
from reminders.pipeline.parts import Parts
from reminders.pipeline.patients import Patient
from reminders.store import signatures
from reminders.store.claims import SenderKeys
from reminders.store.senders import SANDBOX


class Signatures:
    """What clinicians have signed, read once for a batch."""

    def __init__(self, session: Session, parts: Parts) -> None:
        self._is_practice = parts.is_practice
        self._signed_versions = cache(lambda clinic_id: signatures.signed_versions(session, clinic_id))
        self._unsigned = cache(lambda clinic_id: signatures.unsigned(session, clinic_id))

    def let_out(self, message: Standing, patient: Patient, sender: SenderKeys) -> bool:
        """Return whether *message* may go through *sender*: the sandbox takes everything, others what is signed.

        Signed must be the version of the protocol that planned it, and the service of its visit:
        the fasting stops and the driver policy stand there.
        """
        if self._is_practice or sender.provider == SANDBOX:
            return True
        if message.protocol_version_id not in self._signed_versions(patient.book.id):
            return False
        return f"service:{_service_of(patient, message)}" not in self._unsigned(patient.book.id)


def _service_of(patient: Patient, message: Standing) -> str | None:
    if message.slot.subject_kind is not SubjectKind.APPOINTMENT:
        return None
    return next((visit.service.slug for visit in patient.facts.visits if visit.id == message.slot.subject_id), None)
