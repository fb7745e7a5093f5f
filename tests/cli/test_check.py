"""`reminders check` as a coordinator, a script and a public segment calculator meet it."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from reminders.cli.check import check
from reminders.domain.errors import InvalidConfigError, RefusedError

CONFIG = Path(__file__).parents[2] / "config"
GOOD = "Cedar Clinic: your visit is Wed Oct 7. Reply STOP to opt out."
BAD = "Your ketamine visit is tomorrow"

app = typer.Typer()
app.command()(check)


def run(*arguments: str, config: Path = CONFIG, lines: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=lines, env={"REMINDERS_CONFIG_DIR": str(config)})


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def clinic_folder(folder: Path, **files: str) -> Path:
    (folder / "clinic.yaml").write_text((CONFIG / "clinic.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "templates" / "en").mkdir(parents=True)
    for key, text in files.items():
        (folder / "templates" / "en" / f"{key}.sms.liquid").write_text(text, encoding="utf-8")
    return folder


def test_a_good_text_is_measured_and_leaves_with_0() -> None:
    result = run(GOOD)

    assert result.exit_code == 0
    assert "GSM-7, 1 segment, 61 units" in result.stdout
    assert "Nothing is wrong with it." in result.stdout


def test_a_bad_text_is_told_what_is_wrong_and_the_check_itself_is_done() -> None:
    result = run(BAD + " 李")

    assert result.exit_code == 0
    for code in ("forced_ucs2", "treatment_word", "relative_day", "no_clinic_name", "no_stop"):
        assert f"[{code}] " in result.stdout
    assert "CJK UNIFIED IDEOGRAPH-674E -> nothing plain looks like it" in result.stdout


def test_json_has_the_five_keys_and_problems_with_code_and_message() -> None:
    result = run(BAD, "--json")

    (answer,) = answers(result)
    assert list(answer) == ["encoding", "segments", "units", "forced_by", "problems"]
    assert [set(problem) for problem in answer["problems"]] == [{"code", "message"}] * 4
    assert (answer["encoding"], answer["segments"], answer["units"]) == ("GSM-7", 1, 31)


def test_the_name_asked_for_is_that_of_the_clinic_file(tmp_path: Path) -> None:
    folder = clinic_folder(tmp_path)
    clinic = folder / "clinic.yaml"
    text = clinic.read_text(encoding="utf-8").replace("display_name: Cedar Clinic", "display_name: Oak House")
    clinic.write_text(text, encoding="utf-8")

    assert "[no_clinic_name]" in run(GOOD, config=folder).stdout
    assert "[no_clinic_name]" not in run(GOOD.replace("Cedar Clinic", "Oak House"), config=folder).stdout


def test_without_a_clinic_file_no_name_is_asked_for(tmp_path: Path) -> None:
    assert "Nothing is wrong" in run("Your visit is Wed Oct 7. Reply STOP to opt out.", config=tmp_path).stdout


def test_a_starter_wording_is_checked_on_its_longest_values() -> None:
    result = run("--template", "prep", "--language", "es")

    assert result.exit_code == 0
    assert "GSM-7, 2 segments" in result.stdout
    assert "STOP=no mas." in result.stdout


def test_an_email_wording_is_checked_too() -> None:
    result = run("--template", "prep", "--channel", "email", "--json")

    assert result.exit_code == 0
    assert answers(result)[0]["problems"] == []


def test_a_bad_wording_leaves_with_1(tmp_path: Path) -> None:
    result = run(
        "--template", "late", "--json", config=clinic_folder(tmp_path, late="{{ clinic.name }}: see you tomorrow")
    )

    assert result.exit_code == 1
    assert [problem["code"] for problem in answers(result)[0]["problems"]] == ["relative_day", "no_stop"]


def test_a_wording_that_cannot_be_read_is_refused_with_file_and_line(tmp_path: Path) -> None:
    result = run("--template", "late", config=clinic_folder(tmp_path, late="one\n{{ visit.dat }}"))

    assert isinstance(result.exception, InvalidConfigError)
    assert "late.sms.liquid:2: {{ visit.dat }} is not a placeholder" in str(result.exception)


def test_an_unknown_wording_is_refused_with_those_there_are(tmp_path: Path) -> None:
    result = run("--template", "prep", config=clinic_folder(tmp_path, booked="x", moved="x"))

    assert isinstance(result.exception, RefusedError)
    assert "no wording en/prep.sms.liquid. It has: booked, moved." in str(result.exception)


def test_a_file_that_is_not_utf_8_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "clinic.yaml").write_bytes(b"\xff\xfe")

    result = run(GOOD, config=tmp_path)

    assert isinstance(result.exception, RefusedError)
    assert "clinic.yaml cannot be read: is not UTF-8 text." in str(result.exception)


def test_lines_are_answered_one_for_one_and_problems_of_texts_are_no_failure() -> None:
    texts = [GOOD, "", BAD, "a" * 161, "á" * 71, "😜" + "a" * 69, "{" * 81]

    result = run("--lines", lines="".join(json.dumps(text) + "\n" for text in texts))

    assert result.exit_code == 0
    assert [(answer["encoding"], answer["segments"], answer["units"]) for answer in answers(result)] == [
        ("GSM-7", 1, 61),
        ("GSM-7", 1, 0),
        ("GSM-7", 1, 31),
        ("GSM-7", 2, 161),
        ("UCS-2", 2, 71),
        ("UCS-2", 2, 71),
        ("GSM-7", 2, 162),
    ]


@pytest.mark.parametrize("line", [b"Hello\n", b"\n", b"5\n", b'{"text": "x"}\n', b'"open\n', b"null\n", b'"\xff"\n'])
def test_a_line_that_is_no_json_string_keeps_its_place_and_leaves_with_1(line: bytes) -> None:
    good = json.dumps(GOOD).encode() + b"\n"

    result = run("--lines", lines=good + line + good)

    assert result.exit_code == 1
    first, bad, last = answers(result)
    assert first == last
    assert bad["encoding"] is None
    assert [problem["code"] for problem in bad["problems"]] == ["bad_line"]
    assert "Line 2 is not a JSON string" in bad["problems"][0]["message"]


def test_a_last_line_may_lack_its_end_and_half_a_surrogate_pair_is_measured() -> None:
    result = run("--lines", lines='"\\ud83d"')

    assert result.exit_code == 0
    assert (answers(result)[0]["encoding"], answers(result)[0]["units"]) == ("UCS-2", 1)


@pytest.mark.parametrize(
    "arguments", [(), (GOOD, "--lines"), (GOOD, "--template", "prep"), ("--template", "prep", "--lines")]
)
def test_anything_but_one_of_text_template_and_lines_is_wrong_usage(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert "Give a text, or --template KEY, or --lines." in " ".join(result.stderr.split())
