"""Why was this sent, or not? Everything that did and did not go about a message or a visit, in plain words."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain import dates
from reminders.domain.errors import RefusedError
from reminders.domain.facts import Standing
from reminders.domain.plan import plan
from reminders.domain.reasons import explain
from reminders.domain.states import State
from reminders.domain.words import SubjectKind
from reminders.pipeline import patients
from reminders.pipeline.parts import Parts
from reminders.pipeline.patients import Patient
from reminders.pipeline.speaking import Ruler
from reminders.store import clinics, reading
from reminders.store.now import read
from reminders.store.reading import Seen, Try

_MOST = 500

_STANDS = {
    State.SCHEDULED: "It waits until then.",
    State.QUEUED: "It is being handed to a worker.",
    State.SENDING: "It is being sent.",
    State.UNKNOWN: "It may have gone: the provider did not say. It is not sent again unless that is proven false.",
    State.SENT: "The provider has it; no delivery report came yet.",
    State.DELIVERED: "It was delivered.",
}
_BECAUSE = {
    State.UNDELIVERED: "Not delivered, because",
    State.SUPPRESSED: "Not sent, because",
    State.EXPIRED: "Not sent, because",
    State.CANCELLED: "Not sent, because",
    State.PARKED: "Waits for a person, because",
}


def why(parts: Parts, name: str) -> list[str]:
    """Return the answer about the message or visit *name* (our id or the source's), a paragraph a line."""
    with parts.transaction() as session:
        if told := _notice(session, parts, name):
            return told
        now = read(session)
        visits = reading.appointments_named(session, name)
        found = [seen for visit_id, _ in visits for seen in reading.of_appointment(session, visit_id, limit=_MOST)]
        if not visits:
            found = [seen for seen in [_message(session, name)] if seen]
        if not visits and not found:
            raise RefusedError(f"There is no message and no appointment {name!r}.", code="no_such_thing")
        owners = {patient_id for _, patient_id in visits} | {seen.patient_id for seen in found}
        known = patients.load(session, parts, owners, now)
        tried = reading.tries(session, parts.vault, [seen.message.id for seen in found])
    lines = [
        text
        for seen in found
        for text in _told(
            seen.message, _about(seen), _zone_of(known[seen.patient_id], seen), tried.get(seen.message.id, ())
        )
    ]
    for visit_id, patient_id in visits:
        rows = [seen.message for seen in found if seen.message.slot.subject_id == visit_id]
        lines += _not_planned(known[patient_id], visit_id, rows, now.clinic_at)
    return lines


def _message(session: Session, name: str) -> Seen | None:
    message_id = _id(name)
    return reading.one(session, message_id) if message_id else None


def _notice(session: Session, parts: Parts, name: str) -> list[str]:
    """Return the answer about a message that no plan made; nothing where *name* is none."""
    message_id = _id(name)
    found = reading.notice(session, message_id) if message_id else None
    if found is None:
        return []
    tries = reading.tries(session, parts.vault, [found.message.id]).get(found.message.id, ())
    slot, zone = found.message.slot, clinics.zones(session)[found.clinic_id]
    about = f"{_SUBJECTS.get(slot.subject_kind, slot.subject_kind)} {slot.subject_id}"
    return list(_told(found.message, about, zone, tries))


_SUBJECTS = {SubjectKind.WORK_ITEM: "work item", SubjectKind.APPOINTMENT: "visit"}


def _id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _zone_of(patient: Patient, seen: Seen) -> str:
    return patient.recipient_of(seen.message).facts.person.zone


def _about(seen: Seen) -> str:
    return f"visit {seen.appointment_source_id}" if seen.appointment_source_id else "the treatment plan"


def _told(message: Standing, about: str, zone: str, tries: Sequence[Try]) -> Iterator[str]:
    again = f", number {message.occurrence}" if message.occurrence > 1 else ""
    step = f", try {message.step}" if message.step > 1 else ""
    yield (
        f"{message.slot.rule}{again}{step} by {message.channel} about {about}: due {_at(message.due_at, zone)}, "
        f"of use until {_at(message.useful_until, zone)}."
    )
    for one in tries:
        yield f"  {_tried(one, zone)}"
    yield f"  {_stands(message)}"


def _tried(one: Try, zone: str) -> str:
    if not one.was_launched:
        return f"Ready {_at(one.made_at, zone)}, but not handed over: something had changed, or its time was up."
    language = f", in {one.language} for want of the patient's language" if one.is_fallback_language else ""
    said = f"{one.outcome}" + (f" ({explain(one.code)})" if one.code else "") if one.outcome else "no answer yet"
    reports = ", ".join(status + (f" {code}" if code else "") for status, code in one.receipts)
    return f"Handed over {_at(one.made_at, zone)}{language}: {said}." + (f" Reports: {reports}." if reports else "")


def _stands(message: Standing) -> str:
    if message.state is State.MERGED:
        return f"It goes as part of message {message.carrier_id}."
    if message.state in _STANDS:
        return _STANDS[message.state]
    reason = explain(message.reason or message.stamp.cause or "")
    return f"{_BECAUSE[message.state]} {reason}."


def _not_planned(patient: Patient, visit_id: UUID, rows: Sequence[Standing], now: datetime) -> Iterator[str]:
    """Tell of the rules that made no message for a visit, and why."""
    there = {(row.slot.rule, row.slot.recipient_id) for row in rows}
    for one in patient.recipients.values():
        wanted = plan(one.facts, patient.book.protocols, now=now, measure=Ruler(one.speaker, now))
        for slot, reason in wanted.dropped.items():
            if slot.subject_id == visit_id and (slot.rule, slot.recipient_id) not in there:
                yield f"{slot.rule}: not planned, because {explain(reason)}."


def _at(instant: datetime, zone: str) -> str:
    return f"{dates.short_date(instant, zone, 'en')} {dates.clock(instant, zone, 'en', name_zone=True)}"
