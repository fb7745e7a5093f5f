"""Signed off or not sent: only what a clinician of the clinic has signed may reach a real channel."""

from sqlalchemy.orm import Session

from reminders.domain.facts import Standing
from reminders.domain.words import SubjectKind
from reminders.pipeline.parts import Parts
from reminders.pipeline.patients import Patient
from reminders.store import signatures
from reminders.store.claims import SenderKeys


def may_go_out(session: Session, parts: Parts, sender: SenderKeys, patient: Patient, message: Standing) -> bool:
    """Return whether *message* may go through *sender*: the sandbox takes everything, others what is signed.

    Signed must be the version of the protocol that planned it, and the service of its visit:
    the fasting stops and the driver policy stand there.
    """
    if parts.is_practice or sender.provider == "sandbox":
        return True
    if message.protocol_version_id not in signatures.signed_versions(session, patient.book.id):
        return False
    return f"service:{_service_of(patient, message)}" not in signatures.unsigned(session, patient.book.id)


def _service_of(patient: Patient, message: Standing) -> str | None:
    if message.slot.subject_kind is not SubjectKind.APPOINTMENT:
        return None
    return next((visit.service.slug for visit in patient.facts.visits if visit.id == message.slot.subject_id), None)
