"""Finds danger in a reply, whatever it was meant to answer: a crisis before an emergency, in any language.

Who denies a danger has thought of it: a denial with nothing else behind it is `denied`, and a
clinician sees it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reminders.domain.replies.phrases import Phrases
from reminders.domain.replies.plain_words import Said
from reminders.domain.replies.rules import crisis_english, crisis_spanish, emergency, harmless
from reminders.domain.words import Context


class Kind(StrEnum):
    """What kind of danger."""

    CRISIS = "crisis"
    EMERGENCY = "emergency"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Danger:
    """A danger and the language in which it was told."""

    kind: Kind
    language: str


def find(said: Said, context: Context) -> Danger | None:
    """Return the danger that *said* tells of."""
    left = harmless.IDIOMS.sub(_GONE, said.clauses)
    heard = harmless.DENIALS.sub(_GONE, left)
    texts = _texts(heard)
    for kind, language, found in _tables(context):
        if any(found.search(text) for text in texts):
            return Danger(kind, language)
    return Danger(Kind.DENIED, "en") if heard != left else None


_GONE = " , "
"""Stands where something was taken out, so that the words around it do not meet."""


def _texts(heard: str) -> tuple[str, ...]:
    """Return the text without marks, for they may stand anywhere ("I want to... die"), and with the ends of clauses."""
    return " ".join(re.sub(r"[|?]", " ", heard).split()), heard


def _tables(context: Context) -> Iterator[tuple[Kind, str, Phrases]]:
    """Yield what is looked for in the order in which it counts."""
    for language, crisis in _CRISIS.items():
        yield Kind.CRISIS, language, crisis.EXPLICIT
        yield Kind.CRISIS, language, crisis.IMPLICIT
        if context in {Context.CHECKIN, Context.MOOD}:
            yield Kind.CRISIS, language, crisis.OF_FEELINGS
    for language, found in emergency.EMERGENCY.items():
        yield Kind.EMERGENCY, language, found
    if context is not Context.DRIVER_ASK:
        for language, crisis in _CRISIS.items():
            yield Kind.CRISIS, language, crisis.CRY


_CRISIS = {"en": crisis_english, "es": crisis_spanish}
