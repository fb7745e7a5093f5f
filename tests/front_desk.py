"""Who comes to a clinic and what becomes of their visits, as a source would tell it, on a stepped clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reminders.domain.wallclock import local
from reminders.pipeline.parts import Parts
from reminders.store import debts
from reminders.store.base import new_id
from reminders.store.locks import lock_people
from reminders.store.now import read, step_to
from reminders.store.tables.clinic import CourseKind, Location, Service
from reminders.store.tables.people import Address, ContactPoint, Course, Person
from reminders.store.tables.visits import Appointment
from tests.clinics import VAULT
from tests.domain.planning_clinic import NEW_YORK, at

MONDAY = "2026-09-28 09:30"
"""When the clock of these tests starts, in New York."""
WEDNESDAY = "2026-10-07 10:30"
"""When visits are unless a test says otherwise: far enough away for every message of theirs."""
PHONE, MAILBOX = "+13125550142", "ana@example.com"


@dataclass(repr=False)
class FrontDesk:
    """One clinic's people and visits."""

    parts: Parts
    id: UUID

    @property
    def now_at(self) -> datetime:
        with self.parts.transaction() as session:
            return read(session).clinic_at

    def clock(self, text: str, zone: str = NEW_YORK) -> None:
        """Move the clock on to a wall time."""
        self.clock_to(at(text, zone))

    def clock_to(self, instant: datetime) -> None:
        with self.parts.transaction() as session:
            step_to(session, instant)

    def patient(
        self,
        name: str = "Ana",
        *,
        phone: str | None = PHONE,
        email: str | None = MAILBOX,
        consented: bool = True,
        **columns: Any,
    ) -> UUID:
        person_id = new_id()
        with self.parts.transaction() as session:
            session.add(
                Person(
                    id=person_id,
                    clinic_id=self.id,
                    first_name=VAULT.seal(Person.first_name, person_id, name),
                    **{"kind": "patient", "source_id": f"P-{name}", "language": "en", **columns},
                )
            )
            session.flush()
            for channel, value in (("sms", phone), ("email", email)):
                session.add(
                    ContactPoint(
                        clinic_id=self.id,
                        person_id=person_id,
                        channel=channel,
                        address_id=self._address(session, channel, value) if value else None,
                        consented=consented,
                        nudge_consented=consented,
                    )
                )
        return person_id

    def address(self, channel: str, value: str) -> UUID:
        """Return the id of an address, made where it is not known."""
        with self.parts.transaction() as session:
            return self._address(session, channel, value)

    def _address(self, session: Session, channel: str, value: str) -> UUID:
        lookup = VAULT.lookup(channel, value)
        known = session.scalar(select(Address.id).where(Address.channel == channel, Address.lookup == lookup))
        if known is not None:
            return known
        address_id = new_id()
        sealed = VAULT.seal(Address.value, address_id, value)
        session.add(Address(id=address_id, clinic_id=self.id, channel=channel, lookup=lookup, value=sealed))
        session.flush()
        return address_id

    def visit(
        self,
        patient_id: UUID,
        starts: str = WEDNESDAY,
        *,
        service: str = "iv-ketamine",
        location: str = "midtown",
        **columns: Any,
    ) -> UUID:
        """Book a visit; its plan is owed."""
        visit_id = new_id()
        with self.parts.transaction() as session:
            place = session.scalars(select(Location).where(Location.slug == location)).one()
            starts_at = at(starts, place.time_zone)
            values = {
                "source_id": f"A-{str(visit_id)[-12:]}",
                "service_id": session.scalars(select(Service.id).where(Service.slug == service)).one(),
                "location_id": place.id,
                "status": "booked",
                "starts_at": starts_at,
                "starts_local": local(starts_at, place.time_zone).replace(tzinfo=None),
                "time_zone": place.time_zone,
                "given_as_instant": False,
                "duration": timedelta(minutes=50),
                "first_seen_at": read(session).clinic_at,
                "seen_after_first_import": True,
                "source_row": b"",
                "source_digest": b"",
            }
            session.add(Appointment(id=visit_id, clinic_id=self.id, person_id=patient_id, **(values | columns)))
            debts.owe(session, [(self.id, patient_id)])
        return visit_id

    def told_visit(self, patient_id: UUID, starts: str = WEDNESDAY, **columns: Any) -> UUID:
        """Book a visit that is no news: nobody is told that it was booked."""
        return self.visit(patient_id, starts, seen_after_first_import=False, **columns)

    def course(self, patient_id: UUID, kind: str = "iv-ketamine-course") -> UUID:
        course_id = new_id()
        with self.parts.transaction() as session:
            kind_id = session.scalars(select(CourseKind.id).where(CourseKind.slug == kind)).one()
            opened_at = read(session).clinic_at
            session.add(
                Course(id=course_id, clinic_id=self.id, person_id=patient_id, kind_id=kind_id, opened_at=opened_at)
            )
        return course_id

    def change(self, visit_id: UUID, **columns: Any) -> None:
        """Change a visit as a source would: under the patient's lock, with a plan owed."""
        with self.parts.transaction() as session:
            visit = session.scalars(select(Appointment).where(Appointment.id == visit_id)).one()
            lock_people(session, [visit.person_id])
            session.execute(
                update(Appointment)
                .where(Appointment.id == visit_id)
                .values(changed_at=func.clock_timestamp(), **columns)
                .execution_options(synchronize_session=False)
            )
            debts.owe(session, [(self.id, visit.person_id)])

    def move(self, visit_id: UUID, starts: str) -> None:
        self.change(visit_id, starts_at=at(starts))

    def cancel(self, visit_id: UUID, *, by: str = "clinic") -> None:
        self.change(visit_id, status="cancelled", cancelled_by=by, cancelled_at=self.now_at)

    def opt_out(self, phone: str = PHONE) -> None:
        """Let a phone say STOP, as the web process would enter it."""
        with self.parts.transaction() as session:
            now_at = read(session).clinic_at
            session.execute(
                update(Address)
                .where(Address.lookup == VAULT.lookup("sms", phone))
                .values(opted_out_at=now_at, opted_out_how="STOP")
            )

    def owe(self, patient_id: UUID) -> None:
        with self.parts.transaction() as session:
            debts.owe(session, [(self.id, patient_id)])
