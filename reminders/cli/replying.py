"""`reminders reply`: what a patient's answer would mean, and what would be answered. Needs no running system."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from reminders.domain.clinic_file import read_clinic
from reminders.domain.clinic_setup import ClinicSetup
from reminders.domain.errors import RefusedError
from reminders.domain.replies.intents import Understanding
from reminders.domain.replies.understanding import understand
from reminders.domain.replies.wordings import Answers, read_answers
from reminders.domain.samples import Voice
from reminders.domain.words import Context
from reminders.settings import load_place

_LAST_RESORT = "en"


def reply(
    text: Annotated[str | None, typer.Argument(help="The answer as it came.")] = None,
    context: Annotated[Context, typer.Option(help="The prompt that it answers.")] = Context.NONE,
    language: Annotated[str | None, typer.Option(help="The patient's language; the clinic's if not given.")] = None,
    lines: Annotated[bool, typer.Option("--lines", help="Read a JSON object a line: text, language, context.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
) -> None:
    """Say what an answer means, how sure that is, what is answered, and what a person must do.

    With --lines, reads one JSON object {"text", "language", "context"} a line from standard input
    and writes one a line. Exit status: 0 done, 1 where a line cannot be read.
    """
    if (text is not None) == lines:
        raise typer.BadParameter("Give a text, or --lines.")
    desk = _Desk(load_place().config_dir)
    if lines:
        raise typer.Exit(_answer_lines(desk, language, context))
    answer = desk.answer(text or "", context, language)
    typer.echo(_written(answer) if as_json else _shown(answer))


class _Desk:
    """The clinic of the config folder, with its answers in each language."""

    def __init__(self, config: Path) -> None:
        self._clinic = _read_clinic(config)
        self._voice = Voice.of(self._clinic)
        self._answers = {answers.language: answers for answers in _read_all_answers(config, self._voice)}

    def answer(self, text: str, context: Context, language: str | None) -> dict[str, Any]:
        """Return what the command prints of one text."""
        meaning = understand(
            text, context, language=language or self._clinic.policy.language, region=self._clinic.region
        )
        said = self._answers_in(meaning.language).say(meaning.answer, self._voice) if meaning.answer else None
        return _as_json(meaning, said)

    def _answers_in(self, language: str) -> Answers:
        """Return the answers in *language*, or its main language; else in the clinic's, else in English."""
        wanted = (language, language.partition("-")[0], self._clinic.policy.language, _LAST_RESORT)
        return next(self._answers[tag] for tag in wanted if tag in self._answers)


def _read_clinic(config: Path) -> ClinicSetup:
    file = config / "clinic.yaml"
    return read_clinic(_read(file), str(file))


def _read_all_answers(config: Path, voice: Voice) -> list[Answers]:
    files = sorted((config / "replies").glob("*.yaml"))
    found = [read_answers(_read(file), str(file), voice) for file in files]
    if _LAST_RESORT not in {answers.language for answers in found}:
        raise RefusedError(f"{config / 'replies'} has no answers in English; put en.yaml there.", code="no_wording")
    return found


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise RefusedError(f"{file} cannot be read: {reason}. Is REMINDERS_CONFIG_DIR right?") from None


def _as_json(meaning: Understanding, said: str | None) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "intent": meaning.intent.value,
        "confidence": meaning.confidence.value,
        "reply": said,
        "work_item": meaning.work.value if meaning.work else None,
    }
    if meaning.value is not None:
        answer["value"] = meaning.value
    if meaning.driver is not None:
        answer["driver"] = {"name": meaning.driver.name, "phone": meaning.driver.phone}
    return answer


def _answer_lines(desk: _Desk, language: str | None, context: Context) -> int:
    """Answer each line of the input at once, also one that cannot be read; return the exit status."""
    status = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            answer = desk.answer(*_question(line, language, context))
        except RefusedError as refused:
            status = 1
            answer = {"intent": None, "confidence": None, "reply": None, "work_item": None}
            answer["error"] = f"Line {number} {refused}"
        typer.echo(_written(answer))
    return status


def _question(line: bytes, language: str | None, context: Context) -> tuple[str, Context, str | None]:
    """Return text, context and language of one line; what it leaves out is as the command was told."""
    try:
        asked = json.loads(line.decode("utf-8-sig"))
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise RefusedError('is not a JSON object. Write it like {"text": "Y", "context": "confirm", "language": "en"}.')
    text, tongue = asked.get("text"), asked.get("language") or language
    if not isinstance(text, str):
        raise RefusedError('has no text: "text" must be there, in quotes.')
    if tongue is not None and not isinstance(tongue, str):
        raise RefusedError('has no readable language: "language" must be in quotes, such as "es".')
    return text, _context(asked.get("context") or context), tongue


def _context(name: object) -> Context:
    if name not in list(Context):
        raise RefusedError(f"has the context {name!r}, which is none of: {', '.join(Context)}.")
    return Context(str(name))


def _written(answer: dict[str, Any]) -> str:
    return json.dumps(answer)


def _shown(answer: dict[str, Any]) -> str:
    rows = [
        ("intent", answer["intent"]),
        ("confidence", answer["confidence"]),
        ("value", answer.get("value")),
        ("driver", ", ".join(part for part in answer.get("driver", {}).values() if part)),
        ("reply", answer["reply"] or "none"),
        ("work item", answer["work_item"] or "none"),
    ]
    return "\n".join(f"{label:12}{value}" for label, value in rows if value not in {None, ""})
