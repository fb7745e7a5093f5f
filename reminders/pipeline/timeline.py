"""The timeline: what will go, when, to whom and why then. It is the plan itself, read from its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.errors import BrokenSealError, RefusedError, WordingError
from reminders.domain.facts import Standing
from reminders.domain.states import State
from reminders.domain.wallclock import local
from reminders.pipeline import patients
from reminders.pipeline.parts import Parts
from reminders.pipeline.patients import Patient
from reminders.store import reading
from reminders.store.claims import riders_of
from reminders.store.now import Now, read
from reminders.store.reading import Seen, Try

MOST = 10_000
"""Messages that one timeline shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message of a timeline."""

    message_id: UUID
    appointment_id: str | None
    """The source's id, as `patient_id`."""
    patient_id: str
    rule: str
    category: str
    audience: str
    channel: str
    due_at: datetime
    due_local: datetime
    time_zone: str
    useful_until: datetime
    state: State
    reason: str | None
    text: str | None
    """As it went, or as it would be rendered now; None where it cannot be."""
    stops: Mapping[str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a timeline is asked for: one patient, one visit, or the coming days."""

    patient: str | None = None
    appointment: str | None = None
    ahead: timedelta = timedelta(days=14)


def timeline(parts: Parts, question: Question) -> list[Line]:
    """Return the messages that *question* asks for, soonest first."""
    with parts.transaction() as session:
        now = read(session)
        found = _found(session, question, now)
        known = patients.load(session, parts, {seen.patient_id for seen in found}, now)
        tried = reading.tries(session, parts.vault, [seen.message.id for seen in found])
        riders = riders_of(session, [seen.message.id for seen in found])
    return [
        line(seen, known[seen.patient_id], tried.get(seen.message.id, ()), riders.get(seen.message.id, ()), now)
        for seen in found
    ]


def _found(session: Session, question: Question, now: Now) -> list[Seen]:
    if question.appointment is not None:
        visits = reading.appointments_named(session, question.appointment)
        if not visits:
            raise RefusedError(f"There is no appointment {question.appointment!r}.", code="no_such_appointment")
        return [seen for visit_id, _ in visits for seen in reading.of_appointment(session, visit_id, limit=MOST)]
    if question.patient is not None:
        people = reading.patients_named(session, question.patient)
        if not people:
            raise RefusedError(f"There is no patient {question.patient!r}.", code="no_such_patient")
        return reading.of_patients(session, people, limit=MOST)
    return reading.due_between(session, now.clinic_at, now.clinic_at + question.ahead, limit=MOST)


def line(seen: Seen, patient: Patient, tries: Sequence[Try], riders: Sequence[Standing], now: Now) -> Line:
    """Return *seen* as a timeline shows it."""
    message = seen.message
    zone = patient.recipient_of(message).facts.person.zone
    return Line(
        message_id=message.id,
        appointment_id=seen.appointment_source_id,
        patient_id=seen.patient_source_id,
        rule=message.slot.rule,
        category=seen.category,
        audience=seen.audience,
        channel=message.channel,
        due_at=message.due_at,
        due_local=local(message.due_at, zone),
        time_zone=zone,
        useful_until=message.useful_until,
        state=message.state,
        reason=message.reason,
        text=tries[-1].text if tries and message.launched_at else _text(message, patient, riders, now),
        stops=dict(message.stamp.stops),
    )


def _text(message: Standing, patient: Patient, riders: Sequence[Standing], now: Now) -> str | None:
    speaker = patient.recipient_of(message).speaker
    try:
        if message.state is State.MERGED:
            return speaker.phrase(message, now.clinic_at, carrier=None)
        return speaker.speak(message, riders, now.clinic_at).text
    except (WordingError, BrokenSealError):
        return None
