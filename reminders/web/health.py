"""Whether this process lives, and whether it can work: for load balancers and for `reminders up`."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from reminders.store import migrate

PATIENCE = timedelta(seconds=3)

Check = Callable[[], str]
"""Looks at one thing and returns a word for how it is; `ok` is the good one."""

OK = "ok"
AWAY = "unreachable"


def database_check(engine: Engine) -> Check:
    """Return the check that *engine*'s database answers and has this code's schema."""

    def check() -> str:
        try:
            return OK if migrate.is_ready(engine) else "schema behind"
        except SQLAlchemyError:
            return AWAY

    return check


def broker_check(call: Callable[[], None]) -> Check:
    """Return the check that the broker answers; *call* raises `ConnectionError` when it does not."""

    def check() -> str:
        try:
            call()
        except ConnectionError:
            return AWAY
        return OK

    return check


class Health:
    """The two health pages; requests that come while a check runs share its outcome."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._running: dict[str, asyncio.Task[str]] = {}

    async def live(self, _request: Request) -> Response:
        """Say that the process answers."""
        return JSONResponse({"status": "live"})

    async def ready(self, _request: Request) -> Response:
        """Say whether everything it needs answers: 200, or 503 with the word for what does not."""
        words = await asyncio.gather(*(self._look(name) for name in self._checks))
        is_ready = all(word == OK for word in words)
        body = {"status": "ready" if is_ready else "not ready", **dict(zip(self._checks, words, strict=True))}
        return JSONResponse(body, status_code=200 if is_ready else 503)

    async def _look(self, name: str) -> str:
        running = self._running.get(name)
        if running is None or running.done():
            running = self._running[name] = asyncio.create_task(asyncio.to_thread(self._checks[name]))
        try:
            return await asyncio.wait_for(asyncio.shield(running), PATIENCE.total_seconds())
        except TimeoutError:
            return AWAY
