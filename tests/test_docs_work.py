"""What docs/operating.md tells of to-dos is what the code does."""

import re
from pathlib import Path

import pytest

from reminders.domain.words import WorkKind
from reminders.pipeline.needing import WITHIN
from reminders.pipeline.working import say

PAGE = (Path(__file__).parents[1] / "docs" / "operating.md").read_text(encoding="utf-8")
ROWS = {
    found[1]: [cell.strip() for cell in found[2].split("|")]
    for found in re.finditer(r"^\| `(\w+)` \| (.+) \|$", PAGE[PAGE.index("| kind | asks |") :], re.MULTILINE)
    if found[1] in set(WorkKind)
}


def test_every_kind_is_told_with_what_it_asks() -> None:
    assert {kind: row[0] for kind, row in ROWS.items()} == {kind.value: say(kind) for kind in WorkKind}


@pytest.mark.parametrize("kind", WorkKind)
def test_the_open_hours_are_those_in_the_code(kind: WorkKind) -> None:
    told = [int(hours) for hours in re.findall(r"(\d+) open hours?", ROWS[kind][1])]

    assert told == ([WITHIN[kind].total_seconds() / 3600] if kind in WITHIN else [])


def test_each_row_says_what_happens_when_nobody_takes_it() -> None:
    assert {len(row) for row in ROWS.values()} == {3}
    assert all(re.search("chain|overdue|it waits", row[2]) for row in ROWS.values())
