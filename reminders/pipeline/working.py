"""Work items: opened where a plan or a parked message needs a person, read and closed by people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain import downtime
from reminders.domain.errors import RefusedError
from reminders.domain.facts import OpenHours, Standing, Visit
from reminders.domain.openings import fit_deadline
from reminders.domain.replies.because import because
from reminders.domain.states import State
from reminders.domain.wallclock import local
from reminders.domain.words import PersonStatus, VisitStatus, WorkKind
from reminders.domain.work import WantedWork
from reminders.pipeline.parts import Parts
from reminders.pipeline.patients import Patient
from reminders.store import audit, debts, safety, work
from reminders.store.locks import lock_people, retrying
from reminders.store.now import Now, read
from reminders.store.work import Detail, NewWork
from reminders.store.writers import Who, Written

_SAYS: Mapping[str, str] = {
    WorkKind.SAFETY: "phone at once: a cry for help",
    WorkKind.PHONE_PATIENT: "phone this patient",
    WorkKind.LATE_BOOKING: "late booking: the fast has begun",
    WorkKind.NO_SHOW: "the patient did not come",
    WorkKind.NO_DRIVER: "find out who takes the patient home",
    WorkKind.CLOSED_DATE: "the location is closed on that day",
    WorkKind.CHANGE: "speak with the patient about a visit",
    WorkKind.CLINICAL: "let a nurse answer the patient",
    WorkKind.NOT_UNDERSTOOD: "read what was written, and answer",
    WorkKind.WRONG_NUMBER: "find out the right phone",
    WorkKind.UNKNOWN_OUTCOME: "find out whether it went",
    WorkKind.PARKED: "a message waits for a person",
    WorkKind.OPTED_OUT: "a patient in mid-course has opted out",
    WorkKind.ORPHAN: "find out who sent what the provider shows",
    WorkKind.SENDER_HELD: "mend the sender's set-up, then run: reminders seed",
    WorkKind.DOWNTIME: "messages did not go in time",
}


_SAYS_ABOUT: Mapping[tuple[str, str | None], str] = {
    ("phone_patient", "unplanned"): "phone this patient: none of their texts go",
    ("change", "accept_offer"): "book a visit with the patient",
    ("change", "running_late"): "the patient comes late",
    ("no_driver", "driver_late"): "the driver comes late: see that the patient is looked after",
    ("sender_held", "provider_outage"): "ask the provider, and phone whoever cannot wait",
    ("orphan", "not_compared"): "find out why the provider's list cannot be read",
}
"""The same where the reason asks for something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One work item with what a person needs to act on it."""

    id: UUID
    kind: str
    what: str
    because: str
    due_at: datetime
    due_local: datetime
    is_after_hours: bool
    detail: Mapping[str, Any]
    """Counts, codes and ids that belong to it."""
    state: str
    owner: str | None
    outcome: str | None
    message_id: UUID | None
    patient_id: str | None
    patient_name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    """The patient's; whoever wrote may have another."""
    wrote_from: str | None = field(repr=False)
    """The phone that the text came from which began it; None: no text did, or it cannot be decrypted."""
    writer: str | None = field(repr=False)
    """Who uses that phone, in words; None: no text began it."""
    is_of_driver: bool
    """A driver wrote it."""
    appointment_id: str | None
    appointment_local: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What one patient's plan and parked messages ask of people, and what they ask no more."""

    needs: Sequence[NewWork]
    moot: Sequence[tuple[UUID, WorkKind, UUID | None]]
    """(patient, kind, visit) of items that are needless unless they are among the needs; None: it is about none."""


def asked_of(patient: Patient, wanted: Iterable[WantedWork], now: Now) -> Asked:
    """Return what *wanted*, the work of a plan, and the patient's parked messages ask of people."""
    parked = [row for row in patient.facts.standing if row.state is State.PARKED]
    needs = [*(_planned(patient, one) for one in wanted), *(_parked(patient, row, now) for row in parked)]
    moot: list[tuple[UUID, WorkKind, UUID | None]] = [
        (patient.id, kind, visit.id)
        for visit in patient.facts.visits
        for kind in _ASKED_BY_PLANS
        if _is_moot_without_plan(visit, now) or (kind is WorkKind.NO_DRIVER and visit.status in _HOME_AGAIN)
    ]
    moot.append((patient.id, WorkKind.PHONE_PATIENT, None))  # who could not be planned, and is now
    return Asked(needs, moot)


def say(kind: str) -> str:
    """Return what an item of *kind* asks of people."""
    return _SAYS.get(kind, kind.replace("_", " "))


def carry_out(session: Session, asked: Sequence[Asked], now: Now) -> None:
    """Open what is asked, once however often it is noticed, and close what is asked no more."""
    needs = [need for one in asked for need in one.needs]
    work.open_items(session, needs, now=now.clinic_at)
    moot = [item for one in asked for item in one.moot]
    work.close_unneeded(session, moot, needed=[need.key for need in needs], now=now.clinic_at)


_ASKED_BY_PLANS = (WorkKind.PHONE_PATIENT, WorkKind.LATE_BOOKING, WorkKind.CLOSED_DATE, WorkKind.NO_DRIVER)


_HOME_AGAIN = frozenset({VisitStatus.FULFILLED, VisitStatus.NOSHOW})


def _is_moot_without_plan(visit: Visit, now: Now) -> bool:
    """Whether a call about *visit* that the plan asks for no more is needless; one that was missed stays visible."""
    return visit.status is VisitStatus.CANCELLED or (visit.status.is_ahead and visit.starts_at > now.clinic_at)


def _planned(patient: Patient, wanted: WantedWork) -> NewWork:
    return NewWork(
        clinic_id=patient.book.id,
        key="/".join((wanted.kind, str(wanted.subject_id), wanted.detail)),
        kind=wanted.kind,
        due_at=wanted.due_at,
        is_after_hours=wanted.after_hours,
        person_id=patient.id,
        appointment_id=wanted.visit_id,
        reason=wanted.reason,
        escalate_at=wanted.due_at,
    )


def _parked(patient: Patient, row: Standing, now: Now) -> NewWork:
    """Return the decision that a parked message waits for, due while the message may still help."""
    visit = next((visit for visit in patient.facts.visits if visit.id == row.slot.subject_id), None)
    deadline = fit_deadline(row.useful_until, visit.place.hours if visit else _some_hours(patient), now.clinic_at)
    kind = WorkKind.PARKED if row.launched_at is None else WorkKind.UNKNOWN_OUTCOME
    return NewWork(
        clinic_id=patient.book.id,
        key=f"{kind}/{row.id}",
        kind=kind,
        due_at=deadline.due_at,
        is_after_hours=deadline.after_hours,
        person_id=patient.id,
        appointment_id=visit.id if visit else None,
        message_id=row.id,
        reason=row.reason,
        escalate_at=deadline.due_at,
    )


def _some_hours(patient: Patient) -> OpenHours:
    return min(patient.book.places.values(), key=lambda place: place.slug).hours


def items(parts: Parts, *, with_done: bool, kind: WorkKind | None = None) -> list[Item]:
    """Return the work items, the most urgent first; those of a *kind* are a list such as the call list."""
    with parts.transaction() as session:
        return _items(work.details(session, parts.vault, with_done=with_done, kind=kind))


def item(parts: Parts, item_id: UUID) -> Item:
    """Return one work item; raise `RefusedError` where there is none."""
    with parts.transaction() as session:
        found = _items(work.details(session, parts.vault, with_done=True, only=item_id))
    if not found:
        raise RefusedError(f"There is no work item {item_id}. See: reminders work list", code="no_such_item")
    return found[0]


def _items(found: Sequence[Detail]) -> list[Item]:
    return [
        Item(
            id=one.id,
            kind=one.kind,
            what=_SAYS_ABOUT.get((one.kind, one.reason)) or say(one.kind),
            because=_because(one),
            due_at=one.due_at,
            due_local=local(one.due_at, one.zone),
            is_after_hours=one.is_after_hours,
            detail=one.detail,
            state=one.state,
            owner=one.owner,
            outcome=one.outcome,
            message_id=one.message_id,
            patient_id=one.patient_source_id,
            patient_name=one.patient_name,
            phone=one.phone,
            wrote_from=one.written.phone if one.written else None,
            writer=_writer(one.written) if one.written else None,
            is_of_driver=bool(one.written and one.written.writer and one.written.writer.drives),
            appointment_id=one.appointment_source_id,
            appointment_local=local(one.starts_at, one.zone) if one.starts_at else None,
        )
        for one in found
    ]


def _because(one: Detail) -> str:
    told = downtime.say(one.reason, one.detail, one.zone)
    return told or (because(one.reason) if one.reason else "")


def _writer(written: Written) -> str:
    others = "; ".join(_who(one) for one in written.others)
    if written.writer is None:
        return f"one of: {others}" if others else "nobody we know"
    return _who(written.writer) + (f"; the phone is also that of: {others}" if others else "")


def _who(one: Who) -> str:
    if one.drives is not None:
        return f"{one.name or '?'}, who drives {_who(one.drives)}"
    return f"{one.name or '?'} ({one.source_id})"


def words(one: Item) -> Iterator[tuple[str, str]]:
    """Yield an item's labels and values for a screen."""
    yield "what", one.what
    yield "because", one.because
    yield "until", one.due_local.strftime("%a %b %d %H:%M %Z") + (" (after hours)" if one.is_after_hours else "")
    if one.writer:
        yield "wrote from", f"{one.wrote_from or '(cannot be decrypted)'}, {one.writer}"
    if one.patient_id:
        is_other = one.writer is not None and one.wrote_from != one.phone
        yield "patient", f"{one.patient_name or '?'} ({one.patient_id})"
        yield "phone", (one.phone or "none known") + (" (the patient's)" if is_other else "")
    if one.appointment_id and one.appointment_local:
        yield "visit", f"{one.appointment_id}, {one.appointment_local.strftime('%a %b %d %H:%M %Z')}"
    for key, value in one.detail.items() if one.kind != WorkKind.DOWNTIME else ():  # its sentence has them all
        yield key.replace("_", " "), str(value)
    if one.message_id:
        yield "message", str(one.message_id)
    yield "state", one.state + (f" by {one.owner}" if one.owner else "")
    if one.outcome:
        yield "outcome", one.outcome


def finish(parts: Parts, item_id: UUID, *, by: str, outcome: str, patient: PersonStatus | None = None) -> None:
    """Close an item; raise `RefusedError` where there is none or it is closed already.

    *patient* is what somebody has learnt of the patient meanwhile: nothing is said any more to who
    has died or is no longer treated, nor to who would drive them.
    """
    about = item(parts, item_id)
    if patient is not None and about.patient_id is None:
        raise RefusedError("This work item is about no patient, so --patient says nothing.", code="no_patient")
    retrying(parts.transaction, partial(_close, parts, item_id, by=by, outcome=outcome, patient=patient))


def _close(
    parts: Parts, item_id: UUID, session: Session, *, by: str, outcome: str, patient: PersonStatus | None
) -> None:
    # A text of theirs that is being heard has their lock, and then wants the item.
    lock_people(session, work.people_of(session, item_id))
    now = read(session)
    if not work.finish(session, parts.vault, item_id, by=by, outcome=outcome, now=now.clinic_at):
        raise RefusedError("This work item is closed already.", code="already_done")
    debts.owe(session, safety.patients_of(session, item_id))
    if patient is not None:
        debts.owe(session, [work.set_patient_status(session, item_id, patient)])
    _note(session, item_id, by, now.clinic_at, patient)


def _note(session: Session, item_id: UUID, by: str, at: datetime, patient: PersonStatus | None) -> None:
    subject = ("work_item", str(item_id))
    audit.note(session, at=at, who=by, what="work_item.done", subject=subject)
    if patient is not None:
        audit.note(session, at=at, who=by, what=f"patient.{patient}", subject=subject)
