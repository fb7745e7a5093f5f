"""Checking a text or a wording before anybody is sent it: what it costs and what is wrong with it.

A wording is checked on worst-case values, in every turn that it can take: before and after
the fast has begun, with and without the patient's name, a fast, something that rides in it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reminders.domain.discretion import Finding, Occasion, refused, review
from reminders.domain.errors import InvalidConfigError, Problem, WordingError
from reminders.domain.letters import compose
from reminders.domain.samples import Voice, worst_values
from reminders.domain.segments import Encoding, Forcing, Measured, measure
from reminders.domain.telltales import names
from reminders.domain.wording import Template, Values, nameless, placeholders, render_line, render_sms
from reminders.domain.words import Channel

_ROOM = {Encoding.GSM: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True, slots=True)
class Report:
    """What a text costs and what is wrong with it; of a wording, its dearest rendering."""

    measured: Measured
    problems: tuple[Finding, ...]
    text: str

    def as_json(self) -> dict[str, Any]:
        """Return what `reminders check --json` prints."""
        return {
            "encoding": self.measured.encoding.value,
            "segments": self.measured.segments,
            "units": self.measured.units,
            "forced_by": [
                {"character": forcing.character, "name": forcing.name, "replacement": forcing.replacement}
                for forcing in self.measured.forced_by
            ],
            "problems": [{"code": problem.code, "message": problem.message} for problem in self.problems],
        }


def check_text(text: str, occasion: Occasion, *, segments_limit: int = 1) -> Report:
    """Check *text* as it stands."""
    measured = measure(text)
    return Report(measured, (*_cost_problems(measured, segments_limit), *review(text, occasion)), text)


def check_template(template: Template, voice: Voice) -> Report:
    """Check *template* on the longest values that the clinic behind *voice* has."""
    return _check(template, voice, worst_values(voice, template.language))


def approve(templates: Mapping[str, Template], voice: Voice) -> None:
    """Raise `InvalidConfigError` with the problems of *templates*, by their files, if any must not be loaded.

    UCS-2 alone is no reason: a language may need it, and then its limit of segments counts.
    """
    values = {language: worst_values(voice, language) for language in {each.language for each in templates.values()}}
    problems = [
        Problem(file, f"{finding.message} [{finding.code}]")
        for file, template in templates.items()
        for finding in _check(template, voice, values[template.language]).problems
        if finding.code != "forced_ucs2"
    ]
    problems += [Problem("clinic", f"{finding.message} [{finding.code}]") for finding in check_voice(voice)]
    if problems:
        raise InvalidConfigError(problems)


def check_voice(voice: Voice) -> list[Finding]:
    """Check what the clinic puts into every text: its name, its places, the words of its fasts."""
    said = [("clinic's display name", voice.name)]
    said += [("location", f"{name}, {address}") for name, address in voice.places]
    said += [
        ("fasting stop", words) for service in voice.services for stop in service.stops for words in stop.say.values()
    ]
    return [finding for part, text in said for finding in refused(text, voice.private_words, part=part)]


def _check(template: Template, voice: Voice, values: Values) -> Report:
    problems: list[Finding] = []
    texts: list[str] = []
    for turn in _turns(template, values):
        try:
            texts.append(_text_of(template, turn))
        except WordingError as error:
            problems.append(Finding(error.code, str(error)))
    for text in texts:
        problems += review(text, _occasion(template, voice))
        problems += _phone_problems(template, text, voice)
    measured, dearest = max(((_cost(template, text), text) for text in texts), key=_price, default=_NOTHING)
    problems += _cost_problems(measured, template.segments_limit)
    problems += [*_name_problems(template, values), *_side_problems(template, voice, values)]
    return Report(measured, tuple(dict.fromkeys(problems)), dearest)


_NOTHING = (Measured(Encoding.GSM, 0, 0), "")


def _turns(template: Template, values: Values) -> Iterator[Values]:
    """Yield the values of each turn that the wording can take: before and after the fast has begun, or one."""
    values = {**values, "visit": {**_part(values, "visit"), "extra": _columns(template)}}
    yield values
    if any(name.startswith("fasting.") for name in _used(template)):
        yield {**values, "fasting": {**_part(values, "fasting"), "begun": True}}


def _part(values: Values, name: str) -> Mapping[str, Any]:
    part = values[name]
    return part if isinstance(part, Mapping) else {}


def _columns(template: Template) -> Mapping[str, str]:
    """Return a sample for each column of the source that the wording prints."""
    return {name.removeprefix(_EXTRA): "sample value" for name in _used(template) if name.startswith(_EXTRA)}


_EXTRA = "visit.extra."


def _used(template: Template) -> frozenset[str]:
    sources = (template.body, template.subject, template.rides, template.together)
    return frozenset().union(*map(placeholders, sources))


def _text_of(template: Template, values: Values) -> str:
    if template.channel is Channel.SMS:
        return render_sms(template, values)
    return compose(template, values).text


def _occasion(template: Template, voice: Voice) -> Occasion:
    return Occasion(channel=template.channel, clinic_name=voice.name, private_words=voice.private_words)


def _cost(template: Template, text: str) -> Measured:
    """Return what *text* costs; an email takes no segment."""
    measured = measure(text)
    return measured if template.channel is Channel.SMS else Measured(measured.encoding, 0, measured.units)


def _price(costed: tuple[Measured, str]) -> tuple[int, int]:
    return costed[0].segments, costed[0].units


def _cost_problems(measured: Measured, limit: int) -> Iterator[Finding]:
    if measured.forced_by:
        swaps = ", ".join(_swap(forcing) for forcing in measured.forced_by)
        yield Finding("forced_ucs2", f"It takes UCS-2, 70 units to a text instead of 160, because of {swaps}.")
    if measured.segments > limit:
        room = _ROOM[measured.encoding][limit > 1] * limit
        yield Finding(
            "too_long",
            f"It takes {measured.segments} segments and may take {limit}: {measured.units} units,"
            f" {room} have room. Make it shorter.",
        )


def _swap(forcing: Forcing) -> str:
    cure = "has no plain form: leave it out" if forcing.replacement is None else f"could be {forcing.replacement!r}"
    return f"{forcing.character} ({forcing.name}; {cure})"


def _phone_problems(template: Template, text: str, voice: Voice) -> Iterator[Finding]:
    if any(name.startswith("fasting.") for name in _used(template)) and not names(text, voice.phone):
        yield Finding(
            "no_phone", "It tells what not to eat and drink but not whom to ask. Add {{ clinic.phone }} to every turn."
        )


def _name_problems(template: Template, values: Values) -> Iterator[Finding]:
    """Ask that a text reads well without the name, which gives way where it does not fit."""
    if template.channel is not Channel.SMS or "patient.first_name" not in placeholders(template.body):
        return
    try:
        render_sms(template, nameless(next(_turns(template, values))))
    except WordingError:
        yield Finding(
            "unguarded_name",
            "A name that does not fit is left out. Write "
            "{% if patient.first_name %}{{ patient.first_name }}, {% endif %} around it.",
        )


def _side_problems(template: Template, voice: Voice, values: Values) -> Iterator[Finding]:
    """Look at what goes beside the body: the subject, the sentence that rides elsewhere, a rider of its own."""
    turn = next(_turns(template, values))
    for part, source in (("subject", template.subject), ("rides", template.rides), ("together", template.together)):
        try:
            said = render_line(source, turn, name=f"{template.name} ({part})") if source else ""
        except WordingError as error:
            yield Finding(error.code, str(error))
        else:
            yield from refused(said, voice.private_words, part=part)
    try:
        _text_of(template, {**turn, "also": _RIDER})
    except WordingError as error:
        yield Finding(error.code, str(error))


_RIDER = "Wed Sep 30 10:30 AM."
