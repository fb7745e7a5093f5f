"""The web process as one ASGI application: webhooks, health, and the sandbox's phones.

Everything it needs is an argument; `serving` builds it from the settings.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from reminders.pipeline.parts import Parts
from reminders.pipeline.receiving import Report, receive
from reminders.store.webhook_keys import read_keys
from reminders.web import status
from reminders.web.doorbell import Doorbell
from reminders.web.guards import HEADERS, HTTPS_HEADERS, SafeAnswers
from reminders.web.health import Check, Health
from reminders.web.keys import WebhookKeys
from reminders.web.pages import STATIC
from reminders.web.phones import PhonePages
from reminders.web.refusals import refused
from reminders.web.status import StatusWebhook
from reminders.web.writer import GroupWriter


def create_app(
    parts: Parts,
    *,
    ring: Callable[[], None] = lambda: None,
    checks: Mapping[str, Check] | None = None,
    shows_phones: bool = False,
) -> FastAPI:
    """Return the application.

    Args:
        parts: The process's parts.
        ring: Tells the workers that receipts wait; a tick finds them, too.
        checks: What `/health/ready` looks at, by name.
        shows_phones: Whether `/phones` is there at all: the sandbox, bound to this machine.
    """
    doorbell = Doorbell(ring)
    writer: GroupWriter[Report] = GroupWriter(lambda reports: receive(parts, reports), written=doorbell.press)
    keys = WebhookKeys(lambda: _read_keys(parts))
    return FastAPI(
        # Spans and exception logs of the framework would carry paths with tokens, and what rows hold.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        routes=_routes(parts, keys, writer, checks or {}, shows_phones=shows_phones),
        middleware=[Middleware(SafeAnswers, headers=_headers(parts.public_url))],
        exception_handlers={HTTPException: refused, OperationalError: refused},
        lifespan=_lifespan(doorbell, writer, keys),
    )


def _routes(
    parts: Parts, keys: WebhookKeys, writer: GroupWriter[Report], checks: Mapping[str, Check], *, shows_phones: bool
) -> list[BaseRoute]:
    webhook = StatusWebhook(parts.public_url, parts.token_key, keys, writer)
    health = Health(checks)
    pages = PhonePages(parts).routes() if shows_phones else []
    return [
        Route(status.PATH, webhook.take, methods=["POST"]),
        Route("/health/live", health.live),
        Route("/health/ready", health.ready),
        *pages,
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def _headers(public_url: str) -> dict[str, str]:
    return HEADERS | (HTTPS_HEADERS if public_url.startswith("https:") else {})


def _read_keys(parts: Parts) -> Mapping[str, frozenset[str]]:
    with parts.transaction() as session:
        return read_keys(session, parts.vault)


def _lifespan(
    doorbell: Doorbell, writer: GroupWriter[Report], keys: WebhookKeys
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        writing = asyncio.create_task(writer.run())
        watching = [asyncio.create_task(keys.run()), asyncio.create_task(doorbell.run())]
        yield
        await writer.close()
        await writing
        await doorbell.finish()
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)

    return lifespan
