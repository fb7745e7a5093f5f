"""The processes of a torture run: the real ones, from `reminders.embedded`, and the stand-in for Twilio beside them."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from reminders import settings, tasks
from reminders.embedded import postgres, valkey
from reminders.embedded.datadir import DataFolder
from reminders.embedded.postgres import Postgres
from reminders.embedded.supervisor import Child, Program, Supervisor
from reminders.embedded.valkey import Valkey
from tests.torture import post, twilio

ROOT = Path(__file__).parent.parent.parent
PAUSE = timedelta(seconds=0.3)
"""How long what died stays dead."""
_STEP = 0.05

OTHERS = tuple(queue for lane, queue in tasks.LANE_QUEUES.items() if lane != "safety")
_DESK = ("receipts", "plan")


@dataclass(frozen=True, slots=True)
class Crew:
    """Which processes run; a worker by its queues and how many batches it works on at once."""

    workers: Mapping[str, tuple[tuple[str, ...], int]]
    schedulers: int = 2
    through: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By process, the module that runs it otherwise than usual, and what that is told."""
    full: tuple[str, ...] = ()
    """The processes whose log has no room."""

    def with_skew(self, name: str, skew: timedelta) -> "Crew":
        """Return the same crew with the clock of process *name* off by *skew*."""
        return replace(self, through={name: ("tests.torture.skew", str(skew.total_seconds()))})


EVERYBODY = Crew(
    workers={
        "worker-safety": ((tasks.LANE_QUEUES["safety"],), 1),
        "worker-send-1": (OTHERS, 2),
        "worker-send-2": (OTHERS, 1),
        "worker-all": ((*OTHERS, *_DESK, "ask"), 1),
        "worker-desk": (_DESK, 1),
        "worker-ask": (("ask",), 1),
    },
    full=("scheduler-2", "worker-send-2"),
)


def _free_port() -> int:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Fleet:
    """All processes of one run; call `tend` often."""

    def __init__(self, folder: DataFolder, supervisor: Supervisor, *, factor: float, package: Path) -> None:
        self.folder = folder
        self._supervisor = supervisor
        self._package = package
        self.account = f"AC{secrets.token_hex(16)}"
        self.token = secrets.token_hex(16)
        kept = folder.keep_secrets(settings.fresh_secrets())
        self.postgres: Postgres = postgres.start(supervisor)
        self.valkey: Valkey = valkey.start(supervisor)
        self._children: dict[str, Child] = {"postgres": self.postgres.child, "valkey": self.valkey.child}
        self.port = _free_port()
        self.environment = {
            **kept,
            "REMINDERS_DATA_DIR": str(folder.path),
            "REMINDERS_DATABASE_URL": self.postgres.create(),
            "REMINDERS_REDIS_URL": self.valkey.url,
            "REMINDERS_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "REMINDERS_CONFIG_DIR": str(folder.path / "config"),
            "REMINDERS_LOG_FORMAT": "json",
            "REMINDERS_SMS_CHANNEL": "twilio",
            "REMINDERS_EMAIL_CHANNEL": "sandbox",
            "REMINDERS_CLOCK": "system",
            "REMINDERS_PRACTICE": "yes",
            "REMINDERS_TIME_FACTOR": str(factor),
            "REMINDERS_TWILIO_ACCOUNT_SID": self.account,
            "REMINDERS_TWILIO_AUTH_TOKEN": self.token,
            "REMINDERS_TWILIO_FROM": "+12125550142",
        }
        self.standin: twilio.Standing | None = None
        self._beside: list[subprocess.Popen[str]] = []

    def stand_in(self, options: twilio.Options) -> twilio.Standing:
        """Start the stand-in for Twilio."""
        self.standin = twilio.start(options, self.folder.path, account=self.account, token=self.token)
        self.environment["REMINDERS_TWILIO_API_URL"] = self.standin.url
        self._beside.append(self.standin.process)
        return self.standin

    def post_office(self, seed: int, *, pause: float) -> None:
        """Start the stand-in for a mail server, and send emails by it."""
        process, port = post.start(seed, self.folder.path, pause=pause)
        self._beside.append(process)
        self.environment |= {
            "REMINDERS_EMAIL_CHANNEL": "smtp",
            "REMINDERS_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "REMINDERS_EMAIL_FROM": "visits@cedar.example",
        }

    def end_stand_ins(self) -> None:
        """End the programs that stand in for providers."""
        for process in self._beside:
            process.kill()
            process.wait()

    def order(self, **words: Any) -> dict[str, Any]:
        """Tell the stand-in what to do; return what it has and what is still on its way."""
        if self.standin is None:
            raise AssertionError("no stand-in was started")
        return self.standin.order(**words)

    def start(self, crew: Crew) -> None:
        """Start web, schedulers and workers."""
        self._start(crew, "web", "reminders", "web", "--port", str(self.port))
        for number in range(1, crew.schedulers + 1):
            self._start(crew, f"scheduler-{number}", "reminders", "scheduler")
        options = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
        for name, (queues, at_once) in crew.workers.items():
            which = ("-n", f"{name}@localhost", "-Q", ",".join(queues), "-c", str(at_once))
            self._start(crew, name, "celery", "--quiet", "-A", "worker", "worker", *which, *options)

    def _start(self, crew: Crew, name: str, module: str, *arguments: str) -> None:
        argv = [sys.executable, "-m", module, *arguments]
        if name in crew.through:
            argv[2:3] = [*crew.through[name], module]
        if name in crew.full:
            argv = ["/bin/sh", "-c", 'exec "$@" >/dev/full 2>&1', "sh", *argv]
        program = Program(
            name=name,
            argv=tuple(argv),
            env=settings.environment(self.environment) | {"PYTHONPATH": str(ROOT)},
            cwd=self._package,
            grace=timedelta(seconds=15),
        )
        self._children[name] = self._supervisor.start(program)

    def tend(self) -> None:
        """Start again what died, always after the same short pause."""
        self._supervisor.tend()
        for child in self._children.values():
            child.pause = PAUSE

    def wait(self, duration: timedelta) -> None:
        """Tend for a while."""
        until = time.monotonic() + duration.total_seconds()
        while time.monotonic() < until:
            self.tend()
            time.sleep(_STEP)

    def names(self, beginning: str) -> list[str]:
        """Return the processes whose names begin so."""
        return [name for name in self._children if name.startswith(beginning)]

    def pid(self, name: str) -> int | None:
        """Return the process id of *name* while it runs; it leads a group of its own."""
        child = self._children[name]
        return child.process.pid if child.is_running else None

    def keep_away(self, name: str, duration: timedelta) -> None:
        """Kill *name* and let it stay dead for *duration*."""
        child = self._children[name]
        child.pause, child.started = duration, time.monotonic()  # it has not run so long that it is forgiven
        signal_group(child.process.pid, signal.SIGKILL)
        child.process.wait()


def signal_group(leader: int, number: int) -> None:
    """Send a signal to a process and all that it has forked."""
    with suppress(ProcessLookupError):
        os.killpg(leader, number)


def children_of(leader: int) -> list[int]:
    """Return the processes that *leader* has forked."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(leader)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


@contextmanager
def fleet(folder: DataFolder, *, factor: float, package: Path, report: Callable[[str], None]) -> Iterator[Fleet]:
    """Run the servers of a fleet while the block lasts, and end every process after it."""
    with Supervisor(folder, report=report) as supervisor:
        running = Fleet(folder, supervisor, factor=factor, package=package)
        try:
            yield running
        finally:
            running.end_stand_ins()
