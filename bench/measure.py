"""Turns rounds into ratios: what is compared runs in turn (A B A B …), and only a round's own figures are divided.

Seconds of a shared machine differ by half from one minute to the next; two things measured
in the same minute differ much less in their ratio. A finding is the median of the rounds,
with the least and the most beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

RATIO = "times"


@dataclass(frozen=True, slots=True)
class Spread:
    """What several rounds gave."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of *values*."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Target:
    """What the middle of the rounds should reach."""

    bound: float
    at_least: bool

    def is_met(self, found: Spread) -> bool:
        """Return whether *found* reaches it."""
        return found.middle >= self.bound if self.at_least else found.middle <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}"


def at_least(bound: float) -> Target:
    """Return a target that is reached from *bound* upwards."""
    return Target(bound, at_least=True)


def at_most(bound: float) -> Target:
    """Return a target that is reached up to *bound*."""
    return Target(bound, at_least=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the table."""

    section: str
    what: str
    found: Spread
    unit: str = RATIO
    """What the figure counts."""
    target: Target | None = None
    means: str = ""
    """What the two sides do and do not do."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What was measured, by name: of this machine in these minutes."""

    @property
    def is_met(self) -> bool | None:
        """Whether the target was met; None where there is none."""
        return None if self.target is None else self.target.is_met(self.found)


Rounds = Mapping[str, Sequence[float]]
"""What each of several works gave, round by round."""


def interleave(
    works: Mapping[str, Callable[[int], float]],
    rounds: int,
    *,
    report: Callable[[str], None] = lambda _line: None,
    before: Callable[[str], None] = lambda _name: None,
) -> Rounds:
    """Run *works* in turn, *rounds* times over, and return what each gave.

    A work is told its round; *before* each one is called with its name.
    """
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds):
        for name, work in works.items():
            before(name)
            found[name].append(work(number))
            report(f"round {number + 1} of {rounds}: {name}: {found[name][-1]:,.4g}")
    return found


def ratios(rounds: Rounds, ours: str, theirs: str) -> Spread:
    """Return *ours* divided by *theirs*, round by round."""
    return Spread.of([mine / other for mine, other in zip(rounds[ours], rounds[theirs], strict=True)])


def middles(rounds: Rounds) -> dict[str, float]:
    """Return the median of each."""
    return {name: median(values) for name, values in rounds.items()}


class MeasurementError(Exception):
    """What was measured is not what was meant to be: the figure would be a lie."""


def check_equal(found: object, expected: object, what: str) -> None:
    """Raise `MeasurementError` unless *found* is as *expected*."""
    if found != expected:
        raise MeasurementError(f"{what}: {found}, and it should be {expected}")
