"""Everything on one machine: the servers, this version's schema, the starters, and the processes."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from reminders import bootstrap, settings, tasks
from reminders.embedded import datadir, ports, postgres, valkey
from reminders.embedded.datadir import DataFolder
from reminders.embedded.supervisor import Program, Supervisor
from reminders.pipeline.parts import Parts
from reminders.pipeline.seeding import seed
from reminders.store import migrate

ROOT = Path(__file__).parent.parent.parent
"""Where `worker.py` stands."""

ENVIRONMENT = "environment.env"
"""The settings of what runs in a data folder, for commands typed in another terminal."""

_STOP = timedelta(seconds=130)
"""A worker finishes its batch before it stops."""

WORKERS = {
    "worker-safety": ((tasks.LANE_QUEUES["safety"],), 1),
    "worker-send": (tuple(queue for lane, queue in tasks.LANE_QUEUES.items() if lane != "safety"), 2),
    "worker-desk": (("receipts", "plan"), 1),
    "worker-ask": (("ask",), 1),
}
"""Each worker's queues and how many batches it works on at once.

Safety has a process of its own, and so has what waits for a provider: one that hangs must not keep plans and receipts.
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A running system."""

    supervisor: Supervisor
    folder: DataFolder
    parts: Parts
    address: str
    environment: dict[str, str]

    def start(self) -> None:
        """Start web, scheduler and workers."""
        port = self.address.rpartition(":")[2]
        self._start("web", "-m", "reminders", "web", "--port", port)
        self._start("scheduler", "-m", "reminders", "scheduler")
        for name, (queues, at_once) in WORKERS.items():
            self._start_worker(name, queues, at_once)

    def _start(self, name: str, *arguments: str, grace: timedelta = timedelta(seconds=10)) -> None:
        self.supervisor.start(
            Program(name=name, argv=(sys.executable, *arguments), env=self.environment, cwd=ROOT, grace=grace)
        )

    def _start_worker(self, name: str, queues: tuple[str, ...], at_once: int) -> None:
        options = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
        which = ("-n", f"{name}@localhost", "-Q", ",".join(queues), "-c", str(at_once))
        # --quiet: a worker prints a banner first, and ends when the disk of its log has no room for that.
        self._start(name, "-m", "celery", "--quiet", "-A", "worker", "worker", *which, *options, grace=_STOP)


@contextmanager
def machine(verb: str, *, stepped: bool, fresh: bool, report: Callable[[str], None]) -> Iterator[Machine]:
    """Hold the data folder of *verb*, start its servers, and bring schema and starters up to date.

    Args:
        verb: `up` or `demo`: each has a data folder of its own unless DATA_DIR names one.
        stepped: Whether clinic time is a row.
        fresh: Whether to begin with an empty folder.
        report: Told what happens, a line at a time.
    """
    place = settings.load_place()
    path = place.data_dir or datadir.default_path(verb, below=Path.cwd())
    with datadir.opened(path) as folder:
        for name in folder.leftovers:
            report(f"ended what a killed predecessor left: {name}")
        if fresh:
            folder.empty()
        with Supervisor(folder, report=report) as supervisor:
            environment = _environment(folder, supervisor, stepped=stepped)
            bootstrap.use(environment)
            migrate.upgrade(bootstrap.engine())
            parts = bootstrap.parts()
            seed(parts, place.config_dir, bootstrap.senders())
            folder.write_private(ENVIRONMENT, environment)
            found = bootstrap.settings()
            yield Machine(supervisor, folder, parts, found.public_url, settings.environment(environment))


def _environment(folder: DataFolder, supervisor: Supervisor, *, stepped: bool) -> dict[str, str]:
    kept = folder.keep_secrets(settings.fresh_secrets())  # before there is any data that needs them
    database, broker = postgres.start(supervisor), valkey.start(supervisor)
    return {
        "REMINDERS_DATA_DIR": str(folder.path),
        "REMINDERS_DATABASE_URL": database.create(),
        "REMINDERS_REDIS_URL": broker.url,
        "REMINDERS_PUBLIC_URL": f"http://127.0.0.1:{ports.free_port()}",
        "REMINDERS_CLOCK": "stepped" if stepped else "system",
        **kept,
    }
