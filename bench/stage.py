"""Where measuring happens: servers with durable settings, databases on them, and the processes that work there.

The servers are the embedded ones, started for the run in a data folder of their own; with
DATABASE_URL or REDIS_URL they are those, on which databases named `bench_…` are made and
dropped, and whose broker must be empty.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
import psycopg
from celery import Celery
from psycopg import sql
from sqlalchemy import make_url

from reminders import settings
from reminders.channels.base import Channel
from reminders.embedded import datadir, postgres, valkey
from reminders.embedded.supervisor import Program, Supervisor
from reminders.pipeline.parts import Parts
from reminders.store.engine import connect, transactions
from reminders.store.vault import Vault

ROOT = Path(__file__).parent.parent
PUBLIC_URL = "http://127.0.0.1:8000"
PREFIX = "bench_"
QUIET = 12
"""Percent of the processors that others may use while we call it quiet."""
_GRACE = timedelta(seconds=10)
_STEP = 0.02


class StuckError(Exception):
    """Something did not happen in time."""


@dataclass
class Stage:
    """The servers of a run, and what is made and started on them."""

    supervisor: Supervisor
    server_url: str
    """A database of the server, from which others are made."""
    broker_url: str
    keys: Mapping[str, str]
    report: Callable[[str], None]
    patience: float = 0
    """Seconds that a work waits for other programs of this machine to be quiet."""
    _started: list[str] = field(default_factory=list)
    _pids: dict[str, int] = field(default_factory=dict)

    def await_quiet(self, _name: str = "") -> None:
        """Wait, as long as patience allows, until this machine has hardly anything else to do."""
        give_up = time.monotonic() + self.patience
        while time.monotonic() < give_up and psutil.cpu_percent(interval=1) > QUIET:
            pass

    # databases

    def create(self, name: str, *, template: str | None = None) -> str:
        """Make the database *name*, empty or a copy of *template*, in place of one of that name; return its URL."""
        name = PREFIX + name
        parts = [sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))]
        if template is not None:
            parts.append(sql.SQL("TEMPLATE {}").format(sql.Identifier(PREFIX + template)))
        with self._administrator() as connection:
            connection.execute(_drop(name))
            connection.execute(sql.SQL(" ").join(parts))
        self.checkpoint()
        return self.url_of(name.removeprefix(PREFIX))

    def url_of(self, name: str) -> str:
        """Return the URL of the database *name*."""
        return make_url(self.server_url).set(database=PREFIX + name).render_as_string(hide_password=False)

    def drop(self, *names: str) -> None:
        """Drop databases, whoever is connected."""
        with self._administrator() as connection:
            for name in names:
                connection.execute(_drop(PREFIX + name))

    def checkpoint(self) -> None:
        """Let the server write now what it would write in the middle of a measurement."""
        with self._administrator() as connection, contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute("CHECKPOINT")

    def _administrator(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(plain(self.server_url), autocommit=True)

    def versions(self) -> dict[str, str]:
        """Return what the servers are and how they are set."""
        shown = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")
        with self._administrator() as connection:
            found = {name: str(connection.execute(f"SHOW {name}").fetchone()[0]) for name in shown}  # type: ignore[index]
        with self.broker() as broker:
            info: dict[str, str] = broker.info()
            found["broker"] = f"{info.get('server_name', 'redis')} {info.get('valkey_version', info['redis_version'])}"
            found |= broker.config_get("appendonly") | broker.config_get("appendfsync")
        return {name: str(value) for name, value in found.items()}

    # the broker

    @cached_property
    def celery(self) -> Celery:
        """A Celery application on the broker, to publish and to ask workers."""
        return Celery("bench", broker=self.broker_url, task_ignore_result=True)

    @contextmanager
    def broker(self) -> Iterator[Any]:
        """Yield the broker's own client."""
        with self.celery.connection_for_read() as connection:
            channel: Any = connection.default_channel
            yield channel.client

    def empty_broker(self) -> None:
        """Remove what an earlier measurement left in the broker."""
        with self.broker() as broker:
            broker.flushdb()

    # processes

    def environment(self, database_url: str, **also: str) -> dict[str, str]:
        """Return the environment of a process that works on *database_url*."""
        return settings.environment(
            {
                "REMINDERS_DATABASE_URL": database_url,
                "REMINDERS_REDIS_URL": self.broker_url,
                "REMINDERS_PUBLIC_URL": PUBLIC_URL,
                **self.keys,
                **also,
            }
        )

    def start(self, name: str, *arguments: str, environment: Mapping[str, str]) -> int:
        """Start `python` with *arguments* under a name of its own; return its process id."""
        argv = (sys.executable, *arguments)
        child = self.supervisor.start(Program(name=name, argv=argv, env=environment, cwd=ROOT, grace=_GRACE))
        self._started.append(name)
        self._pids[name] = child.process.pid
        return child.process.pid

    def start_worker(
        self, name: str, application: str, queues: str, *options: str, at_once: int = 2, environment: Mapping[str, str]
    ) -> int:
        """Start a Celery worker as `reminders up` does, and wait until it answers."""
        pid = self._begin_worker(name, application, queues, *options, at_once=at_once, environment=environment)
        self._await_worker(name)
        return pid

    def start_workers(
        self, workers: Mapping[str, tuple[Sequence[str], int]], environment: Mapping[str, str]
    ) -> dict[str, int]:
        """Start the product's workers by their queues and how many batches each has in hand; return their ids."""
        pids = {
            name: self._begin_worker(name, "worker", ",".join(queues), at_once=at_once, environment=environment)
            for name, (queues, at_once) in workers.items()
        }
        for name in workers:
            self._await_worker(name)
        return pids

    def _begin_worker(
        self, name: str, application: str, queues: str, *options: str, at_once: int, environment: Mapping[str, str]
    ) -> int:
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
        which = ("-n", f"{name}@bench", "-Q", queues, "-c", str(at_once), *options)
        return self.start(name, "-m", "celery", "-A", application, "worker", *which, *quiet, environment=environment)

    def _await_worker(self, name: str) -> None:
        self.await_that(lambda: self.celery.control.ping([f"{name}@bench"], timeout=0.5), f"{name} to answer")

    def is_running(self, name: str) -> bool:
        """Return whether the process *name* runs."""
        return self.supervisor.running()[name]

    def pids(self) -> dict[str, int]:
        """Return the process ids of all that runs, servers included, by name."""
        return {**{name: self._pids[name] for name in self._started}, **self.server_pids()}

    def server_pids(self) -> dict[str, int]:
        """Return the process ids of the embedded servers, by name; none when others were given."""
        notes = (self.supervisor.folder.running / f"{name}.json" for name in ("postgres", "valkey"))
        return {note.stem: int(json.loads(note.read_text())["pid"]) for note in notes if note.exists()}

    def stop_all(self) -> None:
        """Stop every process that was started, the last one first."""
        while self._started:
            self.supervisor.stop(self._started.pop())

    def log(self, name: str) -> str:
        """Return the end of what a process printed."""
        path = self.supervisor.folder.logs / f"{name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-20:]) if path.exists() else ""

    def await_that(
        self, condition: Callable[[], object], what: str, *, patience: float = 300, step: float = _STEP
    ) -> None:
        """Wait until *condition* holds; raise `StuckError`, with the processes' logs, when it takes too long."""
        give_up = time.monotonic() + patience
        while not condition():
            if time.monotonic() > give_up:
                logs = "\n".join(f"--- {name}\n{self.log(name)}" for name in self._started)
                raise StuckError(f"waited {patience:.0f} s for {what}\n{logs}")
            time.sleep(step)

    # the product, in this process

    def parts(self, database_url: str, channels: Mapping[str, Channel] | None = None) -> Parts:
        """Return the parts of a process on *database_url*."""
        found = settings.load(self.environment(database_url))
        return Parts(
            transaction=transactions(connect(found.database_url)),
            vault=Vault(found.data_key_pairs(), found.lookup_key_bytes()),
            public_url=PUBLIC_URL,
            token_key=b"a key for measuring",
            channels=channels or {},
        )


def plain(url: str) -> str:
    """Return a SQLAlchemy URL as libpq reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _drop(name: str) -> sql.Composed:
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))


@contextmanager
def stage(report: Callable[[str], None], *, patience: float = 0) -> Iterator[Stage]:
    """Yield a stage on empty servers; what it made is gone afterwards."""
    given = {name: os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL")}  # noqa: TID251  choices of the run
    settings.heed_only(())
    with datadir.opened(datadir.default_path("bench", below=Path.cwd())) as folder:
        folder.empty()
        with Supervisor(folder) as supervisor:
            for made in _on_servers(supervisor, given["DATABASE_URL"], given["REDIS_URL"], report):
                made.patience = patience
                yield made
        folder.empty()


def _on_servers(
    supervisor: Supervisor, database_url: str | None, broker_url: str | None, report: Callable[[str], None]
) -> Iterator[Stage]:
    url = make_url(database_url or postgres.start(supervisor).url("postgres")).set(drivername="postgresql+psycopg")
    server_url = url.render_as_string(hide_password=False)
    made = Stage(supervisor, server_url, broker_url or valkey.start(supervisor).url, settings.fresh_secrets(), report)
    with made.broker() as broker:
        if broker.dbsize():
            sys.exit("The broker of REDIS_URL is not empty, and measuring empties it. Name another one.")
    try:
        yield made
    finally:
        made.stop_all()
        made.empty_broker()
        if database_url:
            _drop_all(made)


def _drop_all(made: Stage) -> None:
    with psycopg.connect(plain(made.server_url), autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]).fetchall()
    made.drop(*(str(row[0]).removeprefix(PREFIX) for row in rows))
