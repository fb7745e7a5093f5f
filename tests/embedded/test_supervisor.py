import os
import signal
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from reminders.embedded import datadir, records
from reminders.embedded.datadir import DataFolder
from reminders.embedded.supervisor import Program, Supervisor
from tests.embedded.conftest import Run, Shell

pytestmark = pytest.mark.system
Wait = Callable[[Callable[[], object]], None]

WATCHING = """
    import contextlib
    import time
    from pathlib import Path
    from reminders.embedded import datadir
    from reminders.embedded.supervisor import Program, Supervisor
    with datadir.opened(Path({path!r})) as folder, Supervisor(folder) as supervisor:
        def start(name, script):
            argv = ("/bin/sh", "-c", script)
            supervisor.start(Program(name=name, argv=argv, env={{}}, cwd=folder.path))
            while not (folder.logs / f"{{name}}.log").read_text():
                time.sleep(0.01)
        start("plain", "echo up; exec sleep 600")
        if {stubborn}:
            start("stubborn", "trap '' TERM INT; echo up; while :; do sleep 600; done")
        with contextlib.suppress(KeyboardInterrupt):
            print("ready", flush=True)
            supervisor.watch()
"""


def pids(folder: Path) -> dict[str, int]:
    return {record.name: record.pid for record in records.read(folder / "running")}


def test_what_a_program_prints_goes_to_its_log(supervisor: Supervisor, shell: Shell, wait: Wait) -> None:
    program = shell("talker", "echo hello; echo trouble >&2; exec sleep 600")

    supervisor.start(program)

    wait(lambda: supervisor.log_of(program).read_text() == "hello\ntrouble\n")


def test_the_block_ends_with_every_program_and_its_children_gone(folder: DataFolder, shell: Shell, wait: Wait) -> None:
    with Supervisor(folder) as supervisor:
        child = supervisor.start(shell("parent", "sleep 600 & sleep 600 & wait"))
        wait(lambda: len(records.group_members(child.process.pid)) == 3)

    assert records.group_members(child.process.pid) == []
    assert pids(folder.path) == {}


def test_a_program_that_will_not_stop_is_killed_after_its_grace(folder: DataFolder, wait: Wait) -> None:
    argv = ("/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 600; done")
    with Supervisor(folder) as supervisor:
        program = Program(name="stubborn", argv=argv, env={}, cwd=folder.path, grace=timedelta(seconds=0.2))
        child = supervisor.start(program)
        wait(lambda: supervisor.log_of(program).read_text())

    assert child.process.returncode == -signal.SIGKILL
    assert records.group_members(child.process.pid) == []


def test_foundations_stop_after_all_that_stand_on_them(folder: DataFolder, wait: Wait) -> None:
    ended = folder.path / "ended"
    with Supervisor(folder) as supervisor:
        for name, foundation in [("database", True), ("broker", True), ("web", False), ("worker", False)]:
            script = f"trap 'echo {name} >> \"{ended}\"; exit' TERM; echo up; while :; do sleep 0.05; done"
            argv = ("/bin/sh", "-c", script)
            program = Program(
                name=name, argv=argv, env={"PATH": "/usr/bin:/bin"}, cwd=folder.path, foundation=foundation
            )
            supervisor.start(program)
            wait(supervisor.log_of(program).read_text)

    names = ended.read_text().split()
    assert (sorted(names[:2]), names[2:]) == (["web", "worker"], ["broker", "database"])


def test_a_program_that_dies_is_started_again_after_a_pause_that_doubles(
    folder: DataFolder, shell: Shell, wait: Wait
) -> None:
    reports: list[str] = []
    with Supervisor(folder, report=reports.append) as supervisor:
        supervisor.start(shell("mayfly", "exit 3"))

        def died_twice() -> bool:
            supervisor.tend()
            return len(reports) == 2

        wait(died_twice)

    assert reports[0].startswith("mayfly ended with status 3; starting it again in 0.5 s")
    assert reports[1].startswith("mayfly ended with status 3; starting it again in 1 s")


def test_orphans_of_a_program_that_died_are_ended_before_it_starts_again(
    supervisor: Supervisor, shell: Shell, wait: Wait
) -> None:
    child = supervisor.start(shell("careless", "sleep 600 & exit 1"))
    first = child.process.pid
    wait(lambda: not child.is_running)

    supervisor.tend()

    assert records.group_members(first) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(data_path: Path, run: Run, number: signal.Signals) -> None:
    process = run(WATCHING.format(path=str(data_path), stubborn=False))
    plain = pids(data_path)["plain"]

    process.send_signal(number)
    status = process.wait(timeout=30)

    assert status == 0
    assert records.group_members(plain) == []


def test_a_second_signal_does_not_wait_for_the_grace(data_path: Path, run: Run, wait: Wait) -> None:
    process = run(WATCHING.format(path=str(data_path), stubborn=True))
    groups = pids(data_path)
    process.send_signal(signal.SIGINT)
    wait(lambda: not records.group_members(groups["plain"]))

    process.send_signal(signal.SIGINT)
    process.wait(timeout=5)

    assert records.group_members(groups["stubborn"]) == []


def test_programs_end_by_themselves_when_their_starter_is_killed(data_path: Path, run: Run, wait: Wait) -> None:
    process = run(WATCHING.format(path=str(data_path), stubborn=False))
    plain = pids(data_path)["plain"]

    process.kill()

    wait(lambda: not records.group_members(plain))


def test_a_successor_ends_what_a_killed_starter_left_running(data_path: Path, run: Run) -> None:
    process = run(WATCHING.format(path=str(data_path), stubborn=True))
    stubborn = pids(data_path)["stubborn"]
    process.kill()
    process.wait()
    assert records.group_members(stubborn)

    with datadir.opened(data_path, grace=timedelta(seconds=0.2)) as folder:
        found = folder.leftovers

    assert "stubborn" in found
    assert records.group_members(stubborn) == []
    assert pids(data_path) == {}


def test_a_process_that_only_has_a_recorded_id_by_chance_is_left_alone(data_path: Path) -> None:
    with datadir.opened(data_path) as folder, subprocess.Popen(["sleep", "600"], start_new_session=True) as stranger:
        records.Record(name="web", pid=stranger.pid, born="another boot 1", stop_signal=15).write(folder.running)

        found = records.end_leftovers(folder.running, grace=timedelta(seconds=0.1))

        still_running = stranger.poll() is None
        stranger.kill()

    assert (found, still_running) == ([], True)


def test_a_process_is_known_by_when_it_started() -> None:
    with subprocess.Popen(["sleep", "600"]) as process:
        during = records.born(process.pid)
        process.kill()

    assert during
    assert during != records.born(os.getpid())
    assert records.born(process.pid) == ""


def test_a_long_log_makes_way_at_the_next_start(supervisor: Supervisor, shell: Shell, wait: Wait) -> None:
    program = shell("talker", "echo short; exec sleep 600")
    with supervisor.log_of(program).open("wb") as log:
        log.truncate(30_000_000)

    supervisor.start(program)

    wait(lambda: supervisor.log_of(program).read_text() == "short\n")
    assert supervisor.log_of(program).with_suffix(".log.1").stat().st_size == 30_000_000
