"""The words by which pages show what rows hold."""

from reminders.domain.reasons import explain
from reminders.domain.words import Category, Channel
from reminders.store.phone_entries import Arrival, Written

CATEGORIES = {
    Category.PREP: "getting ready",
    Category.SAFETY: "safety",
    Category.CHECK_IN: "how are you",
    Category.NUDGE: "time to book",
    Category.ADMIN: "about your visits",
}

_STATUSES = {"queued": "On its way", "sent": "Sent", "delivered": "Delivered"}


def outcome(arrival: Arrival, channel: str) -> str:
    """Return what became of a message, and why when it did not arrive."""
    if arrival.status in _STATUSES:
        return _STATUSES[arrival.status]
    code = arrival.code or arrival.status
    return f"Not delivered: {explain(f'twilio_{code}' if channel == Channel.SMS else code)}"


def kind(arrival: Arrival) -> str:
    """Return the kind of message, the rules that asked for it and its length."""
    rules = " + ".join((arrival.rule, *arrival.also))
    segments = "" if arrival.segments is None else f" · {_counted(arrival.segments, 'segment')}"
    fallback = " · no wording in this language, so the clinic's" if arrival.is_fallback_language else ""
    return f"{CATEGORIES.get(Category(arrival.category), arrival.category)} · {rules}{segments}{fallback}"


def understood(written: Written) -> str:
    """Return what a text to us was understood as."""
    return f"understood as {written.intent}" if written.intent else "not heard yet"


def _counted(count: int, word: str) -> str:
    return f"{count}\N{NO-BREAK SPACE}{word}" if count == 1 else f"{count}\N{NO-BREAK SPACE}{word}s"
