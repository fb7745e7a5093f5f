"""Writes many rows of a table in one statement, whatever stands in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from reminders.store.base import Base


def insert_all(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert *rows*, which have the same columns."""
    if rows:
        # Else rows are parted by which of their columns are null, with a statement for each kind.
        session.execute(insert(table).execution_options(render_nulls=True), list(rows))


def update_all(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Update *rows*, found by `id` and `clinic_id`, which have the same columns."""
    if rows:
        session.execute(update(table), list(rows))
