"""One APScheduler job for each reminder, in a SQLAlchemy job store: `… URL COUNT DUE_EPOCH`.

Its defaults, but for the misfire grace: with the usual one second it drops what it does not
get to in time.
"""

import sys
import time
from datetime import UTC, datetime

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bench.rivals import notes
from bench.stage import plain


def main() -> None:
    """Add the jobs, say so, and run until ended."""
    url, count, due = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=url)}, job_defaults={"misfire_grace_time": None}, timezone="UTC"
    )
    scheduler.start(paused=True)
    for note_id in range(1, count + 1):
        due_at = datetime.fromtimestamp(due, UTC)
        scheduler.add_job(notes.send, "date", run_date=due_at, args=[plain(url), note_id])
    print("added", f"{time.time() - due:+.1f}", flush=True)  # noqa: T201  the bench reads it in the log
    scheduler.resume()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
