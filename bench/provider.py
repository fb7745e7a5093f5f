"""A provider that takes its time: a separate process with a count of its own, for texts and for mail.

    python -m bench.provider HTTP_PORT SMTP_PORT MILLISECONDS

It answers `Messages.json` after the given time, and takes an email that long after its
content, with a tenth of it before each earlier reply, as a server some way off would.
`/count` says how many it accepted, how many of these were different, and how many were
under way at once.
"""

import asyncio
import sys
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

_LINE = 0.1
"""Of the answering time: how long a server some way off takes for a short reply."""


@dataclass
class Ledger:
    """What was accepted."""

    seconds: float
    accepted: list[str] = field(default_factory=list)
    under_way: int = 0
    at_once: int = 0

    async def take(self, what: str) -> int:
        """Take *what* after the answering time; return its number."""
        self.under_way += 1
        self.at_once = max(self.at_once, self.under_way)
        await asyncio.sleep(self.seconds)
        self.under_way -= 1
        self.accepted.append(what)
        return len(self.accepted)


def texts(ledger: Ledger) -> web.Application:
    """Return the interface for texts, and the count."""

    async def create(request: web.Request) -> web.Response:
        form = await request.post()
        number = await ledger.take(f"{form['To']!r} {form.get('StatusCallback')!r}")
        return web.json_response({"sid": f"SM{number:032x}", "status": "queued", "num_segments": "1"}, status=201)

    async def count(_request: web.Request) -> web.Response:
        different = len(set(ledger.accepted))
        return web.json_response({"accepted": len(ledger.accepted), "different": different, "at_once": ledger.at_once})

    application = web.Application()
    application.router.add_post("/2010-04-01/Accounts/{account}/Messages.json", create)
    application.router.add_get("/count", count)
    return application


class Mail:
    """Takes emails; the names of its methods are those of the protocol's commands."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def handle_EHLO(  # noqa: D102, N802  the library's
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        await self._short_reply()
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: D102, N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._short_reply()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: D102, N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        await self._short_reply()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: D102, N802
        number = await self._ledger.take(envelope.rcpt_tos[0])
        return f"250 OK {number}"

    async def _short_reply(self) -> None:
        await asyncio.sleep(self._ledger.seconds * _LINE)


async def serve(http_port: int, smtp_port: int, seconds: float) -> None:
    """Listen on both ports until ended."""
    ledger = Ledger(seconds)
    runner = web.AppRunner(texts(ledger), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", http_port, backlog=1024).start()
    loop = asyncio.get_running_loop()

    def connected() -> Any:
        return SMTP(Mail(ledger), enable_SMTPUTF8=True, loop=loop)

    server = await loop.create_server(connected, "127.0.0.1", smtp_port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000))
