"""The token by which a receipt names the attempt it belongs to.

It stands in the callback URL that a provider is given: the attempt's id and a truncated
HMAC of it, so that a token we did not make is known without asking the database. Lower-case
base32: nothing in it needs quoting, and no underscore, which Twilio's URL check dislikes.
"""

import base64
import binascii
import hmac
from uuid import UUID

_PURPOSE = b"reminders.attempt\0"
_ID_SIZE = 16
_MAC_SIZE = 12


def make_token(key: bytes, attempt_id: UUID) -> str:
    """Return the token of *attempt_id*, signed with *key*."""
    mac = hmac.digest(key, _PURPOSE + attempt_id.bytes, "sha256")[:_MAC_SIZE]
    return base64.b32encode(attempt_id.bytes + mac).decode("ascii").rstrip("=").lower()


def check_token(key: bytes, token: str) -> UUID | None:
    """Return the attempt that *token* names, or None when it was not made with *key*."""
    attempt_id = attempt_named(token)
    if attempt_id is None:
        return None
    # The whole text is compared, so a second spelling of the same bytes is no token.
    return attempt_id if hmac.compare_digest(make_token(key, attempt_id).encode(), token.encode()) else None


def attempt_named(token: str) -> UUID | None:
    """Return the attempt that *token* names, whoever made it: for a token that never left our hands."""
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    return UUID(bytes=raw[:_ID_SIZE]) if len(raw) == _ID_SIZE + _MAC_SIZE else None
