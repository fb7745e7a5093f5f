"""Signed off or not sent: only what a clinician of the clinic has signed may reach a real channel."""

from reminders.domain.facts import Standing
from reminders.domain.words import SubjectKind
from reminders.pipeline.parts import Parts
from reminders.pipeline.patients import Patient
from reminders.store.claims import SenderKeys
from reminders.store.senders import SANDBOX


def may_leave(parts: Parts, message: Standing, patient: Patient, sender: SenderKeys) -> bool:
    """Return whether *message* may go through *sender*: the sandbox takes everything, others what is signed.

    Signed must be the version of the protocol that planned it, and the service of its visit:
    the fasting stops and the driver policy stand there.
    """
    if parts.is_practice or sender.provider == SANDBOX:
        return True
    if message.protocol_version_id not in patient.content.signed_versions:
        return False
    return f"service:{_service_of(patient, message)}" not in patient.content.unsigned


def _service_of(patient: Patient, message: Standing) -> str | None:
    if message.slot.subject_kind is not SubjectKind.APPOINTMENT:
        return None
    return next((visit.service.slug for visit in patient.facts.visits if visit.id == message.slot.subject_id), None)
