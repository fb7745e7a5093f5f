"""Drivers of a clinic's patients: what the step that hears answers does with them, in one breath."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain.replies.intents import DriverDetails
from reminders.pipeline import driving
from reminders.pipeline.driving import Named
from reminders.store.locks import lock_people
from reminders.store.now import read
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Appointment, Driver
from tests.clinics import VAULT
from tests.working_clinic import WorkingClinic

DAN, EVE = "+13125550177", "+13125550178"
T = TypeVar("T")


def heard(clinic: WorkingClinic, visit_id: UUID, step: Callable[[Session, datetime], T]) -> T:
    """Run *step* with the patient of a visit locked."""
    with clinic.parts.transaction() as session:
        patient_id = session.scalars(select(Appointment.person_id).where(Appointment.id == visit_id)).one()
        lock_people(session, [patient_id])
        return step(session, read(session).clinic_at)


def name_driver(
    clinic: WorkingClinic,
    visit_id: UUID,
    name: str | None = "Dan Roe",
    phone: str | None = DAN,
    *,
    agreed: bool = True,
) -> Named:
    """Let the patient name a driver."""
    details = DriverDetails(name=name, phone=phone)
    return heard(
        clinic, visit_id, lambda session, now: driving.named(session, VAULT, visit_id, details, now, agreed=agreed)
    )


def driver_says(clinic: WorkingClinic, visit_id: UUID, *, yes: bool, driver_id: UUID | None = None) -> list[UUID]:
    """Let the driver of a visit answer."""
    who = driver_id or driver_of(clinic, visit_id).driver_id
    assert who is not None
    return heard(clinic, visit_id, lambda session, now: driving.answered(session, who, [visit_id], now, yes=yes))


def driver_of(clinic: WorkingClinic, visit_id: UUID) -> Driver:
    """Return what is known of the driver of one visit."""
    with clinic.parts.transaction() as session:
        return session.scalars(select(Driver).where(Driver.appointment_id == visit_id)).one()


def called(clinic: WorkingClinic, person_id: UUID | None) -> str:
    """Return the name of a driver."""
    with clinic.parts.transaction() as session:
        row = session.scalars(select(Person).where(Person.id == person_id)).one()
    first = VAULT.open(Person.first_name, row.id, row.first_name)
    last = VAULT.open_some(Person.last_name, row.id, row.last_name)
    return f"{first} {last}" if last else first
