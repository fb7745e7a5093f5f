"""Intake of drivers: who takes a patient home from a visit. They are stored, not texted: the patient decides that."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reminders.domain.row_news import Said
from reminders.store.base import new_id
from reminders.store.bulk import insert_all, update_all
from reminders.store.intake_contacts import Contacts
from reminders.store.intake_people import People
from reminders.store.tables.visits import Driver

COLUMNS = frozenset({"driver_name", "driver_phone"})

_LISTED = "listed"
_VOIDED = frozenset({"asked", "yes", "patient says so"})
"""What a move makes void; who cannot drive is not asked again unless the patient says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """A visit for which a driver may be named."""

    appointment_id: UUID
    patient_id: UUID
    language: str
    so_far: Said
    is_news: bool
    """The source names another driver, or none, or the visit is another patient's."""
    is_moved: bool
    """Or cancelled: whoever said yes to it must be asked again before it takes place after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    id: UUID
    clinic_id: UUID
    appointment_id: UUID
    driver_id: UUID | None
    """None: the patient said that somebody drives, not who."""
    state: str
    agreed_at: datetime | None
    """Of another driver the patient has said nothing yet."""

    def columns(self) -> dict[str, Any]:
        # Whoever is listed has said nothing yet, or nothing that still counts.
        return {
            "id": self.id,
            "clinic_id": self.clinic_id,
            "appointment_id": self.appointment_id,
            "driver_id": self.driver_id,
            "state": self.state,
            "said_at": None,
            "agreed_at": self.agreed_at,
        }


class Drivers:
    """The drivers of a chunk's visits."""

    def __init__(self, session: Session, clinic_id: UUID, people: People, contacts: Contacts) -> None:
        self._session = session
        self._clinic_id = clinic_id
        self._people = people
        self._contacts = contacts
        self._standing: dict[UUID, _Place] = {}
        self._new: list[_Place] = []
        self._old: list[_Place] = []
        self._gone: list[UUID] = []

    def load(self, appointment_ids: Collection[UUID]) -> None:
        """Read who drives home from *appointment_ids*."""
        rows = self._session.execute(
            select(Driver.id, Driver.appointment_id, Driver.driver_id, Driver.state, Driver.agreed_at).where(
                Driver.appointment_id.in_(appointment_ids)
            )
        )
        for row_id, appointment_id, driver_id, state, agreed_at in rows:
            if appointment_id is not None:
                place = self._place(row_id, appointment_id, driver_id)
                self._standing[appointment_id] = replace(place, state=state, agreed_at=agreed_at)

    def take(self, ride: Ride) -> bool:
        """Take over who drives; return whether anything is different now."""
        standing = self._standing.get(ride.appointment_id)
        if ride.is_news:
            return self._take_news(ride, standing)
        if standing is not None and ride.is_moved and standing.state in _VOIDED:
            if standing.driver_id is None:
                self._gone.append(standing.id)
                return True
            self._old.append(replace(standing, state=_LISTED))
            return True
        return False

    def write(self) -> None:
        """Write who drives; persons and appointments must be there."""
        if self._gone:
            self._session.execute(delete(Driver).where(Driver.id.in_(self._gone)))
        insert_all(self._session, Driver, [place.columns() for place in self._new])
        update_all(self._session, Driver, [place.columns() for place in self._old])

    def _take_news(self, ride: Ride, standing: _Place | None) -> bool:
        name, phone = ride.so_far.get("driver_name"), ride.so_far.get("driver_phone")
        if name is None and phone is None:
            if standing is not None:
                self._gone.append(standing.id)
            return standing is not None
        draft, is_changed = self._people.driver(ride.patient_id, name, phone, ride.language)
        if draft.is_new and phone is not None:
            self._contacts.add_driver(draft.id, phone)
        if standing is None:
            self._new.append(self._place(new_id(), ride.appointment_id, draft.id))
        elif standing.driver_id != draft.id:
            self._old.append(self._place(standing.id, ride.appointment_id, draft.id))
        elif ride.is_moved and standing.state in _VOIDED:
            self._old.append(replace(standing, state=_LISTED))
        else:
            return is_changed
        return True

    def _place(self, row_id: UUID, appointment_id: UUID, driver_id: UUID | None) -> _Place:
        """Return the place of a driver of whom nothing more is known than the name."""
        return _Place(
            id=row_id,
            clinic_id=self._clinic_id,
            appointment_id=appointment_id,
            driver_id=driver_id,
            state=_LISTED,
            agreed_at=None,
        )
