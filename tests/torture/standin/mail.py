"""A stand-in for a mail server: `python -m tests.torture.standin.mail --ledger FILE --seed N`.

It speaks just enough SMTP, goes wrong as it is drawn for each recipient, and writes each email
into its ledger before it answers the final dot. It prints the port it listens on, and answers
until it is killed.
"""

import argparse
import asyncio
import re
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.torture.standin.draws import Draws
from tests.torture.standin.ledger import Ledger

BEARS = 4
"""Connections at once."""
GREYLISTED = "451 4.7.1 Greylisted, please come back later"
BUSY = "452 4.3.1 Insufficient system storage"
REFUSED = "550 5.1.1 No such mailbox"
CROWDED = "421 4.7.0 Too many connections"
_MESSAGE_ID = re.compile(rb"(?im)^Message-ID:\s*(\S+)")


class MailServer:
    """Takes emails, each recipient's as it is drawn; *pause* seconds pass between a final dot and its reply."""

    def __init__(self, draws: Draws, ledger: Ledger, *, pause: float) -> None:
        self._draws = draws
        self._ledger = ledger
        self._pause = pause
        self._turns: Counter[str] = Counter()
        self._open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self._open += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._converse(_Line(reader, writer))
        finally:
            self._open -= 1
            writer.close()

    async def _converse(self, line: "_Line") -> None:
        if self._open > BEARS:
            self._ledger.note("fault", kind="crowded")
            await line.say(CROWDED)
            return
        await line.say("220 mail.example ready")
        to, fate = "", "ok"
        while True:
            words = (await line.hear()).upper()
            if words.startswith("RCPT"):
                to, fate, reply = self._recipient(words)
                if fate == "hangs_up":
                    return
                await line.say(reply)
            elif words == "DATA":
                await line.say("354 go ahead")
                if not await self._take(line, to, fate):
                    return
            elif words == "QUIT":
                await line.say("221 bye")
                return
            else:
                await line.say("250 OK")

    def _recipient(self, words: str) -> tuple[str, str, str]:
        """Return the recipient, what is to come of the email, and the reply."""
        to = words.partition("<")[2].partition(">")[0].lower()
        self._turns[to] += 1
        drawn = self._draws.mailbox(to)
        fate = drawn if self._turns[to] == 1 or drawn == "refuses" else "ok"
        self._ledger.note("heard", to=to, turn=self._turns[to], fate=fate)
        if fate != "ok":
            self._ledger.note("fault", kind=fate, to=to)
        replies = {"greylists": GREYLISTED, "is_busy": BUSY, "refuses": REFUSED}
        return to, fate, replies.get(fate, "250 OK")

    async def _take(self, line: "_Line", to: str, fate: str) -> bool:
        """Take an email; return False where the connection is to be dropped."""
        content = await line.hear_until_dot(drop=fate == "drops_before_dot")
        if content is None:
            return False
        found = _MESSAGE_ID.search(content)
        self._ledger.note("accepted", to=to, message_id=found[1].decode() if found else "")
        await asyncio.sleep(self._pause)
        if fate == "drops_after_dot":
            return False
        await line.say("250 2.0.0 OK")
        return True


class _Line:
    """A connection, line by line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def hear(self) -> str:
        """Return the next line."""
        return (await self._reader.readuntil(b"\n")).decode("utf-8", "replace").strip()

    async def hear_until_dot(self, *, drop: bool) -> bytes | None:
        """Return the content of an email; None: hang up after its first line, when *drop*."""
        content = b""
        while (line := await self._reader.readuntil(b"\n")) != b".\r\n":
            if drop:
                return None
            content += line
        return content

    async def say(self, reply: str) -> None:
        """Send a reply."""
        self._writer.write(f"{reply}\r\n".encode())
        await self._writer.drain()


async def _run(given: argparse.Namespace) -> None:
    server = MailServer(Draws(given.seed), Ledger(given.ledger), pause=given.pause)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    sys.stdout.write(f"{listener.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with listener:
        await listener.serve_forever()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mail", description="A stand-in for a mail server.")
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(_run(_arguments()))
