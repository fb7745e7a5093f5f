"""The webhook for delivery reports: verified, stored raw, and only then answered 204.

    403  unsigned, or signed by an account that is not ours
    404  signed, but the token in its address is none that we made
    400, 413, 415  not a delivery report
    503  it could not be stored: the provider comes again

A report is stored, not judged: settling it is the pipeline's, in any order and however late.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl
from uuid import UUID

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from reminders.channels.signature import HEADER, is_signed, public_address
from reminders.domain.tokens import check_token
from reminders.pipeline.receiving import Report
from reminders.web.keys import WebhookKeys
from reminders.web.writer import FullError, GroupWriter, NotWrittenError

PATH = "/webhooks/twilio/status"

FORM = "application/x-www-form-urlencoded"
MOST_BYTES = 64 * 1024
MOST_FIELDS = 200
PATIENCE = timedelta(seconds=10)
"""How long a report may wait for its commit; the provider itself waits 15 s."""

_PROVIDER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STATUS = re.compile(r"[A-Za-z_-]{1,32}")
_CODE = re.compile(r"[0-9]{1,9}")

Fields = Sequence[tuple[str, str]]

_log = structlog.get_logger(__name__)


class StatusWebhook:
    """Verifies and stores delivery reports."""

    def __init__(self, public_url: str, token_key: bytes, keys: WebhookKeys, writer: GroupWriter[Report]) -> None:
        self._public_url = public_url
        self._token_key = token_key
        self._keys = keys
        self._writer = writer

    async def take(self, request: Request) -> Response:
        """Answer one POST."""
        raw, fields = await _form(request)
        await self._verify(request, fields)
        attempt_id = self._attempt(request)
        await self._store(_report(attempt_id, raw, fields))
        return Response(status_code=204)

    async def _verify(self, request: Request, fields: Fields) -> None:
        """Refuse what none of our accounts signed; a token that is news is read before refusing."""
        if self._is_genuine(request, fields):
            return
        await self._keys.look_again()
        if self._is_genuine(request, fields):
            return
        if not self._keys.are_known:
            raise _come_again(after=5)
        _log.warning("webhook.refused", reason="not_signed_by_us")
        raise HTTPException(403)

    def _is_genuine(self, request: Request, fields: Fields) -> bool:
        signatures = request.headers.getlist(HEADER)
        tokens = self._keys.of(_only(fields, "AccountSid") or "")
        address = public_address(
            self._public_url,
            request.scope["raw_path"].decode("latin-1"),
            request.scope["query_string"].decode("latin-1"),
        )
        return len(signatures) == 1 and bool(tokens) and is_signed(address, fields, signatures[0], tokens)

    def _attempt(self, request: Request) -> UUID:
        tokens = parse_qs(request.scope["query_string"].decode("latin-1")).get("t", [])
        attempt_id = check_token(self._token_key, tokens[0]) if len(tokens) == 1 else None
        if attempt_id is None:
            _log.warning("webhook.refused", reason="not_our_token")
            raise HTTPException(404)
        return attempt_id

    async def _store(self, report: Report) -> None:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self._writer.put(report)
        except FullError:
            raise _come_again(after=1) from None
        except (NotWrittenError, TimeoutError):
            raise _come_again(after=5) from None


def _come_again(*, after: int) -> HTTPException:
    return HTTPException(503, headers={"Retry-After": str(after)})


async def _form(request: Request) -> tuple[str, Fields]:
    """Return the form as it came and as fields: blanks kept, nothing trimmed, names may repeat."""
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


def _only(fields: Fields, name: str) -> str | None:
    """Return the value of *name*; None when it is missing, or has two and so says nothing."""
    values = {value for found, value in fields if found == name}
    return values.pop() if len(values) == 1 else None


def _report(attempt_id: UUID, raw: str, fields: Fields) -> Report:
    provider_id, status, code = (_only(fields, name) or "" for name in ("MessageSid", "MessageStatus", "ErrorCode"))
    if not _PROVIDER_ID.fullmatch(provider_id) or not _STATUS.fullmatch(status):
        raise HTTPException(400)
    return Report(
        attempt_id=attempt_id,
        provider_id=provider_id,
        status=status,
        code=code if _CODE.fullmatch(code) else None,
        raw=raw,
    )
