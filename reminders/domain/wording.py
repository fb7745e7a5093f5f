"""Wordings: the texts of a clinic, and how one becomes what a person reads.

A wording that names an unknown placeholder, or prints one that is empty here, stops its
message: nobody is ever told to come "at None". Rendering changes nothing that is shared,
so no text can hold a piece of the one before.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from liquid.exceptions import LiquidError

from reminders.domain.errors import WordingError
from reminders.domain.segments import Encoding, measure, plain
from reminders.domain.strict_liquid import UnprintableError, fill, parse
from reminders.domain.vocabulary import advice
from reminders.domain.words import Channel

Values = Mapping[str, object]

LONGEST_SMS = 1_600
"""Characters that a provider takes in one text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One wording: what a rule says on one channel in one language."""

    key: str
    channel: Channel
    language: str
    body: str
    """Liquid; for email the Markdown of the letter."""
    subject: str = ""
    """Liquid; email only."""
    rides: str = ""
    """Liquid: the short sentence, or phrase without a full stop, that stands for it in another message."""
    together: str = ""
    """Liquid: the same where several of this very wording are one text: "Fri Oct 9 10:30 AM" in a list of visits."""
    segments_limit: int = 1
    """How many segments the text may take on worst-case values."""

    @property
    def name(self) -> str:
        """What people call it in an error: `en/prep.sms`."""
        return f"{self.language}/{self.key}.{self.channel}"


def placeholders(source: str) -> frozenset[str]:
    """Return the placeholders that *source* uses; names of its own loops are not among them."""
    return parse(source).placeholders


def render(source: str, values: Values, *, name: str = "", escape: Callable[[str], str] = str) -> str:
    """Fill in *source*.

    Raises `WordingError` for a wording with a flaw and for a placeholder with nothing to print; its
    text tells *name*, line and placeholder, never a value.
    """
    parsed = parse(source, escape)
    if parsed.flaws or parsed.template is None:
        flaw = parsed.flaws[0]
        raise WordingError(f"{_where(name, flaw.line)} cannot be sent. {flaw.text}", code=flaw.code)
    try:
        return _TWO_STOPS.sub(r"\1", fill(parsed.template, values))
    except UnprintableError as error:
        text = f"{{{{ {error.placeholder} }}}} {error.why}. {advice()}"
        raise WordingError(f"{_where(name, error.line)} cannot be sent: {text}", code=error.code) from None
    except LiquidError as error:
        raise WordingError(f"{_where(name)} cannot be sent: {error.message}.", code="cannot_render") from None


_TWO_STOPS = re.compile(r"(?<!\.)(\\?\.)\.(?!\.)")
"""A value that ends in a full stop ("10:30 a. m.") at the end of a sentence; escaped, in Markdown."""


def render_sms(template: Template, values: Values) -> str:
    """Return the text message of *template*: plain characters, no stray space.

    The patient's name gives way: where it alone turns the text to UCS-2, or past the segments
    that the template may take, the text is rendered without it. What rides in it (`also`) stands
    where the wording puts it, else before the sentence with STOP.
    """
    text = _sms(template, values)
    measured = measure(text)
    if measured.encoding is Encoding.UCS2 or measured.segments > template.segments_limit:
        text = _shorter(template, values, text)
    if not text or len(text) > LONGEST_SMS:
        size = "longer than a text can be" if text else "empty"
        raise WordingError(f"{_where(template.name)} cannot be sent: it is {size}.", code="wrong_size")
    return text


def render_line(source: str, values: Values, *, name: str = "") -> str:
    """Return *source* filled in on one line: the subject of an email, a sentence that rides."""
    return " ".join(render(source, values, name=name).split())


def join_riders(phrases: Sequence[str]) -> str:
    """Join what rides in one message: phrases as a list, then whole sentences; ends like a sentence."""
    whole = [phrase for phrase in phrases if phrase.endswith((".", "!", "?")) and not _HALF_DAY.search(phrase)]
    listed = ", ".join(phrase for phrase in phrases if phrase and phrase not in whole)
    return " ".join([listed.removesuffix(".") + "."] * bool(listed) + whole)


_HALF_DAY = re.compile(r"\b[ap]\. ?m\.$")
"""Its full stop ends a time, not a sentence."""


def nameless(values: Values) -> Values:
    """Return *values* without the patient's name."""
    return {**values, "patient": {}}


def _shorter(template: Template, values: Values, text: str) -> str:
    """Return the text without the patient's name if that makes it cheaper, else *text*."""
    try:
        shorter = _sms(template, nameless(values))
    except WordingError:
        return text
    before, after = measure(text), measure(shorter)
    return shorter if after.segments < before.segments or after.encoding is not before.encoding else text


def _sms(template: Template, values: Values) -> str:
    text = _tidy(plain(render(template.body, values, name=template.name)))
    also = values.get("also")
    if not also or "also" in placeholders(template.body):
        return text
    return _insert(text, _tidy(plain(str(also))))


_LAST_STOP = re.compile(r"[^.!?\n]*\bSTOP\b[^.!?\n]*[.!?]?$")


def _insert(text: str, also: str) -> str:
    """Put *also* before the sentence that ends *text* with STOP, or at its end."""
    found = _LAST_STOP.search(text)
    at = found.start() if found else len(text)
    return _tidy(f"{text[:at]} {also} {text[at:]}")


def _tidy(text: str) -> str:
    """Make each paragraph one line: line breaks of the file are spaces, an empty line is a line break."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def _where(name: str, line: int | None = None) -> str:
    place = f", line {line}," if line else ""
    return f"The wording {name}{place}" if name else f"This wording{place}"
