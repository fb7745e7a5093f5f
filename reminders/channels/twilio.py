"""Texts and calls by Twilio, over the library's asynchronous client: one request, one of four answers; what it has.

The library's own client ignores its timeout, needs a running loop to be made, warns about
its way to log in and prints bodies below WARNING. Ours keeps the request as the library
forms it and replaces the wire.

    created, with a sid                                   ─▶ Accepted
    refused connection, DNS, TLS, 429                     ─▶ Deferred: proven never accepted
    4xx with a code                                       ─▶ what `twilio_codes` says
    wrong address, log-in or path of the API              ─▶ Deferred: hold the sender, call ops
    time-out, dropped connection, 5xx, unreadable answer  ─▶ Unknown: may have gone

A question may be asked again at any time, so whatever goes wrong with one is `NoAnswer`.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

import aiohttp
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from reminders.channels.base import TOO_LONG, Missing, NoAnswer, Outgoing, Received, Seen, SenderAccount
from reminders.channels.broken_calls import BREAKS, broken
from reminders.channels.twilio_answers import judge
from reminders.channels.twilio_lists import Page, is_sid, read_one, read_page
from reminders.channels.twiml import RETRY_CALLBACKS
from reminders.channels.voice import read_aloud
from reminders.domain import words
from reminders.domain.answers import Answer, Deferred, Hold

API = "https://api.twilio.com"

_SHORTEST, _LONGEST = 10, 36_000
"""Seconds that `ValidityPeriod` may hold (below 10 most texts expire on their way)."""

_PAGE_SIZE = 1000
"""The most that Twilio puts on one page."""

_MOST_PAGES = 100
"""Of one list: who has more than 100,000 texts in two days shares the account with something else."""

_LONGEST_QUEUE = timedelta(days=1)
"""A text may wait at Twilio for ten hours before it is sent, and its list runs by the time of sending."""

_SLOWEST_DELIVERY = timedelta(hours=1)
"""How much later than it came a text to us may stand in the list."""

_NO_ENVIRONMENT = {"TWILIO_REGION": ""}
"""Without it the library reads a region and an edge from the process's environment."""

logging.getLogger("twilio").setLevel(logging.WARNING)


class TwilioChannel:
    """The channel for texts and calls, and the inquirer about texts.

    *timeout* bounds a whole call, *connect* its part before the first byte (a third of it unless
    said), *listing* a recipient's list with all its pages (twice a call unless said), *whole* that of
    everybody (ten times a call unless said), which has at most `_MOST_PAGES` of them.
    """

    def __init__(
        self,
        *,
        timeout: timedelta = timedelta(seconds=30),
        connect: timedelta | None = None,
        listing: timedelta | None = None,
        whole: timedelta | None = None,
    ) -> None:
        self._timeout = timeout.total_seconds()
        self._connect = (connect or timeout / 3).total_seconds()
        self._listing = (listing or timeout * 2).total_seconds()
        self._whole = (whole or timeout * 10).total_seconds()
        self._session: aiohttp.ClientSession | None = None

    async def send(self, outgoing: Outgoing, account: SenderAccount) -> Answer:
        """Create one message at Twilio, or one call."""
        sender = _caller(account) if outgoing.by is words.Channel.CALL else _sender(account)
        if sender is None:
            return Deferred("no_sender", Hold.CONFIGURATION)
        path, form = _request_of(outgoing, account)
        await _notice_closed_connections()
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._request("POST", account, path, data=form | sender)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            return Deferred("bad_api_url", Hold.CONFIGURATION)
        except BREAKS as error:
            return broken(error)
        return judge(response.status_code, response.headers, response.text)

    async def listed(
        self, account: SenderAccount, *, since: datetime, until: datetime | None = None, to: str | None = None
    ) -> Sequence[Seen] | NoAnswer:
        """Return what Twilio created of ours from *since* until *until*.

        Only its `date_created` is looked at: `DateSent`, by which Twilio itself can filter, is null
        until a text was sent. It counts whole seconds, so *since* does too.
        """
        pages = await self._pages(account, since - _LONGEST_QUEUE, to=to)
        if isinstance(pages, NoAnswer):
            return pages
        found = {one.provider_id: one for page in pages for one in page.records}
        first = since.replace(microsecond=0)
        return [one for one in found.values() if one.created_at >= first and (until is None or one.created_at <= until)]

    async def received(self, account: SenderAccount, *, since: datetime) -> Sequence[Received] | NoAnswer:
        """Return what came to the sender's number since *since*; to all numbers of the account where it has a service.

        Not filtered by `DateSent` either: what Twilio could not deliver to us may have none.
        """
        to = None if account.messaging_service else account.from_address
        pages = await self._pages(account, since - _SLOWEST_DELIVERY, to=to)
        if isinstance(pages, NoAnswer):
            return pages
        found = {one.provider_id: one for page in pages for one in page.received}
        first = since.replace(microsecond=0)
        return [one for one in found.values() if one.created_at >= first]

    async def look_up(self, account: SenderAccount, provider_id: str) -> Seen | Missing | NoAnswer:
        """Return how Twilio says that one message stands."""
        if not is_sid(provider_id):
            return Missing()
        response = await self._ask(account, _path(account, provider_id))
        return response if isinstance(response, NoAnswer) else read_one(response.status_code, response.text)

    async def close(self) -> None:
        """Close the session; the next call opens another."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _pages(self, account: SenderAccount, edge: datetime, *, to: str | None) -> list[Page] | NoAnswer:
        """Return the list of what went to *to*, or to anybody, until nothing since *edge* can follow."""
        query = {"PageSize": str(_PAGE_SIZE)} | ({"To": to} if to is not None else {})
        try:
            async with asyncio.timeout(self._whole if to is None else self._listing):
                return await self._turn(account, f"{_path(account)}?{urlencode(query)}", edge)
        except TimeoutError:
            return NoAnswer(TOO_LONG if to is None else "timeout")  # a page alone has a time-out of its own

    async def _turn(self, account: SenderAccount, uri: str, edge: datetime) -> list[Page] | NoAnswer:
        pages: list[Page] = []
        asked: set[str] = set()
        while uri not in asked:
            if len(asked) == _MOST_PAGES:
                return NoAnswer(TOO_LONG)
            asked.add(uri)
            response = await self._ask(account, uri)
            if isinstance(response, NoAnswer):
                return response
            page = read_page(response.status_code, response.text, _path(account))
            if isinstance(page, NoAnswer):
                return page
            pages.append(page)
            if page.next_uri is None or page.ends_before(edge):
                return pages
            uri = page.next_uri
        return NoAnswer("unreadable")  # a list that runs in a circle

    async def _ask(self, account: SenderAccount, uri: str) -> Response | NoAnswer:
        await _notice_closed_connections()
        try:
            async with asyncio.timeout(self._timeout):
                return await self._request("GET", account, uri)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            return NoAnswer("bad_api_url", Hold.CONFIGURATION)
        except BREAKS as error:
            return NoAnswer(broken(error).reason)

    async def _request(
        self, method: str, account: SenderAccount, uri: str, data: Mapping[str, str] | None = None
    ) -> Response:
        wire = _Wire(self._open_session(), account.api_url or API)
        client = Client(account.account, account.token, http_client=wire, environment=_NO_ENVIRONMENT)
        return await client.request_async(method, API + uri, data=dict(data) if data else None)

    def _open_session(self) -> aiohttp.ClientSession:
        """Return the session, made here because it must be made inside the running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # Most servers drop an idle connection after 5 s or more: we let go of it first.
                connector=aiohttp.TCPConnector(keepalive_timeout=4),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, connect=self._connect),
            )
        return self._session


class _Wire(AsyncTwilioHttpClient):  # type: ignore[misc]  # the library ships no types
    """The library's HTTP client with our session, our address and a log-in that raises no warning."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        super().__init__(pool_connections=False)
        self.session = session
        self._base_url = base_url.rstrip("/")

    async def request(  # noqa: PLR0913, PLR0917  # the library's signature
        self,
        method: str,
        url: str,
        params: dict[str, str] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  # the session's rules
        allow_redirects: bool = False,  # noqa: FBT001, FBT002
    ) -> Response:
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = aiohttp.encode_basic_auth(*auth)
        async with self.session.request(
            method,
            self._base_url + url.removeprefix(API),
            params=params,
            data=urlencode(data).encode() if data else None,
            headers=sent,
            allow_redirects=allow_redirects,
        ) as response:
            return Response(response.status, await _read(response), response.headers)


async def _read(response: aiohttp.ClientResponse) -> str:
    """Return the body, or nothing when it broke off: then the status alone is judged."""
    try:
        return (await response.read()).decode("utf-8", "replace")
    except (aiohttp.ClientError, ConnectionError):
        return ""


async def _notice_closed_connections() -> None:
    """Let the loop see what happened to its sockets while it stood still between two batches.

    A connection that the server closed meanwhile would be used again, and the text would
    end as unknown although not one byte of it left.
    """
    for _ in range(3):  # once to read the end of the stream, once to close, once to forget
        await asyncio.sleep(0)


def _path(account: SenderAccount, sid: str | None = None) -> str:
    """Return where an account's messages are, or one of them, from the root of the API."""
    return f"/2010-04-01/Accounts/{account.account}/Messages{f'/{sid}' if sid else ''}.json"


def _sender(account: SenderAccount) -> dict[str, str] | None:
    if account.messaging_service:
        return {"MessagingServiceSid": account.messaging_service}
    if account.from_address:
        return {"From": account.from_address}
    return None


def _caller(account: SenderAccount) -> dict[str, str] | None:
    """Return from which number a call comes: a messaging service has none of its own."""
    return {"From": account.from_address} if account.from_address else None


def _request_of(outgoing: Outgoing, account: SenderAccount) -> tuple[str, dict[str, str]]:
    """Return where *outgoing* is posted, and its fields but the sender's."""
    if outgoing.by is words.Channel.CALL:
        calls = f"/2010-04-01/Accounts/{account.account}/Calls.json"
        return calls, {"To": outgoing.to, "Twiml": read_aloud(outgoing.text, outgoing.language)}
    return _path(account), _form(outgoing)


def _form(outgoing: Outgoing) -> dict[str, str]:
    """Return the fields of the request but the sender's."""
    seconds = min(_LONGEST, max(_SHORTEST, int(outgoing.validity.total_seconds())))
    form = {
        "To": outgoing.to,
        "Body": outgoing.text,
        "ValidityPeriod": str(seconds),
        # Look-alikes are swapped before, where their effect on the length is seen.
        "SmartEncoded": "false",
    }
    if outgoing.callback_url:
        form["StatusCallback"] = outgoing.callback_url + RETRY_CALLBACKS
    return form
