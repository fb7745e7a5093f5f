# ruff: noqa: ARG002, N802  the library calls its hooks by name and position
"""A mail server on loopback (aiosmtpd) that can go wrong at every step of an exchange."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd import smtp
from aiosmtpd.smtp import AuthResult, Envelope, Session

DROP = "drop"
"""Instead of a reply: hang up."""
SILENCE = "silence"
"""Instead of a reply: none."""


@dataclass
class MailServer:
    """What it is to say at each step, and what it took; the handler of the library's server."""

    says: Mapping[str, str] = field(default_factory=dict)
    """By step (CONNECT, EHLO, AUTH, MAIL, RCPT, DATA, DOT): a reply, DROP or SILENCE; else all is well."""
    bears: int = 1000
    """How many connections at once."""
    letters_each: int = 1000
    """How many emails it takes over one connection."""
    takes: float = 0
    """Seconds until it has taken an email."""
    letters: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    connections: list[smtp.SMTP] = field(default_factory=list)
    open: set[smtp.SMTP] = field(default_factory=set)
    most_open: int = 0
    turned_away: int = 0
    carried: dict[smtp.SMTP, int] = field(default_factory=dict)
    port: int = 0

    async def at(self, step: str, server: smtp.SMTP) -> str | None:
        reply = self.says.get(step)
        if reply == DROP:
            hang_up(server)
            raise ConnectionResetError
        if reply == SILENCE:
            await asyncio.Event().wait()
        return reply

    async def handle_MAIL(
        self, server: smtp.SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.carried.get(server, 0) >= self.letters_each:
            return "421 4.7.0 mail.clinic.example too many messages in this session"
        envelope.mail_from = address
        return await self.at("MAIL", server) or "250 OK"

    async def handle_RCPT(
        self, server: smtp.SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await self.at("RCPT", server)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: smtp.SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.takes)
        reply = await self.at("DOT", server)
        if reply is None:
            assert isinstance(envelope.content, bytes)
            assert envelope.mail_from is not None
            self.carried[server] = self.carried.get(server, 0) + 1
            self.raw.append(envelope.content)
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return reply or "250 2.0.0 OK"


def hang_up(server: smtp.SMTP) -> None:
    """Close the connection without a word."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class _Server(smtp.SMTP):
    """The library's server, with faults where it has no hook."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        handler = self.event_handler
        if handler.says.get("CONNECT") == DROP:
            assert isinstance(transport, asyncio.Transport)
            transport.abort()
            return
        if len(handler.open) >= handler.bears:
            handler.turned_away += 1
            assert isinstance(transport, asyncio.Transport)
            transport.write(b"421 4.7.0 mail.clinic.example Too many concurrent connections\r\n")
            transport.close()
            return
        handler.connections.append(self)
        handler.open.add(self)
        handler.most_open = max(handler.most_open, len(handler.open))
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open.discard(self)
        if self in self.event_handler.connections:
            super().connection_lost(error)

    async def push(self, status: Any) -> None:
        greeting = self.event_handler.says.get("CONNECT")
        if greeting and str(status).startswith("220 "):
            status = greeting
        await super().push(status)

    async def smtp_EHLO(self, hostname: str) -> None:
        reply = await self.event_handler.at("EHLO", self)
        if reply is not None:
            await self.push(reply)
            return
        await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:
        reply = await self.event_handler.at("EHLO", self)
        if reply is not None:
            await self.push(reply)
            return
        await super().smtp_HELO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:
        reply = await self.event_handler.at("AUTH", self)
        if reply is not None:
            await self.push(reply)
            return
        await super().smtp_AUTH(arg)

    async def smtp_DATA(self, arg: str) -> None:
        reply = await self.event_handler.at("DATA", self)
        if reply is not None:
            await self.push(reply)
            return
        await super().smtp_DATA(arg)


@asynccontextmanager
async def mail_server(
    says: Mapping[str, str] | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    utf8: bool = False,
    password: str | None = None,
    bears: int = 1000,
    letters_each: int = 1000,
    takes: float = 0,
) -> AsyncIterator[MailServer]:
    """Serve until the end of the block; *tls* from the first byte, *starttls* when asked for."""
    handler = MailServer(says or {}, bears=bears, letters_each=letters_each, takes=takes)
    loop = asyncio.get_running_loop()

    def check(server: smtp.SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == (password or "").encode(), handled=False)

    def serve() -> _Server:
        return _Server(
            handler,
            loop=loop,
            hostname="mail.clinic.example",
            enable_SMTPUTF8=utf8,
            tls_context=starttls,
            auth_require_tls=False,
            authenticator=check,
        )

    listener = await loop.create_server(serve, "127.0.0.1", 0, ssl=tls)
    handler.port = listener.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        listener.close()
        for connection in handler.connections:
            if connection.transport is not None:
                connection.transport.close()
        await asyncio.sleep(0.01)
