"""Reading what Twilio says it has: one page of its list of messages, or one message.

A page that cannot be read to its last record is no answer at all: whoever asks concludes
from a message's absence that it never went.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from reminders.channels.base import Missing, NoAnswer, Received, Seen
from reminders.channels.twilio_answers import WRONG_DOOR, code_in, parse
from reminders.domain.answers import Hold

_INBOUND = "inbound"
_UNREADABLE = NoAnswer("unreadable")
_SID = re.compile(r"[A-Za-z0-9]{1,64}")
_NOT_FOUND = 20404


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list, in the order that Twilio gave it."""

    records: tuple[Seen, ...]
    """What we sent."""
    received: tuple[Received, ...]
    """What came in from somebody."""
    moments: tuple[datetime, ...]
    """Of everything on the page when it was last heard of: created, or sent if that was later."""
    next_uri: str | None
    """Where the list goes on, from the root of the API; None: it ends here."""

    def ends_before(self, moment: datetime) -> bool:
        """Whether neither this page nor any after it holds something created since *moment*.

        Twilio's list runs by the time of sending, newest first, so one old text proves nothing:
        it may have been created long before it was sent. A list that runs the other way is read
        to its end.
        """
        if not self.moments:
            return False
        return max(self.moments) < moment and self.moments[0] >= self.moments[-1]


def read_page(status: int, body: str, path: str) -> Page | NoAnswer:
    """Return the page that an answer holds; *path* is the list's own, which all its pages share."""
    if status != 200:
        return refusal(status, body)
    payload = parse(body)
    try:
        rows = [_record(row) for row in _list(payload, "messages")]
        next_uri = _next_uri(payload, path)
    except (TypeError, ValueError, KeyError):
        return _UNREADABLE
    outbound = tuple(row.seen for row in rows if row.received is None)
    inbound = tuple(row.received for row in rows if row.received is not None and row.received.sender)
    return Page(outbound, inbound, tuple(row.moment for row in rows), next_uri)


def read_one(status: int, body: str) -> Seen | Missing | NoAnswer:
    """Return the message that an answer holds, or that Twilio itself says there is none."""
    payload = parse(body)
    if status == 404 and code_in(payload) == _NOT_FOUND:
        return Missing()
    if status != 200:
        return refusal(status, body)
    try:
        return _record(payload).seen
    except (TypeError, ValueError, KeyError):
        return _UNREADABLE


def refusal(status: int, body: str) -> NoAnswer:
    """Return why a question was not answered; wrong keys or a wrong address wait for a person."""
    code = code_in(parse(body))
    reason = f"twilio_{code}" if code else f"http_{status}"
    return NoAnswer(reason, Hold.CONFIGURATION if status in WRONG_DOOR else None)


def is_sid(provider_id: str) -> bool:
    """Whether *provider_id* can stand in an address."""
    return _SID.fullmatch(provider_id) is not None


@dataclass(frozen=True, slots=True)
class _Row:
    seen: Seen
    received: Received | None
    """None: we sent it."""
    moment: datetime


def _record(row: object) -> _Row:
    """Return one message; raise where it lacks what a conclusion would be drawn from."""
    if not isinstance(row, dict):
        raise TypeError
    created_at = _moment(row["date_created"])
    sent_at = _moment(row["date_sent"]) if row.get("date_sent") else created_at
    code = row.get("error_code")
    seen = Seen(
        provider_id=_text(row["sid"]),
        to=str(row.get("to") or ""),
        text=_text(row["body"]) if row.get("body") else None,
        status=_text(row["status"]),
        code=str(code) if code else None,
        created_at=created_at,
    )
    is_inbound = str(row.get("direction")).startswith(_INBOUND)
    return _Row(seen, _received(row, seen) if is_inbound else None, max(created_at, sent_at))


def _received(row: Mapping[str, Any], seen: Seen) -> Received:
    media = str(row.get("num_media") or "")
    return Received(
        provider_id=seen.provider_id,
        sender=str(row.get("from") or ""),
        to=seen.to,
        text=seen.text or "",
        media=int(media) if media.isdecimal() and len(media) < 4 else 0,
        messaging_service=row.get("messaging_service_sid") or None,
        created_at=seen.created_at,
    )


def _next_uri(payload: Mapping[str, Any] | None, path: str) -> str | None:
    """Return where the list goes on; raise when that is not the same list: our keys go with every request."""
    if payload is None:
        raise TypeError
    uri = payload["next_page_uri"]
    if not uri:
        return None
    parts = urlsplit(_text(uri))
    if parts.scheme or parts.netloc or parts.path != path:
        raise ValueError
    return f"{parts.path}?{parts.query}"


def _list(payload: Mapping[str, Any] | None, name: str) -> list[object]:
    found = payload.get(name) if payload is not None else None
    if not isinstance(found, list):
        raise TypeError
    return found


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError
    return value


def _moment(value: object) -> datetime:
    """Return the instant in a date such as `Wed, 07 Oct 2026 14:30:05 +0000` (RFC 2822)."""
    found = parsedate_to_datetime(_text(value))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
