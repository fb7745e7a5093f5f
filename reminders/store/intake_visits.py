"""Intake of visits: the columns of an appointment as a row leaves them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from reminders.domain.news import NEWS
from reminders.domain.row import VisitRow
from reminders.domain.row_news import FACT, taken_of_visit, takes_status
from reminders.domain.taken import Change
from reminders.domain.visit_status import StatusRecord, reached_at, turn
from reminders.domain.words import VisitStatus
from reminders.store.base import Json, new_id
from reminders.store.bulk import insert_all, update_all
from reminders.store.catalogs import Catalog
from reminders.store.intake_courses import Courses
from reminders.store.intake_news import Fresh
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A row that brings news of a visit, and the visit as it stands."""

    fresh: Fresh
    stored: Appointment | None
    taken: frozenset[str]
    """The columns that the visit takes over."""
    takes_status: bool

    @classmethod
    def of(cls, fresh: Fresh, stored: Appointment | None) -> "Telling":
        """Judge what *stored* takes over of *fresh*."""
        staff_status_at = stored.staff_status_at if stored else None
        return cls(
            fresh=fresh,
            stored=stored,
            taken=taken_of_visit(fresh.row, fresh.news),
            takes_status=stored is None or takes_status(fresh.row, fresh.news, staff_status_at),
        )

    @property
    def row(self) -> VisitRow:
        """The row itself."""
        return self.fresh.row


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a visit."""

    appointment_id: UUID
    change: Change
    is_moved: bool
    """To another place, or by so much that whoever said yes to it must be asked again."""


class Visits:
    """The appointments that a chunk writes."""

    def __init__(
        self, session: Session, vault: Vault, catalog: Catalog, *, after_first_import: bool, now: datetime
    ) -> None:
        self._session = session
        self._vault = vault
        self._catalog = catalog
        self._first_seen = {"first_seen_at": now, "seen_after_first_import": after_first_import}
        self._now = now
        self._new: list[Json] = []
        self._old: list[Json] = []
        self._touched: list[UUID] = []

    def take(self, telling: Telling, person_id: UUID, courses: Courses) -> Written:
        """Take over what a row tells."""
        stored = telling.stored
        appointment_id = stored.id if stored else new_id()
        values = {
            "person_id": person_id,
            "course_id": self._course(telling, person_id, courses),
            **self._plain(telling),
        }
        is_moved = stored is not None and _is_moved(stored, values)
        values |= self._status(telling, is_moved=is_moved)
        known, facts = self._facts(stored), self._facts_after(telling)
        is_changed = facts != known or any(getattr(stored, name, None) != value for name, value in values.items())
        values["extra"] = self._vault.seal_map(Appointment.extra, appointment_id, facts)
        values |= self._bookkeeping(telling, appointment_id)
        if stored is None:
            values |= self._first_seen | {"source_id": telling.row.appointment_id}
        target = self._new if stored is None else self._old
        target.append({"id": appointment_id, "clinic_id": self._catalog.clinic_id, **values})
        return Written(appointment_id, _change(stored, values, is_changed=is_changed), is_moved)

    def touch(self, appointment_id: UUID) -> None:
        """Note that something is different about a visit: what is on its way for it must be judged again."""
        self._touched.append(appointment_id)

    def write(self) -> None:
        """Write the appointments; persons and courses must be there."""
        insert_all(self._session, Appointment, self._new)
        update_all(self._session, Appointment, self._old)
        if self._touched:
            self._session.execute(
                update(Appointment)
                .where(Appointment.id.in_(self._touched))
                .values(changed_at=func.clock_timestamp())
                .execution_options(synchronize_session=False)
            )

    def _plain(self, telling: Telling) -> dict[str, Any]:
        row, stored = telling.row, telling.stored
        told: Mapping[str, tuple[str, Any]] = {
            "service_id": ("service", self._catalog.services[row.service]),
            "location_id": ("location", self._catalog.locations[row.location]),
            "starts_at": ("starts_at", row.starts_at),
            "starts_local": ("starts_at", row.starts_local),
            "time_zone": ("starts_at", row.zone),
            "given_as_instant": ("starts_at", row.given_as_instant),
            "duration": ("duration_minutes", row.duration),
            "booked_at": ("booked_at", row.booked_at),
            "visit_number": ("visit_number", row.visit_number),
        }
        return {
            name: value if stored is None or column in telling.taken else getattr(stored, name)
            for name, (column, value) in told.items()
        }

    def _course(self, telling: Telling, person_id: UUID, courses: Courses) -> UUID | None:
        stored = telling.stored
        current = stored.course_id if stored else None
        if stored and stored.person_id == person_id and "course" not in telling.taken:
            return current
        kind_id = self._catalog.course_kinds.get(telling.fresh.so_far.get("course", ""))
        return courses.course_of(person_id, kind_id, current, now=self._now) if kind_id else None

    def _status(self, telling: Telling, *, is_moved: bool) -> dict[str, Any]:
        row, stored = telling.row, telling.stored
        old = _record_of(stored) if stored else None
        if stored is None or old is None or telling.takes_status:
            record = turn(old, row.status, at=reached_at(row.updated_at, self._now))
        else:
            record = old
        by_staff_at = stored.staff_status_at if stored and record is old else None
        return {
            "status": record.status.value,
            "arrived_at": record.arrived_at,
            "fulfilled_at": record.fulfilled_at,
            "cancelled_at": record.cancelled_at,
            "noshow_at": record.noshow_at,
            "confirmed": _confirmed(telling, is_moved=is_moved),
            "cancelled_by": _cancelled_by(telling, record.status),
            "staff_status_at": by_staff_at,
        }

    def _facts(self, stored: Appointment | None) -> dict[str, str]:
        return {} if stored is None else self._vault.open_map(Appointment.extra, stored.id, stored.extra)

    def _facts_after(self, telling: Telling) -> dict[str, str]:
        """Return the facts as the row leaves them: of what it has no column, it says nothing."""
        kept = {name: text for name, text in self._facts(telling.stored).items() if FACT + name not in telling.taken}
        return kept | {name: text for name, text in telling.row.extra.items() if FACT + name in telling.taken}

    def _bookkeeping(self, telling: Telling, appointment_id: UUID) -> dict[str, Any]:
        known_at = telling.stored.source_updated_at if telling.stored else None
        return {
            "source_updated_at": telling.row.updated_at or known_at,
            "source_row": self._vault.seal_map(Appointment.source_row, appointment_id, telling.fresh.so_far),
            "source_digest": telling.fresh.digest,
        }


def _change(stored: Appointment | None, values: Mapping[str, Any], *, is_changed: bool) -> Change:
    if stored is None:
        return Change.NEW
    if values["status"] == VisitStatus.CANCELLED != stored.status:
        return Change.CANCELLED
    if values["starts_at"] != stored.starts_at:
        return Change.MOVED
    return Change.CHANGED if is_changed else Change.UNCHANGED


def _record_of(stored: Appointment) -> StatusRecord:
    return StatusRecord(
        status=VisitStatus(stored.status),
        arrived_at=stored.arrived_at,
        fulfilled_at=stored.fulfilled_at,
        cancelled_at=stored.cancelled_at,
        noshow_at=stored.noshow_at,
    )


def _is_moved(stored: Appointment, values: Mapping[str, Any]) -> bool:
    return bool(stored.location_id != values["location_id"] or abs(stored.starts_at - values["starts_at"]) >= NEWS)


def _confirmed(telling: Telling, *, is_moved: bool) -> bool:
    """Return whether the visit counts as confirmed.

    Nobody has said yes to another time. Else the patient's own yes stands until the source says something else than it
    said last: its `scheduled` may only mean that nobody told it.
    """
    stored, says = telling.stored, telling.takes_status and telling.row.confirmed
    if stored is None:
        return telling.row.confirmed
    if is_moved or "status" in telling.fresh.news:
        return says
    return stored.confirmed


def _cancelled_by(telling: Telling, status: VisitStatus) -> str | None:
    if status is not VisitStatus.CANCELLED:
        return None
    stored, row = telling.stored, telling.row
    known = stored.cancelled_by if stored else None
    is_told = "cancelled_by" in telling.fresh.news or (telling.takes_status and "cancelled_by" in telling.taken)
    return row.cancelled_by or known or "clinic" if is_told or known is None else known
