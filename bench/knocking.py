"""Posts signed delivery reports to a web process and times the answers.

    python -m bench.knocking PORT SECONDS RATE OUT

A process of its own, over raw sockets, so that the client costs little beside the server.
RATE 0 asks again as soon as it is answered, on every connection; any other rate sends on
time whether or not the last answer has come, and counts the wait for a free connection.
"""

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select

from reminders import bootstrap
from reminders.channels.signature import HEADER, public_address, sign
from reminders.domain.tokens import make_token
from reminders.store.tables.messages import Attempt
from reminders.store.webhook_keys import read_keys
from reminders.web.forms import FORM
from reminders.web.status import PATH

CONNECTIONS = 32
REPORTS = 6_000
WARM = 1.0
"""Seconds before anything is counted."""
_STEP = 0.002
_DONE = b"HTTP/1.1 204 "


@dataclass
class Count:
    """What was answered."""

    begins: float
    ends: float
    waits: list[float] = field(default_factory=list)
    """Seconds that counted requests waited."""
    stored: int = 0
    """Answers 204, the uncounted ones of the beginning and the end included."""
    refused: list[str] = field(default_factory=list)
    connections: list[asyncio.Transport] = field(default_factory=list)

    def note(self, asked: float, answer: bytes) -> None:
        """Count an answer that came now to what was *asked* then."""
        now = time.perf_counter()
        if not answer.startswith(_DONE):
            self.refused.append(answer[:40].decode("latin-1"))
            return
        self.stored += 1
        if asked >= self.begins and now <= self.ends:
            self.waits.append(now - asked)


class Knock(asyncio.Protocol):
    """One kept connection: sends a request, waits for its answer, and says that it is free."""

    def __init__(self, count: Count, freed: Callable[["Knock"], None]) -> None:
        self._count = count
        self._freed = freed
        self._asked = 0.0
        self.is_busy = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # of a stream
        """Keep the connection."""
        self._transport = transport
        self._count.connections.append(transport)

    def ask(self, request: bytes, asked: float) -> None:
        """Send *request*, which should have gone at *asked*."""
        self._asked, self.is_busy = asked, True
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take an answer; one without a body comes in one piece."""
        self._count.note(self._asked, data)
        self.is_busy = False
        self._freed(self)


def reports() -> list[bytes]:
    """Return requests as the provider would send them, for attempts that are stored."""
    parts = bootstrap.parts()
    with parts.transaction() as session:
        attempt_ids = session.scalars(select(Attempt.id).limit(REPORTS // 2)).all()
        account, tokens = next(iter(read_keys(session, parts.vault).items()))
    found: list[bytes] = []
    for number, attempt_id in enumerate(attempt_ids):
        for status in ("sent", "delivered"):
            fields = [
                ("AccountSid", account),
                ("ApiVersion", "2010-04-01"),
                ("From", "+15005550006"),
                ("MessageSid", f"SM{number:032x}"),
                ("MessageStatus", status),
                ("SmsSid", f"SM{number:032x}"),
                ("SmsStatus", status),
                ("To", f"+1212{2_000_000 + number}"),
            ]
            query = f"t={make_token(parts.token_key, attempt_id)}"
            signature = sign(min(tokens), public_address(parts.public_url, PATH, query), fields)
            body = urlencode(fields)
            found.append(
                f"POST {PATH}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM}\r\n"
                f"{HEADER}: {signature}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            )
    return found


async def knock(port: int, seconds: float, rate: float, requests: Sequence[bytes]) -> Count:
    """Post *requests* over and over, for *seconds* after a beginning that is not counted."""
    started = time.perf_counter()
    count, endless = Count(started + WARM, started + WARM + seconds), cycle(requests)
    free: deque[Knock] = deque()

    def again(one: Knock) -> None:
        if not rate and time.perf_counter() < count.ends:
            one.ask(next(endless), time.perf_counter())
        else:
            free.append(one)

    loop = asyncio.get_running_loop()
    everyone = [
        (await loop.create_connection(lambda: Knock(count, again), "127.0.0.1", port))[1] for _ in range(CONNECTIONS)
    ]
    for one in everyone:
        again(one)
    number = 0
    while (now := time.perf_counter()) < count.ends:
        while rate and free and started + number / rate <= now:
            free.popleft().ask(next(endless), started + number / rate)
            number += 1
        await asyncio.sleep(_STEP)
    while any(one.is_busy for one in everyone):  # noqa: ASYNC110  for milliseconds
        await asyncio.sleep(_STEP)
    return count


def main() -> None:
    """Write down how many a second were answered, and how long the waits were."""
    port, seconds, rate, out = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4])
    count = asyncio.run(knock(port, seconds, rate, reports()))
    waits = sorted(count.waits)
    found = {
        "per_second": len(waits) / seconds,
        "p50": waits[len(waits) // 2],
        "p99": waits[len(waits) * 99 // 100],
        "stored": count.stored,
        "refused": count.refused[:5],
    }
    scratch = out.with_suffix(".new")
    scratch.write_text(json.dumps(found))
    scratch.replace(out)


if __name__ == "__main__":
    main()
