"""Leases on a kind of work: a row with a term, so that a holder who slept knows it lost.

A session advisory lock would do no better: held by a frozen process it blocks takeover.
Work under a lease is harmless when doubled; the lease only saves it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reminders.store.now import Now, read
from reminders.store.tables.machinery import Lease


@dataclass(frozen=True, slots=True)
class Tenure:
    """A lease that was taken or renewed just now."""

    term: int
    now: Now
    vacant_since_at: datetime | None
    """Clinic time of the last renewal, where it had lapsed: nobody held it since."""


def hold(session: Session, name: str, holder: str, *, last: timedelta) -> Tenure | None:
    """Take or renew the lease *name* for *holder*; return None while somebody else holds it."""
    lapsed = Lease.until < func.clock_timestamp()
    # Locked, so that of two who find it lapsed only the first is told since when.
    before = session.execute(select(lapsed, Lease.clinic_at).where(Lease.name == name).with_for_update()).one_or_none()
    now = read(session)
    until = func.clock_timestamp() + last
    mine = Lease.holder == holder
    statement = insert(Lease).values(name=name, holder=holder, term=1, until=until, clinic_at=now.clinic_at)
    term = session.execute(
        statement.on_conflict_do_update(
            index_elements=[Lease.name],
            set_={
                "holder": holder,
                "until": until,
                "term": Lease.term + case((mine, 0), else_=1),
                "clinic_at": now.clinic_at,
            },
            where=or_(mine, lapsed),
        ).returning(Lease.term)
    ).scalar_one_or_none()
    if term is None:
        return None
    was_vacant, renewed_at = before or (False, None)
    return Tenure(term, now, renewed_at if was_vacant else None)


def release(session: Session, name: str, holder: str) -> None:
    """Give the lease *name* back, if *holder* has it; the row stays, so that terms only grow."""
    session.execute(
        update(Lease).where(Lease.name == name, Lease.holder == holder).values(until=func.clock_timestamp())
    )
