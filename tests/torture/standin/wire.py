"""HTTP as the stand-in speaks it, down to the socket: answers can be cut, withheld and dropped."""

import asyncio
import base64
import binascii
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

REASONS = {200: "OK", 201: "Created", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]
    raw: bytes

    def login(self) -> tuple[str, str] | None:
        """Return account and token of basic authentication."""
        kind, _, value = self.headers.get("authorization", "").partition(" ")
        try:
            account, _, token = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return (account, token) if kind.lower() == "basic" else None


async def read(reader: asyncio.StreamReader) -> Request | None:
    """Return the next request of a connection; None when the other side has hung up."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (one.partition(":") for one in head[1:])}
        raw = await reader.readexactly(int(headers.get("content-length") or 0))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    method, target, _ = head[0].split(" ", 2)
    parts = urlsplit(target)
    return Request(method, parts.path, fields(parts.query), headers, fields(raw.decode("utf-8", "replace")), raw)


def fields(text: str) -> dict[str, str]:
    """Return a form's or a query's fields; of a name that comes twice the last."""
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}


def answer(status: int, body: str, headers: dict[str, str] | None = None) -> bytes:
    """Return a whole answer; its body is JSON unless *headers* say otherwise."""
    payload = body.encode()
    said = {"Content-Type": "application/json", "Content-Length": str(len(payload)), **(headers or {})}
    head = [f"HTTP/1.1 {status} {REASONS.get(status, 'Trouble')}", *(f"{name}: {one}" for name, one in said.items())]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + payload


async def post(url: str, body: bytes, headers: dict[str, str], *, patience: float) -> int:
    """Post a form to *url* on a connection of its own; return the status, 0 when there was no answer."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    said = {
        "Host": parts.netloc,
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    head = "\r\n".join([f"POST {target} HTTP/1.1", *(f"{name}: {one}" for name, one in said.items())])
    try:
        async with asyncio.timeout(patience):
            return await _exchange(parts.hostname or "", parts.port or 80, f"{head}\r\n\r\n".encode() + body)
    except (OSError, TimeoutError, ValueError, IndexError):
        return 0


async def _exchange(host: str, port: int, request: bytes) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(request)
        await writer.drain()
        return int((await reader.readline()).split(b" ")[1])
    finally:
        writer.close()
