"""Which processes a data folder has running, on disk, so that a successor ends what a killed owner left.

A process is known by its id and by when it started: an id alone may belong to someone else
by now. Each program leads a process group of its own, so that its children are found too.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

STEP = 0.01
KILL_PATIENCE = 5  # a process in an uninterruptible wait outlasts even a kill


@dataclass(frozen=True, slots=True)
class Record:
    """One program that was started for a data folder."""

    name: str
    pid: int
    born: str
    """When it started, in the words of the operating system; with the boot, so that no later process has the same."""
    stop_signal: int

    def write(self, folder: Path) -> None:
        """Note it in *folder*."""
        scratch = folder / f".{self.name}.new"
        scratch.write_text(json.dumps(asdict(self)))
        scratch.replace(self.path(folder))

    def path(self, folder: Path) -> Path:
        """Return where it is noted."""
        return folder / f"{self.name}.json"


def read(folder: Path) -> Iterator[Record]:
    """Yield what is noted in *folder*; half a note (a full disk) is passed over."""
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(ValueError, TypeError):
            yield Record(**json.loads(path.read_text()))


def end_leftovers(folder: Path, *, grace: timedelta) -> list[str]:
    """End every process noted in *folder* that still runs, by force once *grace* is over; return their names."""
    left = [record for record in read(folder) if is_running(record)]
    for record in left:
        signal_leader(record.pid, record.stop_signal)
    deadline = time.monotonic() + grace.total_seconds()
    while any(born(record.pid) == record.born for record in left) and time.monotonic() < deadline:
        time.sleep(STEP)
    for record in left:
        kill_group(record.pid)
    for path in folder.glob("*.json"):
        path.unlink()
    return [record.name for record in left]


def is_running(record: Record) -> bool:
    """Return whether the recorded program, or a child in its group, still runs."""
    leader = born(record.pid)
    return leader == record.born if leader else bool(group_members(record.pid))


def signal_leader(leader: int, number: int) -> None:
    """Send signal *number* to the process *leader*, if it still runs."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(leader, number)


def kill_group(group: int) -> None:
    """Kill whatever is left in *group*, and wait until it is gone."""
    deadline = time.monotonic() + KILL_PATIENCE
    while group_members(group) and time.monotonic() < deadline:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        time.sleep(STEP)


def born(pid: int) -> str:
    """Return when process *pid* started, or "" when it does not run (a zombie does not)."""
    if sys.platform != "linux":
        return _asked(["-o", "lstart=", "-p", str(pid)])
    fields = _fields(Path(f"/proc/{pid}/stat"))
    return f"{_boot()} {fields[19]}" if fields else ""


def group_members(group: int) -> list[int]:
    """Return the processes of process group *group* that run."""
    if sys.platform != "linux":
        rows = (line.split() for line in _asked(["-axo", "pid=,pgid="]).splitlines())
        return [int(pid) for pid, owner in rows if int(owner) == group]
    stats = ((int(path.name), _fields(path / "stat")) for path in Path("/proc").iterdir() if path.name.isdigit())
    return [pid for pid, fields in stats if fields and int(fields[2]) == group]


def _fields(stat: Path) -> list[str]:
    """Return the fields of *stat* after the program's name, or none for a process that is gone or a zombie."""
    try:
        fields = stat.read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [] if fields[0] in "ZX" else fields


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _asked(arguments: list[str]) -> str:
    return subprocess.run(["ps", *arguments], capture_output=True, text=True, check=False).stdout.strip()
