"""`reminders reply` as a coordinator, a script and a judge of replies meet it: no system runs."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from reminders.cli.finding import find
from reminders.cli.replying import reply
from reminders.domain.errors import InvalidConfigError, RefusedError

CONFIG = Path(__file__).parents[2] / "config"
KEYS = ["intent", "confidence", "reply", "work_item"]

app = typer.Typer(callback=find)
app.command()(reply)


def run(*arguments: str, config: Path = CONFIG, lines: str | bytes | None = None, data: str = "/nowhere") -> Result:
    environment = {"REMINDERS_CONFIG_DIR": str(config), "REMINDERS_DATA_DIR": data, "REMINDERS_DATABASE_URL": ""}
    return CliRunner().invoke(app, ["reply", *arguments], input=lines, env=environment)


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def folder(at: Path) -> Path:
    shutil.copytree(CONFIG / "replies", at / "replies")
    shutil.copy(CONFIG / "clinic.yaml", at)
    return at


def test_a_person_reads_what_it_means_what_is_answered_and_what_is_to_do() -> None:
    result = run("cancel my Tuesday visit")

    assert result.exit_code == 0
    shown = " ".join(result.stdout.split())
    assert shown.startswith("intent change confidence rule reply Cedar Clinic: we have your request.")
    assert shown.endswith("work item change")


def test_json_has_four_keys_and_a_score_its_value() -> None:
    assert list(answers(run("Y", "--context", "confirm", "--json"))[0]) == KEYS
    (score,) = answers(run("about a 7", "--context", "mood", "--json"))
    assert list(score) == [*KEYS, "value"]
    assert (score["intent"], score["value"]) == ("score", 7)


def test_what_nobody_answers_has_no_reply() -> None:
    (answer,) = answers(run("Liked “Cedar Clinic: hello”", "--json"))

    assert (answer["intent"], answer["reply"], answer["work_item"]) == ("reaction", None, None)
    assert "reply       none" in run("thanks").stdout


def test_a_driver_is_shown_by_name_and_phone() -> None:
    (answer,) = answers(run("Maria, 312 555 0142", "--context", "driver_ask", "--json"))

    assert answer["driver"] == {"name": "Maria", "phone": "+13125550142"}
    assert "Maria, +13125550142" in run("Maria, 312 555 0142", "--context", "driver_ask").stdout


@pytest.mark.parametrize(
    ("language", "begins"), [("es", "gracias"), ("es-MX", "gracias"), ("en", "thank you"), ("fr", "thank you")]
)
def test_the_answer_is_in_the_patients_language_or_the_clinics(language: str, begins: str) -> None:
    (answer,) = answers(run("OK", "--context", "confirm", "--language", language, "--json"))

    assert answer["reply"].startswith(f"Cedar Clinic: {begins}")


def test_lines_are_answered_one_for_one() -> None:
    asked = [
        {"text": "Y", "context": "confirm"},
        {"text": "quiero morir", "language": "es", "context": None},
        {"text": "siete", "language": "es", "context": "mood", "note": "ignored"},
        {"text": ""},
    ]

    result = run("--lines", lines="".join(json.dumps(line) + "\n" for line in asked))

    assert result.exit_code == 0
    assert [answer["intent"] for answer in answers(result)] == ["confirm", "crisis", "score", "unknown"]
    assert "oprima 2" in answers(result)[1]["reply"]


def test_what_a_line_leaves_out_is_as_the_command_was_told() -> None:
    result = run("--lines", "--context", "confirm", "--language", "es", lines='{"text": "Y"}\n')

    assert answers(result)[0]["intent"] == "confirm"
    assert "gracias" in answers(result)[0]["reply"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"Y\n", "Line 2 is not a JSON object."),
        (b"\n", "Line 2 is not a JSON object."),
        (b'"Y"\n', "Line 2 is not a JSON object."),
        (b'{"text": "\xff"}\n', "Line 2 is not a JSON object."),
        (b'{"context": "confirm"}\n', "Line 2 has no text"),
        (b'{"text": 7}\n', "Line 2 has no text"),
        (b'{"text": "Y", "context": "confrm"}\n', "Line 2 has the context 'confrm', which is none of: confirm, prep,"),
        (b'{"text": "Y", "context": ["confirm"]}\n', "Line 2 has the context"),
        (b'{"text": "Y", "language": 5}\n', "Line 2 has no readable language"),
    ],
)
def test_a_line_that_cannot_be_read_keeps_its_place_and_leaves_with_1(line: bytes, says: str) -> None:
    good = b'{"text": "Y", "context": "confirm"}\n'

    result = run("--lines", lines=good + line + good)

    first, bad, last = answers(result)
    assert result.exit_code == 1
    assert first == last
    assert [bad[key] for key in KEYS] == [None] * 4
    assert bad["error"].startswith(says)


def test_an_unknown_context_is_wrong_usage_and_the_known_ones_are_named() -> None:
    result = run("Y", "--context", "confrm")

    assert result.exit_code == 2
    assert "driver_person" in result.stderr


@pytest.mark.parametrize("arguments", [(), ("Y", "--lines")])
def test_anything_but_one_of_text_and_lines_is_wrong_usage(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert "Give a text, or --lines." in " ".join(result.stderr.split())


def test_a_broken_wording_is_refused_by_file_and_line(tmp_path: Path) -> None:
    file = folder(tmp_path) / "replies" / "en.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("988", "987"), encoding="utf-8")

    result = run("Y", config=tmp_path)

    assert isinstance(result.exception, InvalidConfigError)
    assert "en.yaml:" in str(result.exception)
    assert "It must name 988" in str(result.exception)


def test_without_a_clinic_or_english_answers_the_refusal_says_where_to_look(tmp_path: Path) -> None:
    missing = run("Y", config=tmp_path / "none")
    (folder(tmp_path) / "replies" / "en.yaml").unlink()
    silent = run("Y", config=tmp_path)

    assert isinstance(missing.exception, RefusedError)
    assert "Is REMINDERS_CONFIG_DIR right?" in str(missing.exception)
    assert isinstance(silent.exception, RefusedError)
    assert "has no answers in English" in str(silent.exception)
