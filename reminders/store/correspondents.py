"""Who writes from a phone, and the visits that they may speak of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, aliased

from reminders.domain.wallclock import local_day
from reminders.domain.words import PersonStatus, VisitStatus
from reminders.store.base import new_id
from reminders.store.bulk import among
from reminders.store.tables.people import Address, ContactPoint, Course, Person
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault

STRANGER = "stranger"

BEGUN = timedelta(hours=8)

ON_THE_WAY = timedelta(hours=1)
"""How long after its start a visit may still be what somebody writes about."""

_AHEAD = (VisitStatus.PROPOSED, VisitStatus.PENDING, VisitStatus.BOOKED, VisitStatus.ARRIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Somebody who is known by a phone."""

    id: UUID
    kind: str
    """`patient`, `driver` or `stranger`."""
    patient_id: UUID | None
    """Whose visits they may speak of: a patient's own, a driver's patient's."""
    language: str
    status: PersonStatus
    """A driver's is the patient's once that one is gone: whoever drives them is not written to any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A visit as far as a text about it matters."""

    id: UUID
    patient_id: UUID
    starts_at: datetime
    zone: str
    location_id: UUID
    service_id: UUID
    course_id: UUID | None
    status: VisitStatus

    def is_current(self, now: datetime) -> bool:
        """Whether it is to come, or has begun not long ago."""
        return self.status in _AHEAD and self.starts_at > now - BEGUN

    def is_awaited(self, now: datetime) -> bool:
        """Whether the patient may still be on the way."""
        return self.status in _AHEAD and self.status is not VisitStatus.ARRIVED and self.starts_at > now - ON_THE_WAY

    def is_today(self, now: datetime) -> bool:
        """Whether it is on the day that it is where the visit is."""
        return local_day(self.starts_at, self.zone) == local_day(now, self.zone)


def at_address(session: Session, address_id: UUID) -> list[Correspondent]:
    """Return who uses an address, patients first; a stranger only where nobody else does."""
    driven = aliased(Person)
    rows = session.execute(
        select(Person, driven.status)
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .outerjoin(driven, driven.id == Person.patient_id)
        .where(ContactPoint.address_id == address_id)
        .order_by(Person.kind.desc(), Person.id)
    )
    found = [
        Correspondent(
            id=row.id,
            kind=row.kind,
            patient_id=row.patient_id if row.kind == "driver" else row.id if row.kind == "patient" else None,
            language=row.language,
            status=_status(row.status, status),
        )
        for row, status in rows
    ]
    known = [one for one in found if one.kind != STRANGER]
    return sorted(known or found, key=lambda one: one.kind != "patient")


def _status(own: str, of_patient: str | None) -> PersonStatus:
    return PersonStatus(own if of_patient in {None, PersonStatus.ACTIVE} else of_patient)


def add_stranger(session: Session, vault: Vault, clinic_id: UUID, address_id: UUID, language: str) -> Correspondent:
    """Note that somebody whom nobody knows uses an address: whatever is answered is answered to them."""
    person_id = new_id()
    name = vault.seal(Person.first_name, person_id, "")
    session.add(
        Person(id=person_id, clinic_id=clinic_id, kind=STRANGER, first_name=name, language=language, status="active")
    )
    session.flush()
    session.add(
        ContactPoint(id=new_id(), clinic_id=clinic_id, person_id=person_id, channel="sms", address_id=address_id)
    )
    session.flush()
    return Correspondent(id=person_id, kind=STRANGER, patient_id=None, language=language, status=PersonStatus.ACTIVE)


def visits_of(
    session: Session, patient_ids: Collection[UUID], visit_ids: Collection[UUID], now: datetime
) -> Sequence[Ahead]:
    """Return the coming visits of *patient_ids*, soonest first, and besides them *visit_ids* whenever they are."""
    ahead = (
        among(Appointment.person_id, patient_ids),
        Appointment.starts_at > now - BEGUN,
        Appointment.status.in_(_AHEAD),
    )
    rows = session.scalars(
        select(Appointment)
        .where(or_(among(Appointment.id, visit_ids), and_(*ahead)))
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(50)
    )
    return [
        Ahead(
            id=row.id,
            patient_id=row.person_id,
            starts_at=row.starts_at,
            zone=row.time_zone,
            location_id=row.location_id,
            service_id=row.service_id,
            course_id=row.course_id,
            status=VisitStatus(row.status),
        )
        for row in rows
    ]


def clinic_of(session: Session, address_id: UUID) -> UUID:
    """Return the clinic within which an address is known."""
    return session.scalars(select(Address.clinic_id).where(Address.id == address_id)).one()


def address_in_use(session: Session, vault: Vault, clinic_id: UUID, phone: str) -> UUID | None:
    """Return the address of *phone*, if a clinic knows it."""
    lookup = vault.lookup("sms", phone)
    return session.scalar(
        select(Address.id).where(Address.clinic_id == clinic_id, Address.channel == "sms", Address.lookup == lookup)
    )


def number_of(session: Session, vault: Vault, source_id: str) -> str | None:
    """Return the phone of the patient whom the source calls *source_id*."""
    row = session.execute(
        select(Address.id, Address.value)
        .join(ContactPoint, ContactPoint.address_id == Address.id)
        .join(Person, Person.id == ContactPoint.person_id)
        .where(Person.source_id == source_id, ContactPoint.channel == "sms")
    ).one_or_none()
    return vault.open(Address.value, row.id, row.value) if row else None


def is_silenced(session: Session, address_id: UUID) -> bool:
    """Whether somebody at an address has said STOP, for all of our texts but preparation or for all."""
    found = session.scalar(select(Address.opted_out_at).where(Address.id == address_id))
    return found is not None


def may_be_silenced(session: Session, address_id: UUID) -> bool:
    """Whether a STOP would change something at an address: it, or somebody on it, may still be sent something."""
    hears = or_(ContactPoint.opted_out_at.is_(None), ContactPoint.keeps_prep)
    somebody = select(ContactPoint.id).where(ContactPoint.address_id == Address.id, hears)
    still = or_(Address.opted_out_at.is_(None), Address.keeps_prep, somebody.exists())
    return session.scalar(select(Address.id).where(Address.id == address_id, still)) is not None


def has_open_course(session: Session, patient_id: UUID) -> bool:
    """Whether a patient is in the middle of a treatment plan."""
    query = select(Course.id).where(Course.person_id == patient_id, Course.closed_at.is_(None)).limit(1)
    return session.scalar(query) is not None


def confirm(session: Session, visit_ids: Collection[UUID], *, confirmed: bool) -> None:
    """Note the patient's yes to visits, or take it back; what they are told stays as it is."""
    session.execute(
        update(Appointment)
        .where(among(Appointment.id, visit_ids))
        .values(confirmed=confirmed)
        .execution_options(synchronize_session=False)
    )


def ask_later(session: Session, course_id: UUID, until: datetime) -> None:
    """Let a course's nudges wait until then."""
    session.execute(
        update(Course)
        .where(Course.id == course_id)
        .values(later_until=until)
        .execution_options(synchronize_session=False)
    )
