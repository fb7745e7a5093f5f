"""Discretion: what a text must not say, and what it must, whoever looks at the phone.

English and Spanish are both looked for in every text, for clinics mix them. A street, a
name or a friendly "no charge" must not be a finding: see the tests for both sides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reminders.domain import telltales
from reminders.domain.words import Channel


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a text: a code for machines; what, where and the cure for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a text is for, as far as its discretion depends on it."""

    channel: Channel = Channel.SMS
    clinic_name: str = ""
    """Empty: not known, so not asked for."""
    stop_due: bool = True
    """False for an answer to a reply, such as the safe answer."""
    private_words: Sequence[str] = field(default_factory=tuple)
    """What this clinic refuses besides our own list; `word*` takes every ending."""


def review(text: str, occasion: Occasion) -> list[Finding]:
    """Return what is wrong with the *text* of a message."""
    return [*refused(text, occasion.private_words), *_missing(text, occasion)]


def refused(text: str, private_words: Sequence[str] = (), *, part: str = "text") -> list[Finding]:
    """Return what stands in *text* and must not; *part* names it: text, subject, sender, link, rides."""
    return [Finding(code, f"The {part} says {says!r}: {why}") for code, says, why in _telltales(text, private_words)]


def _telltales(text: str, private_words: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for code, find, why in _RULES:
        for says in find(text):
            yield code, says, why
    for says in telltales.private_words(text, private_words):
        yield "private_word", says, "this clinic's list refuses it. Say it another way."


_RULES = (
    (
        "treatment_word",
        telltales.treatment_words,
        'whoever sees the phone learns what the visit is. Say "visit", or leave it out.',
    ),
    (
        "payment_word",
        telltales.payment_words,
        "a reminder may not speak of money or offers. Leave it out.",
    ),
    (
        "reply_cancel",
        telltales.cancel_replies,
        "carriers take this reply for STOP and block the number. Ask for another letter, such as R to change.",
    ),
    (
        "reply_stop_word",
        telltales.stop_word_replies,
        "this reply ends all texts. Offer STOP to opt out of texts, and another letter for all else.",
    ),
    (
        "relative_day",
        telltales.relative_days,
        "it is wrong when the text is read a day later. Name the day and date, such as {{ visit.date }}.",
    ),
    (
        "shortener",
        telltales.shorteners,
        "carriers filter public link shorteners. Use a link of the clinic's own domain.",
    ),
    (
        "unfilled_placeholder",
        telltales.unfilled,
        "a value should stand there. Save it as a template, or write the value.",
    ),
)


def _missing(text: str, occasion: Occasion) -> Iterator[Finding]:
    if occasion.clinic_name and not telltales.names(text, occasion.clinic_name):
        yield Finding(
            "no_clinic_name",
            f"The text does not say who sends it. Begin it with {occasion.clinic_name!r}: {{{{ clinic.name }}}}.",
        )
    if occasion.channel is Channel.SMS and occasion.stop_due and not telltales.offers_stop(text):
        yield Finding(
            "no_stop",
            'The text does not say how to opt out. End it with "Reply STOP to opt out."'
            ' or "Responda STOP para no recibir mas."',
        )
