"""What the machine itself keeps: clock, leases, daily work, audit, schema history, the sandbox's phones."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reminders.store.base import Base, Json, OfClinic, to, to_clinic


class Clock(Base):
    """Clinic time when it is stepped; no row when it is the system's."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    stands_at: Mapped[datetime]


class Lease(Base):
    """Who does a kind of work now; a term that grows tells an old holder that it lost it."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    term: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[datetime]  # machine time
    clinic_at: Mapped[datetime | None]  # clinic time of the last renewal


class Outage(Base):
    """A time in which no scheduler worked, so nothing was sent; summed up once what waited has gone or expired."""

    __tablename__ = "outages"
    __table_args__ = (
        CheckConstraint("ended_at >= began_at", name="time_runs_forward"),
        Index("ix_outages_open", "ended_at", postgresql_where=text("summed_up_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]  # clinic time
    ended_at: Mapped[datetime]
    summed_up_at: Mapped[datetime | None]


class DailyWork(OfClinic, Base):
    """Work done once a day in clinic time."""

    __tablename__ = "daily_work"
    __table_args__ = (to_clinic(), UniqueConstraint("clinic_id", "name"))

    name: Mapped[str]
    next_at: Mapped[datetime]
    done_at: Mapped[datetime | None]  # the last time; before the first, when the clinic began with it


class Audit(Base):
    """Who did what; inserted unsealed, chained later by one keeper."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_unsealed", "id", postgresql_where=text("seal is null")),
        Index(None, "clinic_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    clinic_id: Mapped[UUID | None]
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[str | None]
    detail: Mapped[Json]  # codes and ids only
    seal: Mapped[bytes | None]


class SchemaHistory(Base):
    """One row for each migration that ran here."""

    __tablename__ = "schema_history"

    revision: Mapped[str] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class KeyMark(Base):
    """What only the holder of one of our keys can make: no process with other keys may start."""

    __tablename__ = "key_marks"

    name: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[bytes]


class KeptMessage(OfClinic, Base):
    """What the sandbox took instead of sending it: the pages' phones and mailboxes show it."""

    __tablename__ = "kept_messages"
    __table_args__ = (to_clinic(), Index(None, "clinic_id", "kept_at"), Index(None, "lookup"))

    attempt_id: Mapped[UUID]
    channel: Mapped[str]
    provider_id: Mapped[str]
    lookup: Mapped[bytes]  # keyed hash of the recipient
    recipient: Mapped[bytes]
    body: Mapped[bytes]
    subject: Mapped[bytes | None]
    html: Mapped[bytes | None]
    callback_url: Mapped[str]
    status: Mapped[str]
    kept_at: Mapped[datetime]  # clinic time


class KeptCallback(OfClinic, Base):
    """A receipt that the sandbox still has to post."""

    __tablename__ = "kept_callbacks"
    __table_args__ = (
        to("kept_messages", "kept_id"),
        Index("ix_kept_callbacks_waiting", "post_at", postgresql_where=text("posted_at is null")),
    )

    kept_id: Mapped[UUID]
    status: Mapped[str]
    code: Mapped[str | None]
    post_at: Mapped[datetime]  # machine time
    posted_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
