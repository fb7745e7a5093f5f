"""How long to wait before the next try of what a provider said "not now" to."""

from datetime import timedelta


def pause(tries: int, *, first: timedelta, most: timedelta, jitter: float, asked: timedelta | None = None) -> timedelta:
    """Return the pause before try number *tries* + 1: doubling from *first* up to *most*.

    *jitter*, between 0 and 1, spreads it over its upper half, so that a crowd does not
    come back at once; what the provider *asked* for is the least.
    """
    doubled = min(most, first * float(1 << min(tries, 30)))
    spread = doubled * (0.5 + jitter / 2)
    return max(spread, asked) if asked else spread
