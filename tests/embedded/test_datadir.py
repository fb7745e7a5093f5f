import os
from pathlib import Path

import pytest

from reminders.domain.errors import RefusedError
from reminders.embedded import datadir
from reminders.embedded.datadir import DataFolder
from reminders.embedded.owner import Owner
from tests.embedded.conftest import Run


def test_a_folder_in_use_is_refused_with_its_name_its_holder_and_the_cure(folder: DataFolder) -> None:
    with pytest.raises(RefusedError) as refusal, datadir.opened(folder.path):
        pass

    assert refusal.value.code == "data_folder_in_use"
    assert str(folder.path) in str(refusal.value)
    assert f"process {os.getpid()}." in str(refusal.value)
    assert "REMINDERS_DATA_DIR" in str(refusal.value)


def test_a_folder_can_be_held_again_after_its_holder_was_killed(data_path: Path, run: Run) -> None:
    holder = run(f"""
        import time
        from pathlib import Path
        from reminders.embedded import datadir
        with datadir.opened(Path({str(data_path)!r})):
            print("ready", flush=True)
            time.sleep(600)
    """)
    holder.kill()
    holder.wait()

    with datadir.opened(data_path) as folder:
        held = (folder.path / "lock").read_text()

    assert held == f"{os.getpid()}\n"


def test_strangers_can_neither_list_nor_enter_the_folder(folder: DataFolder) -> None:
    modes = {path.name: path.stat().st_mode & 0o007 for path in (folder.path, folder.logs, folder.running)}

    assert set(modes.values()) == {0}


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(RefusedError, match="cannot be made") as refusal, datadir.opened(tmp_path / "file" / "data"):
        pass

    assert refusal.value.code == "data_folder_unusable"


def test_a_folder_that_the_servers_user_cannot_enter_is_refused_with_the_cure(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    stranger = Owner("stranger", 54321, os.getegid())

    with pytest.raises(RefusedError, match="who cannot enter") as refusal:
        datadir.prepare(closed / "data", stranger)

    assert "or run this command as an ordinary user" in str(refusal.value)


def test_secrets_are_kept_and_readable_by_us_alone(folder: DataFolder) -> None:
    first = folder.keep_secrets({"KEY": "one=", "OTHER": "two"})

    again = folder.keep_secrets({"KEY": "three", "OTHER": "four", "NEW": "five"})

    assert first == {"KEY": "one=", "OTHER": "two"}
    assert again == {"KEY": "one=", "OTHER": "two", "NEW": "five"}
    assert (folder.path / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_lost_secrets_are_not_made_anew_beside_data_that_they_locked(folder: DataFolder) -> None:
    folder.servers_folder("postgres")

    with pytest.raises(RefusedError, match="Put the file back from a backup"):
        folder.keep_secrets({"KEY": "one"})


def test_emptying_keeps_only_the_lock(folder: DataFolder) -> None:
    folder.keep_secrets({"KEY": "one"})
    folder.servers_folder("postgres")

    folder.empty()

    assert sorted(path.name for path in folder.path.iterdir()) == ["lock", "logs", "running"]


def test_a_long_path_gets_its_sockets_in_a_short_one_the_same_each_time(data_path: Path) -> None:
    deep = data_path / ("long " * 20).strip()

    with datadir.opened(deep) as folder:
        first, second = folder.sockets(), folder.sockets()

    assert first == second
    assert len(os.fsencode(first)) < 60
    assert not first.is_relative_to(deep)
    assert not first.exists()


def test_a_short_socket_folder_that_is_a_link_is_refused(data_path: Path) -> None:
    with datadir.opened(data_path / ("long " * 20).strip()) as folder:
        sockets = folder.sockets()
        sockets.rmdir()
        sockets.symlink_to(data_path)
        with pytest.raises(RefusedError, match="shorter path and no comma"):
            folder.sockets()
        sockets.unlink()


def test_each_verb_and_place_has_a_default_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()

    paths = {
        datadir.default_path(verb, below=place) for verb in ("up", "demo") for place in (tmp_path, tmp_path / "other")
    }

    assert len(paths) == 4
    assert datadir.default_path("up", below=tmp_path) in paths
