"""What becomes of rows when a plan is carried out, one change a class."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from reminders.domain.facts import Slot, Standing, Wanted
from reminders.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Insert:
    """A new row; with `suppressed` or `expired` it comes to rest at once, with `carrier` it rides."""

    wanted: Wanted
    occurrence: int
    step: int


@dataclass(frozen=True, slots=True)
class Move:
    """An unsent row takes over what is wanted now, and keeps its key."""

    row_id: UUID
    wanted: Wanted
    fields: frozenset[str]
    """What differs."""


@dataclass(frozen=True, slots=True)
class Merge:
    """An unsent row rides in the unsent row of the place *carrier*, which may be new or another than before."""

    row_id: UUID
    carrier: Slot


@dataclass(frozen=True, slots=True)
class Unmerge:
    """A row that rode goes by itself again."""

    row_id: UUID


@dataclass(frozen=True, slots=True)
class Suppress:
    """An unsent row may not go; it takes the stamp of `wanted`, which holds the cause."""

    row_id: UUID
    reason: str
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Expire:
    """An unsent row is of no use any more; it takes the stamp of `wanted`, where there is one."""

    row_id: UUID
    reason: str
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """An unsent row is not wanted any more."""

    row_id: UUID
    reason: str


Change = Insert | Move | Merge | Unmerge | Suppress | Expire | Cancel

COMPARED = (
    "due_at",
    "useful_until",
    "stamp",
    "channel",
    "address_id",
    "lane",
    "limited",
    "template",
    "protocol_version_id",
)
"""What a row and a wish must agree on; expected segments follow the wording and are no change."""


def call_for_another_plan(changes: Iterable[Change]) -> bool:
    """Whether limits alone held a text back: planned again, it goes by the next channel of its rule."""
    return any(_is_held_back(change) for change in changes)


def _is_held_back(change: Change) -> bool:
    if isinstance(change, Suppress):
        return change.reason == Reason.LIMIT
    return isinstance(change, Insert) and change.wanted.suppressed == Reason.LIMIT


def differences(row: Standing, wanted: Wanted) -> frozenset[str]:
    """Return the names of the fields in which *wanted* differs from *row*."""
    return frozenset(name for name in COMPARED if getattr(row, name) != getattr(wanted, name))
