"""PostgreSQL on this machine alone: made once in the data folder, listening on a unix socket only."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from reminders.domain.errors import RefusedError
from reminders.embedded.datadir import DataFolder
from reminders.embedded.supervisor import Child, Program, Supervisor
from reminders.embedded.wheels import postgres_programs

USER = "reminders"
DATABASE = "reminders"
MAJOR = "18"
PATIENCE = timedelta(seconds=120)
"""Long enough to recover what a kill left half written."""
STEP = 0.02
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}

ALWAYS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "100",
    "log_parameter_max_length_on_error": "0",  # no value of a patient in a log
    "log_parameter_max_length": "0",
    "log_min_error_statement": "panic",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests: a crash of the machine may cost the data."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server."""

    sockets: Path
    child: Child

    def url(self, database: str = DATABASE) -> str:
        """Return the SQLAlchemy URL of *database*."""
        url = URL.create("postgresql+psycopg", username=USER, database=database, query={"host": str(self.sockets)})
        scheme, rest = url.render_as_string().split("://", 1)
        return f"{scheme}://{rest.replace('+', '%20')}"  # libpq, unlike SQLAlchemy, takes a plus for a plus

    def create(self, database: str = DATABASE) -> str:
        """Make *database* unless it is there; return its URL."""
        with psycopg.connect(host=str(self.sockets), user=USER, dbname="postgres", autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self.url(database)


def start(supervisor: Supervisor, *, durable: bool = True) -> Postgres:
    """Start the server of the supervisor's data folder, made first if need be, and wait until it answers."""
    folder = supervisor.folder
    programs = postgres_programs(folder.owner)
    data, sockets = folder.path / "postgres", folder.sockets()
    _make_cluster(folder, programs)
    for lock in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
        _forget_stale(lock, data)
    settings = {**ALWAYS, **({} if durable else FORGETFUL), "unix_socket_directories": _quoted(sockets)}
    program = Program(
        name="postgres",
        argv=(str(programs / "postgres"), "-D", str(data), *(f"--{key}={value}" for key, value in settings.items())),
        env=ENVIRONMENT,
        cwd=folder.path,
        owner=folder.owner,
        stop_signal=signal.SIGINT,  # the fast shutdown: it does not wait for clients
        grace=timedelta(seconds=60),
        foundation=True,
    )
    child = supervisor.start(program)
    _await_ready(child, data, supervisor.log_of(program))
    return Postgres(sockets, child)


def _make_cluster(folder: DataFolder, programs: Path) -> None:
    """Make the cluster under another name first, so that half of one is never used."""
    data = folder.path / "postgres"
    if data.exists():
        _check_version(data)
        return
    scratch = folder.path / "postgres.new"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch = folder.servers_folder("postgres.new")
    options = ["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-instructions"]
    provider = ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]  # the machine may have no locales
    owner = folder.owner
    made = subprocess.run(
        [str(programs / "initdb"), "-D", str(scratch), *options, *provider],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        cwd=folder.path,
        check=False,
        user=owner.uid if owner else None,
        group=owner.gid if owner else None,
        extra_groups=[] if owner else None,
    )
    if made.returncode != 0:
        raise RefusedError(
            f"The database in {folder.path} cannot be made: {made.stderr.strip()}", code="database_not_made"
        )
    scratch.rename(data)


def _check_version(data: Path) -> None:
    version = data / "PG_VERSION"
    found = version.read_text().strip() if version.exists() else "no"
    if found != MAJOR:
        raise RefusedError(
            f"{data} holds PostgreSQL {found} data, and this is PostgreSQL {MAJOR}. "
            "Move its data with pg_dump of its own version, or choose a new data folder.",
            code="database_version",
        )


def _forget_stale(lock: Path, data: Path) -> None:
    """Remove the *lock* file of a server that is gone, whose process id may be someone else's by now.

    We hold the data folder and have ended what was left in it, so only a server
    that was started by hand can still be using it; that one keeps its lock.
    """
    with contextlib.suppress(FileNotFoundError, ValueError):
        pid = int(lock.read_text().split("\n", 1)[0])
        if os.fsencode(data) not in _command_line(pid):
            lock.unlink()


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
        return shown.stdout


def _await_ready(child: Child, data: Path, log: Path) -> None:
    """Wait until the server says in its lock file that it is ready, as pg_ctl does."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while time.monotonic() < deadline and child.is_running:
        if _is_ready(data / "postmaster.pid", child.process.pid):
            return
        time.sleep(STEP)
    raise RefusedError(
        f"The database in {data} did not start. Its log, {log}, ends with:\n{_end_of(log)}", code="database_not_started"
    )


def _is_ready(lock: Path, pid: int) -> bool:
    try:
        lines = lock.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and int(lines[0]) == pid and lines[7].strip() == "ready"


def _end_of(log: Path, *, lines: int = 10) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _quoted(path: Path) -> str:
    """Return *path* as one entry of a list of folders, where a space or comma would end it."""
    return '"' + str(path).replace('"', '""') + '"'
