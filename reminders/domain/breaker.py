"""The breaker of a sender: while its provider is out, hardly anything is handed to it.

    closed ── FAULTS in a row ─▶ open ── its pause is over ─▶ half-open ── a fault ─▶ open, twice as long
       ▲                          │                               │
       └──────────────────────────┴─── an answer that proves that the provider works

Each call into an outage may leave a message of which nobody knows whether it went, so an
outage must cost a handful and not hundreds. What proves that the provider works is any
answer of its own, a refusal as well as an acceptance.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import takewhile

from reminders.domain.answers import Accepted, Answer, Deferred, Hold, Unknown
from reminders.domain.reasons import Reason

FAULTS = 5
"""Faults in a row that open it. Of a provider that fails one call in ten, five in a row come once
in 100,000 calls; one that is out is known after five, or after the one wave that was on its way."""

FEWEST = 3
"""Calls that a wave must have for its all failing to say anything about the next."""

_OURS = frozenset({
    "bad_address", "bad_api_url", "bad_content", "bad_smtp_url", "channel_raised", "no_room", "no_sender",
    Reason.SLEPT,
})  # fmt: skip
"""Outcomes that came about in our own process, whatever the provider is like."""


class Sign(Enum):
    """What one answer says about the provider."""

    WORKS = auto()
    FAULT = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class News:
    """What the answers of one batch say together."""

    works: bool = False
    faults: int = 0
    """In a row, at the end."""
    because: str | None = None
    """The last fault."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """A sender's breaker: closed while it has no trips, half-open when it has and its pause is over."""

    faults: int = 0
    """In a row, up to now."""
    trips: int = 0
    """How often in a row it opened without an answer in between."""
    shut_until: datetime | None = None
    """Machine time; also a pause that the provider asked for."""
    opened_at: datetime | None = None
    """Clinic time of the first of its trips."""

    def is_shut(self, at: datetime) -> bool:
        """Whether nothing may go at machine time *at*."""
        return self.shut_until is not None and at < self.shut_until


def sign(answer: Answer) -> Sign:
    """Return what *answer* says about the provider."""
    if not isinstance(answer, Accepted) and answer.reason in _OURS:
        return Sign.NONE
    if isinstance(answer, Unknown) or (isinstance(answer, Deferred) and answer.reason == "no_connection"):
        return Sign.FAULT
    return Sign.WORKS


def hear(answers: Iterable[Answer]) -> News:
    """Return what *answers*, in the order of their calls, say together."""
    told = [(sign(answer), answer) for answer in answers]
    signs = [(one, answer) for one, answer in told if one is not Sign.NONE]
    last = list(takewhile(lambda one: one[0] is Sign.FAULT, reversed(signs)))
    because = last[0][1].reason if last and isinstance(last[0][1], Deferred | Unknown) else None
    return News(works=len(last) < len(signs), faults=len(last), because=because)


def learn(
    breaker: Breaker, news: News, *, at: datetime, clinic_at: datetime, first: timedelta, most: timedelta
) -> Breaker:
    """Return *breaker* after *news* at machine time *at*.

    It is shut for *first*, for twice as long after each trip that follows, and never for
    longer than *most*. What was on its way when it opened comes back as further faults: they
    tell nothing new.
    """
    if news.works:
        breaker = Breaker(shut_until=None if breaker.trips else breaker.shut_until)
    if not news.faults:
        return breaker
    breaker = replace(breaker, faults=breaker.faults + news.faults)
    if breaker.trips and breaker.is_shut(at):
        return breaker
    if not breaker.trips and breaker.faults < FAULTS:
        return breaker
    pause = min(most, first * float(1 << min(breaker.trips, 30)))
    shut_until = max(at + pause, breaker.shut_until or at)
    return replace(breaker, trips=breaker.trips + 1, shut_until=shut_until, opened_at=breaker.opened_at or clinic_at)


def is_out(answers: Sequence[Answer]) -> bool:
    """Whether a wave that got *answers* makes the next one of its batch pointless."""
    return len(answers) >= FEWEST and all(sign(answer) is Sign.FAULT for answer in answers)


def waits_with_sender(answer: Answer) -> bool:
    """Whether the sender waits and not the message: it lost nothing by trying, and goes first afterwards."""
    return isinstance(answer, Deferred) and answer.hold in {Hold.BUDGET, Hold.DAILY}


def asks_for_rest(answer: Answer) -> bool:
    """Whether a provider says by *answer* that its sender is too fast, or is through for today."""
    return waits_with_sender(answer) and sign(answer) is not Sign.NONE
