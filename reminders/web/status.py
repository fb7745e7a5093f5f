"""The webhook for delivery reports: verified, stored raw, and only then answered 204.

    403  unsigned, or signed by an account that is not ours
    404  signed, but the token in its address is none that we made
    400, 413, 415  not a delivery report
    503  it could not be stored: the provider comes again

A report is stored, not judged: settling it is the pipeline's, in any order and however late.
"""

import asyncio
import re
from datetime import timedelta
from urllib.parse import parse_qs
from uuid import UUID

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from reminders.domain.tokens import check_token
from reminders.pipeline.receiving import Report
from reminders.web.forms import Fields, only
from reminders.web.keys import WebhookKeys
from reminders.web.signed import SignedForms, come_again
from reminders.web.writer import FullError, GroupWriter, NotWrittenError

PATH = "/webhooks/twilio/status"

PATIENCE = timedelta(seconds=10)
"""How long a report may wait for its commit; the provider itself waits 15 s."""

_PROVIDER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STATUS = re.compile(r"[A-Za-z_-]{1,32}")
_CODE = re.compile(r"[0-9]{1,9}")

_log = structlog.get_logger(__name__)


class StatusWebhook:
    """Verifies and stores delivery reports."""

    def __init__(self, public_url: str, token_key: bytes, keys: WebhookKeys, writer: GroupWriter[Report]) -> None:
        self._forms = SignedForms(public_url, keys)
        self._token_key = token_key
        self._writer = writer

    async def take(self, request: Request) -> Response:
        """Answer one POST."""
        raw, fields = await self._forms.take(request)
        attempt_id = self._attempt(request)
        await self._store(_report(attempt_id, raw, fields))
        return Response(status_code=204)

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
            raise come_again(after=1) from None
        except (NotWrittenError, TimeoutError):
            raise come_again(after=5) from None


def _report(attempt_id: UUID, raw: str, fields: Fields) -> Report:
    provider_id, status, code = (only(fields, name) or "" for name in ("MessageSid", "MessageStatus", "ErrorCode"))
    if not _PROVIDER_ID.fullmatch(provider_id) or not _STATUS.fullmatch(status):
        raise HTTPException(400)
    return Report(
        attempt_id=attempt_id,
        provider_id=provider_id,
        status=status,
        code=code if _CODE.fullmatch(code) else None,
        raw=raw,
    )
