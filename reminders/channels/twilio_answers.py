"""Judging what Twilio answers to a new message: what a status and a body prove about it."""

import json
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from reminders.channels import twilio_codes
from reminders.domain.answers import Accepted, Answer, Deferred, Hold, Unknown

WRONG_DOOR = frozenset({301, 302, 307, 308, 401, 403, 404, 405, 407})
"""What a server says that would never take this request: the wrong address or the wrong key."""

_GAVE_UP = 408
"""A proxy may say it after it has passed the request on."""

_LONGEST_PAUSE = timedelta(hours=1)


def judge(status: int, headers: Mapping[str, str], body: str) -> Answer:
    """Return what an answer with *status* and *body* proves about the message."""
    payload = parse(body)
    if 200 <= status < 300:
        return _created(payload)
    if status >= 500:
        return Unknown(f"http_{status}")
    pause = _pause(headers)
    code = code_in(payload)
    if status == 429:
        return _too_fast(code, pause)
    if code is None:
        return _codeless(status, payload)
    if status == 401 and code not in twilio_codes.CODES:
        return Deferred(f"twilio_{code}", Hold.CONFIGURATION)
    return twilio_codes.answer(code, pause)


def _too_fast(code: int | None, pause: timedelta | None) -> Answer:
    """Return what a 429 says: the sender must wait, for a pause or, where its day is used up (63038), for the next."""
    told = twilio_codes.answer(code) if code is not None else None
    if isinstance(told, Deferred) and told.hold is Hold.DAILY:
        return told
    return Deferred(f"twilio_{code}" if code else "http_429", Hold.BUDGET, pause)


def _codeless(status: int, payload: Mapping[str, Any] | None) -> Answer:
    """Judge a refusal without a code of Twilio's: somebody else may have given it."""
    if status in WRONG_DOOR:
        return Deferred(f"http_{status}", Hold.CONFIGURATION)
    if status >= 400 and payload is not None and status != _GAVE_UP:
        return Deferred(f"http_{status}", Hold.DOUBTFUL)
    return Unknown(f"http_{status}")


def _created(payload: Mapping[str, Any] | None) -> Answer:
    sid = payload.get("sid") if payload is not None else None
    if not isinstance(sid, str) or not sid:
        return Unknown("unreadable")
    segments = payload.get("num_segments") if payload is not None else None
    # A messaging service answers "0": no number was picked yet, so nothing was counted.
    counted = int(segments) if isinstance(segments, str) and segments.isdecimal() and len(segments) < 4 else 0
    return Accepted(sid, counted or None)


def parse(body: str) -> Mapping[str, Any] | None:
    """Return the JSON object that *body* is, or None."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def code_in(payload: Mapping[str, Any] | None) -> int | None:
    """Return Twilio's error code; a proxy's `"code": 400` is none."""
    code = payload.get("code") if payload is not None else None
    return code if isinstance(code, int) and 10_000 <= code <= 999_999 else None


def _pause(headers: Mapping[str, str]) -> timedelta | None:
    """Return what `Retry-After` asks for, at most an hour; a date counts from the answer's own `Date`."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), _LONGEST_PAUSE)
    try:
        pause = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return max(timedelta(), min(pause, _LONGEST_PAUSE))
