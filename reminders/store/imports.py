"""The record of imports: one row for each run of a file into a clinic, with its counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reminders.domain.taken import Taken
from reminders.store import audit
from reminders.store.base import new_id
from reminders.store.tables.clinic import Clinic
from reminders.store.tables.visits import Import

FINISHED = "import"


@dataclass(frozen=True, slots=True)
class Run:
    """One import under way."""

    id: UUID
    clinic_id: UUID
    is_first: bool
    """No import of the clinic was finished when it began: its visits were booked before our time."""


def plan_run(session: Session, clinic_id: UUID) -> Run:
    """Return a run that has no row yet."""
    first_import_at = session.scalar(select(Clinic.first_import_at).where(Clinic.id == clinic_id))
    return Run(new_id(), clinic_id, is_first=first_import_at is None)


def begin(session: Session, run: Run, *, file_digest: str, now: datetime) -> None:
    """Write the row of *run*; one that is killed stays without an end."""
    session.add(Import(id=run.id, clinic_id=run.clinic_id, file_digest=file_digest, started_at=now, counts={}))


def count(session: Session, run: Run, taken: Iterable[Taken]) -> None:
    """Add what a transaction took to the counts, in that transaction."""
    row = session.scalars(select(Import).where(Import.id == run.id)).one()
    counts = dict(row.counts)
    for one in taken:
        counts[one.change] = counts.get(one.change, 0) + 1
    row.counts = counts


def finish(session: Session, run: Run, *, by: str, bad_rows: int, now: datetime) -> None:
    """End *run*: from now on what its clinic's imports bring is new."""
    row = session.scalars(select(Import).where(Import.id == run.id)).one()
    row.finished_at, row.counts = now, {**row.counts, "bad": bad_rows}
    session.execute(
        update(Clinic)
        .where(Clinic.id == run.clinic_id)
        .values(first_import_at=func.coalesce(Clinic.first_import_at, now))
    )
    audit.note(
        session,
        at=now,
        who=by,
        what=FINISHED,
        clinic_id=run.clinic_id,
        subject=("import", str(run.id)),
        **row.counts,
    )
