"""The web process, but its webhook answers as soon as it knows who signed: `python -m bench.doorman PORT`.

What storing a report before the answer costs is measured against it.
"""

import sys

from reminders.pipeline.receiving import Report
from reminders.web import serving
from reminders.web.status import StatusWebhook


async def _forget(_webhook: StatusWebhook, _report: Report) -> None:
    pass


def main() -> None:
    """Serve."""
    StatusWebhook._store = _forget  # type: ignore[method-assign, assignment]  # noqa: SLF001  the one step that is left out
    serving.run("127.0.0.1", int(sys.argv[1]))


if __name__ == "__main__":
    main()
