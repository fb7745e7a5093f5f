"""`reminders check`: what a text or a wording costs as SMS, and what is wrong with it. Needs no database."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from reminders.domain.check import Report, check_template, check_text
from reminders.domain.clinic_file import read_clinic
from reminders.domain.discretion import Occasion
from reminders.domain.errors import RefusedError
from reminders.domain.samples import Voice
from reminders.domain.template_file import file_of, read_template
from reminders.domain.words import Channel
from reminders.settings import load_place


def check(
    text: Annotated[str | None, typer.Argument(help="The text as a patient would read it.")] = None,
    template: Annotated[str | None, typer.Option(metavar="KEY", help="A wording of the config folder: prep.")] = None,
    language: Annotated[str, typer.Option(help="The language of the wording.")] = "en",
    channel: Annotated[Channel, typer.Option(help="The channel of the wording.")] = Channel.SMS,
    lines: Annotated[bool, typer.Option("--lines", help="Read a JSON string a line, write an object a line.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
) -> None:
    """Say what a text or a wording costs as SMS and what is wrong with it.

    A wording is checked on the longest values that the clinic has. Exit status: 0 done, 1 where a
    wording must not be loaded as it is, or, with --lines, where a line is no JSON string.
    """
    if sum([text is not None, template is not None, lines]) != 1:
        raise typer.BadParameter("Give a text, or --template KEY, or --lines.")
    config = load_place().config_dir
    voice = _voice(config)
    if lines:
        raise typer.Exit(_check_lines(voice))
    report = _check_template(template, language, channel, config, voice) if template else _check_text(text or "", voice)
    typer.echo(json.dumps(report.as_json()) if as_json else _shown("\n".join(_report_lines(report))))
    raise typer.Exit(1 if template and report.problems else 0)


def _voice(config: Path) -> Voice:
    """Return the clinic of the config folder; without a clinic file nobody knows whose name a text must say."""
    file = config / "clinic.yaml"
    return Voice.of(read_clinic(_read(file), str(file))) if file.is_file() else Voice(name="")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise RefusedError(f"{file} cannot be read: {reason}.") from None


def _check_text(text: str, voice: Voice) -> Report:
    return check_text(text, Occasion(clinic_name=voice.name, private_words=voice.private_words))


def _check_template(key: str, language: str, channel: Channel, config: Path, voice: Voice) -> Report:
    folder = config / "templates"
    file = folder / file_of(language, key, channel)
    if not file.is_file():
        known = sorted({path.name.partition(".")[0] for path in folder.glob(f"{language}/*.*")})
        there = f"It has: {', '.join(known)}." if known else "It has none in this language."
        raise RefusedError(f"{folder} has no wording {file_of(language, key, channel)}. {there}", code="no_wording")
    return check_template(read_template(_read(file), str(file)), voice)


def _check_lines(voice: Voice) -> int:
    """Answer each line of the input at once; return the exit status."""
    status = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        text = _text_of(line)
        answer = _bad_line(number) if text is None else _check_text(text, voice).as_json()
        status = 1 if text is None else status
        typer.echo(json.dumps(answer))
    return status


def _text_of(line: bytes) -> str | None:
    try:
        text = json.loads(line.decode("utf-8-sig"))
    except ValueError:
        return None
    return text if isinstance(text, str) else None


def _bad_line(number: int) -> dict[str, Any]:
    """Return an object of the usual form, so that the answer to line n is line n."""
    message = f'Line {number} is not a JSON string. Write the text in quotes: "Cedar Clinic: …".'
    problem = {"code": "bad_line", "message": message}
    return {"encoding": None, "segments": 0, "units": 0, "forced_by": [], "problems": [problem]}


def _report_lines(report: Report) -> Iterator[str]:
    measured = report.measured
    if measured.segments:
        yield f"{measured.encoding}, {measured.segments} segment{'s' * (measured.segments > 1)}, {measured.units} units"
    for forcing in measured.forced_by:
        yield f"  {forcing.character} {forcing.name} -> {forcing.replacement or 'nothing plain looks like it'}"
    yield from ("", report.text, "")
    for problem in report.problems:
        yield f"[{problem.code}] {problem.message}"
    if not report.problems:
        yield "Nothing is wrong with it."


def _shown(text: str) -> str:
    """Return *text* as this terminal can show it."""
    encoding = sys.stdout.encoding or "ascii"
    return text.encode(encoding, "backslashreplace").decode(encoding)
