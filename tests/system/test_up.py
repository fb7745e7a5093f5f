"""`reminders up` as a clinic uses it: started, fed, killed, started again, stopped."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil
import pytest

pytestmark = [pytest.mark.system, pytest.mark.timeout(480)]

PATIENCE = timedelta(seconds=180)


class Clinic:
    """One data folder, and the commands that somebody types around it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REMINDERS_")}  # noqa: TID251
        self.environment = {**kept, "REMINDERS_DATA_DIR": str(folder / "data")}
        self.log = folder / "up.log"

    def up(self) -> "subprocess.Popen[bytes]":
        """Start everything, and wait until it says so."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "reminders", "up"], env=self.environment, stdout=log, stderr=log
            )
        starts = self.log.read_text().count("Reminders runs at")
        wait_until(lambda: self.log.read_text().count("Reminders runs at") > starts or process.poll() is not None)
        assert process.poll() is None, self.log.read_text()
        return process

    def say(self, *words: str) -> str:
        """Run a command and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "reminders", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def states(self, appointment: str) -> dict[str, str]:
        """Return the state of each message about a visit by its rule."""
        lines: list[dict[str, Any]] = json.loads(self.say("timeline", "--appointment", appointment, "--json"))
        return {line["rule"]: line["state"] for line in lines}

    def processes(self) -> list[int]:
        """Return the processes that work for this folder."""
        mine = str(self.folder)
        return [
            process.pid
            for process in psutil.process_iter(["environ", "cmdline"])
            if any(mine in word for word in process.info["cmdline"] or ())
            or (process.info["environ"] or {}).get("REMINDERS_DATA_DIR", "").startswith(mine)
        ]


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until *holds*; fail when it takes too long."""
    give_up = time.monotonic() + PATIENCE.total_seconds()
    while not holds():
        assert time.monotonic() < give_up, "it took too long"
        time.sleep(0.2)


@pytest.fixture
def clinic(data_path: Path) -> Iterator[Clinic]:
    """A clinic of its own, whose processes are gone afterwards."""
    clinic = Clinic(data_path.parent)
    yield clinic
    for pid in clinic.processes():
        os.kill(pid, signal.SIGKILL)


def zone_where_it_is_day(now: datetime) -> str:
    """Return a zone in which it is day now: nobody there is disturbed by a text."""
    around_the_globe = (
        "Pacific/Honolulu",
        "America/Denver",
        "America/New_York",
        "America/Sao_Paulo",
        "Europe/Lisbon",
        "Asia/Dubai",
        "Asia/Kolkata",
        "Asia/Tokyo",
        "Pacific/Auckland",
    )
    return next(zone for zone in around_the_globe if 10 <= now.astimezone(ZoneInfo(zone)).hour < 18)


def visits(path: Path, *ids: str) -> Path:
    """Write a file of visits that were booked just now."""
    now = datetime.now(UTC)  # noqa: TID251  the real clock is what this test is about
    row = {
        "status": "booked",
        "service": "consultation",
        "location": "midtown",
        "starts_at": f"{(now + timedelta(days=9)).date()}T11:00",
        "duration_minutes": "45",
        "booked_at": (now - timedelta(minutes=5)).isoformat(),
        "last_name": "Park",
        "sms_consent": "yes",
        "email_consent": "no",
        "time_zone": zone_where_it_is_day(now),
    }
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["appointment_id", "patient_id", "first_name", "phone", *row])
        writer.writeheader()
        for number, name in enumerate(ids):
            phone = f"+1212555{int(name.removeprefix('V-')):04d}"
            writer.writerow(
                {"appointment_id": name, "patient_id": f"P{name}", "first_name": f"Ana{number}", "phone": phone, **row}
            )
    return path


def test_what_was_under_way_when_it_was_killed_goes_on_after_the_next_start(clinic: Clinic, tmp_path: Path) -> None:
    first = clinic.up()
    clinic.say("import", str(visits(tmp_path / "one.csv", "V-0101")))
    wait_until(lambda: clinic.states("V-0101").get("booked") == "delivered")
    clinic.say("import", str(visits(tmp_path / "two.csv", "V-0102", "V-0103")))

    first.send_signal(signal.SIGKILL)
    first.wait()
    second = clinic.up()

    wait_until(lambda: {clinic.states(name).get("booked") for name in ("V-0102", "V-0103")} == {"delivered"})
    assert clinic.states("V-0101")["booked"] == "delivered"
    second.send_signal(signal.SIGINT)
    assert second.wait(timeout=150) == 0
    assert clinic.processes() == []


def test_a_data_folder_in_use_is_refused_and_the_first_goes_on(clinic: Clinic) -> None:
    running = clinic.up()

    refused = subprocess.run(
        [sys.executable, "-m", "reminders", "up"],
        env=clinic.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert refused.returncode == 1
    assert "is in use by process" in refused.stderr
    assert running.poll() is None
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=150) == 0
