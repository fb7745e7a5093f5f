"""The two clocks, read in one statement at the start of a step.

Clinic time rules what people feel (due, quiet hours, limits, deadlines); machine time rules
leases and back-off. They are the same unless clinic time is stepped: then it is a row that
every process reads. `clock_timestamp()`, never `now()`: a transaction must not see the time
stand still.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reminders.domain.errors import RefusedError
from reminders.store.tables.machinery import Clock


@dataclass(frozen=True, slots=True)
class Now:
    """One reading of both clocks, aware UTC."""

    clinic_at: datetime
    machine_at: datetime

    @property
    def is_stepped(self) -> bool:
        """Whether clinic time stands still between two steps of somebody."""
        return self.clinic_at != self.machine_at


def clinic_clock() -> ColumnElement[datetime]:
    """Return clinic time as a statement reads it by itself."""
    return func.coalesce(select(Clock.stands_at).scalar_subquery(), func.clock_timestamp())


def read(session: Session) -> Now:
    """Return the time on both clocks."""
    stepped = select(Clock.stands_at).scalar_subquery()
    machine_at, stands_at = session.execute(select(func.clock_timestamp(), stepped)).one()
    return Now(clinic_at=stands_at or machine_at, machine_at=machine_at)


def start_stepped(session: Session, at: datetime) -> None:
    """Make clinic time a row that stands at *at*, unless it is one already."""
    session.execute(insert(Clock).values(id=1, stands_at=at).on_conflict_do_nothing())


def step_to(session: Session, at: datetime) -> None:
    """Move the stepped clock on to *at*; raise `RefusedError` when it is not stepped or would go back."""
    moved = session.execute(update(Clock).where(Clock.stands_at <= at).values(stands_at=at).returning(Clock.id))
    if moved.one_or_none() is not None:
        return
    stands_at = session.scalar(select(Clock.stands_at))
    if stands_at is None:
        raise RefusedError("The clock is the system's; only REMINDERS_CLOCK=stepped can be set.", code="clock_system")
    raise RefusedError(f"The clock stands at {stands_at.isoformat()} and never goes back.", code="clock_backward")
