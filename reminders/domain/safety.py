"""The safety plan of a clinic: who is told that a person cried for help, by what, in which order.

    level 1 ─▶ level 2 ─▶ … ─▶ the last level, with the duty line ─▶ the same again, until somebody takes it

Each level has as long as the clinic lays down. When every location is closed, others are the levels:
whoever is there now has heard of nothing, so that the change begins with their first.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta

from reminders.domain.notices import ALERT, FIRST, OVERDUE
from reminders.domain.words import Channel, WorkKind

DUTY_LINE = "duty-line"
"""The slug of the clinical duty line among the staff contacts."""

OPS = "ops-mailbox"
"""The slug of the mailbox of ops among the staff contacts, where ops is nobody of the staff."""

URGENT, UNACKNOWLEDGED = "alert-safety", "alert-unacknowledged"
VISIT = "alert-visit"
"""The wordings: somebody must act now; nobody has; a visit of the next hours needs somebody."""

OPS_NEEDED = "alert-ops"
"""The wording, and the beginning of the rule, of what tells ops of a to-do of theirs."""

FOR_OPS = frozenset({WorkKind.SENDER_HELD, WorkKind.DOWNTIME, WorkKind.ORPHAN})
"""To-dos that no nurse can do."""

ROUTES = (Channel.SMS, Channel.EMAIL, Channel.CALL, Channel.PAGER)
SECOND = frozenset({Channel.CALL, Channel.PAGER})
"""Routes that reach somebody who does not look at texts; each level needs one of them and one of the others."""


@dataclass(frozen=True, slots=True)
class Level:
    """One member of staff, and how they are told."""

    staff: str
    by: tuple[Channel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyPlan:
    """Whom a clinic tells."""

    acknowledge_within: timedelta = timedelta(minutes=10)
    chain: tuple[Level, ...] = ()
    after_hours: tuple[Level, ...] = ()
    """The levels while every location is closed."""
    ops: Level | None = None
    """Told once that nobody acted, and once of each to-do of theirs."""

    def levels(self, *, is_open: bool) -> tuple[Level, ...]:
        """Return the levels of now."""
        return self.chain if is_open else self.after_hours


@dataclass(frozen=True, slots=True)
class Telling:
    """One notice to one member of staff."""

    staff: str
    by: Channel
    rule: str
    wording: str


def tell(plan: SafetyPlan, *, told: int, is_open: bool, ops_knows: bool = False) -> list[Telling]:
    """Return whom to tell next, when *told* levels know already; ops once, when they all do."""
    levels = plan.levels(is_open=is_open)
    if told < len(levels):
        return list(_to(levels[told], f"{FIRST}{told + 1}"))
    again = [*(_to(levels[-1], f"{ALERT}again") if levels else ())]
    duty = Telling(DUTY_LINE, Channel.CALL, f"{ALERT}duty-{Channel.CALL}", URGENT)
    ops = [*_to(plan.ops, f"{ALERT}unacknowledged", UNACKNOWLEDGED)] if plan.ops and not ops_knows else []
    return [*again, duty, *ops]


def tell_once(plan: SafetyPlan, *, is_urgent: bool, is_open: bool) -> list[Telling]:
    """Return whom to tell of a to-do that is no cry for help: once, where it is urgent or was not taken in time.

    What is urgent reaches the first level by all its routes and calls the duty line; what is
    overdue reaches the first level in writing.
    """
    levels, wording = plan.levels(is_open=is_open), VISIT if is_urgent else OVERDUE
    first = list(_to(levels[0], wording, wording)) if levels else []
    if not is_urgent:
        return [one for one in first if one.by not in SECOND]
    return [*first, Telling(DUTY_LINE, Channel.CALL, f"{wording}-duty", wording)]


def tell_ops(plan: SafetyPlan, *, is_open: bool, working: Collection[str]) -> list[Telling]:
    """Return whom to tell of a to-do for ops: ops, by every channel of theirs that is among *working*.

    Where none is, or the clinic names no ops, it is the first level in writing that can be
    told so, and only where there is none either, a level by call or page.
    """
    levels = [list(_to(level, OPS_NEEDED, OPS_NEEDED)) for level in plan.levels(is_open=is_open)]
    written = [[one for one in level if one.by not in SECOND] for level in levels]
    ops = list(_to(plan.ops, OPS_NEEDED, OPS_NEEDED)) if plan.ops else []
    for ways in (ops, *written, *levels):
        found = [one for one in ways if one.by in working]
        if found:
            return found
    return []


def _to(level: Level, rule: str, wording: str = URGENT) -> Iterator[Telling]:
    for route in level.by:
        yield Telling(level.staff, route, f"{rule}-{route}", wording)


def is_exhausted(plan: SafetyPlan, *, told: int, is_open: bool) -> bool:
    """Whether every level was told already."""
    return told >= len(plan.levels(is_open=is_open))
