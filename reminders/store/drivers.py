"""Who takes a patient home, as people answer it: rows of `drivers`, and the persons whom patients name in a text.

The patient must be locked. An answer is about one visit, so it is a row of that visit, even
where the driver was named for the whole course.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from reminders.domain.contact import read_phone
from reminders.domain.errors import RefusedError
from reminders.domain.words import Channel, VisitStatus
from reminders.store import debts, ledger
from reminders.store.base import new_id
from reminders.store.intake_people import driver_lookup, names_of
from reminders.store.ledger import Entry
from reminders.store.tables.clinic import Clinic
from reminders.store.tables.people import Address, ContactPoint, Person
from reminders.store.tables.visits import Appointment, Driver
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """A visit, and who drives home from it."""

    visit_id: UUID
    clinic_id: UUID
    patient_id: UUID
    course_id: UUID | None
    own: Driver | None
    """Of this visit alone."""
    of_course: Driver | None

    @property
    def driver(self) -> Driver | None:
        """Who drives: whoever was named for the visit, else for the course."""
        return self.own or self.of_course


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is to be known of the driver of a visit or a course."""

    driver_id: UUID | None
    state: str
    said_at: datetime | None = None
    agreed_at: datetime | None = None


def ride(session: Session, visit_id: UUID) -> Ride:
    """Return who drives home from a visit."""
    visit = session.execute(
        select(Appointment.clinic_id, Appointment.person_id, Appointment.course_id).where(Appointment.id == visit_id)
    ).one()
    found = session.scalars(
        select(Driver)
        .where(or_(Driver.appointment_id == visit_id, Driver.course_id == visit.course_id))
        .execution_options(populate_existing=True)
    ).all()
    return Ride(
        visit_id=visit_id,
        clinic_id=visit.clinic_id,
        patient_id=visit.person_id,
        course_id=visit.course_id,
        own=next((one for one in found if one.appointment_id is not None), None),
        of_course=next((one for one in found if one.course_id is not None), None),
    )


def put(session: Session, ride: Ride, place: Place, *, for_course: bool = False) -> None:
    """Write who drives home from the visit of *ride*, or from every visit of its course that names nobody itself."""
    about = {"course_id": ride.course_id} if for_course else {"appointment_id": ride.visit_id}
    values = {
        "driver_id": place.driver_id,
        "state": place.state,
        "said_at": place.said_at,
        "agreed_at": place.agreed_at,
    }
    session.execute(
        insert(Driver)
        .values(id=new_id(), clinic_id=ride.clinic_id, **about, **values)
        .on_conflict_do_update(index_elements=list(about), set_=values)
    )


def take_out(session: Session, ride: Ride) -> None:
    """Forget who drives home from one visit."""
    session.execute(delete(Driver).where(Driver.appointment_id == ride.visit_id))


def agree(session: Session, driver_id: UUID, *, now: datetime) -> None:
    """Note that the patient agrees to *driver_id* being written to, wherever they are listed."""
    session.execute(
        update(Driver)
        .where(Driver.driver_id == driver_id, Driver.agreed_at.is_(None))
        .values(agreed_at=now)
        .execution_options(synchronize_session=False)
    )
    consent(session, driver_id, now=now)


def consent(session: Session, driver_id: UUID, *, now: datetime) -> None:
    """Enter that a driver may be written to because the patient named them; it lifts no STOP."""
    points = session.execute(
        update(ContactPoint)
        .where(ContactPoint.person_id == driver_id, ContactPoint.consented.is_(False))
        .values(consented=True)
        .returning(ContactPoint.clinic_id, ContactPoint.channel, ContactPoint.address_id)
        .execution_options(synchronize_session=False)
    ).all()
    entries = [
        Entry(
            clinic_id=clinic_id,
            channel=channel,
            purpose="visits",
            granted=True,
            source="person",
            entered_by="reply",
            person_id=driver_id,
            address_id=address_id,
            how="named by the patient",
        )
        for clinic_id, channel, address_id in points
    ]
    ledger.enter(session, entries, now=now)


def drove_last(session: Session, ride: Ride) -> UUID | None:
    """Return who drove home from the last visit of the course; None where that is not known, or they said no."""
    if ride.course_id is None:
        return None
    last_id = session.scalar(
        select(Appointment.id)
        .where(Appointment.course_id == ride.course_id, Appointment.status == VisitStatus.FULFILLED)
        .order_by(Appointment.starts_at.desc(), Appointment.id.desc())
        .limit(1)
    )
    if last_id is None:
        return None
    rows = session.execute(
        select(Driver.driver_id, Driver.state)
        .where(or_(Driver.appointment_id == last_id, Driver.course_id == ride.course_id))
        .order_by(Driver.appointment_id.is_(None))
    )
    return next((None if row.state == "no" else row.driver_id for row in rows), None)


def is_phone_of(session: Session, vault: Vault, person_id: UUID, phone: str) -> bool:
    """Whether *phone* is one that the person reads texts on."""
    found = select(ContactPoint.id).join(Address, Address.id == ContactPoint.address_id)
    lookup = vault.lookup(Channel.SMS, phone)
    return session.scalar(found.where(ContactPoint.person_id == person_id, Address.lookup == lookup)) is not None


def has_patients_phone(session: Session, driver_id: UUID) -> bool:
    """Whether a driver's phone is the one on which the patient whom they drive reads texts."""
    return bool(session.scalar(select(on_patients_phone(driver_id))))


def on_patients_phone(driver_id: UUID | InstrumentedAttribute[UUID | None]) -> ColumnElement[bool]:
    """Return the condition that a driver's phone is the patient's own."""
    drivers, patients = aliased(ContactPoint), aliased(ContactPoint)
    return (
        select(drivers.id)
        .join(Person, Person.id == drivers.person_id)
        .join(patients, and_(patients.person_id == Person.patient_id, patients.address_id == drivers.address_id))
        .where(drivers.person_id == driver_id, drivers.channel == Channel.SMS)
        .exists()
    )


def is_reachable(session: Session, ride: Ride, phone: str) -> bool:
    """Whether texts of the clinic may go to *phone*: it is in a country that the clinic allows."""
    clinic = session.execute(select(Clinic.region, Clinic.countries).where(Clinic.id == ride.clinic_id)).one()
    try:
        return read_phone(phone, region=clinic.region, countries=clinic.countries) == phone
    except RefusedError:
        return False


def known_by_name(session: Session, vault: Vault, ride: Ride, name: str) -> UUID | None:
    """Return the one driver of the patient who has a phone and is called *name*, in full or by the first name."""
    rows = session.execute(
        select(Person.id, Person.first_name, Person.last_name)
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .where(Person.patient_id == ride.patient_id, ContactPoint.address_id.is_not(None))
    )
    called = name.casefold()
    found = [row.id for row in rows if called in _names(vault, row.id, row.first_name, row.last_name)]
    return found[0] if len(found) == 1 else None


def _names(vault: Vault, person_id: UUID, sealed_first: bytes, sealed_last: bytes | None) -> set[str]:
    first = vault.open(Person.first_name, person_id, sealed_first)
    last = vault.open_some(Person.last_name, person_id, sealed_last)
    return {first.casefold(), f"{first} {last}".casefold()} if last else {first.casefold()}


def person_named(session: Session, vault: Vault, ride: Ride, name: str | None, phone: str | None) -> UUID:
    """Return the driver of this patient with *phone* (E.164), else *name*, who may be new; a new name replaces the old.

    A driver is a person per patient, so the same phone may be those of several patients' drivers.
    """
    lookup = driver_lookup(vault, name, phone)
    person_id = session.scalar(
        select(Person.id).where(Person.patient_id == ride.patient_id, Person.driver_lookup == lookup)
    )
    if person_id is None:
        person_id = _new_person(session, vault, ride, lookup)
        if phone is not None:
            _give_phone(session, vault, ride.clinic_id, person_id, phone)
    if name:
        said = names_of(name)
        last = said.get("last_name")
        session.execute(
            update(Person)
            .where(Person.id == person_id)
            .values(
                first_name=vault.seal(Person.first_name, person_id, said["first_name"]),
                last_name=vault.seal_some(Person.last_name, person_id, last),
            )
            .execution_options(synchronize_session=False)
        )
    return person_id


def _new_person(session: Session, vault: Vault, ride: Ride, lookup: bytes) -> UUID:
    """Add a driver; whose language nobody told is written to in the patient's."""
    person_id = new_id()
    language = select(Person.language).where(Person.id == ride.patient_id).scalar_subquery()
    session.execute(
        insert(Person).values(
            id=person_id,
            clinic_id=ride.clinic_id,
            kind="driver",
            patient_id=ride.patient_id,
            driver_lookup=lookup,
            first_name=vault.seal(Person.first_name, person_id, ""),
            language=language,
        )
    )
    return person_id


def _give_phone(session: Session, vault: Vault, clinic_id: UUID, person_id: UUID, phone: str) -> None:
    address_id, lookup = new_id(), vault.lookup(Channel.SMS, phone)
    session.execute(
        insert(Address)
        .values(
            id=address_id,
            clinic_id=clinic_id,
            channel=Channel.SMS,
            lookup=lookup,
            value=vault.seal(Address.value, address_id, phone),
        )
        .on_conflict_do_nothing()
    )
    known = select(Address.id).where(
        Address.clinic_id == clinic_id, Address.channel == Channel.SMS, Address.lookup == lookup
    )
    session.execute(
        insert(ContactPoint).values(
            id=new_id(),
            clinic_id=clinic_id,
            person_id=person_id,
            channel=Channel.SMS,
            address_id=known.scalar_subquery(),
        )
    )


def changed(session: Session, rides: Collection[Ride]) -> None:
    """Let what is on its way for the visits of *rides* be judged again, and owe their patients a plan."""
    session.execute(
        update(Appointment)
        .where(Appointment.id.in_([one.visit_id for one in rides]))
        .values(changed_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )
    debts.owe(session, [(one.clinic_id, one.patient_id) for one in rides])
