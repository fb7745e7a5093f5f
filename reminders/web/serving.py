"""`reminders web`: the application on a port, until SIGTERM or SIGINT."""

import gc
import signal
import socket
from datetime import timedelta
from types import FrameType

import uvicorn
from fastapi import FastAPI

from reminders import bootstrap, tasks
from reminders.domain.errors import RefusedError
from reminders.web.app import create_app
from reminders.web.guards import is_loopback
from reminders.web.health import broker_check, database_check

GRACE = timedelta(seconds=20)
"""How long a stop waits for requests under way."""


def run(host: str, port: int) -> None:
    """Serve on *host* and *port*; end the process with 0 once stopped and all that was taken is stored."""
    settings = bootstrap.settings()
    bootstrap.refuse_unready()
    tasks.connect()
    app = create_app(
        bootstrap.parts(),
        ring=tasks.ring_settle,
        checks={"database": database_check(bootstrap.engine()), "broker": broker_check(tasks.call_broker)},
        shows_phones="sandbox" in {settings.sms_channel, settings.email_channel} and is_loopback(host),
        hear=bootstrap.hear(),
    )
    with _listening(host, port) as listener:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave)
        _spare_the_collector()
        uvicorn.Server(configured(app)).run(sockets=[listener])


def _spare_the_collector() -> None:
    """Take all that was loaded out of the search for garbage, which stops every request for 0.1 to 0.2 s."""
    gc.collect()
    gc.freeze()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """End as asked: Uvicorn hands the signal on once it has stopped, and unhandled it would be a death."""
    raise SystemExit(0)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise RefusedError(
            f"The web process cannot listen on {host} port {port}: {error.strerror}. Choose another --host or --port.",
            code="cannot_listen",
        ) from None


def configured(app: FastAPI) -> uvicorn.Config:
    """Return how Uvicorn serves *app*: no access log (paths hold tokens), no trust in proxies' headers."""
    return uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=int(GRACE.total_seconds()),
    )
