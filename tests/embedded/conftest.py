"""What the tests of the embedded servers share: a held folder, and a command that can be killed."""

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reminders.embedded import datadir
from reminders.embedded.datadir import DataFolder
from reminders.embedded.supervisor import Program, Supervisor

Run = Callable[[str], subprocess.Popen[str]]
Shell = Callable[[str, str], Program]


@pytest.fixture
def folder(data_path: Path) -> Iterator[DataFolder]:
    """A held data folder."""
    with datadir.opened(data_path) as held:
        yield held


@pytest.fixture
def supervisor(folder: DataFolder) -> Iterator[Supervisor]:
    """A supervisor of that folder."""
    with Supervisor(folder) as started:
        yield started


@pytest.fixture
def run() -> Iterator[Run]:
    """Runs a script in a process of its own and returns once it has printed a line."""
    started: list[subprocess.Popen[str]] = []

    def run_script(script: str) -> subprocess.Popen[str]:
        argv = [sys.executable, "-c", textwrap.dedent(script)]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        return process

    yield run_script
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def shell(folder: DataFolder) -> Shell:
    """Makes a program, by its name, that runs a script in a shell."""

    def program(name: str, script: str) -> Program:
        argv = ("/bin/sh", "-c", script)
        return Program(name=name, argv=argv, env={"PATH": "/usr/bin:/bin"}, cwd=folder.path)

    return program


@pytest.fixture
def wait() -> Callable[[Callable[[], object]], None]:
    """Waits until a condition holds, and fails the test when it does not within half a minute."""

    def until(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, "waited for half a minute"
            time.sleep(0.01)

    return until
