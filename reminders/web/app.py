"""The web process as one ASGI application: webhooks, health, and the sandbox's phones.

Everything it needs is an argument; `serving` builds it from the settings.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from reminders.domain.tokens import make_token
from reminders.pipeline.claiming import STATUS_PATH
from reminders.pipeline.parts import Parts
from reminders.pipeline.receiving import Report, receive
from reminders.store import listings
from reminders.store.safe_words import Spokesman, read_safe_words
from reminders.store.webhook_keys import read_keys
from reminders.web import inbound, status
from reminders.web.doorbell import Doorbell
from reminders.web.ears import Ears, Hear
from reminders.web.guards import HEADERS, HTTPS_HEADERS, SafeAnswers
from reminders.web.health import Check, Health
from reminders.web.inbound import InboundWebhook
from reminders.web.keys import WebhookKeys
from reminders.web.pages import STATIC
from reminders.web.phone_forms import PhoneForms
from reminders.web.phones import PhonePages
from reminders.web.refusals import refused
from reminders.web.safe_words import SafeAnswerer
from reminders.web.signed import SignedForms
from reminders.web.status import StatusWebhook
from reminders.web.writer import GroupWriter


def create_app(
    parts: Parts,
    *,
    ring: Callable[[], None] = lambda: None,
    checks: Mapping[str, Check] | None = None,
    shows_phones: bool = False,
    hear: Hear | None = None,
) -> FastAPI:
    """Return the application.

    Args:
        parts: The process's parts.
        ring: Tells the workers that receipts wait; a tick finds them, too.
        checks: What `/health/ready` looks at, by name.
        shows_phones: Whether `/phones` is there at all: the sandbox, bound to this machine.
        hear: Understands a text to us; None: there is no address for texts.
    """
    doorbell = Doorbell(ring)
    writer: GroupWriter[Report] = GroupWriter(lambda reports: receive(parts, reports), written=doorbell.press)
    keys = WebhookKeys(partial(_read_keys, parts))
    safe_words = SafeAnswerer(partial(_read_safe_words, parts))
    ears = Ears(hear) if hear else None
    webhook = StatusWebhook(parts.public_url, parts.token_key, keys, writer)
    return FastAPI(
        # Spans and exception logs of the framework would carry paths with tokens, and what rows hold.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        routes=[
            Route(status.PATH, webhook.take, methods=["POST"]),
            *(_door_for_texts(parts, keys, ears, safe_words) if ears else []),
            *_health(Health(checks or {})),
            *(_phones(parts, answers=ears is not None) if shows_phones else []),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(SafeAnswers, headers=_headers(parts.public_url))],
        exception_handlers={HTTPException: refused, OperationalError: refused},
        lifespan=_lifespan(doorbell, writer, [keys.run, *([safe_words.run] if ears else [])], ears),
    )


def _health(health: Health) -> list[BaseRoute]:
    return [Route("/health/live", health.live), Route("/health/ready", health.ready)]


def _door_for_texts(parts: Parts, keys: WebhookKeys, ears: Ears, safe_words: SafeAnswerer) -> list[BaseRoute]:
    webhook = InboundWebhook(
        SignedForms(parts.public_url, keys),
        ears,
        safe_words,
        is_stored=partial(_is_stored, parts),
        callback=partial(_callback, parts),
    )
    return [Route(inbound.PATH, webhook.take, methods=["POST"])]


def _phones(parts: Parts, *, answers: bool) -> list[BaseRoute]:
    pages = PhonePages(parts, answers=answers)
    return [*pages.routes(), *(PhoneForms(parts, pages).routes() if answers else [])]


def _headers(public_url: str) -> dict[str, str]:
    return HEADERS | (HTTPS_HEADERS if public_url.startswith("https:") else {})


def _callback(parts: Parts, attempt_id: UUID) -> str:
    return f"{parts.public_url}{STATUS_PATH}?t={make_token(parts.token_key, attempt_id)}"


def _read_keys(parts: Parts) -> Mapping[str, frozenset[str]]:
    with parts.transaction() as session:
        return read_keys(session, parts.vault)


def _read_safe_words(parts: Parts) -> Sequence[Spokesman]:
    with parts.transaction() as session:
        return read_safe_words(session, is_practice=parts.is_practice)


def _is_stored(parts: Parts, provider_id: str) -> bool:
    with parts.transaction() as session:
        return bool(listings.stored(session, [provider_id]))


def _lifespan(
    doorbell: Doorbell,
    writer: GroupWriter[Report],
    memories: Sequence[Callable[[], Coroutine[object, object, None]]],
    ears: Ears | None,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        writing = asyncio.create_task(writer.run())
        watching = [asyncio.create_task(run()) for run in (*memories, doorbell.run)]
        yield
        if ears is not None:
            await ears.finish()
        await writer.close()
        await writing
        await doorbell.finish()
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)

    return lifespan
