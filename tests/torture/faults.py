"""Doing to the processes what the plan says, and undoing it when its time is over."""

import os
import secrets
import shutil
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import psycopg

from reminders.domain.tokens import make_token
from reminders.embedded import postgres
from reminders.pipeline.parts import Parts
from tests.torture.fleet import Fleet, children_of, signal_group
from tests.torture.plan import Step

Say = Callable[[str], None]


@dataclass
class Faults:
    """Carries out the faults of a plan in the main thread, and what ends them."""

    fleet: Fleet
    parts: Parts
    random: Random
    say: Say
    counts: Counter[str] = field(default_factory=Counter)
    strangers: list[tuple[uuid.UUID, str]] = field(default_factory=list)
    """Attempts that never were, and the sid under which the stand-in reported on them."""
    frozen: list[tuple[float, float]] = field(default_factory=list)
    """From when to when a sending process stood still (wall clock)."""
    _ends: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def run(self, steps: Iterable[Step]) -> None:
        """Do *steps* at their times, tending the processes meanwhile."""
        began = time.monotonic()
        for step in steps:
            self._tend_until(began + step.at)
            self.say(str(step))
            self.counts[f"{step.what} {step.whom.partition('-')[0]}".strip()] += 1
            self._do(step)

    def finish(self) -> None:
        """Let everything run again that stands still."""
        for _, end in self._ends:
            end()
        self._ends.clear()
        self.fleet.tend()

    def _tend_until(self, moment: float) -> None:
        while time.monotonic() < moment:
            self.fleet.tend()
            for due, end in [one for one in self._ends if one[0] <= time.monotonic()]:
                end()
                self._ends.remove((due, end))
            time.sleep(0.02)

    def _do(self, step: Step) -> None:
        match step.what, step.whom:
            case ("restart", "postgres"):
                self._restart_postgres()
            case ("end the sessions of", _):
                self._end_sessions()
            case ("restart", "valkey"):
                self._kill("valkey")
            case ("empty", "valkey"):
                self._empty_valkey()
            case ("take away", name):
                self.fleet.keep_away(name, timedelta(seconds=step.lasting))
            case ("outage", _):
                self.fleet.order(outage=step.lasting)
            case ("callback of a stranger", _):
                self._report_stranger()
            case _:
                self._to_process(step)

    def _to_process(self, step: Step) -> None:
        name = self.random.choice(self.fleet.names(step.whom))
        pid = self.fleet.pid(name)
        if pid is None:
            self.counts["fault met a process that was down"] += 1
            return
        match step.what:
            case "kill":
                signal_group(pid, signal.SIGKILL)
            case "kill the child of":
                for child in children_of(pid)[:1]:
                    _signal(child, signal.SIGKILL)
            case "kill only the parent of":
                _signal(pid, signal.SIGKILL)
            case "deploy":
                _signal(pid, signal.SIGTERM)
            case "freeze":
                self._freeze(pid, step)
            case _:
                raise AssertionError(step)

    def _kill(self, name: str) -> None:
        pid = self.fleet.pid(name)
        if pid is not None:
            signal_group(pid, signal.SIGKILL)

    def _freeze(self, pid: int, step: Step) -> None:
        signal_group(pid, signal.SIGSTOP)
        since = time.time()
        until = time.monotonic() + step.lasting

        def thaw() -> None:
            woken = time.time()
            signal_group(pid, signal.SIGCONT)
            if step.whom.startswith("worker"):
                self.frozen.append((since, woken))

        self._ends.append((until, thaw))

    def _empty_valkey(self) -> None:
        self.fleet.keep_away("valkey", timedelta(seconds=0.2))
        for path in (self.fleet.folder.path / "valkey").iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _restart_postgres(self) -> None:
        pid = self.fleet.pid("postgres")
        if pid is not None:
            _signal(pid, signal.SIGQUIT)  # immediate: no session is asked, the log is replayed at the start

    def _end_sessions(self) -> None:
        with suppress(psycopg.OperationalError):
            host = str(self.fleet.postgres.sockets)
            with psycopg.connect(host=host, user=postgres.USER, dbname="postgres", autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )

    def _report_stranger(self) -> None:
        attempt_id, sid = uuid.uuid4(), f"SM{secrets.token_hex(16)}"
        token = make_token(self.parts.token_key, attempt_id)
        url = f"{self.parts.public_url}/webhooks/twilio/status?t={token}#rc=5&rp=all"
        self.strangers.append((attempt_id, sid))
        self.fleet.order(stranger=url, sid=sid)


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
