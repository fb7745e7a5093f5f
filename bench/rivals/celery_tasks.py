"""Celery as it comes: a task that does nothing, and one task with an `eta` for each reminder.

Celery's own settings, but for the results, which nobody reads, and the logs of its worker.
"""

import os

from celery import Celery

from bench.rivals import notes

app = Celery("rivals", broker=os.environ["REMINDERS_REDIS_URL"])  # noqa: TID251  a process of the bench
app.conf.update(task_ignore_result=True, task_create_missing_queues=True)

_NOTES_URL = os.environ.get("BENCH_NOTES_URL", "")  # noqa: TID251


@app.task(name="rivals.nothing")
def nothing() -> None:
    """Do nothing."""


@app.task(name="rivals.remind")
def remind(note_id: int) -> None:
    """Send one reminder."""
    notes.send(_NOTES_URL, note_id)
