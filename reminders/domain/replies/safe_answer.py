"""The safe answer: what a cry for help is told when nothing can be looked up.

It is decided by the text alone, as if it answered no prompt or a check-in, and has words of
its own for a clinic that has signed none: whoever cries for help is always told 988 and 911.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from reminders.domain.replies import danger
from reminders.domain.replies.danger import Danger, Kind
from reminders.domain.replies.intents import Intent
from reminders.domain.replies.plain_words import read
from reminders.domain.words import Context

SAFE_ANSWERS = (Kind.CRISIS, Kind.EMERGENCY)
"""The kinds of danger that are answered; each is the key of a clinic's own answer."""

_SPANISH, _ENGLISH = "es", "en"

ALWAYS: Mapping[tuple[Kind, str], str] = MappingProxyType({
    (Kind.CRISIS, _ENGLISH): (
        "We may not read this soon. Please call or text 988, day or night. If you are in danger call 911."
    ),
    (Kind.CRISIS, _SPANISH): (
        "Quizas no leamos esto pronto. Llame al 988 y oprima 2, dia y noche. Si corre peligro llame al 911."
    ),
    (Kind.EMERGENCY, _ENGLISH): (
        "We may not read this soon. Call 911 now. In a crisis call or text 988, day or night."
    ),
    (Kind.EMERGENCY, _SPANISH): (
        "Quizas no leamos esto pronto. Llame al 911. En una crisis llame al 988 y oprima 2, dia y noche."
    ),
})  # fmt: skip
"""Sayable by anybody: without name, promise or accent, in one segment each."""


def always(intent: Intent, language: str) -> str:
    """Return what a cry of *intent* is told where the clinic has no signed words."""
    kind = Kind.CRISIS if intent is Intent.CRISIS else Kind.EMERGENCY
    return ALWAYS[kind, _SPANISH if language.partition("-")[0] == _SPANISH else _ENGLISH]


@dataclass(frozen=True, slots=True)
class SafeWords:
    """One clinic's safe answers."""

    language: str = _ENGLISH
    """The clinic's own: a patient's is not known without the database."""
    said: Mapping[tuple[Kind, str], str] = field(default_factory=dict)
    """By kind and language, those that may be said to a patient of it."""

    def answer(self, cry: Danger) -> str:
        """Return what *cry* is answered: in Spanish if it was Spanish, else in the clinic's language."""
        language = _SPANISH if cry.language == _SPANISH else self.language
        base = language.partition("-")[0]
        return (
            self.said.get((cry.kind, language))
            or self.said.get((cry.kind, base))
            or ALWAYS[cry.kind, base if base == _SPANISH else _ENGLISH]
        )


def cry_in(text: str) -> Danger | None:
    """Return the crisis or emergency that *text* tells of, whatever it may answer; a crisis before an emergency."""
    said = read(text)
    found = [danger.find(said, context) for context in (Context.NONE, Context.CHECKIN)]
    cries = [one for one in found if one is not None and one.kind in SAFE_ANSWERS]
    return min(cries, key=lambda one: SAFE_ANSWERS.index(one.kind), default=None)
