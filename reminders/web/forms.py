"""Forms as they were posted: bounded, blanks kept, nothing trimmed, and a name that has two values says nothing."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

FORM = "application/x-www-form-urlencoded"
MOST_BYTES = 64 * 1024
MOST_FIELDS = 200

Fields = Sequence[tuple[str, str]]


async def read_form(request: Request) -> tuple[str, Fields]:
    """Return the form as it came and as fields; what is none is refused with 400, 413 or 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise HTTPException(415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    raw = body.decode("utf-8", "replace")
    try:
        return raw, parse_qsl(raw, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None


def only(fields: Fields, name: str) -> str | None:
    """Return the value of *name*; None when it is missing, or has two and so says nothing."""
    values = {value for found, value in fields if found == name}
    return values.pop() if len(values) == 1 else None
