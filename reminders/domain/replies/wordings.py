"""The wordings of automatic answers, one file a language: `config/replies/en.yaml`.

An answer says its whole sentence at once, in one text of one segment, and may print little but
the clinic's name and phone: it must be sayable when nothing else can be looked up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from reminders.domain.blocks import Block, Notes, meant, read_block
from reminders.domain.check import check_text
from reminders.domain.discretion import Occasion
from reminders.domain.errors import RefusedError
from reminders.domain.replies.intents import ANSWERS, WHICH
from reminders.domain.samples import Voice
from reminders.domain.strict_liquid import parse
from reminders.domain.wording import Template, Values, placeholders, render_sms
from reminders.domain.words import Channel

_PRINTABLE = {"clinic.name", "clinic.phone", "clinic.opens"}
_ALSO_PRINTABLE = {WHICH: {"options"}}
_LONGEST_OPENS = "Wed Sep 30 10:30 AM"
_LONGEST_OPTIONS = "1 Wed Sep 30 10:30 AM, 2 Wed Sep 30 10:30 AM"
_STOP_DUE = {"who", "opt_in", "help"}
"""These speak to somebody who may not know us: they tell how to opt out."""
_NUMBERS_DUE = {"crisis", "emergency"}
"""These name 988, 911 and the clinic's number."""


PREFIX = "answer-"
"""Before the key of an answer where it stands among a clinic's other wordings."""


def values_of(name: str, phone: str, *, opens: str = "", options: str = "") -> Values:
    """Return what an answer may print.

    Args:
        name: The clinic's discreet name.
        phone: The number to call.
        opens: When somebody reads texts again, where nobody does now; else empty.
        options: The things between which is asked back, each with its number.
    """
    return {"clinic": {"name": name, "phone": phone, "opens": opens}, "options": options}


@dataclass(frozen=True, slots=True)
class Answers:
    """All automatic answers in one language."""

    language: str
    bodies: Mapping[str, str]
    """Liquid, by key."""

    def say(self, key: str, voice: Voice) -> str:
        """Return the text of the answer *key*, as the clinic of *voice* says it while somebody is there."""
        return render_sms(self.template(key), values_of(voice.name, voice.phone, options=_LONGEST_OPTIONS))

    def template(self, key: str) -> Template:
        """Return the answer *key* as a wording among others."""
        return Template(key=PREFIX + key, channel=Channel.SMS, language=self.language, body=self.bodies[key])

    @property
    def templates(self) -> tuple[Template, ...]:
        """All of them as wordings."""
        return tuple(self.template(key) for key in sorted(self.bodies))


def read_answers(text: str, file: str, voice: Voice) -> Answers:
    """Return the answers that *text* spells; raise `InvalidConfigError` with every problem of *file*.

    Each is checked as the clinic of *voice* says it: its length, its discretion, its numbers.
    """
    notes = Notes(file)
    block = read_block(text, notes, "the answers")
    language = block.need("language", str, "en")
    block.has("answers")
    inner = block.block("answers")
    block.close()
    answers = Answers(language, _bodies(inner))
    for key in answers.bodies:
        for problem in _problems(answers, key, voice):
            inner.note(key, problem)
    notes.refuse()
    return answers


def _bodies(block: Block) -> dict[str, str]:
    """Return the bodies that may be filled in; every key must be there, and no other."""
    bodies = {key: block.need(key, partial(_body, key), "") for key in ANSWERS}
    for name in block.names():
        if name not in bodies:
            block.note(name, f"is no answer. {meant(name, ANSWERS)}")
    return {key: body for key, body in bodies.items() if body}


def _body(key: str, text: str) -> str:
    flaws = parse(text).flaws
    if flaws:
        raise RefusedError(flaws[0].text)
    printable = _PRINTABLE | _ALSO_PRINTABLE.get(key, set())
    others = placeholders(text) - printable
    if others:
        known = ", ".join(sorted(printable))
        raise RefusedError(f"this answer may print {known} only, not {', '.join(sorted(others))}.")
    return text


def _problems(answers: Answers, key: str, voice: Voice) -> Iterator[str]:
    worst = values_of(voice.name, voice.phone, opens=_LONGEST_OPENS, options=_LONGEST_OPTIONS)
    text = render_sms(answers.template(key), worst)
    occasion = Occasion(clinic_name=voice.name, stop_due=key in _STOP_DUE, private_words=voice.private_words)
    for finding in check_text(text, occasion).problems:
        yield f"{finding.message} [{finding.code}]"
    missing = [number for number in ("988", "911", voice.phone) if number not in text]
    if key in _NUMBERS_DUE and missing:
        yield f"It must name {', '.join(missing)}: whoever reads it may need it at once."
