"""What a time without sending left behind, as a work item keeps it and as people read it.

A work item's detail holds counts, codes and instants, never a name; the sentence is made
when somebody looks at it, in the clock of the place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from reminders.domain.reasons import Reason
from reminders.domain.wallclock import local

_SHOWN = "%a %b %d %H:%M %Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """One clinic's outage, and what became of the messages that were due in it."""

    began_at: datetime
    ended_at: datetime
    went_late: int = 0
    """Handed over after the return."""
    expired: int = 0
    """Too late to help."""
    put_off: int = 0
    """Moved on once more, because the return was at night or the day is full."""
    still_waiting: int = 0
    call_list: int = 0
    """Patients whom somebody has to phone since the return."""

    @property
    def is_felt(self) -> bool:
        """Whether anything at all was due."""
        return any(self.counts().values())

    def counts(self) -> dict[str, int]:
        """Return the counts by their names."""
        return {key: value for key, value in asdict(self).items() if isinstance(value, int)}

    def detail(self) -> dict[str, Any]:
        """Return it as a work item keeps it."""
        return {"began_at": self.began_at.isoformat(), "ended_at": self.ended_at.isoformat(), **self.counts()}


def say(reason: str | None, detail: Mapping[str, Any], zone: str) -> str | None:
    """Return in one sentence what *detail* of a downtime tells, or None where it tells nothing of the kind."""
    try:
        match reason:
            case Reason.OUTAGE:
                return _outage(detail, zone)
            case Reason.DELIVERY_LATE:
                return _late(detail, zone)
            case _:
                return None
    except (KeyError, ValueError):  # written by another version: its keys are shown as they are
        return None


def _outage(detail: Mapping[str, Any], zone: str) -> str:
    began, ended = (_shown(detail[key], zone) for key in ("began_at", "ended_at"))
    return f"from {began} to {ended} nothing was sent: {', '.join(_counts(detail)) or 'nothing was due'}"


def _counts(detail: Mapping[str, Any]) -> Iterator[str]:
    for key, words in (
        ("went_late", "went late"),
        ("expired", "came too late"),
        ("put_off", "go at the next permitted time"),
        ("still_waiting", "still wait"),
    ):
        if detail[key]:
            yield f"{detail[key]} {words}"
    calls = detail["call_list"]
    if calls:
        yield f"{calls} {'patient is' if calls == 1 else 'patients are'} on the call list"


def _late(detail: Mapping[str, Any], zone: str) -> str:
    count, since = detail["count"], _shown(detail["oldest_at"], zone)
    if count == 1:
        return f"1 message has been due since {since}, and nothing moves"
    return f"{count} messages have been due since {since} or later, and nothing moves"


def _shown(instant: str, zone: str) -> str:
    return local(datetime.fromisoformat(instant), zone).strftime(_SHOWN)
