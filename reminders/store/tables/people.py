"""Patients, drivers, their addresses, and what they allowed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reminders.store.base import Base, OfClinic, to, to_clinic


class Person(OfClinic, Base):
    """A patient, a driver of one patient (never merged across patients), or a stranger who wrote to us."""

    __tablename__ = "persons"
    __table_args__ = (
        to_clinic(),
        to("persons", "patient_id"),
        UniqueConstraint("clinic_id", "source_id"),
        UniqueConstraint("patient_id", "driver_lookup"),
        CheckConstraint("kind in ('patient', 'driver', 'stranger')", name="kind_known"),
        CheckConstraint("(kind = 'driver') = (patient_id is not null)", name="driver_has_patient"),
    )

    kind: Mapped[str]
    source_id: Mapped[str | None]  # the source's patient id
    patient_id: Mapped[UUID | None]  # of a driver: whom they drive
    driver_lookup: Mapped[bytes | None]  # keyed hash of the driver's phone
    first_name: Mapped[bytes]
    last_name: Mapped[bytes | None]
    birth_date: Mapped[bytes | None]
    emergency_name: Mapped[bytes | None]
    emergency_phone: Mapped[bytes | None]
    language: Mapped[str]
    time_zone: Mapped[str | None]  # None: that of the visit's location
    status: Mapped[str] = mapped_column(default="active")
    agreed_name_to_driver: Mapped[bool] = mapped_column(default=False)
    source_updated_at: Mapped[datetime | None]


class Address(OfClinic, Base):
    """A phone or mailbox within a clinic; many persons may share one."""

    __tablename__ = "addresses"
    __table_args__ = (to_clinic(), UniqueConstraint("clinic_id", "channel", "lookup"))

    channel: Mapped[str]
    lookup: Mapped[bytes]
    value: Mapped[bytes]
    opted_out_at: Mapped[datetime | None]
    opted_out_how: Mapped[str | None]
    keeps_prep: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # opted out of all but prep
    dead_at: Mapped[datetime | None]
    dead_because: Mapped[str | None]
    held_by: Mapped[UUID | None]  # the unknown message that nothing may overtake


class ContactPoint(OfClinic, Base):
    """One person on one channel: the address of now, and whether we may use it."""

    __tablename__ = "contact_points"
    __table_args__ = (
        to("persons", "person_id"),
        to("addresses", "address_id"),
        UniqueConstraint("person_id", "channel"),
        Index(None, "address_id"),
    )

    person_id: Mapped[UUID]
    channel: Mapped[str]
    address_id: Mapped[UUID | None]
    consented: Mapped[bool] = mapped_column(default=False)
    nudge_consented: Mapped[bool] = mapped_column(default=False)
    opted_out_at: Mapped[datetime | None]  # the person's own STOP: follows them to a later address
    keeps_prep: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # of all but prep and safety
    stated_consent: Mapped[bool | None]  # what the source said last; only a change is news
    stated_nudge_consent: Mapped[bool | None]


class Consent(OfClinic, Base):
    """One entry of the consent ledger; an opt-out is an entry too. Entries are never changed."""

    __tablename__ = "consents"
    __table_args__ = (
        to("persons", "person_id"),
        to("addresses", "address_id"),
        CheckConstraint("purpose in ('visits', 'nudges', 'prep', 'all')", name="purpose_known"),
        CheckConstraint("person_id is not null or address_id is not null", name="of_someone"),
        Index(None, "person_id", "entered_at"),
        Index(None, "address_id", "entered_at"),
    )

    person_id: Mapped[UUID | None]
    address_id: Mapped[UUID | None]
    channel: Mapped[str]
    purpose: Mapped[str]
    granted: Mapped[bool]
    source: Mapped[str]  # import, person, staff, provider
    how: Mapped[str | None]
    said_at: Mapped[datetime | None]
    wording_version_id: Mapped[UUID | None]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]


class Course(OfClinic, Base):
    """One patient's treatment plan of one kind."""

    __tablename__ = "courses"
    __table_args__ = (
        to("persons", "person_id"),
        to("course_kinds", "kind_id"),
        Index("uq_courses_open", "person_id", "kind_id", unique=True, postgresql_where=text("closed_at is null")),
    )

    person_id: Mapped[UUID]
    kind_id: Mapped[UUID]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    later_until: Mapped[datetime | None]  # the patient asked to be asked again then
