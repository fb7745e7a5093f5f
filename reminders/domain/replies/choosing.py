"""Which of the open prompts a text answers, and so what it means; where it could be several, that is asked back.

danger               whatever was asked
one prompt           whose own words the text uses
several              the same yes to texts about different things: ask back
no prompt's own      the text speaks for itself: for the one prompt that it fits, else for none
none                 the text speaks for itself, or a person reads it
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from reminders.domain.replies.intents import Confidence, Intent, Understanding
from reminders.domain.replies.prompts import ANSWERS_TO, Prompt
from reminders.domain.replies.understanding import understand
from reminders.domain.words import Context

Group = tuple[Prompt, ...]
"""The prompts of one text that asked."""

DANGER = frozenset({Intent.CRISIS, Intent.EMERGENCY})

_OF_ONE = frozenset({Intent.CONFIRM, Intent.DRIVER_YES, Intent.DRIVER_NO, Intent.DRIVER_ARRANGED})
"""What is noted at a visit, and nothing without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a text means, and which prompts it is about."""

    meaning: Understanding
    answers: tuple[Prompt, ...] = ()
    """The prompts that it answers: several where one text asked about several visits."""
    options: tuple[Prompt, ...] = ()
    """One prompt of each thing that it could be about: which, has to be asked back."""
    picked_for: UUID | None = None
    """The earlier text whose meaning this is: this one only names the number that was asked back for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """What of the writer matters to how a text is understood."""

    language: str
    region: str
    usual: Context = Context.NONE
    """What somebody is understood by who was asked nothing: a driver speaks as a driver."""


def choose(text: str, prompts: Sequence[Prompt], speaker: Speaker) -> Choice:
    """Return what *text* means to one who can answer *prompts*, each the newest of its question."""
    alone = _read(text, speaker.usual, speaker)
    groups = _by_text(prompts)
    meanings = {kind: _read(text, kind, speaker) for kind in {group[0].kind for group in groups}}
    dangers = [meaning for meaning in (alone, *meanings.values()) if meaning.intent in DANGER]
    if dangers:
        return Choice(meaning=dangers[0])
    answered = [group for group in groups if meanings[group[0].kind].intent in ANSWERS_TO[group[0].kind]]
    is_answer = any(meanings[group[0].kind].intent is not alone.intent for group in answered)
    about = answered if is_answer or _is_one_thing(answered) or _needs_one(alone) else []
    if not about:
        return Choice(meaning=_outside(alone, meanings.values()))
    meaning = meanings[about[0][0].kind]
    if _is_one_thing(about):
        return Choice(meaning=meaning, answers=about[0])
    return Choice(meaning=meaning, options=tuple(group[0] for group in about))


def pick(text: str, options: Sequence[Prompt]) -> Prompt | None:
    """Return the option that *text* names by its number; None where it names none."""
    bare = text.strip().rstrip(".)!").removeprefix("#")
    return options[int(bare) - 1] if bare.isdecimal() and bare.isascii() and 0 < int(bare) <= len(options) else None


def _read(text: str, kind: Context, speaker: Speaker) -> Understanding:
    return understand(text, kind, language=speaker.language, region=speaker.region)


def _by_text(prompts: Sequence[Prompt]) -> list[Group]:
    """Return the prompts of each text that asked, newest text first."""
    ordered = sorted(prompts, key=lambda one: (one.opened_at, one.message_id), reverse=True)
    return [tuple(group) for _, group in groupby(ordered, key=lambda one: one.message_id)]


def _is_one_thing(groups: Sequence[Group]) -> bool:
    """Whether all of *groups* ask the same about the same, so that the newest may stand for them."""
    if not groups:
        return False
    things = {(one.kind, one.person_id, one.subject_id) for group in groups[1:] for one in group}
    return things <= {(one.kind, one.person_id, one.subject_id) for one in groups[0]}


def _needs_one(alone: Understanding) -> bool:
    """Whether a text that speaks for itself still says nothing until it is known what it is about."""
    return alone.confidence is Confidence.EXACT or alone.intent in _OF_ONE


def _outside(alone: Understanding, others: Iterable[Understanding]) -> Understanding:
    """Return the meaning of what answers no prompt.

    A prompt may make sense of words that say little by themselves ("my sister" where a driver was
    asked for); what is `unknown` alone takes the first such meaning.
    """
    if alone.intent is not Intent.UNKNOWN:
        return alone
    known = [one for one in others if one.intent is not Intent.UNKNOWN]
    return known[0] if known else alone
