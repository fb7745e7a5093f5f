"""`reminders web` as a process: it serves, keeps quiet about what it serves, and ends when asked."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from reminders.settings import fresh_secrets

pytestmark = pytest.mark.system

SCRIPT = "import sys; from reminders.web.serving import run; run(sys.argv[1], int(sys.argv[2]))"


@dataclass
class Web:
    """A running web process."""

    process: subprocess.Popen[str]
    url: str

    def end(self, by: signal.Signals) -> tuple[int, str]:
        """Ask it to end; return its exit status and all it said."""
        self.process.send_signal(by)
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def start(database_url: str, host: str, port: int, script: str = SCRIPT) -> subprocess.Popen[str]:
    given = {
        "DATABASE_URL": database_url,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PUBLIC_URL": "https://visits.example.com",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REMINDERS_")}  # noqa: TID251
    environment |= {f"REMINDERS_{name}": value for name, value in given.items()} | fresh_secrets()
    argv = [sys.executable, "-c", script, host, str(port)]
    return subprocess.Popen(argv, env=environment, stderr=subprocess.PIPE, text=True)


@contextmanager
def running(database_url: str, *, host: str = "127.0.0.1") -> Iterator[Web]:
    """Run the web process until it answers, and kill it in the end if nobody ended it."""
    port = free_port()
    process = start(database_url, host, port)
    web = Web(process, f"http://127.0.0.1:{port}")
    try:
        until_it_answers(web)
        yield web
    finally:
        process.kill()
        process.communicate()


def until_it_answers(web: Web) -> None:
    deadline = time.monotonic() + 30
    while True:
        assert web.process.poll() is None, web.process.communicate()[1]
        assert time.monotonic() < deadline, "waited for half a minute"
        try:
            httpx.get(f"{web.url}/health/live")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return


def test_it_serves_phones_on_this_machine_and_says_what_it_lacks(database_url: str) -> None:
    with running(database_url) as web:
        phones = httpx.get(f"{web.url}/phones")
        ready = httpx.get(f"{web.url}/health/ready")

    assert phones.status_code == 200
    assert "Server" not in phones.headers
    assert ready.status_code == 503
    assert ready.json() == {"status": "not ready", "database": "ok", "broker": "unreachable"}


def test_bound_to_every_interface_it_shows_no_phones(database_url: str) -> None:
    with running(database_url, host="0.0.0.0") as web:  # noqa: S104  that is what is tested
        assert httpx.get(f"{web.url}/phones").status_code == 404


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_it_ends_well_and_has_logged_no_path(database_url: str, by: signal.Signals) -> None:
    with running(database_url) as web:
        httpx.get(f"{web.url}/webhooks/twilio/status?t=secrettoken")
        httpx.get(f"{web.url}/secretpath")

        status, said = web.end(by)

    assert status == 0
    assert "secret" not in said
    assert "Traceback" not in said


def test_no_request_waits_for_a_search_for_garbage_in_what_was_loaded(database_url: str) -> None:
    count = (
        "import gc, sys, uvicorn; uvicorn.Server.run = lambda *_, **__: print(gc.get_freeze_count(), file=sys.stderr)"
    )

    process = start(database_url, "127.0.0.1", free_port(), f"{count}; {SCRIPT}")

    _, said = process.communicate(timeout=30)
    assert int(said.split()[-1]) > 50_000


def test_a_taken_port_is_said_in_plain_words(database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(database_url, "127.0.0.1", port)
        _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert f"The web process cannot listen on 127.0.0.1 port {port}: Address already in use" in said
