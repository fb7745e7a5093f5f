"""Start the programs of one machine, start again what dies, and leave none behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from reminders.embedded import records
from reminders.embedded.datadir import DataFolder
from reminders.embedded.owner import Owner
from reminders.embedded.records import Record

TETHER = Path(__file__).parent / "tether.py"
STEP = 0.02
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=0.5), timedelta(seconds=30)
STEADY = timedelta(seconds=60)
"""A program that ran this long has shown that it can; its next pause is the first again."""
LOG_LIMIT = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run, and how to ask it to stop."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    owner: Owner | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: timedelta = timedelta(seconds=10)
    foundation: bool = False
    """Others need it, so it stops after them."""


@dataclass(slots=True)
class Child:
    """A program that was started, perhaps more than once."""

    program: Program
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    pause: timedelta = FIRST_PAUSE
    restart: float | None = None

    @property
    def is_running(self) -> bool:
        """Whether it runs now."""
        return self.process.poll() is None


def _silent(_: str) -> None:
    pass


class Supervisor:
    """Owns the programs started for one data folder, while its block lasts; use it in the main thread.

    SIGINT, SIGTERM and SIGHUP end the block by `KeyboardInterrupt`; a second one while the
    programs are stopping kills them.
    """

    def __init__(self, folder: DataFolder, *, report: Callable[[str], None] = _silent) -> None:
        self.folder = folder
        self._report = report
        self._children: dict[str, Child] = {}
        self._before: dict[int, Any] = {}
        self._deferred = False
        self._interrupted = False

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._deferred, self._interrupted = True, False
        self._stop_all()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def start(self, program: Program) -> Child:
        """Start *program*, and again whenever it dies, until it is stopped."""
        child = Child(program, self._spawn(program))
        self._children[program.name] = child
        return child

    def log_of(self, program: Program) -> Path:
        """Return the file that *program* prints to."""
        return self.folder.logs / f"{program.name}.log"

    def running(self) -> dict[str, bool]:
        """Return, for each program by name, whether it runs now."""
        return {name: child.is_running for name, child in self._children.items()}

    def tend(self) -> None:
        """Start again what died and has waited long enough; call it every second or so."""
        now = time.monotonic()
        for child in self._children.values():
            if child.is_running:
                continue
            if child.restart is None:
                self._note_death(child, now)
            elif now >= child.restart:
                child.process, child.started, child.restart = self._spawn(child.program), now, None

    def watch(self, *, every: timedelta = timedelta(seconds=0.2)) -> None:
        """Tend the programs until a signal asks to stop."""
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                self.tend()
                time.sleep(every.total_seconds())

    def stop(self, name: str) -> None:
        """Stop the program *name* and forget it."""
        child = self._children.pop(name)
        self._ask(child)
        self._finish(child)

    def _stop_all(self) -> None:
        """Stop the programs: first, all at once, those that are no foundation; then these, last started first."""
        children = list(reversed(self._children.values()))
        leaves = [child for child in children if not child.program.foundation]
        for child in leaves:
            self._ask(child)
        for child in leaves:
            self._finish(child)
        for child in children:
            if child.program.foundation:
                self._ask(child)
                self._finish(child)
        self._children.clear()

    def _ask(self, child: Child) -> None:
        child.restart = None
        if child.is_running:
            records.signal_leader(child.process.pid, child.program.stop_signal)

    def _finish(self, child: Child) -> None:
        """Wait for *child* as long as it may take, then kill what is left of it."""
        deadline = time.monotonic() + child.program.grace.total_seconds()
        while child.is_running and time.monotonic() < deadline and not self._interrupted:
            time.sleep(STEP)
        self._bury(child)
        self._record(child.program, child.process.pid).path(self.folder.running).unlink(missing_ok=True)

    def _bury(self, child: Child) -> None:
        records.kill_group(child.process.pid)
        child.process.wait()

    def _note_death(self, child: Child, now: float) -> None:
        self._bury(child)
        if now - child.started > STEADY.total_seconds():
            child.pause = FIRST_PAUSE
        child.restart = now + child.pause.total_seconds()
        self._report(
            f"{child.program.name} ended with status {child.process.returncode}; "
            f"starting it again in {child.pause.total_seconds():g} s (see {self.log_of(child.program)})"
        )
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        with self._undisturbed(), self._log(program) as log:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(TETHER), *_tether_arguments(program), *program.argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(program.env),
                cwd=program.cwd,
                start_new_session=True,
            )
            self._record(program, process.pid).write(self.folder.running)
        return process

    def _record(self, program: Program, pid: int) -> Record:
        return Record(name=program.name, pid=pid, born=records.born(pid), stop_signal=program.stop_signal)

    @contextmanager
    def _log(self, program: Program) -> Iterator[int]:
        """Open the program's log to append; a long one makes way first."""
        path = self.log_of(program)
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            yield log
        finally:
            os.close(log)

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """Hold a signal back until the block ends, so that no process is started and not written down."""
        self._deferred, before = True, self._deferred
        try:
            yield
        finally:
            self._deferred = before
        if self._interrupted and not self._deferred:
            raise KeyboardInterrupt

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._interrupted = True
        if not self._deferred:
            raise KeyboardInterrupt


def _tether_arguments(program: Program) -> list[str]:
    uid, gid = (program.owner.uid, program.owner.gid) if program.owner else (-1, -1)
    return [str(number) for number in (os.getpid(), int(program.stop_signal), uid, gid)]
