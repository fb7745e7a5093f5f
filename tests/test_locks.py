"""The lock files hold what pyproject.toml asks for, all of it pinned by hash and from no index in particular."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parent.parent
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
ASKED = {
    "requirements.lock": PROJECT["dependencies"],
    "requirements-embedded.lock": PROJECT["dependencies"] + EXTRAS["embedded"] + EXTRAS["build"],
    "requirements-dev.lock": PROJECT["dependencies"] + EXTRAS["embedded"] + EXTRAS["build"] + EXTRAS["dev"],
}
ENTRY = re.compile(r"^([a-z0-9._-]+)==([^ ;]+)[^\n]*((?:\\\n +--hash=sha256:[0-9a-f]{64} ?)+)", re.MULTILINE)


def locked(lock: str) -> dict[str, str]:
    return {name: version for name, version, _ in ENTRY.findall((TOP / lock).read_text())}


@pytest.mark.parametrize("lock", ASKED)
def test_a_lock_holds_a_fitting_version_of_everything_asked_for(lock: str) -> None:
    versions = locked(lock)

    wanted = [Requirement(text) for text in ASKED[lock]]

    assert {canonicalize_name(one.name) for one in wanted} <= versions.keys()
    assert [str(one) for one in wanted if not one.specifier.contains(versions[canonicalize_name(one.name)])] == []


@pytest.mark.parametrize("lock", ASKED)
def test_everything_in_a_lock_is_pinned_by_hash_and_names_no_index(lock: str) -> None:
    text = (TOP / lock).read_text()

    names = re.findall(r"^([a-z0-9][a-z0-9._-]*)", text, re.MULTILINE)

    assert sorted(locked(lock)) == sorted(names)
    assert "://" not in text
    assert "--index" not in text


def test_each_lock_holds_the_smaller_one_at_the_same_versions() -> None:
    run, embedded, dev = (locked(lock) for lock in ASKED)

    assert run.items() <= embedded.items() <= dev.items()


def test_what_the_lock_brings_lacks_nothing() -> None:
    """It is installed without resolving anything, so nothing else would notice."""
    checked = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)

    assert checked.stdout.strip() == "No broken requirements found."
