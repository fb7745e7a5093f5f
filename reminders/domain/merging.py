"""One text, not three: which messages of one day ride in another.

The carrier is the highest lane, then the earliest; the others put a short sentence into
it. A rider goes when its carrier goes, so it rides only where it makes sense at that
minute. What would not fit the carrier's segments, or has no short sentence, goes alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from reminders.domain.facts import Wanted
from reminders.domain.wishes import Wish

_FAR = datetime.max.replace(tzinfo=UTC)


class Measure(Protocol):
    """How long a message would be; wording is the caller's."""

    def __call__(self, carrier: Wanted, riders: Sequence[Wanted], /) -> int | None:
        """Return the segments of *carrier* with *riders* in it; None when one of them has no short sentence."""

    def limit(self, carrier: Wanted, /) -> int:
        """Return the most segments that *carrier* may take."""


@dataclass(slots=True)
class Bundle:
    """A message and those that ride in it: one text, or one email."""

    carrier: Wish
    riders: list[Wish] = field(default_factory=list)


def bundle(wishes: Iterable[Wish], measure: Measure) -> list[Bundle]:
    """Merge the *wishes* of one address and day."""
    bundles: list[Bundle] = []
    for wish in sorted(wishes, key=_order):
        carrying = next((bundle for bundle in bundles if _takes(bundle, wish, measure)), None)
        if carrying is None:
            bundles.append(Bundle(wish))
        else:
            carrying.riders.append(wish)
    return bundles


def _order(wish: Wish) -> tuple[int, datetime, datetime, str, UUID]:
    """Order by lane, then due; of visits booked together the first carries."""
    wanted, starts_at = wish.wanted, wish.wanted.stamp.starts_at
    return wanted.lane, wanted.due_at, starts_at or _FAR, wanted.slot.rule, wanted.slot.subject_id


def _takes(bundle: Bundle, wish: Wish, measure: Measure) -> bool:
    carrier = bundle.carrier.wanted
    if wish.earliest_at is not None and wish.earliest_at > carrier.due_at:
        return False
    if wish.latest_at < carrier.due_at or _asks_twice(bundle, wish):
        return False
    segments = measure(carrier, [*(rider.wanted for rider in bundle.riders), wish.wanted])
    return segments is not None and segments <= measure.limit(carrier)


def _asks_twice(bundle: Bundle, wish: Wish) -> bool:
    """Whether two questions would stand in one text; the same question about several visits is one."""
    return wish.wanted.asks and any(
        other.wanted.asks and other.wanted.slot.rule != wish.wanted.slot.rule for other in _all(bundle)
    )


def _all(bundle: Bundle) -> Iterator[Wish]:
    yield bundle.carrier
    yield from bundle.riders
