"""The product's scheduler with batches of another size: `python -m bench.clockwork 1`."""

import sys

from reminders import scheduler
from reminders.pipeline import dispatch


def main() -> None:
    """Run the scheduler; it puts as many messages into a task as the argument says."""
    dispatch.BATCH = int(sys.argv[1])  # type: ignore[attr-defined]  # what dispatch cuts by
    scheduler.run()


if __name__ == "__main__":
    main()
