from pathlib import Path

import pytest

from reminders.embedded.owner import Owner, first_closed, private_folder, public_folder

STRANGER = Owner("stranger", 54321, 54321)


@pytest.mark.parametrize(("mode", "closed"), [(0o700, True), (0o744, True), (0o711, False), (0o755, False)])
def test_a_stranger_enters_a_folder_only_if_others_may_pass(tmp_path: Path, mode: int, *, closed: bool) -> None:
    folder = public_folder(tmp_path / "open") / "inner"
    folder.mkdir()
    folder.chmod(mode)

    found = [path for path in (first_closed(folder, STRANGER),) if path and path.is_relative_to(tmp_path / "open")]

    # pytest's own folder is closed to strangers on many machines, so only ours counts
    assert found == ([folder] if closed and first_closed(tmp_path, STRANGER) is None else [])


def test_the_topmost_closed_folder_is_named(tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / "inner").mkdir(parents=True)
    for path in (top / "inner", top):
        path.chmod(0o700)

    found = first_closed(top / "inner" / "data", STRANGER)

    assert found in (top, *top.parents)


def test_our_own_servers_enter_everything() -> None:
    assert first_closed(Path("/root"), None) is None


def test_a_private_folder_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "private", None)

    assert folder.stat().st_mode & 0o777 == 0o700
