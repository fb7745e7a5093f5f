"""`reminders seed`, `sign` and `clock`: what is laid down, signed, and what time it is."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from reminders import bootstrap
from reminders.cli import changing
from reminders.domain.errors import RefusedError
from reminders.store.tables.clinic import Clinic
from tests.clinics import SANDBOX
from tests.working_clinic import DUE, WorkingClinic

app = typer.Typer()
app.command()(changing.seed)
app.command()(changing.sign)
app.add_typer(changing.clock, name="clock")


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def seedable(commanded: WorkingClinic, monkeypatch: pytest.MonkeyPatch) -> WorkingClinic:
    monkeypatch.setattr(bootstrap, "senders", lambda: list(SANDBOX))
    return commanded


def test_seeding_again_finds_everything_as_in_the_files(seedable: WorkingClinic) -> None:
    found = json.loads(run("seed", "--json"))

    assert {one["seeded"] for one in found} == {"same"}


def test_what_the_clinic_changed_is_shown_and_not_overwritten(seedable: WorkingClinic) -> None:
    seedable.set(Clinic, Clinic.id == seedable.id, texts_per_week=5)

    shown = run("seed")

    assert "differs from the file; the database rules" in shown
    assert seedable.scalar(Clinic.__table__.select().with_only_columns(Clinic.texts_per_week)) == 5


def test_a_sign_off_is_recorded_once_and_what_is_left_is_told(commanded: WorkingClinic) -> None:
    first = run("sign", "protocol:spravato", "--by", "Dr. Osei")
    again = run("sign", "protocol:spravato", "--by", "Dr. Osei")

    assert "protocol:spravato signed by Dr. Osei." in first
    assert "protocol:spravato signed" not in again
    assert "protocol:spravato" not in first.partition("Still unsigned:")[2]


def test_all_signs_all(commanded: WorkingClinic) -> None:
    assert run("sign", "all", "--by", "Dr. Osei").endswith("Everything is signed.\n")


def test_a_key_nobody_knows_is_refused_with_the_keys_there_are(commanded: WorkingClinic) -> None:
    with pytest.raises(RefusedError, match="protocol:iv-ketamine"):
        run("sign", "protocol:teeth", "--by", "Dr. Osei")


def test_the_clock_stops_at_each_due_moment_and_never_goes_back(commanded: WorkingClinic) -> None:
    commanded.clock(DUE)

    assert run("clock", "show").strip() == "2026-09-28T14:00:00+00:00"
    assert run("clock", "advance", "--by", "90 min").split() == ["2026-09-28T15:30:00+00:00"]
    with pytest.raises(RefusedError, match="never goes back"):
        run("clock", "set", "2026-09-28T10:00-04:00")


@pytest.mark.parametrize("text", ["soon", "2026-09-28T10:00"])
def test_a_time_without_an_offset_is_refused(commanded: WorkingClinic, text: str) -> None:
    with pytest.raises(RefusedError, match="Write it like"):
        run("clock", "set", text)


def test_the_systems_clock_cannot_be_moved(commanded: WorkingClinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "is_stepped", lambda: False)

    with pytest.raises(RefusedError, match="REMINDERS_CLOCK=stepped"):
        run("clock", "advance", "--by", "1 d")


def test_config_is_where_the_settings_say(
    seedable: WorkingClinic, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REMINDERS_CONFIG_DIR", str(tmp_path))

    with pytest.raises(RefusedError, match="Is CONFIG_DIR right"):
        run("seed")
