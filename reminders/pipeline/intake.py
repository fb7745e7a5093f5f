"""Intake: a file of visits is checked as a whole, then written, some hundreds of rows a transaction.

Nothing is written while any row is bad, unless bad rows are to be skipped. A run that is
killed leaves whole transactions behind; the same command passes over what they wrote and
finishes. Memory stays flat: the file is read twice, and never held.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import BinaryIO

from sqlalchemy.orm import Session

from reminders.domain.errors import Problem, RefusedError
from reminders.domain.row import Reference, VisitRow
from reminders.domain.taken import Change, Taken
from reminders.pipeline.parts import Parts
from reminders.pipeline.portions import Portion
from reminders.sources.csv_file import read_visits
from reminders.sources.csv_lines import Unreadable
from reminders.store import imports, intake
from reminders.store.catalogs import Catalog, read_catalogs, reference_of
from reminders.store.imports import Run
from reminders.store.locks import retrying
from reminders.store.now import read

CHUNK = 500
"""Rows of one transaction, at most: on a machine that is slow or busy they are fewer."""
PROBLEMS_KEPT = 1000
LINES_KEPT = 200
_AHEAD = timedelta(days=1)
"""How far the clock of a source may be ahead of ours."""

Progress = Callable[[str, int, int], None]
"""Is told the stage (`checking`: bytes, `writing`: rows), how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How a file is to be taken in."""

    skip_bad: bool = False
    dry_run: bool = False
    by: str = "import"
    """Who orders it, for the audit."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What an intake found and did."""

    order: Order
    rows: int = 0
    """Good ones."""
    bad_rows: int = 0
    problems: list[Problem] = field(default_factory=list, repr=False)
    """The first of them; they quote the file, so they are for whoever runs the import and never for a log."""
    more_problems: int = 0
    is_unreadable: bool = False
    """A part of the file could not be read at all."""
    counts: Counter[Change] = field(default_factory=Counter)
    lines: list[Taken] = field(default_factory=list)
    """The first of the rows that were news."""
    last_bad: str = ""
    """Where the last problem stood."""

    @property
    def is_refused(self) -> bool:
        """Whether nothing may be written."""
        return self.is_unreadable or (self.bad_rows > 0 and not self.order.skip_bad)

    def note_problem(self, problem: Problem) -> None:
        """Count what is wrong with a row; several things may be."""
        self.is_unreadable |= isinstance(problem, Unreadable)
        self.bad_rows += problem.where != self.last_bad
        self.last_bad = problem.where
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(problem)
        else:
            self.more_problems += 1

    def note_taken(self, taken: Sequence[Taken]) -> None:
        """Count what a transaction took."""
        self.counts.update(one.change for one in taken)
        news = [one for one in taken if one.change not in {Change.UNCHANGED, Change.OLDER}]
        self.lines += news[: LINES_KEPT - len(self.lines)]


def take_in(parts: Parts, file: BinaryIO, *, name: str, order: Order, progress: Progress = lambda *_: None) -> Report:
    """Take the visits of *file* in, or only say what that would do; *name* is what problems call the file.

    Returns a report; where it `is_refused` nothing was written. Raises `RefusedError` when
    the file changes while it is read.
    """
    if not file.seekable():
        raise RefusedError(f"{name} is read twice, so it cannot be a pipe; save it as a file.", code="not_a_file")
    with parts.transaction() as session:
        catalogs, now = read_catalogs(session), read(session).clinic_at
    source = _Source(file, name, reference_of(catalogs.values()), now)
    report = Report(order=order)
    _check(source, report, progress)
    if not report.is_refused:
        source.check_unchanged()
        _Writer(parts, source, catalogs, report, progress).write()
    return report


class _Source:
    """A file that is read from its start as often as wanted."""

    def __init__(self, file: BinaryIO, name: str, reference: Reference, now: datetime) -> None:
        self._file = file
        self._name = name
        self._reference = reference
        self._now = now
        self.digest = self._digest()
        self.size = file.tell()

    def read(self) -> Iterator[VisitRow | Problem]:
        """Yield every row, or what is wrong with it."""
        self._file.seek(0)
        for item in read_visits(self._file, name=self._name, reference=self._reference):
            yield self._judge(item) if isinstance(item, VisitRow) else item

    def done(self) -> int:
        """Return how many bytes were read."""
        return self._file.tell()

    def check_unchanged(self) -> None:
        """Refuse a file that is not what it was."""
        if self._digest() != self.digest:
            raise self.changed()

    def changed(self) -> RefusedError:
        """Return the refusal of a file that somebody writes to."""
        return RefusedError(f"{self._name} changed while it was read. Import it again.", code="file_changed")

    def _judge(self, row: VisitRow) -> VisitRow | Problem:
        if row.updated_at is None or row.updated_at <= self._now + _AHEAD:
            return row
        # Taken as it is, it would outrank every true row until that day.
        told = row.updated_at.isoformat()
        reason = f'updated_at "{told}": lies more than a day ahead; correct it, and the clock that wrote it'
        return Problem(f"{self._name}:{row.line}", reason)

    def _digest(self) -> str:
        self._file.seek(0)
        digest = hashlib.sha256()
        while block := self._file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest()


def _check(source: _Source, report: Report, progress: Progress) -> None:
    """Count the rows and find every problem."""
    for number, item in enumerate(source.read(), start=1):
        if isinstance(item, Problem):
            report.note_problem(item)
        else:
            report.rows += 1
        if number % CHUNK == 0:
            progress("checking", source.done(), source.size)


class _Writer:
    """Writes the good rows of a file that was checked."""

    def __init__(
        self, parts: Parts, source: _Source, catalogs: Mapping[str, Catalog], report: Report, progress: Progress
    ) -> None:
        self._parts = parts
        self._source = source
        self._catalogs = catalogs
        self._report = report
        self._progress = progress
        self._runs: dict[str, Run] = {}

    def write(self) -> None:
        """Write all rows, then end the run of each clinic."""
        rows, portion, done = self._good_rows(), Portion(CHUNK), 0
        while chunk := list(islice(rows, portion.size)):
            for slug in sorted({row.clinic for row in chunk}):
                with portion.timed():
                    self._write_chunk(slug, [row for row in chunk if row.clinic == slug])
            done += len(chunk)
            self._progress("writing", done, self._report.rows)
        if not self._report.order.dry_run:
            self._finish()

    def _good_rows(self) -> Iterator[VisitRow]:
        for item in self._source.read():
            if isinstance(item, VisitRow):
                yield item
            elif not self._report.order.skip_bad:
                raise self._source.changed()  # the first reading found nothing wrong

    def _write_chunk(self, slug: str, rows: Sequence[VisitRow]) -> None:
        if slug not in self._runs:
            self._runs[slug] = self._begin(slug)
        run = self._runs[slug]
        self._report.note_taken(retrying(self._parts.transaction, lambda session: self._take(session, run, slug, rows)))

    def _take(self, session: Session, run: Run, slug: str, rows: Sequence[VisitRow]) -> list[Taken]:
        taken = intake.take(session, self._parts.vault, self._catalogs[slug], run, rows)
        if self._report.order.dry_run:
            session.rollback()  # what a chunk would do is what it does, so it is done and taken back
        else:
            imports.count(session, run, taken)
        return taken

    def _begin(self, slug: str) -> Run:
        with self._parts.transaction() as session:
            run = imports.plan_run(session, self._catalogs[slug].clinic_id)
            if not self._report.order.dry_run:
                imports.begin(session, run, file_digest=self._source.digest, now=read(session).clinic_at)
        return run

    def _finish(self) -> None:
        for run in self._runs.values():
            with self._parts.transaction() as session:
                now, report = read(session).clinic_at, self._report
                imports.finish(session, run, by=report.order.by, bad_rows=report.bad_rows, now=now)
