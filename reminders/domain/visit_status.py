"""The status of a visit with the instants at which it was reached."""

from dataclasses import dataclass
from datetime import datetime

from reminders.domain.words import VisitStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRecord:
    """Where a visit stands, and since when; an instant that its status contradicts is None."""

    status: VisitStatus
    arrived_at: datetime | None = None
    fulfilled_at: datetime | None = None
    cancelled_at: datetime | None = None
    noshow_at: datetime | None = None


def turn(old: StatusRecord | None, to: VisitStatus, *, at: datetime) -> StatusRecord:
    """Return the record of a visit that came to *to* at *at*; one that stands there already keeps its instants."""
    if old is not None and old.status is to:
        return old
    arrived_at = old.arrived_at if old is not None else None
    if to is VisitStatus.ARRIVED:
        # A visit put back from fulfilled to arrived arrived when it did: what counts from there is not told again.
        return StatusRecord(status=to, arrived_at=arrived_at or at)
    if to is VisitStatus.FULFILLED:
        return StatusRecord(status=to, arrived_at=arrived_at, fulfilled_at=at)
    if to is VisitStatus.CANCELLED:
        return StatusRecord(status=to, cancelled_at=at)
    return StatusRecord(status=to, noshow_at=at if to is VisitStatus.NOSHOW else None)


def reached_at(updated_at: datetime | None, now: datetime) -> datetime:
    """Return when a status that a source tells was reached: when it says so, but never in the future."""
    return now if updated_at is None else min(updated_at, now)
