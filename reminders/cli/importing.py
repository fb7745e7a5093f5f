"""`reminders import`: appointments from a file, a bar while it is read, and what came of it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from reminders import bootstrap
from reminders.cli.printing import print_table
from reminders.domain.errors import InvalidRowError
from reminders.domain.taken import Change, Taken
from reminders.pipeline import intake
from reminders.pipeline.intake import Order, Report
from reminders.pipeline.parts import Parts

_SHOWN = 50
"""Problems, or changes of a dry run, that are listed; the others are counted."""
_LONG = 500_000
"""Bytes from which on a file is worth a bar."""


def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Appointments as CSV.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Write the good rows of a file with bad ones.")] = False,
) -> None:
    """Bring appointments in from a CSV file.

    Nothing is written while any row is bad. Importing a file again changes nothing.
    """
    order = Order(skip_bad=skip_bad, dry_run=dry_run, by="reminders import")
    with file.open("rb") as opened, _bar(file.stat().st_size) as progress:
        report = intake.take_in(bootstrap.parts(), opened, name=str(file), order=order, progress=progress)
    _show_problems(report)
    if report.is_refused:
        print(_refusal(report), file=sys.stderr)
        raise typer.Exit(1)
    _show_counts(report)
    if dry_run:
        _show_lines(report)


def bring_in(parts: Parts, path: Path) -> Report:
    """Take in a file that must be good, such as those of the demo; raise `InvalidRowError` where it is not."""
    with path.open("rb") as opened:
        report = intake.take_in(parts, opened, name=str(path), order=Order(by="reminders demo"))
    if report.is_refused:
        raise InvalidRowError(report.problems)
    return report


@contextmanager
def _bar(size: int) -> Iterator[intake.Progress]:
    """Show a bar for a long file, where somebody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=size < _LONG or not console.is_terminal) as bar:
        task = bar.add_task("checking", total=size)

        def show(stage: str, done: int, of: int) -> None:
            bar.update(task, description=stage, completed=done, total=of)

        yield show


def _show_problems(report: Report) -> None:
    for problem in report.problems[:_SHOWN]:
        print(problem, file=sys.stderr)
    more = len(report.problems) + report.more_problems - _SHOWN
    if more > 0:
        print(f"and {more:,} more", file=sys.stderr)


def _refusal(report: Report) -> str:
    if report.is_unreadable:
        return "Nothing was written: a part of the file cannot be read, so nobody knows what it says."
    bad = f"{report.bad_rows:,} bad {'row' if report.bad_rows == 1 else 'rows'}"
    return f"Nothing was written: the file has {bad}. Correct it, or write the good rows with --skip-bad."


def _show_counts(report: Report) -> None:
    words = {change: change.value for change in Change} | {Change.OLDER: "older than what is known"}
    rows = [[words[change], f"{report.counts[change]:,}"] for change in Change if report.counts[change]]
    if report.bad_rows:
        rows.append(["bad, skipped", f"{report.bad_rows:,}"])
    if not rows:
        print("The file has no appointments.")
        return
    print_table(["appointments", ""], rows)


def _show_lines(report: Report) -> None:
    if report.lines:
        print()
        print_table(["", "appointment", "from", "to"], [_line(one) for one in report.lines[:_SHOWN]])
    news = sum(count for change, count in report.counts.items() if change not in {Change.UNCHANGED, Change.OLDER})
    if news > _SHOWN:
        print(f"and {news - _SHOWN:,} more")
    print("Nothing was written: this was a dry run.")


def _line(one: Taken) -> list[str]:
    started = _local(one.started_local, one.started_zone)
    is_moved = started != _local(one.starts_local, one.zone)
    is_off = one.change is Change.CANCELLED
    return [
        one.change,
        one.appointment_id,
        started if is_moved or is_off else "",
        "" if is_off else _local(one.starts_local, one.zone),
    ]


def _local(at: datetime | None, zone: str | None) -> str:
    return "" if at is None else f"{at:%a %b %d %Y %H:%M} {zone}"
