"""Files that are no YAML, or not the YAML that was expected: told by line, all at once, and never run."""

import pytest

from reminders.domain.blocks import Block, Notes, read_block
from reminders.domain.config_words import plain_text, whole_number
from reminders.domain.errors import InvalidConfigError


def block(text: str) -> Block:
    return read_block(text, Notes("some.yaml"), "the file")


def problems(held: Block) -> list[str]:
    held.close()
    return [str(problem) for problem in held.notes.sorted()]


AROUND = "check quotes, brackets and indentation around this line"


@pytest.mark.parametrize(
    ("text", "where", "cure"),
    [
        ("name: x\ntitle: a: b", ":2", "quote a text that holds `: ` and indent the lines of a block alike"),
        ("name:\n\tfirst: x", ":2", "indent with spaces, not with tabs"),
        ("name: x\n---\nname: y", ":2", "a file holds one document; remove the line `---`"),
        ("name: 'x", ":1", "a quote is opened here and never closed"),
        ("name: [x, y", ":1", f"expected ',' or ']', but got '<stream end>'; {AROUND}"),
        ("name: \x07", "", f"it holds characters that no text file has; {AROUND}"),
    ],
)
def test_a_file_that_is_no_yaml_is_refused_by_line_with_the_cure(text: str, where: str, cure: str) -> None:
    with pytest.raises(InvalidConfigError) as refused:
        block(text)

    assert str(refused.value) == f"some.yaml{where}: This cannot be read as YAML: {cure}."


@pytest.mark.parametrize("text", ["", "# nothing", "- a\n- b", "just words"])
def test_a_file_without_fields_is_refused(text: str) -> None:
    with pytest.raises(InvalidConfigError) as refused:
        block(text)

    assert str(refused.value) == "some.yaml: The file must consist of `name: value` lines; this one is empty or a list."


def test_a_field_that_nobody_asked_for_is_named_with_the_one_that_was_meant() -> None:
    held = block("name: x\ntitel: y")

    held.need("name", plain_text, "")
    held.may("title", plain_text, "")

    assert problems(held) == ["some.yaml:2: the file: titel is not a field here. Did you mean title?"]


def test_a_missing_field_stands_in_and_is_told_at_the_line_of_its_block() -> None:
    held = block("# a comment\nname: x\nsize:")
    held.has("name")

    assert held.need("size", whole_number, 7) == 7
    assert problems(held) == ["some.yaml:3: the file: size is missing; add a line `size: …`."]


def test_a_field_that_stands_twice_is_told_with_both_lines() -> None:
    held = block("name: x\nname: y")

    assert held.need("name", plain_text, "") == "x"
    assert problems(held) == ["some.yaml:2: the file: name is given twice (first in line 1); keep one."]


def test_words_that_other_programs_take_for_values_stay_text() -> None:
    held = block("answers: [no, 1:30, 2026-10-07, 007, ~, null]")

    assert held.several("answers", plain_text) == ("no", "1:30", "2026-10-07", "007", "~", "null")


def test_nothing_is_built_from_a_tag() -> None:
    held = block("name: !!python/object/apply:os.system [echo]")

    assert held.several("name", plain_text) == ("echo",)


def test_the_shapes_of_lists_and_blocks_are_checked() -> None:
    held = block("plain: [a]\nlisted: [[a]]\nblocks: [a, {slug: b}]\ninner: 3\n? [odd]\n: x")

    assert held.may("plain", plain_text, "-") == "-"
    assert held.several("listed", plain_text) == ()
    assert [inner.of for inner in held.blocks("blocks", "thing")] == ["thing b"]
    assert held.pairs("inner", plain_text) == {}
    assert problems(held) == [
        "some.yaml:1: the file, plain: one plain value belongs here, not a list or a block.",
        "some.yaml:2: the file, listed: a list of plain values belongs here, such as [one, two].",
        "some.yaml:3: the file, blocks: a list of blocks belongs here, each beginning with a dash.",
        "some.yaml:4: the file, inner: a block of `name: value` lines belongs here.",
        "some.yaml:5: the file: a field's name must be plain text.",
    ]
