"""Appointments from a CSV file: every row as a `VisitRow`, or what is wrong with it, in the order of the file."""

from collections.abc import Iterator
from typing import BinaryIO

from reminders.domain.errors import Problem
from reminders.domain.row import Reference, VisitRow, read_row, shown
from reminders.sources.csv_header import Header, read_header
from reminders.sources.csv_lines import Record, Unreadable, read_records
from reminders.sources.seen import Seen


def read_visits(file: BinaryIO, *, name: str, reference: Reference) -> Iterator[VisitRow | Problem]:
    """Yield what each row of *file* tells, with as many problems as there are; memory stays flat.

    *name* is what problems call the file. A problem quotes the value, so it is for the
    person who runs the import, never for a log. After an `Unreadable` nothing follows.
    """
    records = read_records(file, name)
    header = _find_header(records, name)
    if not isinstance(header, Header):
        yield from header
        return
    seen = Seen()
    for record in records:
        yield from [record] if isinstance(record, Problem) else _read_record(record, header, name, reference, seen)


def _find_header(records: Iterator[Record | Problem], name: str) -> Header | list[Problem]:
    first = next(records, None)
    if first is None:
        return [Unreadable(f"{name}:1", "the file is empty; it needs a header row and a row for each visit")]
    if isinstance(first, Problem):
        return [Unreadable(first.where, first.text)]
    header = read_header(first.cells)
    if isinstance(header, Header):
        return header
    return [Unreadable(f"{name}:{first.line}", text) for text in header]


def _read_record(
    record: Record, header: Header, name: str, reference: Reference, seen: Seen
) -> list[VisitRow | Problem]:
    where = f"{name}:{record.line}"
    cells = _by_column(record, header)
    if isinstance(cells, str):
        return [Problem(where, cells)]
    row = read_row(cells, reference, line=record.line, columns=header.ours)
    if not isinstance(row, VisitRow):
        return [Problem(where, reason) for reason in row]
    if not seen.add(f"{row.clinic}\0{row.appointment_id}"):
        text = f'appointment_id "{shown(row.appointment_id)}": stands in an earlier row too; keep the row that is right'
        return [Problem(where, text)]
    return [row]


def _by_column(record: Record, header: Header) -> dict[str, str] | str:
    """Return the cells by column, or why they cannot be told apart."""
    found, wanted = len(record.cells), len(header.names)
    if found != wanted and record.is_last_and_open:
        return f"has {found} cells, the header {wanted}: the file was cut short here; export it again"
    if found != wanted:
        return f"has {found} cells, the header {wanted}; put a value that has a comma or a line end in quotes"
    by_column = dict(zip(header.names, record.cells, strict=True))
    # Several columns may lack a name, as spreadsheets leave behind; only blank cells may stand there.
    if any(cell.strip() for name, cell in zip(header.names, record.cells, strict=True) if not name):
        return "has a value in a column without a name; name the column or empty the cell"
    by_column.pop("", None)
    return by_column
