"""`make bench`, or `python -m bench segments`: run the measurements that are named, or all.

A figure is the best of five rounds: on a shared machine the others only say how busy it was.
"""

import sys
import time
from collections.abc import Callable

from bench import segments

MEASUREMENTS: dict[str, Callable[[], int]] = {"segments": segments.measure_texts}
"""By name: does its work once and returns how many things that were."""
ROUNDS = 5


def best_rate(work: Callable[[], int]) -> float:
    """Return the most things a second that *work* did in any round."""
    rates = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        done = work()
        rates.append(done / (time.perf_counter() - started))
    return max(rates)


def main() -> None:
    """Print a line for each measurement."""
    names = sys.argv[1:] or list(MEASUREMENTS)
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        sys.exit(f"No measurement is called {', '.join(unknown)}; there are: {', '.join(MEASUREMENTS)}")
    for name in names:
        print(f"{name:12} {best_rate(MEASUREMENTS[name]):12,.0f} a second")  # noqa: T201  its output


if __name__ == "__main__":
    main()
