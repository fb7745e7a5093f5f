"""The webhook for delivery reports alone, with something else in place of the database."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from reminders.domain.tokens import make_token
from reminders.pipeline.receiving import Report
from reminders.web.keys import WebhookKeys
from reminders.web.status import StatusWebhook
from reminders.web.writer import GroupWriter
from tests.handed_over import ACCOUNT, PREVIOUS_TOKEN, TOKEN, TOKEN_KEY
from tests.web.visiting import PATH, PUBLIC, requesting


def some_token() -> str:
    return make_token(TOKEN_KEY, uuid4())


def some_query() -> str:
    return f"t={some_token()}"


Read = Callable[[], Mapping[str, Sequence[str]]]


def known_tokens() -> dict[str, list[str]]:
    return {ACCOUNT: [TOKEN, PREVIOUS_TOKEN]}


def bare(writer: GroupWriter[Report], *, read: Read = known_tokens, public_url: str = PUBLIC) -> Starlette:
    """Return the webhook alone, with what is given in place of the database."""
    keys = WebhookKeys(read, young=timedelta())
    webhook = StatusWebhook(public_url, TOKEN_KEY, keys, writer)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        writing = asyncio.create_task(writer.run())
        yield
        await writer.close()
        await writing

    return Starlette(routes=[Route(PATH, webhook.take, methods=["POST"])], lifespan=lifespan)


def posting(app: Starlette, query: str, options: Mapping[str, Any]) -> httpx.Response:
    return requesting(app, "POST", f"{PATH}?{query}" if query else PATH, **options)


@dataclass
class Webhook:
    """The webhook alone, which only remembers what it would store."""

    taken: list[Report] = field(default_factory=list)

    @property
    def writer(self) -> GroupWriter[Report]:
        return GroupWriter(self.taken.extend)

    @property
    def app(self) -> Starlette:
        return bare(self.writer)
