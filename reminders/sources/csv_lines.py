"""The bytes of a CSV file as records: a line number and its cells, or what is wrong there.

Only one record is in memory at a time, whatever the file does: lines are read up to a
limit, and the rest of a longer one is passed over. What makes the rest of the file
unreadable ends the reading with `Unreadable`; anything else costs one record.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from reminders.domain.errors import Problem

CELL_LIMIT = 10_000
"""Characters of one cell."""
RECORD_LIMIT = 100_000
"""Bytes of one record; below the limit of a cell that the csv module brings along."""

_BOM = b"\xef\xbb\xbf"
_EXPORT_AGAIN = "export the file again"
_SAVE_AS = 'save it as "CSV UTF-8 (comma delimited)"'
_OTHER_FORMATS = {
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"PK\x03\x04": "a workbook (.xlsx) or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old workbook (.xls)",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
}


class Unreadable(Problem):
    """A problem after which nothing more of the file was read."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record and the line on which it begins."""

    line: int
    cells: list[str]
    is_last_and_open: bool
    """Whether the file ends here without a line end, as one that was cut short does."""


def read_records(file: BinaryIO, name: str) -> Iterator[Record | Problem]:
    """Yield the records of *file* in order; blank ones are left out."""
    lines = _Lines(file)
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _DamagedLineError as damage:
            problem = damage.problem(name, lines)
        except csv.Error:
            problem = _explain(name, lines)
        else:
            if any(cell.strip() for cell in cells):
                yield _judge_cells(Record(lines.first, cells, lines.is_open), name)
            continue
        yield problem
        if isinstance(problem, Unreadable):
            return


class _DamagedLineError(Exception):
    """A physical line that cannot become text."""

    def __init__(self, text: str, *, is_final: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.is_final = is_final

    def problem(self, name: str, lines: "_Lines") -> Problem:
        kind = Unreadable if self.is_final else Problem
        return kind(f"{name}:{lines.number}", self.text)


class _Lines:
    """The physical lines of a file as text, one at a time, none longer than a record may be."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._room = RECORD_LIMIT
        self.number = 0
        self.first = 1
        self.is_open = False
        self.has_ended = False
        self.has_lone_return = False

    def begin_record(self) -> None:
        """Say that the next line begins a record."""
        self.first = self.number + 1
        self._room = RECORD_LIMIT

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        raw = self._file.readline(self._room + 1)
        if not raw:
            self.has_ended = True
            raise StopIteration
        self.number += 1
        if self.number == 1:
            raw = _without_bom(raw)
        if len(raw) > self._room:
            self._pass_over(raw)
        self._room -= len(raw)
        self.is_open = not raw.endswith((b"\n", b"\r"))
        self.has_lone_return = b"\r" in raw.rstrip(b"\r\n")
        return _decode(raw)

    def _pass_over(self, raw: bytes) -> None:
        """Read on to the end of a line that is too long, and refuse it."""
        quotes = raw.count(b'"')
        while raw and not raw.endswith(b"\n"):
            raw = self._file.readline(RECORD_LIMIT)
            quotes += raw.count(b'"')
        if self.number == self.first and quotes % 2 == 0:
            text = f"this line has more than {RECORD_LIMIT:,} bytes; a cell may have {CELL_LIMIT:,} characters"
            raise _DamagedLineError(f"{text}; shorten it")
        # Inside quotes, what follows may be the text of a cell and must not be taken for rows.
        text = f"the row that begins on line {self.first} has more than {RECORD_LIMIT:,} bytes"
        cure = "close the quote, or shorten the cell"
        raise _DamagedLineError(
            f"{text}, or a quote in it is never closed; {cure}. Nothing after it was read", is_final=True
        )


def _without_bom(raw: bytes) -> bytes:
    for mark, format_name in _OTHER_FORMATS.items():
        if raw.startswith(mark):
            raise _DamagedLineError(f"the file is {format_name}, not CSV; {_SAVE_AS}", is_final=True)
    return raw.removeprefix(_BOM)


def _decode(raw: bytes) -> str:
    if b"\0" in raw:
        raise _DamagedLineError(f"byte {raw.index(0) + 1} is NUL: the line is damaged, or not UTF-8; {_EXPORT_AGAIN}")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        text = f"byte {error.start + 1} (0x{raw[error.start]:02X}) is not UTF-8; {_SAVE_AS}"
        raise _DamagedLineError(text) from None


def _explain(name: str, lines: _Lines) -> Problem:
    """Say what the csv module meant; its own words are for programmers."""
    if lines.has_ended:
        text = f"the file ends inside a quoted cell: it was cut short, or a quote is never closed; {_EXPORT_AGAIN}"
        return Unreadable(f"{name}:{lines.first}", text)
    if lines.has_lone_return:
        text = f"lines end with a carriage return alone; {_SAVE_AS}"
        return Unreadable(f"{name}:{lines.first}", text)
    text = 'a quoted cell goes on after its closing quote; quote the whole cell, and write a quote inside it as ""'
    return Problem(f"{name}:{lines.first}", text)


def _judge_cells(record: Record, name: str) -> Record | Problem:
    for number, cell in enumerate(record.cells, start=1):
        if len(cell) > CELL_LIMIT:
            text = f"cell {number} has {len(cell):,} characters; at most {CELL_LIMIT:,} are taken; shorten it"
            return Problem(f"{name}:{record.line}", text)
    return record
