"""What the front desk sees of a visit and notes about it: the patient has arrived, may be fetched, has gone home."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reminders.domain.visit_status import StatusRecord
from reminders.domain.words import VisitStatus
from reminders.store import debts
from reminders.store.locks import lock_people
from reminders.store.tables.clinic import Location, Service
from reminders.store.tables.messages import WorkItem
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """A visit as the front desk knows it."""

    id: UUID
    clinic_id: UUID
    patient_id: UUID
    source_id: str
    patient_source_id: str
    patient_name: str = field(repr=False)
    service: str
    place: str
    starts_at: datetime
    time_zone: str
    record: StatusRecord
    confirmed: bool
    ready_at: datetime | None
    home_at: datetime | None


def locked(session: Session, vault: Vault, visit_id: UUID, patient_id: UUID) -> Attended:
    """Lock the patient and return the visit; raise `LinksGrewError` where the transaction must start over."""
    lock_people(session, [patient_id])
    return read(session, vault, visit_id)


def read(session: Session, vault: Vault, visit_id: UUID) -> Attended:
    """Return a visit."""
    visit, person, service, place = session.execute(
        select(Appointment, Person, Service.slug, Location.name)
        .join(Person, Person.id == Appointment.person_id)
        .join(Service, Service.id == Appointment.service_id)
        .join(Location, Location.id == Appointment.location_id)
        .where(Appointment.id == visit_id)
        .execution_options(populate_existing=True)
    ).one()
    return Attended(
        id=visit.id,
        clinic_id=visit.clinic_id,
        patient_id=person.id,
        source_id=visit.source_id,
        patient_source_id=person.source_id or "",
        patient_name=vault.open(Person.first_name, person.id, person.first_name),
        service=service,
        place=place,
        starts_at=visit.starts_at,
        time_zone=visit.time_zone,
        record=StatusRecord(
            status=VisitStatus(visit.status),
            arrived_at=visit.arrived_at,
            fulfilled_at=visit.fulfilled_at,
            cancelled_at=visit.cancelled_at,
            noshow_at=visit.noshow_at,
        ),
        confirmed=visit.confirmed,
        ready_at=visit.ready_at,
        home_at=visit.home_at,
    )


def note(session: Session, visit: Attended, columns: dict[str, Any]) -> None:
    """Write *columns* of a visit whose patient is locked; what is on its way for it is judged again."""
    session.execute(
        update(Appointment)
        .where(Appointment.id == visit.id)
        .values(changed_at=func.clock_timestamp(), **columns)
        .execution_options(synchronize_session=False)
    )
    debts.owe(session, [(visit.clinic_id, visit.patient_id)])


def open_work(session: Session, visit: Attended) -> list[str]:
    """Return the kinds of what people still have to do about a visit, the most urgent first."""
    rows = session.scalars(
        select(WorkItem.kind)
        .where(WorkItem.clinic_id == visit.clinic_id, WorkItem.appointment_id == visit.id, WorkItem.state != "done")
        .order_by(WorkItem.due_at, WorkItem.id)
    )
    return list(dict.fromkeys(rows))
