"""Kept connections to one mail server, and no more of them than it bears.

A server that says it has too many of ours is believed: one connection less is used each
time, never none, and after `_RELENT` all may be tried again.
"""

import asyncio
import ipaddress
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from aiosmtplib import SMTP, SMTPException

from reminders import stopwatch
from reminders.channels.base import SenderAccount

_RELENT = timedelta(minutes=5)
_STALE = timedelta(minutes=1)
"""Idle for longer, a connection may have been forgotten on the way without a word."""

_HOST_NAME = re.compile(r"[A-Za-z0-9.-]+")


class BadAddressError(Exception):
    """The account's address is not one of a mail server."""


class NoRoomError(Exception):
    """Others took all the connections for as long as somebody could wait."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A connection for one email."""

    smtp: SMTP
    is_new: bool
    """False: it carried others, and the server may have ended it since."""


class Pool:
    """The connections of one account, of which at most *most* are open at once."""

    def __init__(self, account: SenderAccount, *, most: int, tls: ssl.SSLContext | None) -> None:
        self._account = account
        self._tls = tls
        self._most = most
        self._allowed = most
        self._relents_at = 0.0
        self._in_use = 0
        self._freed = asyncio.Condition()
        self._kept: list[tuple[SMTP, float]] = []

    @property
    def allowed(self) -> int:
        """How many connections may be open now."""
        if stopwatch.read() >= self._relents_at:
            self._allowed = self._most
        return self._allowed

    def shrink(self) -> None:
        """Use one connection less for a while: the server refused the one that is in use here."""
        self._allowed = max(1, min(self.allowed, self._in_use) - 1)
        self._relents_at = stopwatch.read() + _RELENT.total_seconds()

    @asynccontextmanager
    async def room(self, *, within: timedelta) -> AsyncIterator[None]:
        """Wait until there is room for a connection, and hold it until the block ends.

        Raise `NoRoomError` when that takes longer than *within*, also if this process or its machine slept meanwhile.
        """
        await self._enter(within.total_seconds())
        try:
            yield
        finally:
            self._in_use -= 1
            async with self._freed:
                self._freed.notify_all()

    async def _enter(self, seconds: float) -> None:
        stop_at = stopwatch.read() + seconds
        try:
            async with asyncio.timeout(seconds), self._freed:
                await self._freed.wait_for(lambda: self._in_use < self.allowed)
                if stopwatch.read() >= stop_at:
                    raise NoRoomError
                self._in_use += 1
        except TimeoutError:
            raise NoRoomError from None

    async def take(self) -> Taken:
        """Return a kept connection, or a new one; raise `BadAddressError` where none can be made."""
        while self._kept:
            kept, since = self._kept.pop()
            if kept.is_connected and stopwatch.read() - since < _STALE.total_seconds():
                return Taken(kept, is_new=False)
            kept.close()
        opened = _connection(self._account, self._tls)
        await opened.connect()
        return Taken(opened, is_new=True)

    def keep(self, connection: SMTP) -> None:
        """Keep *connection* for the next email, unless the server has ended it or bears fewer now."""
        if connection.is_connected and len(self._kept) < self.allowed:
            self._kept.append((connection, stopwatch.read()))
        else:
            connection.close()

    async def close(self) -> None:
        """Take leave of every kept connection."""
        kept, self._kept = self._kept, []
        for connection, _ in kept:
            with suppress(SMTPException, OSError):
                await connection.quit(timeout=1)
            connection.close()


def _connection(account: SenderAccount, tls: ssl.SSLContext | None) -> SMTP:
    """Return a connection to be opened."""
    try:
        parts = urlsplit(account.api_url or "")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddressError from error
    if parts.scheme not in {"smtp", "smtps"} or not host:
        raise BadAddressError
    return SMTP(
        hostname=host,
        port=port,
        username=account.account or None,
        password=account.token or None,
        local_hostname=_greeting_name(account),
        timeout=None,
        use_tls=parts.scheme == "smtps",
        start_tls=parts.scheme == "smtp" and not _is_loopback(host),
        tls_context=tls,
    )


def _greeting_name(account: SenderAccount) -> str:
    """Return the name to greet with: the sender's domain, for looking up our own may take seconds."""
    domain = (account.from_address or "").rpartition("@")[2].rstrip("> ")
    return domain if _HOST_NAME.fullmatch(domain) else "localhost"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
