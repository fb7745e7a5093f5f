"""Whether a text is answered by itself: once, to a person, and not where a human has taken over.

A text that nobody could interpret gets one "a person will read this" in twelve hours; two
machines that answer each other are parted after a few rounds; after STOP there is silence.
Nothing here keeps the answer to a cry for help back but as many such answers within minutes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from reminders.domain.replies.choosing import DANGER
from reminders.domain.replies.intents import Intent

UNPARSED = frozenset({Intent.UNKNOWN, Intent.QUESTION})
"""What a person has to read: all that can be said by itself is that one will."""

ABOUT_TEXTS = frozenset({Intent.OPT_OUT, Intent.OPT_IN, Intent.HELP})
"""About our texts themselves: answered also where a human has taken over."""

UNPARSED_REST = timedelta(hours=12)
LOOP = timedelta(minutes=10)
LOOP_ANSWERS = 6
"""So many answers within `LOOP`, and whoever writes is taken for a machine until it is over."""

_PHONE = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A text that came before, with what answered it."""

    intent: Intent | None
    was_answered: bool
    ago: timedelta
    """In clinic time."""
    ago_really: timedelta
    """By the machine's clock: a loop is fast whatever clinic time does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What decides whether a text is answered by itself."""

    sender: str
    earlier: Sequence[Before]
    was_silenced: bool
    stop_changes: bool
    """STOP silences somebody or something here that nothing has silenced yet."""
    is_gone: bool
    human_writes: bool
    provider_answers: bool
    """The provider has answered this word of itself: STOP, START, HELP."""


def may_answer(intent: Intent, manners: Manners) -> bool:
    """Whether a text of *intent* gets an automatic answer."""
    lately = [one for one in manners.earlier if one.was_answered and one.ago_really < LOOP]
    if not _PHONE.fullmatch(manners.sender):
        return False
    if intent in DANGER:
        return sum(one.intent in DANGER for one in lately) < LOOP_ANSWERS
    if len(lately) >= LOOP_ANSWERS:
        return False
    if manners.is_gone or manners.provider_answers or _is_silent(intent, manners):
        return False
    if manners.human_writes and intent not in ABOUT_TEXTS:
        return False
    return intent not in UNPARSED or not any(
        one.was_answered and one.intent in UNPARSED and one.ago < UNPARSED_REST for one in manners.earlier
    )


def _is_silent(intent: Intent, manners: Manners) -> bool:
    """Whether STOP keeps the answer back: it is confirmed once, and then only START and HELP are answered."""
    if intent is Intent.OPT_OUT:
        return not manners.stop_changes
    return manners.was_silenced and intent not in {Intent.OPT_IN, Intent.HELP}
