"""Over a thousand replies as patients write them, and how many of them are understood.

`replies_corpus_first.csv` is what the rules were made from. `replies_corpus_after.csv` was written
after them, in six batches, to see what they miss; what it showed was then mended, so that today
it is a floor and no longer a measure. When first tried, 92, 90, 81, 86, 94 and 86 % of its batches
were understood (the third and fourth hold little but danger); of explicit crises 88 %, of implicit
ones 82 %, of emergencies 96 % were heard. Expect such figures of replies that nobody here has seen.

The column `kind` is for danger: `explicit` and `implicit` are danger; `idiom` and `benign` sound
like it; `denial` speaks of a danger that somebody does not feel. Run with `-s` to read the figures.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from reminders.domain.replies.intents import Intent, Understanding
from reminders.domain.replies.understanding import understand
from reminders.domain.words import Context

FILES = ("first", "after")
DANGER = {Intent.CRISIS, Intent.EMERGENCY}


@dataclass(frozen=True)
class Row:
    """One reply of the corpus, what it means, and what was understood."""

    context: Context
    language: str
    intent: Intent
    kind: str
    value: int | None
    text: str
    understood: Understanding

    @property
    def is_right(self) -> bool:
        """Whether it was understood."""
        return self.understood.intent is self.intent and self.understood.value == self.value


@cache
def corpus(name: str) -> tuple[Row, ...]:
    path = Path(__file__).with_name(f"replies_corpus_{name}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(row(fields) for fields in csv.DictReader(file))


def row(fields: dict[str, str]) -> Row:
    context, language, text = Context(fields["context"]), fields["language"], fields["text"]
    return Row(
        context=context,
        language=language,
        intent=Intent(fields["intent"]),
        kind=fields["kind"],
        value=int(fields["value"]) if fields["value"] else None,
        text=text,
        understood=understand(text, context, language=language),
    )


def share(rows: Iterable[bool]) -> float:
    found = list(rows)
    return sum(found) / len(found) if found else 1.0


def wrong(rows: Iterable[Row]) -> list[tuple[str, str, str]]:
    return [(row.text, row.intent.value, row.understood.intent.value) for row in rows if not row.is_right]


def of_kind(rows: Iterable[Row], *kinds: str) -> list[Row]:
    return [row for row in rows if row.kind in kinds]


def heard(rows: Iterable[Row]) -> float:
    """Return the share of *rows* that a person would be told of as a danger."""
    return share(row.understood.intent in DANGER for row in rows)


@pytest.mark.parametrize("name", FILES)
def test_the_corpus_is_large_and_speaks_both_languages_in_every_context(name: str) -> None:
    rows = corpus(name)

    assert len(rows) >= 370
    assert {row.context for row in rows} == set(Context)
    assert {row.intent for row in rows} == set(Intent)
    assert Counter(row.language for row in rows)["es"] >= 80
    assert len({(row.context, row.text) for row in rows}) == len(rows)


def test_no_reply_of_the_later_half_stands_in_the_first() -> None:
    first, after = ({(row.context, row.text) for row in corpus(name)} for name in FILES)

    assert not first & after


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("intent", [Intent.CRISIS, Intent.EMERGENCY])
def test_every_explicit_danger_is_heard(name: str, intent: Intent) -> None:
    rows = [row for row in of_kind(corpus(name), "explicit") if row.intent is intent]

    assert rows
    assert wrong(rows) == []


@pytest.mark.parametrize("name", FILES)
def test_nearly_every_implicit_danger_is_heard(name: str) -> None:
    rows = of_kind(corpus(name), "implicit")

    assert heard(rows) >= 0.97, wrong(rows)


@pytest.mark.parametrize("name", FILES)
def test_nearly_no_idiom_is_taken_for_danger(name: str) -> None:
    rows = of_kind(corpus(name), "idiom", "benign")

    assert heard(rows) <= 0.04, wrong(rows)


@pytest.mark.parametrize("name", FILES)
def test_an_ordinary_reply_is_never_taken_for_danger(name: str) -> None:
    rows = [row for row in corpus(name) if not row.kind]

    assert [row.text for row in rows if row.understood.intent in DANGER] == []


@pytest.mark.parametrize("name", FILES)
def test_who_denies_a_danger_is_seen_by_a_clinician(name: str) -> None:
    rows = [row for row in of_kind(corpus(name), "denial") if row.intent is not Intent.CRISIS]

    assert {row.understood.intent for row in rows} == {Intent.CLINICAL}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("intent", Intent)
def test_each_meaning_is_understood(name: str, intent: Intent) -> None:
    rows = [row for row in corpus(name) if row.intent is intent]

    assert share(row.is_right for row in rows) >= 0.93, wrong(rows)


@pytest.mark.parametrize("name", FILES)
def test_what_is_found_is_that(name: str) -> None:
    rows = corpus(name)
    found = Counter(row.understood.intent for row in rows)

    precision = {intent: share(row.is_right for row in rows if row.understood.intent is intent) for intent in found}

    assert {intent: part for intent, part in precision.items() if part < 0.93} == {}


@pytest.mark.parametrize("name", FILES)
def test_the_figures_can_be_read(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = corpus(name)
    lines = [f"corpus {name}: {len(rows)} replies, {share(row.is_right for row in rows):.1%} understood"]
    for kind in ("explicit", "implicit"):
        for intent in sorted(DANGER):
            found = [row for row in of_kind(rows, kind) if row.intent is intent]
            lines.append(f"  {intent} {kind}: recall {heard(found):.1%} of {len(found)}")
    for kind in ("idiom", "benign", "denial"):
        found = of_kind(rows, kind)
        lines.append(f"  {kind}: {heard(found):.1%} of {len(found)} taken for danger")
    taken = [row for row in rows if row.understood.intent in DANGER]
    lines.append(f"  danger: precision {share(row.intent in DANGER for row in taken):.1%} of {len(taken)}")
    for intent in Intent:
        of_intent = [row for row in rows if row.intent is intent]
        lines.append(f"  {intent}: {share(row.is_right for row in of_intent):.1%} of {len(of_intent)}")
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")

    assert share(row.is_right for row in rows) >= 0.97, wrong(rows)
