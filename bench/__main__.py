"""`make bench`: what is measured, in which order, and where the findings go.

    make bench                          the whole table, some 15 minutes on two cores
    make bench ARGS=--quick             the same with less of everything, some 3 minutes
    make bench ARGS=--full              with ten million rows and bigger runs
    make bench ARGS="--only drain"      chosen sections

Servers are started for the run; DATABASE_URL and REDIS_URL name others.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench import drain, idle, in_flight, lateness, picture, planning, receipts, segments, stock, table
from bench.measure import Finding, MeasurementError
from bench.stage import Stage, StuckError, stage

Section = Callable[[Stage, str, int], Iterator[Finding]]

SECTIONS: Mapping[str, Section] = {
    "drain": drain.run,
    "stock": stock.run,
    "lateness": lateness.run,
    "in-flight": in_flight.run,
    "planning": planning.run,
    "receipts": receipts.run,
    "idle": idle.run,
    "segments": segments.run,
}
ROUNDS = 3
LATEST = Path("bench/latest.json")


def main() -> None:
    """Measure what is asked for, print the table, and write it down."""
    asked = _arguments()
    scale = "quick" if asked.quick else "full" if asked.full else "usual"
    rounds = asked.rounds or (1 if asked.quick else ROUNDS)
    started = datetime.now(UTC)  # noqa: TID251  the run's own clock
    _warn_when_busy()
    with stage(_say, patience=asked.patience) as made:
        run = {
            "made_at": started.isoformat(),
            "scale": scale,
            "rounds": rounds,
            "machine": _machine(),
            "servers": made.versions(),
        }
        _say(f"{run['machine']}; " + ", ".join(f"{name} {value}" for name, value in made.versions().items()))
        findings, failures = _measured(made, asked.only or list(SECTIONS), scale, rounds)
    run["seconds"] = (datetime.now(UTC) - started).total_seconds()  # noqa: TID251
    run["failures"] = failures
    _tell(findings, run, asked)
    missed = asked.strict and any(finding.is_met is False for finding in findings)
    sys.exit(1 if failures or missed else 0)


def _measured(made: Stage, names: Sequence[str], scale: str, rounds: int) -> tuple[list[Finding], dict[str, str]]:
    """Return the findings, and what stopped a section: a figure that cannot be trusted is none."""
    findings: list[Finding] = []
    failures: dict[str, str] = {}
    for name in names:
        try:
            findings += SECTIONS[name](made, scale, rounds)
        except (MeasurementError, StuckError) as failed:
            failures[name] = str(failed)
            _say(f"{name} FAILED: {failed}")
            made.stop_all()
    return findings, failures


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=SECTIONS, metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="less of everything, one round")
    parser.add_argument("--full", action="store_true", help="ten million rows, bigger runs")
    parser.add_argument("--rounds", type=int, help=f"how often each is measured (default: {ROUNDS})")
    parser.add_argument("--patience", type=float, default=0, help="seconds that each work waits for a quiet machine")
    parser.add_argument("--out", type=Path, default=LATEST, help=f"where the findings go, as JSON (default: {LATEST})")
    parser.add_argument("--picture", type=Path, help="where a picture of them goes, as SVG")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    return parser.parse_args()


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def _warn_when_busy() -> None:
    busy = psutil.cpu_percent(interval=2)
    if busy > 20:
        _say(f"This machine is busy with other things ({busy:.0f} %): ratios will be less certain.")


def _tell(findings: list[Finding], run: Mapping[str, Any], asked: argparse.Namespace) -> None:
    print()  # noqa: T201  its output
    for line in table.lines(findings):
        print(line)  # noqa: T201
    print(f"\n{run['scale']} run of {run['seconds'] / 60:.1f} minutes on {run['machine']}")  # noqa: T201
    for name, failure in run["failures"].items():
        print(f"{name} FAILED: {failure}")  # noqa: T201
    table.write(asked.out, findings, run)
    if asked.picture:
        asked.picture.write_text(
            picture.draw(findings, picture.title_of(run["scale"], run["machine"])), encoding="utf-8"
        )


def _say(line: str) -> None:
    print(f"{time.strftime('%X')} {line}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
