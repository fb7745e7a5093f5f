"""Drivers: what an answer about the ride home changes. Each step needs the patient locked, and leaves a plan owed.

A patient who names somebody in an answer to us agrees to their being written to; whom an
import names is listed, and waits for the patient's word. Nobody is asked by these steps:
planning makes the texts.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.replies.intents import DriverDetails
from reminders.domain.words import WorkKind
from reminders.store import drivers, work
from reminders.store.drivers import Place, Ride
from reminders.store.vault import Vault

ARRANGED = "patient says so"


class Named(StrEnum):
    """What came of a driver whom a patient named."""

    OK = "ok"
    NO_PHONE = "no phone"
    """Somebody drives whom we cannot reach: it counts as the patient's word."""
    SAME_AS_PATIENT = "same as patient"
    """The phone is the patient's own; nothing was written, a person must ask."""


def arranged(session: Session, visit_id: UUID, now: datetime) -> None:
    """Take the patient's word that somebody drives; a driver's own yes is worth more and stays."""
    ride = drivers.ride(session, visit_id)
    driver = ride.driver
    if driver is not None and driver.state == "yes":
        return
    # Whoever said no is not the one who drives.
    keeps = driver is not None and driver.state != "no"
    place = Place(
        driver_id=driver.driver_id if driver and keeps else None,
        state=ARRANGED,
        said_at=now,
        agreed_at=driver.agreed_at if driver and keeps else None,
    )
    drivers.put(session, ride, place)
    _found(session, ride, now)


def named(
    session: Session, vault: Vault, visit_id: UUID, driver: DriverDetails, now: datetime, *, agreed: bool
) -> Named:
    """Let somebody whom the patient named drive home from a visit.

    Args:
        session: The transaction, with the patient locked.
        vault: Seals names and phones.
        visit_id: The visit.
        driver: Name and phone (E.164) as the patient wrote them; whom we know by that name needs no phone.
        now: Clinic time.
        agreed: Whether it answers a question of ours: then the driver may be written to.
    """
    ride, name, phone = drivers.ride(session, visit_id), driver.name, driver.phone
    if phone is not None and drivers.is_phone_of(session, vault, ride.patient_id, phone):
        return Named.SAME_AS_PATIENT
    if phone is not None and not drivers.is_reachable(session, ride, phone):
        phone = None
    known = drivers.known_by_name(session, vault, ride, name) if name and phone is None else None
    if phone is None and known is None:
        _word(session, vault, ride, name, now)
        return Named.NO_PHONE
    if known is not None and drivers.has_patients_phone(session, known):
        return Named.SAME_AS_PATIENT
    driver_id = known or drivers.person_named(session, vault, ride, name, phone)
    stands = ride.driver if ride.driver is not None and ride.driver.driver_id == driver_id else None
    keeps_yes = stands is not None and stands.state == "yes"
    place = Place(
        driver_id=driver_id,
        state="yes" if keeps_yes else "listed",
        said_at=stands.said_at if stands and keeps_yes else None,
        agreed_at=(stands.agreed_at if stands else None) or (now if agreed else None),
    )
    drivers.put(session, ride, place)
    if agreed:
        drivers.consent(session, driver_id, now=now)
    drivers.changed(session, [ride])
    return Named.OK


def _word(session: Session, vault: Vault, ride: Ride, name: str | None, now: datetime) -> None:
    """Keep the name of a driver who has no phone, so that staff sees it."""
    driver_id = drivers.person_named(session, vault, ride, name, None) if name else None
    drivers.put(session, ride, Place(driver_id=driver_id, state=ARRANGED, said_at=now))
    _found(session, ride, now)


def again(session: Session, visit_id: UUID, now: datetime) -> bool:
    """Take the patient's yes to the driver we asked about; return False where there is nobody it could mean.

    That is whoever is listed for the visit and waits for the patient's word, else whoever drove
    home from the last visit of the course: for the rest of it. Whoever has the patient's own phone
    cannot be asked by it, and is not meant.
    """
    ride = drivers.ride(session, visit_id)
    listed = ride.driver
    if listed is not None and listed.driver_id is not None and listed.state != "no":
        if drivers.has_patients_phone(session, listed.driver_id):
            return False
        drivers.agree(session, listed.driver_id, now=now)
        drivers.changed(session, [ride])
        return True
    driver_id = drivers.drove_last(session, ride)
    if driver_id is None or drivers.has_patients_phone(session, driver_id):
        return False
    place = Place(driver_id=driver_id, state="listed", agreed_at=now)
    drivers.put(session, ride, place, for_course=True)
    if ride.own is not None:
        drivers.put(session, ride, place)
    drivers.agree(session, driver_id, now=now)
    drivers.changed(session, [ride])
    return True


def answered(session: Session, driver_id: UUID, visit_ids: Collection[UUID], now: datetime, *, yes: bool) -> list[UUID]:
    """Take a driver's answer; return the visits that it counts for: those from which this person still drives."""
    rides = [drivers.ride(session, visit_id) for visit_id in visit_ids]
    theirs = [(ride, ride.driver) for ride in rides if ride.driver and ride.driver.driver_id == driver_id]
    for ride, driver in theirs:
        state = "yes" if yes else "no"
        drivers.put(session, ride, Place(driver_id=driver_id, state=state, said_at=now, agreed_at=driver.agreed_at))
        if yes:
            _found(session, ride, now)
    drivers.changed(session, [ride for ride, _ in theirs])
    return [ride.visit_id for ride, _ in theirs]


def needed(session: Session, visit_id: UUID) -> None:
    """Take back the patient's word that somebody drives: nobody does. A driver whom we know stays listed."""
    ride = drivers.ride(session, visit_id)
    if ride.own is None or ride.own.state != ARRANGED:
        return
    if ride.own.driver_id is None:
        drivers.take_out(session, ride)
    else:
        place = Place(driver_id=ride.own.driver_id, state="listed", agreed_at=ride.own.agreed_at)
        drivers.put(session, ride, place)
    drivers.changed(session, [ride])


def _found(session: Session, ride: Ride, now: datetime) -> None:
    """Close what asked people to find a driver, and owe a plan."""
    work.close_about(session, ride.clinic_id, ride.visit_id, WorkKind.NO_DRIVER, now=now)
    drivers.changed(session, [ride])
