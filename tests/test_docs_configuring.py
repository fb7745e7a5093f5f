"""What docs/configuring.md tells coordinators is what the code does."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from reminders.domain.clinic_file import read_clinic
from reminders.domain.errors import InvalidConfigError
from reminders.domain.fact_names import EXTRA, FACT_NAMES, FactKind
from reminders.domain.offset_text import parse_offset
from reminders.domain.protocol import Anchor, Elapsed, Landmark, Test
from reminders.domain.protocol_file import read_protocol
from reminders.domain.vocabulary import VOCABULARY
from reminders.domain.words import Category

PAGE = (Path(__file__).parents[1] / "docs" / "configuring.md").read_text(encoding="utf-8")
RULE = "protocol: p\ntitle: P\nservices: [s]\nrules:\n  - {{slug: r, anchor: start, offset: -3 h, {0}}}"


def table(heading: str, below: str = "") -> dict[str, list[str]]:
    """Return the table whose first column is called *heading*: what stands in code marks → the other cells."""
    lines = PAGE[PAGE.index(below) :].splitlines()
    rows = lines[next(n for n, line in enumerate(lines) if line.startswith(f"| {heading} |")) + 2 :]
    found: dict[str, list[str]] = {}
    for row in rows:
        if not row.startswith("|"):
            break
        first, *others = (cell.strip() for cell in row.strip("|").split("|"))
        for name in re.findall(r"`([^`]+)`", first):
            found[name] = others
    return found


def test_every_anchor_is_told() -> None:
    assert set(table("anchor")) == {anchor.value for anchor in Anchor}


def test_every_moment_is_told() -> None:
    assert set(table("moment")) == {landmark.value for landmark in Landmark}


def test_every_comparison_is_told() -> None:
    assert set(table("is")) == {test.value for test in Test}


def test_every_fact_is_told_with_its_meaning_and_its_words() -> None:
    told = table("fact")

    assert set(told) == {*FACT_NAMES, f"{EXTRA}<column>"}
    for name, fact in FACT_NAMES.items():
        values, says = told[name]
        assert says == fact.says
        if fact.kind is FactKind.WORD:
            assert re.findall(r"`([^`]+)`", values) == list(fact.words)
        assert (values == "`yes`, `no`") == (fact.kind is FactKind.YES_NO)
        assert (values == "a number") == (fact.kind is FactKind.NUMBER)


def test_every_category_is_told_with_what_follows_from_it() -> None:
    told = table("category")

    assert set(told) == {category.value for category in Category}
    for category, (_, order, quiet, limits, rescue) in told.items():
        fields = f"category: {category}, template: t, useful_until: start"
        rule = read_protocol(RULE.format(fields), "p.yaml").rules[0]
        assert (rule.lane, rule.quiet) == (int(order) - 1, quiet)
        assert (rule.limited, rule.rescue) == (limits == "yes", rescue == "yes")


def test_every_field_of_a_rule_is_told() -> None:
    with pytest.raises(InvalidConfigError) as refused:
        read_protocol(RULE.format("bogus: x"), "p.yaml")

    (known,) = (str(problem).split("It may be: ")[1] for problem in refused.value.problems if "bogus" in str(problem))
    assert set(table("field")) == set(known.rstrip(".").split(", "))


def test_every_field_of_the_clinic_file_is_told() -> None:
    with pytest.raises(InvalidConfigError) as refused:
        read_clinic("bogus: x", "clinic.yaml")

    (known,) = (str(problem).split("It may be: ")[1] for problem in refused.value.problems if "bogus" in str(problem))
    assert set(table("field", below="## The clinic file\n")) == set(known.rstrip(".").split(", "))


def test_every_offset_shown_can_be_written() -> None:
    told = table("offset")

    assert len(told) >= 9
    for text in told:
        parse_offset(text)


def test_the_offsets_said_to_be_the_same_are() -> None:
    for text, (meaning,) in table("offset").items():
        for other in re.findall(r"so is `([^`]+)`", meaning):
            assert parse_offset(other) == parse_offset(text)
    assert parse_offset("-24 h") == Elapsed(timedelta(hours=-24)) != parse_offset("day before")


def test_every_placeholder_is_told() -> None:
    assert set(table("placeholder")) == set(VOCABULARY)


def test_the_protocol_shown_can_be_loaded() -> None:
    (shown,) = re.findall(r"```yaml\n(protocol: .*?)```", PAGE, re.DOTALL)

    assert [rule.slug for rule in read_protocol(shown, "shown.yaml").rules] == ["prep"]


def test_the_refusals_shown_are_those_that_are_given() -> None:
    (shown,) = re.findall(r"```yaml\n(protocol: .*?)```", PAGE, re.DOTALL)
    broken = shown.replace("day before at 17:00", "day before 17:00").replace("visit.status", "visit.stauts")

    with pytest.raises(InvalidConfigError) as refused:
        read_protocol(broken, "shown.yaml")

    assert len(refused.value.problems) == 2
    for problem in refused.value.problems:
        assert problem.text in PAGE
