"""Intake sifts: which rows bring news of their visits. The others are passed over, and nothing is written for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from reminders.domain.row import VisitRow
from reminders.domain.row_news import Said, canonical, is_older, news_in, said_by, said_since
from reminders.domain.taken import Change, Taken
from reminders.store.catalogs import Catalog
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A row that brings news."""

    row: VisitRow
    said: Said
    so_far: Said
    """What the source has said of the visit, this row included."""
    digest: bytes
    news: frozenset[str]
    """The columns that differ from the source's last row."""
    person_id: UUID | None = None
    """Whose visit it was; None: a new visit."""
    known_at: datetime | None = None
    """The `updated_at` of the source's last row."""


_KNOWN = (
    Appointment.id,
    Appointment.source_id,
    Appointment.person_id,
    Appointment.source_digest,
    Appointment.source_row,
    Appointment.source_updated_at,
)


def sift(session: Session, vault: Vault, catalog: Catalog, rows: Sequence[VisitRow]) -> tuple[list[Fresh], list[Taken]]:
    """Return the rows that bring news, and what the others were.

    What it reads of the appointments is changed by imports alone, so the clinic's lock is enough.
    """
    source_ids = [row.appointment_id for row in rows]
    known = {
        one.source_id: one
        for one in session.execute(
            select(*_KNOWN).where(Appointment.clinic_id == catalog.clinic_id, Appointment.source_id.in_(source_ids))
        )
    }
    fresh: list[Fresh] = []
    passed: list[Taken] = []
    for row in rows:
        found = _judge(vault, row, known.get(row.appointment_id))
        if isinstance(found, Fresh):
            fresh.append(found)
        else:
            passed.append(taken_of(row, found))
    return fresh, passed


def taken_of(row: VisitRow, change: Change, started: tuple[datetime, str] | None = None) -> Taken:
    """Return what *row* was; *started* is when and in which zone its visit began before."""
    started_local, started_zone = started or (None, None)
    return Taken(
        line=row.line,
        clinic=row.clinic,
        appointment_id=row.appointment_id,
        change=change,
        starts_local=row.starts_local,
        zone=row.zone,
        started_local=started_local,
        started_zone=started_zone,
    )


def _judge(vault: Vault, row: VisitRow, known: Row[*tuple[object, ...]] | None) -> Fresh | Change:
    said = said_by(row)
    digest = vault.lookup("row", canonical(row, said))
    if known is None:
        return Fresh(row=row, said=said, so_far=said, digest=digest, news=news_in(row, said, None))
    if known.source_digest == digest:
        return Change.UNCHANGED
    if is_older(row, known.source_updated_at):
        return Change.OLDER
    last = vault.open_map(Appointment.source_row, known.id, known.source_row)
    news = news_in(row, said, last)
    if not news and row.updated_at in {None, known.source_updated_at}:
        return Change.UNCHANGED
    return Fresh(
        row=row,
        said=said,
        so_far=said_since(row, said, last),
        digest=digest,
        news=news,
        person_id=known.person_id,
        known_at=known.source_updated_at,
    )
