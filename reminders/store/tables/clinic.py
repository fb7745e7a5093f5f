"""A clinic and what it lays down: locations, services, courses, staff, senders, pauses."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reminders.store.base import Base, Json, OfClinic, new_id, to, to_clinic


class Clinic(Base):
    """A legal sender with its own name, limits, senders and users."""

    __tablename__ = "clinics"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    display_name: Mapped[str]  # what texts say: discreet
    phone: Mapped[str]
    language: Mapped[str]
    region: Mapped[str]
    countries: Mapped[list[str]]
    quiet_from: Mapped[time]
    quiet_until: Mapped[time]
    texts_per_day: Mapped[int]
    texts_per_week: Mapped[int]
    first_import_at: Mapped[datetime | None]
    answers_stop: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # False: the provider does
    safety: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))  # who is told of a cry for help


class Location(OfClinic, Base):
    """Where visits take place; its time zone is that of every "at HH:MM"."""

    __tablename__ = "locations"
    __table_args__ = (to_clinic(), UniqueConstraint("clinic_id", "slug"))

    slug: Mapped[str]
    name: Mapped[str]
    address: Mapped[str]
    time_zone: Mapped[str]
    hours: Mapped[Json]  # weekday 0-6 -> [["09:00", "17:00"], ...], local


class ClosedDate(OfClinic, Base):
    """A day on which a location is closed whatever its hours say."""

    __tablename__ = "closed_dates"
    __table_args__ = (to("locations", "location_id"), UniqueConstraint("location_id", "closed_on"))

    location_id: Mapped[UUID]
    closed_on: Mapped[date]


class Service(OfClinic, Base):
    """A kind of visit: fasting stops, recovery, driver policy."""

    __tablename__ = "services"
    __table_args__ = (to_clinic(), UniqueConstraint("clinic_id", "slug"))

    slug: Mapped[str]
    body: Mapped[Json]


class CourseKind(OfClinic, Base):
    """A kind of treatment plan with its phases."""

    __tablename__ = "course_kinds"
    __table_args__ = (to_clinic(), UniqueConstraint("clinic_id", "slug"))

    slug: Mapped[str]
    body: Mapped[Json]


class StaffContact(OfClinic, Base):
    """Whom alerts and escalations reach, in order."""

    __tablename__ = "staff_contacts"
    __table_args__ = (to_clinic(), UniqueConstraint("clinic_id", "slug"))

    slug: Mapped[str]
    role: Mapped[str]
    position: Mapped[int]
    name: Mapped[bytes]
    phone: Mapped[bytes | None]
    email: Mapped[bytes | None]
    pager: Mapped[bytes | None]  # the address of a pager's webhook


class Sender(OfClinic, Base):
    """A number, messaging service or mailbox with its account, keys and pace."""

    __tablename__ = "senders"
    __table_args__ = (
        to_clinic(),
        UniqueConstraint("clinic_id", "channel", "provider"),
        CheckConstraint("per_second > 0", name="pace_is_positive"),
    )

    channel: Mapped[str]
    provider: Mapped[str]
    account: Mapped[str]
    token: Mapped[bytes | None]
    previous_token: Mapped[bytes | None]
    from_address: Mapped[str | None]
    messaging_service: Mapped[str | None]
    api_url: Mapped[str | None]  # a stand-in, or the mail server
    is_active: Mapped[bool] = mapped_column(default=True)
    per_second: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    segments_per_day: Mapped[int | None]
    held_at: Mapped[datetime | None]
    held_because: Mapped[str | None]
    set_up_at: Mapped[datetime | None]  # machine time: what was handed over before tells nothing of this set-up
    listed_until: Mapped[datetime | None]  # machine time: texts to it up to then were looked for in the provider's list


class Pace(OfClinic, Base):
    """What a sender has spent: a token bucket in machine time and the segments of its Pacific day."""

    __tablename__ = "paces"
    __table_args__ = (
        to("senders", "sender_id"),
        UniqueConstraint("sender_id"),
    )

    sender_id: Mapped[UUID]
    tokens: Mapped[Decimal] = mapped_column(Numeric(12, 3))
    filled_at: Mapped[datetime]
    day_on: Mapped[date]  # Pacific
    segments: Mapped[int]
    used_up_on: Mapped[date | None]  # the Pacific day whose rest the provider itself has closed
    shut_until: Mapped[datetime | None]  # machine time: an open breaker, or a pause that the provider asked for
    shut_because: Mapped[str | None]
    trips: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # breakers in a row without a success
    faults: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # of the provider, in a row
    opened_at: Mapped[datetime | None]  # clinic time at which the breaker opened
    doubts: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # answers that may be ours, in a row


class Pause(OfClinic, Base):
    """A hold that dispatch reads: the messages wait, their state does not change."""

    __tablename__ = "pauses"
    __table_args__ = (
        to_clinic(),
        CheckConstraint("scope in ('clinic', 'channel', 'sender', 'template', 'lane')", name="scope_known"),
        Index("ix_pauses_open", "clinic_id", postgresql_where=text("ended_at is null")),
    )

    scope: Mapped[str]
    value: Mapped[str]
    reason: Mapped[str]
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Signature(OfClinic, Base):
    """A clinician's sign-off of exactly one content: the digest tells which."""

    __tablename__ = "signatures"
    __table_args__ = (to_clinic(), UniqueConstraint("clinic_id", "key", "digest"))

    key: Mapped[str]  # protocol:<slug>, service:<slug>, template:<key>
    digest: Mapped[str]
    signed_by: Mapped[str]
    signed_at: Mapped[datetime]


class Protocol(OfClinic, Base):
    """The ordered rules for one service or phase."""

    __tablename__ = "protocols"
    __table_args__ = (to_clinic(), UniqueConstraint("clinic_id", "slug"))

    slug: Mapped[str]
    title: Mapped[str]
    published_id: Mapped[UUID | None]  # no foreign key: the version points back here


class ProtocolVersion(OfClinic, Base):
    """One state of a protocol; never changed once published."""

    __tablename__ = "protocol_versions"
    __table_args__ = (to("protocols", "protocol_id"), UniqueConstraint("protocol_id", "number"))

    protocol_id: Mapped[UUID]
    number: Mapped[int]
    body: Mapped[Json]
    digest: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class Template(OfClinic, Base):
    """A wording, per channel and language."""

    __tablename__ = "templates"
    __table_args__ = (to_clinic(), UniqueConstraint("clinic_id", "key", "channel", "language"))

    key: Mapped[str]
    channel: Mapped[str]
    language: Mapped[str]
    published_id: Mapped[UUID | None]


class TemplateVersion(OfClinic, Base):
    """One state of a wording; never changed once published."""

    __tablename__ = "template_versions"
    __table_args__ = (to("templates", "template_id"), UniqueConstraint("template_id", "number"))

    template_id: Mapped[UUID]
    number: Mapped[int]
    body: Mapped[Any] = mapped_column(type_=Base.type_annotation_map[Json])
    digest: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
