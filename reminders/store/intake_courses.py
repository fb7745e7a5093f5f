"""Intake of courses: at most one of a kind is open for a patient, and a row that names it opens it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.store.base import Json, new_id
from reminders.store.bulk import insert_all
from reminders.store.tables.people import Course


class Courses:
    """The courses of a chunk's patients."""

    def __init__(self, session: Session, clinic_id: UUID) -> None:
        self._session = session
        self._clinic_id = clinic_id
        self._open: dict[tuple[UUID, UUID], UUID] = {}
        self._known: dict[UUID, tuple[UUID, UUID]] = {}
        self._new: list[Json] = []

    def load(self, person_ids: Collection[UUID]) -> None:
        """Read the courses of *person_ids*."""
        for row in self._session.scalars(select(Course).where(Course.person_id.in_(person_ids))):
            self._known[row.id] = (row.person_id, row.kind_id)
            if row.closed_at is None:
                self._open[row.person_id, row.kind_id] = row.id

    def course_of(self, person_id: UUID, kind_id: UUID, current: UUID | None, *, now: datetime) -> UUID:
        """Return the course of a visit: its *current* one if that fits patient and kind, else the open one."""
        wanted = (person_id, kind_id)
        if current is not None and self._known.get(current) == wanted:
            return current
        if wanted not in self._open:
            course_id = new_id()
            self._open[wanted] = course_id
            self._new.append(
                {
                    "id": course_id,
                    "clinic_id": self._clinic_id,
                    "person_id": person_id,
                    "kind_id": kind_id,
                    "opened_at": now,
                }
            )
        return self._open[wanted]

    def write(self) -> None:
        """Insert the new ones; their persons must be there."""
        insert_all(self._session, Course, self._new)
