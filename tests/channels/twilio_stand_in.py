"""A stand-in for Twilio's API on loopback that can go wrong in every way the wire can."""

import asyncio
import base64
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

SID = "SM" + "0" * 31 + "1"
CREATED = json.dumps({"sid": SID, "status": "queued", "num_segments": "1"})


@dataclass
class Call:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    form: dict[str, list[str]]

    @property
    def login(self) -> str:
        return base64.b64decode(self.headers["authorization"].removeprefix("Basic ")).decode()


Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter, "StandIn"], Awaitable[None]]


@dataclass
class StandIn:
    """Where it listens and what it was asked."""

    url: str
    calls: list[Call] = field(default_factory=list)

    async def read(self, reader: asyncio.StreamReader) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.calls.append(Call(head[0], headers, parse_qs(body.decode(), keep_blank_values=True)))


@asynccontextmanager
async def standing_in(behaviour: Behaviour) -> AsyncIterator[StandIn]:
    """Serve *behaviour* to every connection."""
    stand_in = StandIn("")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await behaviour(reader, writer, stand_in)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    stand_in.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield stand_in
    finally:
        server.close()


def answering(status: int, body: str = CREATED, headers: dict[str, str] | None = None) -> Behaviour:
    """Answer every request alike, over a kept connection."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stand_in: StandIn) -> None:
        while not reader.at_eof():
            await stand_in.read(reader)
            writer.write(response(status, body, headers))
            await writer.drain()

    return answer


def response(status: int, body: str, headers: dict[str, str] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body.encode())}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def dropping_before_reading(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stand_in: StandIn
) -> None:
    """Hang up as soon as the connection stands."""
    writer.transport.abort()


async def dropping_after_reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stand_in: StandIn) -> None:
    """Take the whole request, then hang up without a word."""
    await stand_in.read(reader)
    writer.transport.abort()


def breaking_off(status: int, body: str) -> Behaviour:
    """Promise a whole answer and send most of it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stand_in: StandIn) -> None:
        await stand_in.read(reader)
        writer.write(response(status, body)[:-20])
        await writer.drain()

    return answer


async def never_answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stand_in: StandIn) -> None:
    """Take the request and stay silent until the caller hangs up."""
    await stand_in.read(reader)
    await reader.read()


async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stand_in: StandIn) -> None:
    """Send the answer a byte at a time, always too slowly to finish."""
    await stand_in.read(reader)
    for byte in response(201, CREATED):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)


async def not_speaking_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stand_in: StandIn) -> None:
    """Answer a TLS greeting with plain words."""
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()


async def never_answering_at_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stand_in: StandIn) -> None:
    """Listen until the caller hangs up."""
    while await reader.read(1024):
        pass


@dataclass
class Apart:
    """A stand-in in a thread of its own: it goes on while the caller's loop stands still."""

    url: str
    loop: asyncio.AbstractEventLoop
    hang_up: asyncio.Event
    closed: threading.Event = field(default_factory=threading.Event)

    def close_the_connection(self) -> None:
        self.loop.call_soon_threadsafe(self.hang_up.set)
        assert self.closed.wait(timeout=20)


@contextmanager
def answering_in_a_thread() -> Iterator[Apart]:
    """Answer well, promise to keep the connection, and close it when told to."""
    started: Future[Apart] = Future()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stand_in: StandIn) -> None:
        apart = started.result()
        await stand_in.read(reader)
        writer.write(response(201, CREATED))
        await writer.drain()
        await apart.hang_up.wait()
        writer.close()
        await writer.wait_closed()
        apart.closed.set()

    async def serve() -> None:
        finish = asyncio.Event()
        async with standing_in(answer) as server:
            finishes.append(finish)
            started.set_result(Apart(server.url, asyncio.get_running_loop(), asyncio.Event()))
            await finish.wait()

    finishes: list[asyncio.Event] = []
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    apart = started.result(timeout=20)
    try:
        yield apart
    finally:
        apart.loop.call_soon_threadsafe(finishes[0].set)
        thread.join()
