"""The page on speed is held against the run that it tells of: its table, its picture, and whatever was missed."""

from pathlib import Path

import pytest

from bench import picture, table

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "speed.md").read_text()
FINDINGS, RUN = table.read(DOCS / "speed.json")


def test_the_table_is_that_of_the_run() -> None:
    told = PAGE.partition("## What was found\n\n")[2].partition("\n\n")[0]

    assert told.splitlines() == table.markdown(FINDINGS)


def test_the_picture_is_that_of_the_run() -> None:
    drawn = picture.draw(FINDINGS, picture.title_of(RUN["scale"], RUN["machine"]))

    assert (DOCS / "bench.svg").read_text() == drawn


def test_the_whole_of_a_run_is_told() -> None:
    assert (RUN["scale"], RUN["failures"]) == ("usual", {})
    assert RUN["rounds"] >= 3


@pytest.mark.parametrize("missed", [one.what for one in FINDINGS if one.is_met is False])
def test_what_bounds_a_missed_target_is_said(missed: str) -> None:
    assert f"\n- *{missed}*: " in PAGE.partition("## What was missed, and what bounds it")[2]


def test_nothing_is_said_to_be_missed_that_was_met() -> None:
    told = PAGE.partition("## What was missed, and what bounds it")[2].count("\n- *")

    assert told == sum(one.is_met is False for one in FINDINGS)
