"""Loads what planning and judging know about patients: a handful of statements for any number of them.

Nothing grows with stored history: visits more than `PAST` ago are left out (but for the last
fulfilled visit of an open course, from which the next is counted), and so are their messages.
Of the others every message is loaded, however old: who was told of a visit two months ahead is
not told again, and its key is not given twice.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from reminders.domain.facts import ContactPoint, Course, MessageRow, PatientFacts, Person, Slot, Standing, Visit
from reminders.domain.protocol import CourseKind, Phase
from reminders.domain.states import State
from reminders.domain.words import (
    Channel,
    Lane,
    PersonStatus,
    RecipientKind,
    SubjectKind,
    VisitStatus,
)
from reminders.store import safety, stamps
from reminders.store.bulk import among
from reminders.store.clinics import ClinicBook
from reminders.store.drivers import on_patients_phone
from reminders.store.tables import people as p
from reminders.store.tables import visits as v
from reminders.store.tables.messages import Message
from reminders.store.vault import SealedMap, Vault

PAST = timedelta(days=45)

_Row = Row[*tuple[Any, ...]]


def load(
    session: Session, vault: Vault, books: Mapping[UUID, ClinicBook], patient_ids: Collection[UUID], *, now: datetime
) -> dict[UUID, PatientFacts]:
    """Return the facts of each of *patient_ids* as they stand at *now* (clinic time)."""
    persons, drivers = _persons(session, patient_ids)
    contacts = _contacts(session, [row.id for row in (*persons, *drivers)])
    courses = _courses(session, books, patient_ids)
    visits = _visits(session, vault, books, patient_ids, courses, now)
    subject_ids = {visit.id for group in visits.values() for visit in group}
    subject_ids |= {course.id for group in courses.values() for course in group}
    standing = _standing(session, patient_ids, subject_ids, now)
    crying = safety.crying(session, [row.id for row in (*persons, *drivers)])
    found: dict[UUID, PatientFacts] = {}
    for row in persons:
        zone = row.time_zone or _zone_of(visits[row.id], books[row.clinic_id])
        found[row.id] = PatientFacts(
            person=_person(row, contacts[row.id], zone),
            policy=books[row.clinic_id].policy,
            visits=visits[row.id],
            courses=courses[row.id],
            standing=standing[row.id],
            drivers=[_person(one, contacts[one.id], zone) for one in drivers if one.patient_id == row.id],
            crying=crying,
        )
    return found


def _persons(session: Session, patient_ids: Collection[UUID]) -> tuple[list[_Row], list[_Row]]:
    """Return the patients, and whoever was ever named to drive one of them."""
    columns = (
        p.Person.id,
        p.Person.clinic_id,
        p.Person.status,
        p.Person.language,
        p.Person.time_zone,
        p.Person.patient_id,
    )
    meant = or_(among(p.Person.id, patient_ids), among(p.Person.patient_id, patient_ids))
    rows = session.execute(select(*columns).where(meant).order_by(p.Person.id)).all()
    asked = set(patient_ids)
    return [row for row in rows if row.id in asked], [row for row in rows if row.patient_id in asked]


def _person(row: _Row, contacts: Sequence[ContactPoint], zone: str) -> Person:
    """Return a patient, or a driver, who is taken to live by the *zone* of the patient unless they named one."""
    return Person(
        id=row.id,
        status=PersonStatus(row.status),
        language=row.language,
        zone=row.time_zone or zone,
        contacts={contact.channel: contact for contact in contacts},
    )


def _zone_of(visits: Sequence[Visit], book: ClinicBook) -> str:
    """Return the zone of the latest visit's location: where a patient who named none is taken to live."""
    if visits:
        return max(visits, key=lambda visit: (visit.starts_at, visit.id)).zone
    return min(book.places.values(), key=lambda place: place.slug).hours.zone


def _contacts(session: Session, person_ids: Collection[UUID]) -> defaultdict[UUID, list[ContactPoint]]:
    rows = session.execute(
        select(
            p.ContactPoint.person_id,
            p.ContactPoint.channel,
            p.ContactPoint.address_id,
            p.ContactPoint.consented,
            p.ContactPoint.nudge_consented,
            or_(p.ContactPoint.opted_out_at.is_not(None), p.Address.opted_out_at.is_not(None)).label("opted_out"),
            _keeping().label("keeps_prep"),
            p.Address.dead_at.is_not(None).label("dead"),
        )
        .outerjoin(p.Address, p.Address.id == p.ContactPoint.address_id)
        .where(among(p.ContactPoint.person_id, person_ids))
    )
    found: defaultdict[UUID, list[ContactPoint]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(
            ContactPoint(
                channel=Channel(row.channel),
                address_id=row.address_id,
                consented=row.consented,
                nudge_consented=row.nudge_consented,
                opted_out=row.opted_out,
                keeps_prep=row.keeps_prep,
                dead=row.dead,
            )
        )
    return found


def _keeping() -> ColumnElement[bool]:
    """Return whether each of the STOPs that stand, the person's and the address's, keeps preparation."""
    person = or_(p.ContactPoint.opted_out_at.is_(None), p.ContactPoint.keeps_prep)
    address = or_(p.Address.opted_out_at.is_(None), p.Address.keeps_prep)
    return and_(person, address)


def _courses(
    session: Session, books: Mapping[UUID, ClinicBook], person_ids: Collection[UUID]
) -> defaultdict[UUID, list[Course]]:
    found: defaultdict[UUID, list[Course]] = defaultdict(list)
    columns = (
        p.Course.id,
        p.Course.clinic_id,
        p.Course.person_id,
        p.Course.kind_id,
        p.Course.closed_at,
        p.Course.later_until,
    )
    for row in session.execute(select(*columns).where(among(p.Course.person_id, person_ids)).order_by(p.Course.id)):
        kind = books[row.clinic_id].course_kinds[row.kind_id]
        found[row.person_id].append(Course(id=row.id, kind=kind, closed_at=row.closed_at, later_until=row.later_until))
    return found


def _visits(
    session: Session,
    vault: Vault,
    books: Mapping[UUID, ClinicBook],
    person_ids: Collection[UUID],
    courses: Mapping[UUID, Sequence[Course]],
    now: datetime,
) -> defaultdict[UUID, list[Visit]]:
    known = {course.id: course for group in courses.values() for course in group}
    counted_from = _last_of(session, [course.id for course in known.values() if course.closed_at is None])
    recent = and_(among(v.Appointment.person_id, person_ids), v.Appointment.starts_at > now - PAST)
    rows = session.execute(
        select(*_VISIT)
        .where(or_(recent, among(v.Appointment.id, counted_from)) if counted_from else recent)
        .order_by(v.Appointment.starts_at, v.Appointment.id)
    ).all()
    drivers = _drivers(session, rows)
    before = _driven_before(rows, drivers)
    found: defaultdict[UUID, list[Visit]] = defaultdict(list)
    for row in rows:
        course = known.get(row.course_id)
        kind = course.kind if course else None
        visit = _visit(row, books[row.clinic_id], kind, drivers[row.id], vault)
        found[row.person_id].append(replace(visit, driver_before=row.course_id in before))
    return found


def _last_of(session: Session, course_ids: Collection[UUID]) -> Sequence[UUID]:
    """Return the last fulfilled visit of each course."""
    if not course_ids:
        return ()
    return session.scalars(
        select(v.Appointment.id)
        .where(among(v.Appointment.course_id, course_ids), v.Appointment.status == VisitStatus.FULFILLED)
        .ext(distinct_on(v.Appointment.course_id))
        .order_by(v.Appointment.course_id, v.Appointment.starts_at.desc())
    ).all()


_VISIT = (
    v.Appointment.id,
    v.Appointment.clinic_id,
    v.Appointment.person_id,
    v.Appointment.service_id,
    v.Appointment.location_id,
    v.Appointment.course_id,
    v.Appointment.visit_number,
    v.Appointment.status,
    v.Appointment.confirmed,
    v.Appointment.cancelled_by,
    v.Appointment.starts_at,
    v.Appointment.time_zone,
    v.Appointment.duration,
    v.Appointment.booked_at,
    v.Appointment.first_seen_at,
    v.Appointment.seen_after_first_import,
    v.Appointment.arrived_at,
    v.Appointment.fulfilled_at,
    v.Appointment.cancelled_at,
    v.Appointment.noshow_at,
    v.Appointment.ready_at,
    v.Appointment.home_at,
    v.Appointment.extra,
)


@dataclass(frozen=True, slots=True)
class _Driving:
    """Who takes a patient home from a visit."""

    state: str = "none"
    person_id: UUID | None = None
    agreed_at: datetime | None = None
    has_patients_phone: bool = False

    @property
    def as_told(self) -> str:
        """What is known of the driver: who would be asked by the patient's own phone is nobody yet."""
        return "none" if self.has_patients_phone and self.state in _NOT_SAID else self.state


_NOT_SAID = ("listed", "asked")


def _visit(row: _Row, book: ClinicBook, kind: CourseKind | None, driver: _Driving, vault: Vault) -> Visit:
    return Visit(
        id=row.id,
        status=VisitStatus(row.status),
        confirmed=row.confirmed,
        starts_at=row.starts_at,
        duration=row.duration,
        zone=row.time_zone,
        service=book.services[row.service_id],
        place=book.places[row.location_id],
        first_seen_at=row.first_seen_at,
        booked_at=row.booked_at,
        seen_after_first_import=row.seen_after_first_import,
        cancelled_by=row.cancelled_by,
        arrived_at=row.arrived_at,
        fulfilled_at=row.fulfilled_at,
        cancelled_at=row.cancelled_at,
        noshow_at=row.noshow_at,
        ready_at=row.ready_at,
        home_at=row.home_at,
        course_id=row.course_id,
        number=row.visit_number,
        phase=_phase(kind, row.visit_number),
        driver_state=driver.as_told,
        driver_id=None if driver.has_patients_phone else driver.person_id,
        driver_agreed_at=None if driver.has_patients_phone else driver.agreed_at,
        driver_has_patients_phone=driver.has_patients_phone,
        extra=SealedMap(vault, v.Appointment.extra, row.id, row.extra),
    )


def _phase(kind: CourseKind | None, number: int | None) -> Phase | None:
    if kind is None or number is None:
        return None
    return next(
        (phase for phase in kind.phases if phase.first <= number and (phase.last is None or number <= phase.last)), None
    )


def _drivers(session: Session, rows: Collection[_Row]) -> dict[UUID, _Driving]:
    """Return who drives home from each visit: the visit's own driver, else the course's."""
    by_visit = {row.id for row in rows}
    by_course = {row.course_id for row in rows if row.course_id}
    columns = (v.Driver.appointment_id, v.Driver.course_id, v.Driver.state, v.Driver.driver_id, v.Driver.agreed_at)
    shares = on_patients_phone(v.Driver.driver_id).label("shares")
    found: dict[UUID | None, _Driving] = {}
    for appointment_id, course_id, state, driver_id, agreed_at, has_patients_phone in session.execute(
        select(*columns, shares).where(
            or_(among(v.Driver.appointment_id, by_visit), among(v.Driver.course_id, by_course))
        )
    ):
        found[appointment_id or course_id] = _Driving(state, driver_id, agreed_at, has_patients_phone)
    return {row.id: found.get(row.id) or found.get(row.course_id) or _Driving() for row in rows}


def _driven_before(rows: Collection[_Row], drivers: Mapping[UUID, _Driving]) -> set[UUID]:
    """Return the courses from whose last fulfilled visit somebody whom we know drove home."""
    last: dict[UUID, _Row] = {}
    for row in rows:
        if row.course_id and row.status == VisitStatus.FULFILLED:
            last[row.course_id] = max(row, last.get(row.course_id, row), key=lambda one: (one.starts_at, one.id))
    return {course_id for course_id, row in last.items() if _drove(drivers[row.id])}


def _drove(driver: _Driving) -> bool:
    return driver.person_id is not None and driver.state != "no" and not driver.has_patients_phone


WAITING = (State.SCHEDULED, State.QUEUED)
"""Unsent by themselves; what is merged lives through its carrier."""

_ROW = (
    Message.id,
    Message.patient_id,
    Message.subject_kind,
    Message.subject_id,
    Message.rule,
    Message.recipient_kind,
    Message.recipient_id,
    Message.occurrence,
    Message.step,
    Message.state,
    Message.channel,
    Message.address_id,
    Message.due_at,
    Message.useful_until,
    Message.lane,
    Message.limited,
    Message.protocol_version_id,
    Message.template,
    Message.carrier_id,
    Message.reason,
    Message.launched_on_clock,
    Message.retries,
    Message.retry_at,
)

STANDING = (*_ROW, Message.stamp)


def _standing(
    session: Session, patient_ids: Collection[UUID], subject_ids: Collection[UUID], now: datetime
) -> defaultdict[UUID, list[Standing]]:
    rows = session.execute(
        select(*STANDING)
        .where(
            among(Message.patient_id, patient_ids),
            or_(Message.due_at > now - PAST, among(Message.subject_id, subject_ids), Message.state.in_(WAITING)),
        )
        .order_by(Message.occurrence, Message.step)
    )
    found: defaultdict[UUID, list[Standing]] = defaultdict(list)
    for row in rows:
        found[row.patient_id].append(standing_of(row))
    return found


def standing_of(row: _Row) -> Standing:
    """Return a message row as planning sees it."""
    return Standing(**_columns(row), stamp=stamps.from_json(row.stamp))


def _columns(row: _Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "slot": Slot(
            SubjectKind(row.subject_kind),
            row.subject_id,
            row.rule,
            RecipientKind(row.recipient_kind),
            row.recipient_id,
        ),
        "occurrence": row.occurrence,
        "step": row.step,
        "state": State(row.state),
        "channel": Channel(row.channel),
        "address_id": row.address_id,
        "due_at": row.due_at,
        "useful_until": row.useful_until,
        "lane": Lane(row.lane),
        "limited": row.limited,
        "protocol_version_id": row.protocol_version_id,
        "template": row.template,
        "carrier_id": row.carrier_id,
        "reason": row.reason,
        "launched_at": row.launched_on_clock,
        "retries": row.retries,
        "retry_at": row.retry_at,
    }


def rows_by_id(session: Session, message_ids: Collection[UUID]) -> dict[UUID, tuple[UUID | None, MessageRow]]:
    """Return for each of *message_ids* its patient's id (None: no plan made it) and its row.

    What it was planned for is not read: a row whose stamp is damaged is moved like the others.
    """
    rows = session.execute(select(*_ROW).where(among(Message.id, message_ids)))
    return {row.id: (row.patient_id, MessageRow(**_columns(row))) for row in rows}
