"""Daily work: one row for a clinic and a name, with the clinic time at which it is done next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reminders.domain.wallclock import at_wall, local_day
from reminders.store.base import new_id
from reminders.store.clinics import zones
from reminders.store.now import Now
from reminders.store.tables.machinery import DailyWork


@dataclass(frozen=True, slots=True)
class Due:
    """A day's work that was taken; unless it is finished, it is due again soon."""

    id: UUID
    clinic_id: UUID
    name: str
    done_at: datetime
    """When it was done last, or when the clinic began to do it."""


def ensure(session: Session, hours: Mapping[str, time], now: Now) -> None:
    """Let every clinic do each work of *hours* at its hour; what a clinic does already stays as it is."""
    known = set(session.execute(select(DailyWork.clinic_id, DailyWork.name).where(DailyWork.name.in_(hours))).all())
    for clinic_id, zone in zones(session).items():
        for name, hour in hours.items():
            if (clinic_id, name) not in known:
                row = {"id": new_id(), "clinic_id": clinic_id, "name": name, "next_at": _next(hour, zone, now)}
                session.execute(insert(DailyWork).values(**row, done_at=now.clinic_at).on_conflict_do_nothing())


def next_at(session: Session) -> datetime | None:
    """Return when the first of all days' work is due."""
    return session.scalar(select(func.min(DailyWork.next_at)))


def take(session: Session, now: Now, *, again: timedelta) -> Due | None:
    """Take a day's work that nobody else has; one that is never finished is due *again* that much later."""
    row = session.scalars(
        select(DailyWork)
        .where(DailyWork.next_at <= now.clinic_at)
        .order_by(DailyWork.next_at, DailyWork.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    row.next_at = now.clinic_at + again
    row.done_at = row.done_at or now.clinic_at
    return Due(row.id, row.clinic_id, row.name, row.done_at)


def finish(session: Session, due: Due, hour: time, now: Now) -> None:
    """Put a day's work that is done off to the next time that *hour* comes at the clinic."""
    next_at = _next(hour, zones(session)[due.clinic_id], now)
    session.execute(update(DailyWork).where(DailyWork.id == due.id).values(next_at=next_at, done_at=now.clinic_at))


def _next(hour: time, zone: str, now: Now) -> datetime:
    today_on = local_day(now.clinic_at, zone)
    moments = (at_wall(today_on + timedelta(days=days), hour, zone) for days in (0, 1, 2))
    return next(at for at in moments if at > now.clinic_at)
