"""Prompting: what a text asks is written down as it is handed over, so that its answer is understood."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from reminders.domain.facts import Standing
from reminders.domain.replies.prompts import expires_at
from reminders.domain.words import Channel, SubjectKind
from reminders.pipeline.patients import Patient
from reminders.store.prompts import NewPrompt


def prompts_of(patient: Patient, message: Standing, riders: Sequence[Standing], now: datetime) -> Iterator[NewPrompt]:
    """Yield what *message*, with what rides in it, asks at *now*: one prompt for each visit or course.

    Emails ask for nothing that could be answered: nobody reads that mailbox.
    """
    if message.channel is not Channel.SMS or message.address_id is None:
        return
    for one in (message, *riders):
        kind = patient.book.protocols.asked(one.protocol_version_id, one.slot.rule)
        if kind is None:
            continue
        is_visit = one.slot.subject_kind is SubjectKind.APPOINTMENT
        yield NewPrompt(
            clinic_id=patient.book.id,
            message_id=message.id,
            address_id=message.address_id,
            person_id=one.slot.recipient_id,
            patient_id=patient.id,
            kind=kind,
            visit_id=one.slot.subject_id if is_visit else None,
            course_id=None if is_visit else one.slot.subject_id,
            starts_at=one.stamp.starts_at,
            expires_at=expires_at(kind, one.stamp.starts_at, one.useful_until, now),
        )
