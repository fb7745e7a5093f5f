"""Idle: what a running system costs in which nothing is due: statements a minute and processor time.

Everything that `reminders up` runs, with its default tick, on a clinic with visits ahead.
Statements are counted from the log of the embedded server; a given server is asked for its
transactions only.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench import clinic
from bench.clinic import REMINDER
from bench.measure import Finding, Spread
from bench.processes import seconds_of_tree
from bench.progress import Connection
from bench.stage import Stage, plain
from reminders.cli.machine import WORKERS

PATIENTS = 200
_SETTLING = 8.0


def run(stage: Stage, scale: str, _rounds: int) -> Iterator[Finding]:
    """Measure, and yield what was found."""
    seconds = {"quick": 10.0, "usual": 60.0, "full": 300.0}[scale]
    stage.empty_broker()
    parts = clinic.open_clinic(stage, "idle")
    clinic.book_planned(parts, REMINDER, PATIENTS)
    clinic.close(parts)
    with psycopg.connect(plain(stage.url_of("idle")), autocommit=True) as connection:
        connection.execute("UPDATE messages SET due_at = due_at + interval '12 hours'")
        pids = _start(stage)
        log = stage.supervisor.folder.logs / "postgres.log"
        with _statements_logged(connection, log):
            time.sleep(_SETTLING)
            before, began = _reading(connection, log, pids), time.monotonic()
            time.sleep(seconds)
            after, minutes = _reading(connection, log, pids), (time.monotonic() - began) / 60
    stage.stop_all()
    stage.drop("idle")
    for name, unit in (("statements", "a minute"), ("transactions", "a minute"), ("processor", "s a minute")):
        if name in after:
            figure = (after[name] - before[name]) / minutes
            of_each = {
                f"{process}, {unit}": (after[process] - before[process]) / minutes
                for process in pids
                if name == "processor"
            }
            yield Finding(
                section="idle",
                what=f"{name} of an idle system",
                found=Spread(figure, figure, figure),
                unit=unit,
                means="scheduler, web, workers and, for the processor, the servers",
                figures=of_each,
            )


def _start(stage: Stage) -> dict[str, int]:
    """Start everything; return the process ids, by name."""
    environment = stage.environment(stage.url_of("idle"))
    pids = stage.start_workers(WORKERS, environment)
    pids["web"] = stage.start("web", "-m", "reminders", "web", "--port", "0", environment=environment)
    pids["scheduler"] = stage.start("scheduler", "-m", "reminders", "scheduler", environment=environment)
    return pids | stage.server_pids()


@contextmanager
def _statements_logged(connection: Connection, log: Path) -> Iterator[None]:
    """Let an embedded server log every statement, without its values, while the block lasts."""
    if not log.exists():
        yield
        return
    connection.execute("ALTER SYSTEM SET log_statement = 'all'")
    connection.execute("SELECT pg_reload_conf()")
    yield
    connection.execute("ALTER SYSTEM RESET log_statement")
    connection.execute("SELECT pg_reload_conf()")


def _reading(connection: Connection, log: Path, pids: dict[str, int]) -> dict[str, float]:
    row = connection.execute(
        "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
    ).fetchone()
    used = {name: seconds_of_tree(pid) for name, pid in pids.items()}
    found = {"transactions": float(row[0]) if row else 0.0, "processor": sum(used.values()), **used}
    if log.exists():
        text = log.read_text(errors="replace")
        found["statements"] = float(sum(text.count(word) for word in ("LOG:  statement: ", "LOG:  execute ")))
    return found
