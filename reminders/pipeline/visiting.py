"""The front desk's buttons: the patient has arrived, may be fetched, has gone home. Pressed twice, nothing happens.

What follows is planning's: the driver is sent for, the patient reads how to get home safely.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.drivers import state_of_driver
from reminders.domain.errors import RefusedError
from reminders.domain.facts import Visit
from reminders.domain.history import History
from reminders.domain.protocol import Anchor
from reminders.domain.scenes import stamp_of
from reminders.domain.visit_status import turn
from reminders.domain.wallclock import local
from reminders.domain.words import VisitStatus
from reminders.pipeline import patients, working
from reminders.pipeline.parts import Parts
from reminders.pipeline.patients import Patient
from reminders.store import attendance, audit, reading
from reminders.store.attendance import Attended
from reminders.store.locks import retrying
from reminders.store.now import Now
from reminders.store.now import read as read_now

EARLY = timedelta(hours=12)
"""Nobody arrives so long before a visit: it is another one that is meant."""

_HERE = {VisitStatus.ARRIVED, VisitStatus.FULFILLED}

_DRIVER_SAYS = {
    "none": "nobody is known",
    "listed": "named, not asked",
    "asked": "asked",
    "yes": "said yes",
    "no": "said no",
    "patient says so": "patient says so",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A visit for the front desk."""

    appointment_id: str
    patient_id: str
    patient_name: str = field(repr=False)
    service: str
    place: str
    starts_local: datetime
    status: str
    confirmed: bool
    needs_driver: bool
    driver: str
    """What is known of the driver, in words."""
    may_text_driver: bool
    arrived_local: datetime | None
    ready_local: datetime | None
    home_local: datetime | None
    flags: tuple[str, ...]
    """What people still have to do about it."""


def show(parts: Parts, name: str) -> Shown:
    """Return the visit *name* (the source's id, or ours); raise `RefusedError` where there is none."""
    with parts.transaction() as session:
        visit_id, patient_id = _one(session, name)
        visit = attendance.read(session, parts.vault, visit_id)
        patient = patients.load(session, parts, [patient_id], read_now(session))[patient_id]
        return _shown(visit, patient, attendance.open_work(session, visit))


def arrive(parts: Parts, name: str, *, by: str) -> bool:
    """Note that the patient has arrived; return False where that is known."""
    return _press(parts, name, "appointment.arrived", by, _arrived)


def ready(parts: Parts, name: str, *, by: str) -> bool:
    """Note that the patient may be fetched; return False where that is known."""
    return _press(parts, name, "appointment.ready", by, _ready)


def home(parts: Parts, name: str, *, by: str) -> bool:
    """Note that the patient has gone home; return False where that is known."""
    return _press(parts, name, "appointment.home", by, _home)


Columns = dict[str, Any]
_Button = Callable[[Attended, Now], Columns | None]
"""What a button writes, None where that stands already; it raises `RefusedError` where it makes no sense."""


def _press(parts: Parts, name: str, what: str, by: str, button: _Button) -> bool:
    return retrying(parts.transaction, lambda session: _press_in(session, parts, name, what, by, button))


def _press_in(session: Session, parts: Parts, name: str, what: str, by: str, button: _Button) -> bool:
    visit = attendance.locked(session, parts.vault, *_one(session, name))
    now = read_now(session)
    columns = button(visit, now)
    if columns is None:
        return False
    attendance.note(session, visit, columns)
    subject = ("appointment", str(visit.id))
    audit.note(session, at=now.clinic_at, who=by, what=what, clinic_id=visit.clinic_id, subject=subject)
    return True


def _arrived(visit: Attended, now: Now) -> Columns | None:
    status = visit.record.status
    if status in _HERE:
        return None
    if status is VisitStatus.CANCELLED:
        raise RefusedError(
            f"Visit {visit.source_id} is cancelled, so nobody can arrive for it. Book it again where it was booked "
            "first, and import that.",
            code="visit_cancelled",
        )
    if visit.starts_at - now.clinic_at > EARLY:
        at = local(visit.starts_at, visit.time_zone).strftime("%a %b %d %H:%M")
        raise RefusedError(
            f"Visit {visit.source_id} begins {at}, more than {EARLY // timedelta(hours=1)} hours from now. Is another "
            "one meant? See: reminders timeline --patient ID",
            code="too_early",
        )
    record = turn(visit.record, VisitStatus.ARRIVED, at=now.clinic_at)
    return {**asdict(record), "staff_status_at": now.clinic_at}


def _ready(visit: Attended, now: Now) -> Columns | None:
    _check_is_here(visit, "fetched")
    if visit.ready_at is not None:
        return None
    if visit.home_at is not None:
        raise RefusedError(
            f"The patient of visit {visit.source_id} has gone home already; nobody is sent for.", code="gone_home"
        )
    return {"ready_at": now.clinic_at}


def _home(visit: Attended, now: Now) -> Columns | None:
    _check_is_here(visit, "sent home")
    return None if visit.home_at is not None else {"home_at": now.clinic_at}


def _check_is_here(visit: Attended, done: str) -> None:
    if visit.record.status not in _HERE:
        raise RefusedError(
            f"The patient of visit {visit.source_id} has not arrived (the visit is {visit.record.status}), so they "
            f"cannot be {done}. If they are there, run first: reminders appointment arrived {visit.source_id}",
            code="not_arrived",
        )


def _one(session: Session, name: str) -> tuple[UUID, UUID]:
    """Return visit and patient of *name*."""
    found = reading.appointments_named(session, name)
    if not found:
        raise RefusedError(f"There is no appointment {name!r}.", code="no_such_appointment")
    if len(found) > 1:
        ids = ", ".join(sorted(str(visit_id) for visit_id, _ in found))
        raise RefusedError(f"Several clinics have an appointment {name!r}. Name one by our id: {ids}", code="ambiguous")
    return found[0]


def _shown(visit: Attended, patient: Patient, work: list[str]) -> Shown:
    known = next((one for one in patient.facts.visits if one.id == visit.id), None)
    zone = visit.time_zone
    return Shown(
        appointment_id=visit.source_id,
        patient_id=visit.patient_source_id,
        patient_name=visit.patient_name,
        service=visit.service,
        place=visit.place,
        starts_local=local(visit.starts_at, zone),
        status=visit.record.status,
        confirmed=visit.confirmed,
        needs_driver=known is not None and known.service.driver_required,
        driver=_driver(known, patient) if known else "nobody is known",
        may_text_driver=known is not None and known.driver_agreed_at is not None,
        arrived_local=_local(visit.record.arrived_at, zone),
        ready_local=_local(visit.ready_at, zone),
        home_local=_local(visit.home_at, zone),
        flags=tuple(working.say(kind) for kind in work),
    )


def _driver(visit: Visit, patient: Patient) -> str:
    cancelling = patient.book.protocols.slugs[Anchor.CANCELLED]
    return _DRIVER_SAYS[state_of_driver(visit, stamp_of(visit), History(patient.facts.standing), cancelling)]


def _local(at: datetime | None, zone: str) -> datetime | None:
    return local(at, zone) if at else None


def words(one: Shown) -> Iterator[tuple[str, str]]:
    """Yield a visit's labels and values for a screen."""
    yield "visit", f"{one.appointment_id}, {_at(one.starts_local)}"
    yield "patient", f"{one.patient_name} ({one.patient_id})"
    yield "what", f"{one.service} at {one.place}"
    yield "status", one.status + (", confirmed" if one.confirmed else "")
    if one.needs_driver:
        silent = "" if one.may_text_driver or one.driver == _DRIVER_SAYS["none"] else " (we may not text them)"
        yield "driver", one.driver + silent
    for label, at in (("arrived", one.arrived_local), ("ready", one.ready_local), ("home", one.home_local)):
        if at:
            yield label, _at(at)
    for flag in one.flags:
        yield "to do", flag


def _at(at: datetime) -> str:
    return at.strftime("%a %b %d %H:%M %Z")
