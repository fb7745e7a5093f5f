"""The header row of a CSV file: which cell of a row belongs to which column."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from reminders.domain.row import COLUMNS, REQUIRED, shown

COLUMN_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one file, in its order; a column without a name is an empty string."""

    names: tuple[str, ...]
    ours: frozenset[str]


def read_header(cells: Sequence[str]) -> Header | list[str]:
    """Return the columns that *cells* name, in any case and with blanks or dashes, or what is wrong with them."""
    names = tuple(re.sub(r"[\W_]+", "_", cell.strip().casefold()).strip("_") for cell in cells)
    ours = frozenset(names).intersection(COLUMNS)
    if not ours:
        return [_no_header(cells)]
    problems = _name_twice(names) + _name_missing(names, ours)
    if len(names) > COLUMN_LIMIT:
        problems.append(f"the header has {len(names)} columns; at most {COLUMN_LIMIT} are taken")
    return problems or Header(names, ours)


def _no_header(cells: Sequence[str]) -> str:
    if len(cells) == 1 and (";" in cells[0] or "\t" in cells[0]):
        return 'cells are parted by semicolons or tabs; save the file as "CSV UTF-8 (comma delimited)"'
    return f"the first row must name the columns, but names none of ours; begin the file with: {','.join(REQUIRED)}"


def _name_twice(names: Sequence[str]) -> list[str]:
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    return [f'column "{shown(name)}" stands twice; remove or rename one' for name in twice]


def _name_missing(names: Sequence[str], ours: Collection[str]) -> list[str]:
    """Name required columns that are missing, and others that look like a slip of the pen."""
    foreign = [name for name in names if name and name not in COLUMNS]
    problems = []
    for column in COLUMNS:
        if column in ours:
            continue
        near = get_close_matches(column, foreign, n=1, cutoff=0.85)
        if near:
            problems.append(f'column "{shown(near[0])}" is not one of ours; did you mean "{column}"? Rename it')
        elif column in REQUIRED:
            problems.append(f'column "{column}" is missing; it is required')
    return problems
