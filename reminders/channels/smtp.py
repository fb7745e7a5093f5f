"""Emails by SMTP, over TLS and kept connections: one exchange, one of four answers.

`smtps://` speaks TLS from the first byte; `smtp://` must be raised to TLS by STARTTLS, except
on loopback, where nobody else listens. The account's address is the server, its user name and
token the log-in.
"""

import asyncio
import ipaddress
import re
import ssl
from contextlib import suppress
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused, SMTPServerDisconnected
from aiosmtplib.protocol import normalize_message_line_endings

from reminders.channels.base import Outgoing, SenderAccount
from reminders.channels.letter import Letter, compose
from reminders.channels.smtp_replies import judge_failure, judge_reply
from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused, Unknown

_GO_AHEAD = 354
_LEADING_DOT = re.compile(rb"(?m)^\.")
_HOST_NAME = re.compile(r"[A-Za-z0-9.-]+")


def mail_account(url: str, from_address: str) -> SenderAccount:
    """Return the account that *url* (`smtps://user:password@host:port`) describes."""
    parts = urlsplit(url)
    return SenderAccount(
        provider="smtp",
        account=unquote(parts.username or ""),
        token=unquote(parts.password or ""),
        from_address=from_address,
        api_url=parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(),
    )


class SmtpChannel:
    """The channel for emails; *timeout* bounds a whole call, waiting for a connection included."""

    def __init__(
        self,
        *,
        timeout: timedelta = timedelta(seconds=30),
        connections: int = 8,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._timeout = timeout.total_seconds()
        self._room = asyncio.Semaphore(connections)
        self._tls = tls
        self._kept: dict[SenderAccount, list[SMTP]] = {}

    async def send(self, outgoing: Outgoing, account: SenderAccount) -> Answer:
        """Hand one email to the account's server."""
        letter = compose(outgoing, account)
        if not isinstance(letter, Letter):
            return letter
        exchange = _Exchange(letter)
        try:
            async with asyncio.timeout(self._timeout), self._room:
                return await self._run(exchange, account)
        except SMTPRecipientRefused as error:
            return judge_reply(error.code, error.message)
        except (SMTPException, OSError) as error:
            return judge_failure(error, handed_over=exchange.handed_over)

    async def close(self) -> None:
        """Take leave of every kept connection."""
        kept, self._kept = self._kept, {}
        for connection in [connection for some in kept.values() for connection in some]:
            with suppress(SMTPException, OSError):
                await connection.quit(timeout=1)
            connection.close()

    async def _run(self, exchange: "_Exchange", account: SenderAccount) -> Answer:
        """Run *exchange* over a connection, and keep that connection only if it ended in order."""
        connection = await self._take(account)
        if connection is None:
            return Deferred("bad_smtp_url", Hold.CONFIGURATION)
        try:
            answer = await exchange.run(connection)
        except SMTPRecipientRefused:
            self._keep(account, connection)
            raise
        except BaseException:
            connection.close()
            raise
        self._keep(account, connection)
        return answer

    def _keep(self, account: SenderAccount, connection: SMTP) -> None:
        if connection.is_connected:
            self._kept.setdefault(account, []).append(connection)

    async def _take(self, account: SenderAccount) -> SMTP | None:
        """Return a kept connection that still answers, or a new one; None: the address is none."""
        kept = self._kept.get(account, [])
        while kept:
            connection = kept.pop()
            if await _answers(connection):
                return connection
        opened = _connection(account, self._tls)
        if opened is not None:
            await opened.connect()
        return opened


class _Exchange:
    """One email on its way; `handed_over` is the border after which silence proves nothing."""

    def __init__(self, letter: Letter) -> None:
        self._letter = letter
        self.handed_over = False

    async def run(self, connection: SMTP) -> Answer:
        letter = self._letter
        if letter.needs_utf8 and not await _carries_utf8(connection):
            return Refused("smtp_utf8", Fault.UNREACHABLE)
        options, encoding = (["SMTPUTF8"], "utf-8") if letter.needs_utf8 else ([], "ascii")
        await connection.mail(letter.sender, options=options, encoding=encoding)
        await connection.rcpt(letter.recipient, encoding=encoding)
        reply = await connection.execute_command(b"DATA")
        if reply.code != _GO_AHEAD:
            return judge_reply(reply.code, reply.message)
        return await self._hand_over(connection)

    async def _hand_over(self, connection: SMTP) -> Answer:
        """Send the content and its final dot.

        The library's own `data` does this and DATA in one, so a drop between the two could
        not be told from one after the dot.
        """
        protocol = connection.protocol
        if protocol is None:
            raise SMTPServerDisconnected("closed before the content")
        content = _LEADING_DOT.sub(b"..", normalize_message_line_endings(self._letter.content))
        self.handed_over = True
        protocol.write(content + b".\r\n")
        reply = await protocol.read_response()
        if 200 <= reply.code < 300:
            return Accepted(self._letter.message_id)
        if 400 <= reply.code < 600:
            return judge_reply(reply.code, reply.message)
        return Unknown("unreadable")


def _connection(account: SenderAccount, tls: ssl.SSLContext | None) -> SMTP | None:
    """Return a connection to be opened, or None when the account's address is not one of a mail server."""
    try:
        parts = urlsplit(account.api_url or "")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in {"smtp", "smtps"} or not host:
        return None
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


async def _carries_utf8(connection: SMTP) -> bool:
    """Whether the server takes addresses beyond ASCII; it says so when it is greeted."""
    if connection.is_ehlo_or_helo_needed:
        await connection.ehlo()
    return connection.supports_extension("smtputf8")


async def _answers(connection: SMTP) -> bool:
    """Whether a kept connection still answers, and so is ready for another email."""
    is_alive = False
    try:
        await connection.rset()
        is_alive = True
    except (SMTPException, OSError):
        pass
    finally:
        if not is_alive:
            connection.close()
    return is_alive
