"""What an import did with a row."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Change(StrEnum):
    """What a row was to the visit that it tells of."""

    NEW = "new"
    MOVED = "moved"
    CANCELLED = "cancelled"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"
    """We know something newer; nothing was taken over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One row and what became of it."""

    line: int
    clinic: str
    appointment_id: str
    """The source's."""
    change: Change
    starts_local: datetime
    """As the row says, by the clocks of its location."""
    zone: str
    started_local: datetime | None = None
    """As it was before; None: new."""
    started_zone: str | None = None
