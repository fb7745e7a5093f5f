"""Valkey on this machine alone: the broker, listening on a unix socket only, its queue kept in a file."""

import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from reminders.domain.errors import RefusedError
from reminders.embedded.supervisor import Child, Program, Supervisor
from reminders.embedded.wheels import valkey_program

PATIENCE = timedelta(seconds=60)
STEP = 0.02

ALWAYS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",  # any other would drop tasks without a word
    "daemonize": "no",
}


@dataclass(frozen=True, slots=True)
class Valkey:
    """A running server."""

    socket: Path
    child: Child

    @property
    def url(self) -> str:
        """Its URL for Celery and redis-py's kin."""
        return f"redis+socket://{quote(str(self.socket))}?virtual_host=0"


def start(supervisor: Supervisor) -> Valkey:
    """Start the broker of the supervisor's data folder and wait until it answers.

    A queue that cannot be loaded is put aside: it carries only "look at these ids", and the
    database brings them back.
    """
    try:
        return _start(supervisor)
    except _NotStartedError:
        supervisor.stop("valkey")
        data = supervisor.folder.path / "valkey"
        aside = data.with_name("valkey.broken")
        shutil.rmtree(aside, ignore_errors=True)
        data.rename(aside)
    return _start(supervisor)


class _NotStartedError(RefusedError):
    pass


def _start(supervisor: Supervisor) -> Valkey:
    folder = supervisor.folder
    socket = folder.sockets() / "valkey.sock"
    socket.unlink(missing_ok=True)
    settings = {**ALWAYS, "dir": str(folder.servers_folder("valkey")), "unixsocket": str(socket)}
    program = Program(
        name="valkey",
        argv=(str(valkey_program(folder.owner)), *(part for key in settings for part in (f"--{key}", settings[key]))),
        env={"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"},
        cwd=folder.path,
        owner=folder.owner,
        grace=timedelta(seconds=20),
        foundation=True,
    )
    child = supervisor.start(program)
    _await_ready(child, socket, supervisor.log_of(program))
    return Valkey(socket, child)


def _await_ready(child: Child, socket: Path, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE.total_seconds()
    with redis.Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0)) as client:
        while time.monotonic() < deadline and child.is_running:
            if _answers(client):
                return
            time.sleep(STEP)
    raise _NotStartedError(f"The broker did not start; see its log, {log}.", code="broker_not_started")


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except (redis.exceptions.ConnectionError, redis.exceptions.BusyLoadingError):
        return False
