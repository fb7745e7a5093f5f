"""The process that posts reports counts each answer once, whether it posts as fast as it can or at a pace."""

import asyncio

import pytest

from bench.knocking import Count, knock

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

REQUEST = b"POST /webhooks/twilio/status HTTP/1.1\r\nContent-Length: 0\r\n\r\n"


async def served(answer: bytes, rate: float) -> tuple[int, Count]:
    """Knock at a server that gives every request *answer*; return how many came, and what was counted."""
    came, guests = 0, set[asyncio.Task[None] | None]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal came
        guests.add(asyncio.current_task())
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            came += 1
            writer.write(answer)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        count = await knock(port, 0.2, rate, [REQUEST])
        for connection in count.connections:
            connection.close()
        await asyncio.gather(*(guest for guest in guests if guest))
    return came, count


@pytest.mark.parametrize("rate", [0, 50])
def test_every_answer_is_counted_once(rate: float) -> None:
    came, count = asyncio.run(served(b"HTTP/1.1 204 No Content\r\n\r\n", rate))

    assert count.stored == came > 0
    assert 0 < len(count.waits) <= count.stored
    assert count.refused == []


def test_a_pace_is_kept() -> None:
    came, _ = asyncio.run(served(b"HTTP/1.1 204 No Content\r\n\r\n", 50))

    assert came <= 1 + 1.2 * 50


def test_a_refusal_is_no_answer_that_counts() -> None:
    came, count = asyncio.run(served(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", 50))

    assert (count.stored, count.waits, len(count.refused)) == (0, [], came)
    assert count.refused[0].startswith("HTTP/1.1 403")
