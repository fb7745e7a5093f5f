"""What our accounts post to us: a form is taken only when one of them signed it for the address it came to.

403  unsigned, or signed by an account that is not ours
503  no account was ever read from the database: the provider comes again
"""

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request

from reminders.channels.signature import HEADER, is_signed, public_address
from reminders.web.forms import Fields, only, read_form
from reminders.web.keys import WebhookKeys

_log = structlog.get_logger(__name__)


class SignedForms:
    """Reads the forms of our accounts, signed for an address below *public_url*."""

    def __init__(self, public_url: str, keys: WebhookKeys) -> None:
        self._public_url = public_url
        self._keys = keys

    async def take(self, request: Request) -> tuple[str, Fields]:
        """Return the form as it came and as fields; a token that is news is read before it is refused."""
        raw, fields = await read_form(request)
        if self._is_genuine(request, fields):
            return raw, fields
        await self._keys.look_again()
        if self._is_genuine(request, fields):
            return raw, fields
        if not self._keys.are_known:
            raise come_again(after=5)
        _log.warning("webhook.refused", reason="not_signed_by_us")
        raise HTTPException(403)

    def _is_genuine(self, request: Request, fields: Fields) -> bool:
        signatures = request.headers.getlist(HEADER)
        tokens = self._keys.of(only(fields, "AccountSid") or "")
        address = public_address(
            self._public_url,
            request.scope["raw_path"].decode("latin-1"),
            request.scope["query_string"].decode("latin-1"),
        )
        return len(signatures) == 1 and bool(tokens) and is_signed(address, fields, signatures[0], tokens)


def come_again(*, after: int) -> HTTPException:
    """Return the refusal that asks the provider to come again, *after* so many seconds."""
    return HTTPException(503, headers={"Retry-After": str(after)})
