"""Template files: `config/templates/<language>/<key>.sms.liquid` and `<key>.email.md` as wordings.

---                                           both channels, may be missing
rides: "Visit {{ visit.date }}: …"            the sentence that stands for it in another message
segments: 2                                   sms: how many segments it may take (1)
subject: "Your visit on {{ visit.date }}"     email: required
---
Liquid; for email the Markdown of the letter
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from reminders.domain.blocks import Notes, read_block
from reminders.domain.errors import InvalidConfigError, Problem, RefusedError
from reminders.domain.strict_liquid import parse
from reminders.domain.wording import Template
from reminders.domain.words import Channel

_ENDINGS = {Channel.SMS: ".sms.liquid", Channel.EMAIL: ".email.md"}
_PATH = re.compile(
    r"(?:.*/)?(?P<language>[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)/"
    r"(?P<key>[a-z0-9]+(?:-[a-z0-9]+)*)\.(?P<kind>sms\.liquid|email\.md)"
)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<fields>.*?\n)??---[ \t]*(?:\n|\Z)", re.DOTALL)
_BARE_LIQUID = re.compile(r"^\w+:[ \t]*\{[{%]", re.MULTILINE)
_MOST_SEGMENTS = 4


def file_of(language: str, key: str, channel: Channel) -> str:
    """Return where a wording stands below the folder of templates: `en/booked.sms.liquid`."""
    return f"{language}/{key}{_ENDINGS[channel]}"


def read_templates(files: Mapping[str, str]) -> list[Template]:
    """Read the texts of *files* by path; raises `InvalidConfigError` with the problems of all of them."""
    templates: list[Template] = []
    problems: list[Problem] = []
    for file, text in files.items():
        try:
            templates.append(read_template(text, file))
        except InvalidConfigError as error:
            problems += error.problems
    if problems:
        raise InvalidConfigError(problems)
    return templates


def read_template(text: str, file: str) -> Template:
    """Read one file; its path *file* says key, language and channel.

    Raises `InvalidConfigError` with file and line of every flaw that can be seen without values.
    """
    notes = Notes(file)
    template = _named_by(file)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    front = _FRONT_MATTER.match(text)
    body_line = 1
    if front is None and text.startswith("---"):
        notes.add(1, "The fields that begin here have no end; close them with a line `---`.")
    if front:
        template = _with_fields(template, front["fields"] or "", notes)
        body_line += front.group().count("\n")
    body = text[front.end() if front else 0 :]
    if not body.strip():
        notes.add(body_line, "The wording has no words; write it below the line `---`.")
    if template.channel is Channel.EMAIL and not template.subject:
        notes.add(1, 'An email needs a subject: begin the file with `---`, `subject: "…"`, `---`.')
    _note_flaws(body, body_line, notes)
    notes.refuse()
    return replace(template, body=body)


def _named_by(file: str) -> Template:
    named = _PATH.fullmatch(file)
    if named is None:
        cure = "Call it <language>/<key>.sms.liquid or <language>/<key>.email.md, such as en/booked.sms.liquid."
        raise InvalidConfigError([Problem(file, f"The path of a wording tells its language, key and channel. {cure}")])
    channel = Channel.SMS if named["kind"] == "sms.liquid" else Channel.EMAIL
    return Template(key=named["key"], channel=channel, language=named["language"], body="")


def _with_fields(template: Template, fields: str, notes: Notes) -> Template:
    """Read what stands between the two lines `---`; the line break in front keeps the line numbers true."""
    if not fields.strip():
        return template
    if bare := _BARE_LIQUID.search(fields):
        line = fields.count("\n", 0, bare.start()) + 2
        notes.add(line, 'Put quotes around it: "{{ … }}". Without them YAML takes the braces for its own.')
        return template
    block = read_block(f"\n{fields}", notes, "wording")
    template = replace(template, rides=block.may("rides", str, ""), together=block.may("together", str, ""))
    _note_flaws(template.rides, block.line_of("rides"), notes)
    _note_flaws(template.together, block.line_of("together"), notes)
    if template.channel is Channel.EMAIL:
        template = replace(template, subject=block.may("subject", str, ""))
        _note_flaws(template.subject, block.line_of("subject"), notes)
    else:
        template = replace(template, segments_limit=block.may("segments", _segments, 1))
    block.close()
    return template


def _segments(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_SEGMENTS:
        raise RefusedError(f"{text!r} is not a number of segments; it is 1 to {_MOST_SEGMENTS}.")
    return int(text)


def _note_flaws(source: str, line: int, notes: Notes) -> None:
    for flaw in parse(source).flaws:
        notes.add(line + flaw.line - 1, flaw.text)
