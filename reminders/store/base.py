"""What every table shares: naming of constraints, aware instants, time-ordered ids, composite keys.

A row's primary key is (id, clinic_id), so that a foreign key carries the clinic and one
clinic's row can never point at another's; `id` alone is unique and leads the index.
"""

import secrets
import time
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, LargeBinary, MetaData, SmallInteger, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = dict[str, Any]


def new_id() -> UUID:
    """Return a UUID version 7 (RFC 9562): random, and in order of creation so that indexes stay compact."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | (0x7 << 76) | (secrets.randbits(12) << 64) | (0b10 << 62) | secrets.randbits(62)
    return UUID(int=value)


class Base(DeclarativeBase):
    """The declarative base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        bytes: LargeBinary,
        str: String,
        UUID: Uuid,
        Json: JSONB,
        list[str]: JSONB,
        list[Any]: JSONB,
    }


class OfClinic:
    """A row that belongs to one clinic."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)


def to(table: str, *columns: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    """Return the foreign key from *columns* (its id first) plus `clinic_id` to *table*."""
    targets = [f"{table}.id", f"{table}.clinic_id"]
    return ForeignKeyConstraint([*columns, "clinic_id"], targets, ondelete=ondelete)


def to_clinic() -> ForeignKeyConstraint:
    """Return the foreign key to the row's clinic."""
    return ForeignKeyConstraint(["clinic_id"], ["clinics.id"])


Small = SmallInteger
