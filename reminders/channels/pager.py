"""Pages by webhook: a signed POST of JSON to the address of a paging service.

    2xx                                      ─▶ Accepted
    4xx, a redirect, a forbidden address     ─▶ Refused: the next level is told
    429, refused connection, DNS, TLS        ─▶ Deferred: proven never taken
    time-out, dropped connection, 5xx        ─▶ Unknown: may have rung

The address is staff's to choose, so it must not lead into the clinic's own network: only https,
only to public addresses (checked at the connection itself, so that no second look-up of the name
can lead elsewhere), and no redirects. In a rehearsal it is the other way round: only this machine.
"""

import asyncio
import hashlib
import hmac
import ipaddress
import socket
import time
from datetime import timedelta

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from reminders.channels.base import Outgoing, SenderAccount
from reminders.channels.broken_calls import BREAKS, broken
from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused, Unknown

TIMESTAMP, SIGNATURE = "X-Reminders-Timestamp", "X-Reminders-Signature"


class PagerChannel:
    """The channel for pages; *is_practice*: every address must be one of this machine, else none may be."""

    def __init__(self, *, timeout: timedelta = timedelta(seconds=10), is_practice: bool = False) -> None:
        self._timeout = timeout.total_seconds()
        self._is_practice = is_practice
        self._session: aiohttp.ClientSession | None = None

    async def send(self, outgoing: Outgoing, account: SenderAccount) -> Answer:
        """Post *outgoing* once."""
        if not _may_be_called(outgoing.to, is_practice=self._is_practice):
            return Refused("pager_address", Fault.UNREACHABLE)
        body = outgoing.text.encode()
        headers = {"Content-Type": "application/json", **signed(body, account.token, at=int(time.time()))}
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._open_session().post(outgoing.to, data=body, headers=headers, allow_redirects=False) as response,
            ):
                return _judge(response.status, outgoing.attempt_token)
        except ForbiddenAddressError:
            return Refused("pager_address", Fault.UNREACHABLE)
        except BREAKS as error:
            return broken(error)

    async def close(self) -> None:
        """Close the session; the next page opens another."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=_Resolver(is_practice=self._is_practice), force_close=True)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def signed(body: bytes, key: str, *, at: int) -> dict[str, str]:
    """Return the headers that prove who sent *body*, at *at* seconds since 1970."""
    digest = hmac.new(key.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {TIMESTAMP: str(at), SIGNATURE: digest}


def _judge(status: int, attempt_token: str) -> Answer:
    if 200 <= status < 300:
        return Accepted(f"PG{hashlib.sha256(attempt_token.encode()).hexdigest()[:32]}")
    if status == 429:
        return Deferred("http_429", Hold.SAFE)
    if status >= 500:
        return Unknown(f"http_{status}")
    return Refused(f"http_{status}", Fault.UNREACHABLE)


class ForbiddenAddressError(Exception):
    """A name that leads where a page must not go."""


class _Resolver(AbstractResolver):
    """Looks names up and refuses the lot where one of the addresses is forbidden."""

    def __init__(self, *, is_practice: bool) -> None:
        self._inner = ThreadedResolver()
        self._is_practice = is_practice

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not all(_is_allowed(one["host"], is_practice=self._is_practice) for one in found):
            raise ForbiddenAddressError
        return found

    async def close(self) -> None:
        await self._inner.close()


def _may_be_called(address: str, *, is_practice: bool) -> bool:
    """Whether *address* has the right scheme and, where its host is a number, leads to where it may.

    What looks like a number is none of the resolver's business to aiohttp, however odd ("127.1"),
    so of those only the plain ones pass.
    """
    try:
        url = URL(address)
    except ValueError:
        return False
    host = url.raw_host
    if not address.isascii() or not host or url.user or url.scheme not in _SCHEMES[is_practice]:
        return False
    looks_like_a_number = ":" in host or host.replace(".", "").isdigit()
    return not looks_like_a_number or _is_allowed(host, is_practice=is_practice)


_SCHEMES = {True: {"https", "http"}, False: {"https"}}
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""Addresses behind which a gateway finds any IPv4 address (RFC 6052)."""


def _is_allowed(number: str, *, is_practice: bool) -> bool:
    try:
        address = ipaddress.ip_address(number)
    except ValueError:
        return False
    if is_practice:
        return address.is_loopback
    if isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo or address in _TRANSLATED
    ):
        return False
    return address.is_global and not address.is_multicast
