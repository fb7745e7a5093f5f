"""Leases on a kind of work: a row with a term, so that a holder who slept knows it lost.

A session advisory lock would do no better: held by a frozen process it blocks takeover.
Work under a lease is harmless when doubled; the lease only saves it.
"""

from datetime import timedelta

from sqlalchemy import case, func, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reminders.store.tables.machinery import Lease


def hold(session: Session, name: str, holder: str, *, last: timedelta) -> int | None:
    """Take or renew the lease *name* for *holder*; return its term, or None while somebody else holds it."""
    until = func.clock_timestamp() + last
    mine = Lease.holder == holder
    statement = insert(Lease).values(name=name, holder=holder, term=1, until=until)
    held = session.execute(
        statement.on_conflict_do_update(
            index_elements=[Lease.name],
            set_={"holder": holder, "until": until, "term": Lease.term + case((mine, 0), else_=1)},
            where=or_(mine, Lease.until < func.clock_timestamp()),
        ).returning(Lease.term)
    )
    return held.scalar_one_or_none()


def release(session: Session, name: str, holder: str) -> None:
    """Give the lease *name* back, if *holder* has it; the row stays, so that terms only grow."""
    session.execute(
        update(Lease).where(Lease.name == name, Lease.holder == holder).values(until=func.clock_timestamp())
    )
