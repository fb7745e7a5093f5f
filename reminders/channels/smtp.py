"""Emails by SMTP, over TLS and kept connections: one exchange, one of four answers.

`smtps://` speaks TLS from the first byte; `smtp://` must be raised to TLS by STARTTLS, except
on loopback, where nobody else listens. The account's address is the server, its user name and
token the log-in.
"""

import asyncio
import re
import ssl
from contextlib import suppress
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused, SMTPServerDisconnected
from aiosmtplib.protocol import normalize_message_line_endings

from reminders.channels.base import Outgoing, SenderAccount
from reminders.channels.letter import Letter, compose
from reminders.channels.smtp_pool import BadAddressError, NoRoomError, Pool
from reminders.channels.smtp_replies import has_ended, has_too_many, judge_failure, judge_reply
from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused, Unknown

_GO_AHEAD = 354
_LEADING_DOT = re.compile(rb"(?m)^\.")


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
    """The channel for emails; *timeout* bounds an exchange, which waits before that until there is room for it."""

    def __init__(
        self,
        *,
        timeout: timedelta = timedelta(seconds=30),
        connections: int = 8,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._timeout = timeout.total_seconds()
        self._connections = connections
        self._tls = tls
        self._pools: dict[SenderAccount, Pool] = {}

    async def send(self, outgoing: Outgoing, account: SenderAccount) -> Answer:
        """Hand one email to the account's server."""
        letter = compose(outgoing, account)
        if not isinstance(letter, Letter):
            return letter
        pool = self._pools.setdefault(account, Pool(account, most=self._connections, tls=self._tls))
        exchange = _Exchange(letter)
        try:
            async with pool.room(within=outgoing.patience), asyncio.timeout(self._timeout):
                return await _try(exchange, pool)
        except NoRoomError:
            return Deferred("no_room", Hold.BUDGET)
        except BadAddressError:
            return Deferred("bad_smtp_url", Hold.CONFIGURATION)
        except SMTPRecipientRefused as error:
            return judge_reply(error.code, error.message)
        except (SMTPException, OSError) as error:
            return judge_failure(error, handed_over=exchange.handed_over)

    async def close(self) -> None:
        """Take leave of every kept connection."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.close()


async def _try(exchange: "_Exchange", pool: Pool) -> Answer:
    """Run *exchange* over a connection of *pool*, and have the pool learn from how it went."""
    try:
        return await _run(exchange, pool)
    except SMTPException as error:
        if has_too_many(error):
            pool.shrink()
        raise


async def _run(exchange: "_Exchange", pool: Pool) -> Answer:
    """Run *exchange*, and keep the connection only if it can carry another email.

    A kept connection that its server has ended meanwhile has taken nothing of this email, so
    the next one is tried; when none is left, a new one.
    """
    taken = await pool.take()
    try:
        answer = await exchange.run(taken.smtp)
    except SMTPRecipientRefused:
        await _keep(taken.smtp, pool, exchange)
        raise
    except BaseException as error:
        taken.smtp.close()
        if taken.is_new or exchange.begun or not has_ended(error):
            raise
    else:
        await _keep(taken.smtp, pool, exchange)
        return answer
    return await _run(exchange, pool)


async def _keep(connection: SMTP, pool: Pool, exchange: "_Exchange") -> None:
    if not exchange.handed_over:
        with suppress(SMTPException, OSError):
            await connection.rset()  # else the server may take the next sender for a second one of this email
    pool.keep(connection)


class _Exchange:
    """One email on its way; `handed_over` is the border after which silence proves nothing."""

    def __init__(self, letter: Letter) -> None:
        self._letter = letter
        self.begun = False
        self.handed_over = False

    async def run(self, connection: SMTP) -> Answer:
        letter = self._letter
        if letter.needs_utf8 and not await _carries_utf8(connection):
            return Refused("smtp_utf8", Fault.UNREACHABLE)
        options, encoding = (["SMTPUTF8"], "utf-8") if letter.needs_utf8 else ([], "ascii")
        await connection.mail(letter.sender, options=options, encoding=encoding)
        self.begun = True
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


async def _carries_utf8(connection: SMTP) -> bool:
    """Whether the server takes addresses beyond ASCII; it says so when it is greeted."""
    if connection.is_ehlo_or_helo_needed:
        await connection.ehlo()
    return connection.supports_extension("smtputf8")
