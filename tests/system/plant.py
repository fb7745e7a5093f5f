"""Real processes around one seeded clinic: its broker, its scheduler and its workers."""

import base64
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psutil
import redis

from reminders.embedded import datadir, valkey
from reminders.embedded.supervisor import Child, Program, Supervisor
from reminders.embedded.valkey import Valkey
from reminders.tasks import QUEUES
from tests.working_clinic import WorkingClinic

ROOT = Path(__file__).parents[2]
PATIENCE = timedelta(seconds=60)
STEP = 0.02


def wait_until(holds: Callable[[], object], what: str = "this did not happen") -> None:
    """Wait until *holds*; fail when it takes too long."""
    give_up = time.monotonic() + PATIENCE.total_seconds()
    while not holds():
        assert time.monotonic() < give_up, what
        time.sleep(STEP)


@dataclass
class Plant:
    """One clinic's processes."""

    clinic: WorkingClinic
    supervisor: Supervisor
    broker: Valkey
    environment: dict[str, str] = field(default_factory=dict)

    def hurry(self) -> None:
        """Shrink every time-out of the programs that are started from now on: a lease lasts 4.5 s, a call 1.5 s."""
        self.environment["REMINDERS_TIME_FACTOR"] = "0.05"

    def scheduler(self, name: str = "scheduler") -> Child:
        return self._start(name, "-m", "reminders", "scheduler")

    def worker(self, *queues: str, name: str = "worker", door: str = "worker") -> Child:
        """Start a worker of *queues*, by default of all."""
        which = ("-n", f"{name}@localhost", "-Q", ",".join(queues or QUEUES), "-c", "1")
        options = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
        return self._start(name, "-m", "celery", "-A", door, "worker", *which, *options)

    def _start(self, name: str, *arguments: str) -> Child:
        program = Program(
            name=name, argv=(sys.executable, *arguments), env=self.environment, cwd=ROOT, grace=timedelta()
        )
        return self.supervisor.start(program)

    def log(self, name: str) -> str:
        path = self.supervisor.folder.logs / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def kill(self, child: Child) -> None:
        """Kill a program, and wait until its children are gone too."""
        family = [child.process.pid, *(one.pid for one in psutil.Process(child.process.pid).children(recursive=True))]
        os.kill(child.process.pid, signal.SIGKILL)
        child.process.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in family), "its children outlived it")

    def kill_broker(self, *, forgets: bool = True) -> None:
        """Kill the broker, and with *forgets* throw away what it had kept."""
        self.kill(self.broker.child)
        if forgets:
            shutil.rmtree(self.supervisor.folder.path / "valkey")

    def start_broker(self) -> None:
        self.broker = valkey.start(self.supervisor)

    def clients(self) -> int:
        """Return how many connections the broker has."""
        with redis.Redis(unix_socket_path=str(self.broker.socket)) as client:
            return len(client.client_list())

    @contextmanager
    def watching_broker(self) -> Iterator[Iterator[str]]:
        """Yield what the broker is told from now on, command by command."""
        patience = PATIENCE.total_seconds()
        with (
            redis.Redis(unix_socket_path=str(self.broker.socket), socket_timeout=patience) as client,
            client.monitor() as monitor,
        ):
            yield (str(told["command"]) for told in monitor.listen())

    def waiting(self, queue: str) -> int:
        """Return how many tasks wait in *queue*."""
        with redis.Redis(unix_socket_path=str(self.broker.socket)) as client:
            return int(client.llen(queue))

    def unacknowledged(self) -> int:
        """Return how many tasks the broker has handed out and not seen acknowledged."""
        with redis.Redis(unix_socket_path=str(self.broker.socket)) as client:
            return int(client.hlen("unacked"))


def is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def running(clinic: WorkingClinic, path: Path, provider_url: str) -> Iterator[Plant]:
    """Run a broker around *clinic*, and whatever a test starts; all of it is killed afterwards."""
    with datadir.opened(path) as folder, Supervisor(folder) as supervisor:
        broker = valkey.start(supervisor)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REMINDERS_")}  # noqa: TID251
        environment = {
            **kept,
            "REMINDERS_DATABASE_URL": clinic.engine.url.render_as_string(hide_password=False),
            "REMINDERS_REDIS_URL": broker.url,
            "REMINDERS_PUBLIC_URL": "http://127.0.0.1:8000",
            "REMINDERS_SECRET_KEY": "k" * 32,
            "REMINDERS_DATA_KEYS": f"test:{base64.b64encode(bytes(32)).decode()}",
            "REMINDERS_LOOKUP_KEY": base64.b64encode(bytes(range(32))).decode(),
            "REMINDERS_CLOCK": "stepped",
            "REMINDERS_PRACTICE": "yes",
            "REMINDERS_SMS_CHANNEL": "twilio",
            "REMINDERS_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "REMINDERS_TWILIO_AUTH_TOKEN": "pass-word",
            "REMINDERS_TWILIO_FROM": "+15005550006",
            "REMINDERS_TWILIO_API_URL": provider_url,
        }
        yield Plant(clinic, supervisor, broker, environment)
