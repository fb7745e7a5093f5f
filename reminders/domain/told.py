"""What a patient was last told of a visit, and whether it has been moved since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reminders.domain.facts import Stamp, Standing
from reminders.domain.history import History, stopped_by_plan
from reminders.domain.news import same_place, same_start

NEAR = timedelta(hours=48)
"""A move from or to a start so close brings the new fast with it."""


@dataclass(frozen=True, slots=True)
class Told:
    """The newest message about a visit that may have reached the patient."""

    stamp: Stamp
    told_at: datetime
    off: bool
    """It said that the visit is cancelled."""


@dataclass(frozen=True, slots=True)
class Move:
    """The patient knows of another time or place than the visit has now."""

    noticed_at: datetime
    """When it was first planned to tell the patient; it stays when planning is repeated."""
    near: bool
    """The old or the new start was within 48 hours then."""


def last_told(reached: Sequence[Standing], history: History, cancelling: frozenset[str]) -> Told | None:
    """Return the newest of the *reached* rows of a visit; *cancelling* are the rules that say it is off."""
    if not reached:
        return None
    last = reached[-1]
    return Told(last.stamp, history.told_at(last), off=last.slot.rule in cancelling)


def move_of(
    here: Stamp,
    told: Told | None,
    reached: Sequence[Standing],
    telling: Sequence[Standing],
    history: History,
    now: datetime,
) -> Move | None:
    """Return how the visit with the stamp *here* was moved since the patient last heard of another time or place.

    *telling* are the rows of rules that tell of moves. One that waits is not overtaken by another
    text that happens to give the new time first: only it says that the old time is void.
    """
    others = [row for row in reached if not _agrees(row, here)]
    if told is None or told.off or not others:
        return None
    heard = told.stamp is not others[-1].stamp
    if heard and not any(history.is_unsent(row) and _agrees(row, here) for row in telling):
        return None
    noticed_at = noticed(here, history.told_at(others[-1]), telling) or now
    starts = (others[-1].stamp.starts_at, here.starts_at)
    return Move(noticed_at, near=any(start is not None and is_near(start, noticed_at) for start in starts))


def _agrees(row: Standing, here: Stamp) -> bool:
    return same_start(row.stamp, here) and same_place(row.stamp, here)


def is_near(starts_at: datetime, now: datetime) -> bool:
    """Whether a start is so close at *now* that a message about it cannot wait for the prep of the day before."""
    return starts_at - now <= NEAR


def noticed(here: Stamp, told_at: datetime, rows: Sequence[Standing]) -> datetime | None:
    """Return when planning first saw that *here* is not what was told at *told_at*, as the rows that say so keep it."""
    for row in reversed(rows):
        if _agrees(row, here) and row.stamp.anchor_at >= told_at and not stopped_by_plan(row):
            return row.stamp.anchor_at
    return None
