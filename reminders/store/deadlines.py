"""Deadlines of drivers: which visits must be looked at because nobody may be there to take the patient home.

A visit is noticed once for each start that it has. What is asked of people then is planning's
business; only visits that begin within their service's deadline are looked through.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Interval,
    Select,
    TableValuedAlias,
    Uuid,
    column,
    func,
    literal,
    select,
)
from sqlalchemy import update as update_rows
from sqlalchemy.orm import Session

from reminders.domain.clinic_file import service_from_body
from reminders.domain.words import VisitStatus
from reminders.store import debts
from reminders.store.bulk import among
from reminders.store.now import Now
from reminders.store.tables.clinic import Service
from reminders.store.tables.visits import Appointment


@dataclass(frozen=True, slots=True)
class _Policies:
    """The services that need a driver."""

    table: TableValuedAlias
    """Each with its clinic and its deadline before the visit."""
    longest: timedelta
    """The earliest of these deadlines."""


def notice(session: Session, now: Now, *, limit: int) -> int:
    """Owe a plan for up to *limit* visits whose driver's deadline has passed; return how many.

    A visit that somebody is just changing is left for the next time: its plan is owed anyway.
    """
    policies = _policies(session)
    if policies is None:
        return 0
    found = session.execute(
        _due(policies, now)
        .with_only_columns(Appointment.id, Appointment.clinic_id, Appointment.person_id)
        .order_by(Appointment.starts_at)
        .limit(limit)
        .with_for_update(of=Appointment, key_share=True, skip_locked=True)
    ).all()
    if found:
        _mark(session, [row.id for row in found])
        debts.owe(session, [(row.clinic_id, row.person_id) for row in found])
    return len(found)


def are_due(session: Session, now: Now) -> bool:
    """Whether a visit waits to be noticed."""
    policies = _policies(session)
    return policies is not None and session.execute(_due(policies, now).limit(1)).first() is not None


def next_at(session: Session, after: datetime) -> datetime | None:
    """Return the first deadline of a driver that is later than *after*."""
    policies = _policies(session)
    if policies is None:
        return None
    deadline = policies.table.c.deadline
    return session.scalar(
        select(func.min(Appointment.starts_at - deadline))
        .select_from(policies.table)
        .join(Appointment, _of(policies.table))
        .where(Appointment.starts_at > _instant(after) + deadline)
    )


def _mark(session: Session, visit_ids: Collection[UUID]) -> None:
    session.execute(
        update_rows(Appointment)
        .where(among(Appointment.id, visit_ids))
        .values(driver_due_for=Appointment.starts_at)
        .execution_options(synchronize_session=False)
    )


def _due(policies: _Policies, now: Now) -> Select[UUID]:
    return (
        select(Appointment.id)
        .select_from(policies.table)
        .join(Appointment, _of(policies.table))
        .where(
            # The plain bound is what the index needs: without it every visit to come is read.
            Appointment.starts_at > now.clinic_at,
            Appointment.starts_at <= now.clinic_at + policies.longest,
            Appointment.starts_at <= _instant(now.clinic_at) + policies.table.c.deadline,
            Appointment.driver_due_for.is_distinct_from(Appointment.starts_at),
        )
    )


def _instant(at: datetime) -> ColumnElement[datetime]:
    """Return *at* as SQL; left to itself, SQLAlchemy takes what is added to an interval for a time without zone."""
    return literal(at, DateTime(timezone=True))


def _of(policies: TableValuedAlias) -> ColumnElement[bool]:
    return (
        (Appointment.clinic_id == policies.c.clinic_id)
        & (Appointment.service_id == policies.c.service_id)
        & (Appointment.status == VisitStatus.BOOKED)
    )


def _policies(session: Session) -> _Policies | None:
    """Return the services that need a driver; None where there are none."""
    found: list[tuple[UUID, UUID, timedelta]] = []
    for clinic_id, service_id, body in session.execute(select(Service.clinic_id, Service.id, Service.body)):
        service = service_from_body(body)
        if service.driver_required:
            found.append((clinic_id, service_id, service.driver_deadline))
    if not found:
        return None
    clinics, services, deadlines = zip(*found, strict=True)
    arrays = (
        literal(list(clinics), ARRAY(Uuid)),
        literal(list(services), ARRAY(Uuid)),
        literal(list(deadlines), ARRAY(Interval)),
    )
    columns = (column("clinic_id", Uuid()), column("service_id", Uuid()), column("deadline", Interval()))
    return _Policies(func.unnest(*arrays).table_valued(*columns).render_derived("policies"), max(deadlines))
