"""`reminders import` as the engineer of a clinic and their scripts meet it."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from reminders import bootstrap
from reminders.cli.importing import bring_in, import_file
from reminders.domain.errors import InvalidRowError
from reminders.store.engine import Transaction
from reminders.store.tables.visits import Appointment
from tests.intakes import Desk
from tests.visit_files import file_of

BAD = {"appointment_id": "A2", "phone": "12"}

app = typer.Typer()
app.command()(import_file)


@pytest.fixture
def desk(transaction: Transaction, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(transaction)
    monkeypatch.setattr(bootstrap, "parts", lambda: desk.parts)
    return desk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "visits.csv"


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(app, [str(path), *options])


def words_of(result: Result) -> list[list[str]]:
    return [line.split() for line in result.stdout.splitlines()]


def test_a_good_file_is_written_and_counted(desk: Desk, path: Path) -> None:
    path.write_text(file_of({}, {"appointment_id": "A2"}))

    result = run(path)

    assert (result.exit_code, result.stderr) == (0, "")
    assert words_of(result) == [["appointments"], ["new", "2"]]
    assert desk.count(Appointment) == 2


def test_a_bad_file_is_refused_with_line_column_value_reason_and_cure(desk: Desk, path: Path) -> None:
    path.write_text(file_of({}, BAD))

    result = run(path)

    assert (result.exit_code, result.stdout) == (1, "")
    problem, refusal = result.stderr.splitlines()
    assert problem == f'{path}:3: phone "12": has too few digits; write it like +1 201-555-0123'
    assert refusal == (
        "Nothing was written: the file has 1 bad row. Correct it, or write the good rows with --skip-bad."
    )
    assert desk.count(Appointment) == 0


def test_bad_rows_are_skipped_on_request_and_told_all_the_same(desk: Desk, path: Path) -> None:
    path.write_text(file_of({}, BAD))

    result = run(path, "--skip-bad")

    assert result.exit_code == 0
    assert f"{path}:3: phone" in result.stderr
    assert words_of(result)[1:] == [["new", "1"], ["bad,", "skipped", "1"]]


def test_a_file_that_cannot_be_read_is_refused_whatever_is_requested(desk: Desk, path: Path) -> None:
    path.write_text(file_of({}) + '"A2,')

    result = run(path, "--skip-bad")

    assert result.exit_code == 1
    assert "a part of the file cannot be read" in result.stderr


def test_of_very_many_problems_fifty_are_listed(desk: Desk, path: Path) -> None:
    path.write_text(file_of(*[BAD | {"appointment_id": str(number)} for number in range(60)]))

    lines = run(path).stderr.splitlines()

    assert len(lines) == 52
    assert lines[50] == "and 10 more"


def test_a_dry_run_lists_what_would_change_from_when_to_when(desk: Desk, path: Path) -> None:
    path.write_text(file_of({}, {"appointment_id": "A2"}, {"appointment_id": "A3"}))
    run(path)
    path.write_text(
        file_of(
            {"starts_at": "2026-10-29T09:00"},
            {"appointment_id": "A2", "status": "cancelled"},
            {"appointment_id": "A3"},
            {"appointment_id": "A4", "patient_id": "P2"},
        )
    )

    result = run(path, "--dry-run")

    before, after = "Wed Oct 28 2026 10:30 America/New_York", "Thu Oct 29 2026 09:00 America/New_York"
    assert result.exit_code == 0
    assert words_of(result) == [
        ["appointments"],
        ["new", "1"],
        ["moved", "1"],
        ["cancelled", "1"],
        ["unchanged", "1"],
        [],
        ["appointment", "from", "to"],
        ["moved", "A1", *before.split(), *after.split()],
        ["cancelled", "A2", *before.split()],
        ["new", "A4", *before.split()],
        ["Nothing", "was", "written:", "this", "was", "a", "dry", "run."],
    ]
    assert desk.count(Appointment) == 3


def test_of_very_many_changes_fifty_are_listed(desk: Desk, path: Path) -> None:
    path.write_text(file_of(*[{"appointment_id": str(number)} for number in range(60)]))

    assert "and 10 more" in run(path, "--dry-run").stdout.splitlines()


def test_a_file_without_visits_says_so(desk: Desk, path: Path) -> None:
    path.write_text(file_of())

    result = run(path)

    assert (result.exit_code, result.stdout) == (0, "The file has no appointments.\n")


def test_a_file_that_is_not_there_is_wrong_usage(desk: Desk, path: Path) -> None:
    assert run(path).exit_code == 2
    assert run(path.parent).exit_code == 2


def test_a_long_file_shows_no_bar_where_nobody_looks(desk: Desk, path: Path) -> None:
    path.write_text(file_of({"room": "x" * 9000}, *[{"appointment_id": str(n), "room": "x" * 9000} for n in range(60)]))

    assert run(path).stderr == ""


def test_a_file_of_ours_must_be_good(desk: Desk, path: Path) -> None:
    path.write_text(file_of({}))
    bring_in(desk.parts, path)
    path.write_text(file_of(BAD))

    with pytest.raises(InvalidRowError, match="too few digits"):
        bring_in(desk.parts, path)
