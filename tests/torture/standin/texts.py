"""The texts that the stand-in has accepted, and the list of them that it shows: late, filtered and in pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode


@dataclass(slots=True)
class Text:
    """One accepted text."""

    sid: str
    account: str
    to: str
    sender: str
    body: str
    callback: str
    accepted_at: float
    listed_at: float = 0
    status: str = "accepted"
    fate: int = 0
    """The error code with which it ends; 0: it arrives."""
    sent_at: float | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.status in {"delivered", "undelivered"}

    def move(self, status: str) -> None:
        """Let it travel; a time of sending once it has one."""
        self.status = status
        self.sent_at = self.sent_at or self.accepted_at

    def shown(self) -> dict[str, Any]:
        """Return it as the interface does."""
        failed = self.fate if self.status == "undelivered" else None
        return {
            "sid": self.sid,
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "status": self.status,
            "direction": "outbound-api",
            "num_segments": "1",
            "num_media": "0",
            "error_code": failed,
            "error_message": None,
            "price": None,
            "price_unit": "USD",
            "date_created": _rfc2822(self.accepted_at),
            "date_sent": _rfc2822(self.sent_at) if self.sent_at else None,
            "date_updated": _rfc2822(self.sent_at or self.accepted_at),
            "messaging_service_sid": None,
            "uri": f"/2010-04-01/Accounts/{self.account}/Messages/{self.sid}.json",
        }


@dataclass(slots=True)
class Shelf:
    """All accepted texts by their sid, in the order of acceptance."""

    texts: dict[str, Text] = field(default_factory=dict)

    def put(self, text: Text) -> None:
        """Keep *text*."""
        self.texts[text.sid] = text

    def page(self, account: str, query: Mapping[str, str], now: float) -> dict[str, Any]:
        """Return a page of the list, the newest first; a text is there from its `listed_at` on."""
        found = [text for text in reversed(self.texts.values()) if text.listed_at <= now and _matches(text, query)]
        size = min(1000, max(1, int(query.get("PageSize", "50"))))
        number = int(query.get("Page", "0"))
        start = number * size
        base = f"/2010-04-01/Accounts/{account}/Messages.json"
        following = {**query, "PageSize": str(size), "Page": str(number + 1), "PageToken": f"PA{number + 1}"}
        return {
            "messages": [text.shown() for text in found[start : start + size]],
            "page": number,
            "page_size": size,
            "start": start,
            "end": min(start + size, len(found)) - 1,
            "uri": f"{base}?{urlencode(query)}",
            "first_page_uri": f"{base}?{urlencode({**query, 'Page': '0'})}",
            "previous_page_uri": None,
            "next_page_uri": f"{base}?{urlencode(following)}" if start + size < len(found) else None,
        }


def _matches(text: Text, query: Mapping[str, str]) -> bool:
    if query.get("To", text.to) != text.to or query.get("From", text.sender) != text.sender:
        return False
    return all(_sent_suits(text, name, value) for name, value in query.items() if name.startswith("DateSent"))


def _sent_suits(text: Text, name: str, value: str) -> bool:
    """Whether the time of sending suits `DateSent`, `DateSent<`, `DateSent>` or their old spellings; days or times."""
    if text.sent_at is None:
        return False
    moment = datetime.fromisoformat(value)
    wanted = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    if name in {"DateSent<", "DateSentBefore"}:
        return text.sent_at <= wanted
    if name in {"DateSent>", "DateSentAfter"}:
        return text.sent_at >= wanted
    return wanted <= text.sent_at < wanted + 86_400


def _rfc2822(at: float) -> str:
    return format_datetime(datetime.fromtimestamp(int(at), UTC))
