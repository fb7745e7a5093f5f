"""Texts by Twilio, over the library's asynchronous client: one call, one of four answers.

The library's own client ignores its timeout, needs a running loop to be made, warns about
its way to log in and prints bodies below WARNING. Ours keeps the request as the library
forms it and replaces the wire.

    created, with a sid                                   ─▶ Accepted
    refused connection, DNS, TLS, 429                     ─▶ Deferred: proven never accepted
    4xx with a code                                       ─▶ what `twilio_codes` says
    wrong address, log-in or path of the API              ─▶ Deferred: hold the sender, call ops
    time-out, dropped connection, 5xx, unreadable answer  ─▶ Unknown: may have gone
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from reminders.channels import twilio_codes
from reminders.channels.base import Outgoing, SenderAccount
from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused, Unknown

API = "https://api.twilio.com"

_RETRY_CALLBACKS = "#rc=5&rp=all"
"""Without it Twilio repeats a callback only when it cannot connect, not when we answer 503."""

_SHORTEST, _LONGEST = 10, 36_000
"""Seconds that `ValidityPeriod` may hold (below 10 most texts expire on their way)."""

_LONGEST_PAUSE = timedelta(hours=1)
_WRONG_DOOR = frozenset({301, 302, 307, 308, 401, 403, 404, 405, 407})
"""What a server says that would never take this request: the wrong address or the wrong key."""

_NO_ENVIRONMENT = {"TWILIO_REGION": ""}
"""Without it the library reads a region and an edge from the process's environment."""

logging.getLogger("twilio").setLevel(logging.WARNING)


class TwilioChannel:
    """The channel for texts; *timeout* bounds a whole call, *connect* its part before the first byte."""

    def __init__(
        self, *, timeout: timedelta = timedelta(seconds=30), connect: timedelta = timedelta(seconds=10)
    ) -> None:
        self._timeout = timeout.total_seconds()
        self._connect = connect.total_seconds()
        self._session: aiohttp.ClientSession | None = None

    async def send(self, outgoing: Outgoing, account: SenderAccount) -> Answer:
        """Create one message at Twilio."""
        sender = _sender(account)
        if sender is None:
            return Deferred("no_sender", Hold.CONFIGURATION)
        await _notice_closed_connections()
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._create(_form(outgoing) | sender, account)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            return Deferred("bad_api_url", Hold.CONFIGURATION)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Deferred("no_connection")
        except TimeoutError:
            return Unknown("timeout")
        except (aiohttp.ClientError, OSError):
            return Unknown("dropped")
        return judge(response.status_code, response.headers, response.text)

    async def close(self) -> None:
        """Close the session; the next `send` opens another."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _create(self, form: Mapping[str, str], account: SenderAccount) -> Response:
        wire = _Wire(self._open_session(), account.api_url or API)
        client = Client(account.account, account.token, http_client=wire, environment=_NO_ENVIRONMENT)
        return await client.request_async(
            "POST", f"{API}/2010-04-01/Accounts/{account.account}/Messages.json", data=dict(form)
        )

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
            data=urlencode(data or {}).encode(),
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


def _sender(account: SenderAccount) -> dict[str, str] | None:
    if account.messaging_service:
        return {"MessagingServiceSid": account.messaging_service}
    if account.from_address:
        return {"From": account.from_address}
    return None


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
        form["StatusCallback"] = outgoing.callback_url + _RETRY_CALLBACKS
    return form


def judge(status: int, headers: Mapping[str, str], body: str) -> Answer:
    """Return what an answer with *status* and *body* proves about the message."""
    payload = _parse(body)
    if 200 <= status < 300:
        return _created(payload)
    if status >= 500:
        return Unknown(f"http_{status}")
    pause = _pause(headers)
    code = _code(payload)
    if status == 429:
        return Deferred(f"twilio_{code}" if code else "http_429", Hold.SAFE, pause)
    if code is not None:
        return twilio_codes.answer(code, pause)
    return _codeless(status, payload)


def _codeless(status: int, payload: Mapping[str, Any] | None) -> Answer:
    """Judge a refusal without a code of Twilio's: somebody else may have given it."""
    if status in _WRONG_DOOR:
        return Deferred(f"http_{status}", Hold.CONFIGURATION)
    if status >= 400 and payload is not None:
        return Refused(f"http_{status}", Fault.UNREACHABLE)
    return Unknown(f"http_{status}")


def _created(payload: Mapping[str, Any] | None) -> Answer:
    sid = payload.get("sid") if payload is not None else None
    if not isinstance(sid, str) or not sid:
        return Unknown("unreadable")
    segments = payload.get("num_segments") if payload is not None else None
    # A messaging service answers "0": no number was picked yet, so nothing was counted.
    counted = int(segments) if isinstance(segments, str) and segments.isdecimal() and len(segments) < 4 else 0
    return Accepted(sid, counted or None)


def _parse(body: str) -> Mapping[str, Any] | None:
    """Return the JSON object that *body* is, or None."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def _code(payload: Mapping[str, Any] | None) -> int | None:
    """Return Twilio's error code; a proxy's `"code": 400` is none."""
    code = payload.get("code") if payload is not None else None
    return code if isinstance(code, int) and 10_000 <= code <= 999_999 else None


def _pause(headers: Mapping[str, str]) -> timedelta | None:
    """Return what `Retry-After` asks for, at most an hour; a date counts from the answer's own `Date`."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), _LONGEST_PAUSE)
    try:
        pause = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return max(timedelta(), min(pause, _LONGEST_PAUSE))
