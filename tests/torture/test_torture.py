"""The torture test in short, and proof that it finds what it looks for."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]


def torture(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run `make torture` with *words*, in a process of its own: it reads settings of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.torture", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_under_faults_nothing_is_lost_doubled_or_sent_at_the_wrong_time() -> None:
    done = torture("--seconds", "35", "--seed", "7")

    assert done.returncode == 0, done.stdout + done.stderr


def test_under_faults_no_email_goes_twice_and_none_is_lost() -> None:
    done = torture("--scene", "mail", "--seed", "7")

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("mutant", ["no-last-check", "blind-retry", "no-person-lock"])
def test_a_safeguard_that_is_taken_out_is_missed(mutant: str) -> None:
    done = torture("--mutant", mutant, "--seed", "7")

    assert done.returncode == 0, done.stdout + done.stderr
