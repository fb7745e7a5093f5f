"""Appointments as the source tells them, who drives, and the imports that brought them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reminders.store.base import Base, Json, OfClinic, to, to_clinic


class Appointment(OfClinic, Base):
    """A booked visit; its status is one of FHIR's words."""

    __tablename__ = "appointments"
    __table_args__ = (
        to("persons", "person_id"),
        to("services", "service_id"),
        to("locations", "location_id"),
        to("courses", "course_id"),
        UniqueConstraint("clinic_id", "source_id"),
        CheckConstraint(
            "status in ('proposed', 'pending', 'booked', 'arrived', 'fulfilled', 'cancelled', 'noshow')",
            name="status_known",
        ),
        CheckConstraint("duration > interval '0'", name="duration_is_positive"),
        Index(None, "person_id"),
        Index(None, "clinic_id", "starts_at"),
        Index(None, "course_id"),
    )

    source_id: Mapped[str]
    person_id: Mapped[UUID]
    service_id: Mapped[UUID]
    location_id: Mapped[UUID]
    course_id: Mapped[UUID | None]
    visit_number: Mapped[int | None]
    status: Mapped[str]
    confirmed: Mapped[bool] = mapped_column(default=False)
    cancelled_by: Mapped[str | None]
    starts_at: Mapped[datetime]
    starts_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    time_zone: Mapped[str]
    given_as_instant: Mapped[bool]  # False: a wall time, recomputed when zone rules change
    duration: Mapped[timedelta]
    booked_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    seen_after_first_import: Mapped[bool]
    arrived_at: Mapped[datetime | None]
    fulfilled_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    noshow_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]  # staff: the driver may come
    home_at: Mapped[datetime | None]  # staff: the patient has left
    extra: Mapped[bytes | None]
    source_updated_at: Mapped[datetime | None]
    source_row: Mapped[bytes]  # the last row of the source, sealed: what it says anew is news, the rest is not
    source_digest: Mapped[bytes]  # keyed hash of that row: equal means nothing to do
    changed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))  # machine time of any change
    driver_due_for: Mapped[datetime | None]  # the start for which the driver's deadline was noticed
    staff_status_at: Mapped[datetime | None]  # an older import does not overwrite it


class Driver(OfClinic, Base):
    """Who takes a patient home, for one visit or for a course."""

    __tablename__ = "drivers"
    __table_args__ = (
        to("persons", "driver_id"),
        to("appointments", "appointment_id"),
        to("courses", "course_id"),
        CheckConstraint("num_nonnulls(appointment_id, course_id) = 1", name="of_visit_or_course"),
        CheckConstraint("state in ('listed', 'asked', 'yes', 'no', 'patient says so')", name="state_known"),
        CheckConstraint("driver_id is not null or state = 'patient says so'", name="somebody_drives"),
        Index(None, "driver_id"),
        UniqueConstraint("appointment_id"),
        UniqueConstraint("course_id"),
    )

    driver_id: Mapped[UUID | None]  # None: the patient says that somebody will, not who
    appointment_id: Mapped[UUID | None]
    course_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="listed")
    said_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]  # the patient said that we may text the driver; an imported one is not texted


class Import(OfClinic, Base):
    """One run of one file into one clinic, with its counts."""

    __tablename__ = "imports"
    __table_args__ = (to_clinic(), Index(None, "clinic_id", "started_at"))

    file_digest: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    counts: Mapped[Json]


class PlanningDebt(OfClinic, Base):
    """A patient whose plan must be made again; `id` is the person."""

    __tablename__ = "planning_debts"
    __table_args__ = (to("persons", "id"), Index(None, "owed_at"))

    owed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
