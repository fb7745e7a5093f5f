"""Requests to the application without a socket, the application started and stopped as a server would."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlencode

import httpx
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette

from reminders.channels.signature import HEADER, sign
from reminders.pipeline.parts import Parts
from tests.handed_over import ACCOUNT, TOKEN, TOKEN_KEY, VAULT

T = TypeVar("T")

PATH = "/webhooks/twilio/status"
PUBLIC = "https://visits.example.com"


def visiting(
    app: Starlette,
    visit: Callable[[httpx.AsyncClient], Awaitable[T]],
    *,
    base_url: str = "http://127.0.0.1:8000",
    **transport: Any,
) -> T:
    """Run *visit* with a client of *app*."""

    async def run() -> T:
        carrier = httpx.ASGITransport(app, **transport)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=carrier, base_url=base_url) as client:
            return await visit(client)

    return asyncio.run(run())


def requesting(app: Starlette, method: str, path: str, **options: Any) -> httpx.Response:
    """Return the answer to one request; *options* are those of httpx, but `base_url` and `client`."""
    transport = {name: options.pop(name) for name in ("base_url", "client") if name in options}

    async def visit(client: httpx.AsyncClient) -> httpx.Response:
        return await client.request(method, path, **options)

    return visiting(app, visit, **transport)


def getting(app: Starlette, path: str, **options: Any) -> httpx.Response:
    """Return what GET of *path* is answered."""
    return requesting(app, "GET", path, **options)


def dry_parts() -> Parts:
    """Return the parts of a process whose database is away."""

    def transaction() -> NoReturn:
        raise OperationalError("begin", None, Exception())

    return Parts(transaction=transaction, vault=VAULT, public_url=PUBLIC, token_key=TOKEN_KEY)


async def until(condition: Callable[[], object]) -> None:
    """Wait until *condition*, which may look into the database, holds."""
    async with asyncio.timeout(10):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110  nobody tells us when it does
            await asyncio.sleep(0.001)


def report(status: str = "delivered", **fields: str | None) -> dict[str, str]:
    """Return the form of a delivery report; a field that is None is left out."""
    given: dict[str, str | None] = {
        "MessageSid": "SM" + "a" * 32,
        "MessageStatus": status,
        "AccountSid": ACCOUNT,
        "To": "+13125550142",
        "From": "+15005550006",
        "ApiVersion": "2010-04-01",
    }
    return {name: value for name, value in (given | fields).items() if value is not None}


def signed(
    query: str,
    form: dict[str, str] | Sequence[tuple[str, str]],
    *,
    token: str = TOKEN,
    address: str = f"{PUBLIC}{PATH}",
) -> dict[str, Any]:
    """Return the options of a POST of *form* that is signed with *token* for *address* and *query*."""
    fields = list(form.items()) if isinstance(form, dict) else list(form)
    url = f"{address}?{query}" if query else address
    headers = {"Content-Type": "application/x-www-form-urlencoded", HEADER: sign(token, url, fields)}
    return {"content": urlencode(fields).encode(), "headers": headers}
