"""YAML as blocks of fields that remember their lines, so that every problem of a file is told at once.

Only the syntax tree of the file is read: every scalar is its text, nothing is built from a
tag, and the reader of each field decides what `no` or `17:00` means there. A field that
cannot be read is noted and replaced by a stand-in, so that reading goes on and finds the
other problems; `Notes.refuse` then refuses the whole file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reminders.domain.errors import InvalidConfigError, Problem, RefusedError

T = TypeVar("T")
Parse = Callable[[str], T]
"""Reads the text of one scalar, or raises `RefusedError` with the cure."""


@dataclass(slots=True)
class Notes:
    """The problems found in one file so far."""

    file: str
    problems: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, text: str) -> None:
        """Note *text* for *line*, once; 0 stands for the whole file."""
        if (line, text) not in self.problems:
            self.problems.append((line, text))

    def sorted(self) -> list[Problem]:
        """Return what was noted in the order of the file."""
        return [Problem(f"{self.file}:{line}" if line else self.file, text) for line, text in sorted(self.problems)]

    def refuse(self) -> None:
        """Raise `InvalidConfigError` with everything noted, if anything was."""
        if self.problems:
            raise InvalidConfigError(self.sorted())


@dataclass(frozen=True, slots=True)
class Scalar:
    """One text of a file and the line on which it stands."""

    text: str
    line: int


class Block:
    """One mapping of a file, read field by field; `close` then names every field that nobody asked for."""

    def __init__(self, node: MappingNode, notes: Notes, of: str) -> None:
        self.notes = notes
        self.of = of
        self.line: int = _line(node)
        self._fields: dict[str, Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: list[str] = []
        for key, value in node.value:
            self._take(key, value)

    def _take(self, key: Node, value: Node) -> None:
        name = key.value if isinstance(key, ScalarNode) else None
        if name is None:
            self.notes.add(_line(key), f"{self.of}: a field's name must be plain text.")
        elif name in self._fields:
            self.notes.add(
                _line(key), f"{self.of}: {name} is given twice (first in line {self._lines[name]}); keep one."
            )
        else:
            self._fields[name], self._lines[name] = value, _line(key)

    def names(self) -> list[str]:
        """Return the names of all fields, where the writer of the file chooses them."""
        return list(self._fields)

    def line_of(self, name: str) -> int:
        """Return the line of the field *name*; that of the block where it is not given."""
        return self._lines.get(name, self.line)

    def note(self, name: str, text: str) -> None:
        """Note a problem of the field *name*."""
        self.notes.add(self.line_of(name), f"{self.of}, {name}: {text}")

    def has(self, name: str) -> bool:
        """Whether the field *name* is given and not left empty."""
        self._asked.append(name)
        return name in self._fields and not _is_empty(self._fields[name])

    def need(self, name: str, parse: Parse[T], stand_in: T) -> T:
        """Return the field *name*, which must be there."""
        if not self.has(name):
            self.notes.add(self.line_of(name), f"{self.of}: {name} is missing; add a line `{name}: …`.")
            return stand_in
        return self.may(name, parse, stand_in)

    def may(self, name: str, parse: Parse[T], default: T) -> T:
        """Return the field *name*, or *default* where it is not given."""
        if not self.has(name):
            return default
        node = self._fields[name]
        if not isinstance(node, ScalarNode):
            self.note(name, "one plain value belongs here, not a list or a block.")
            return default
        return self._parse(name, Scalar(node.value, _line(node)), parse, default)

    def several(self, name: str, parse: Parse[T]) -> tuple[T, ...]:
        """Return the items of the list *name*; a single value is a list of one."""
        parsed = (self._parse(name, item, parse, None) for item in self.scalars(name))
        return tuple(item for item in parsed if item is not None)

    def scalars(self, name: str) -> list[Scalar]:
        """Return the texts of the list *name* with their lines."""
        if not self.has(name):
            return []
        node = self._fields[name]
        items: Sequence[Node] = node.value if isinstance(node, SequenceNode) else [node]
        if not all(isinstance(item, ScalarNode) for item in items):
            self.note(name, "a list of plain values belongs here, such as [one, two].")
            return []
        return [Scalar(item.value, _line(item)) for item in items]

    def pairs(self, name: str, parse: Parse[T]) -> dict[str, T]:
        """Return the block *name* whose every field is one plain value."""
        if not self.has(name):
            return {}
        inner = self.block(name)
        parsed = {key: inner.may(key, parse, None) for key in inner.names()}
        return {key: value for key, value in parsed.items() if value is not None}

    def block(self, name: str) -> "Block":
        """Return the block *name*; an empty one where it is not given."""
        node = self._fields[name] if self.has(name) else None
        if node is not None and not isinstance(node, MappingNode):
            self.note(name, "a block of `name: value` lines belongs here.")
        held = node if isinstance(node, MappingNode) else MappingNode("", [])
        return Block(held, self.notes, f"{self.of}, {name}")

    def blocks(self, name: str, of: str) -> list["Block"]:
        """Return the blocks of the list *name*, each called *of* and its slug."""
        if not self.has(name):
            return []
        node = self._fields[name]
        items: Sequence[Node] = node.value if isinstance(node, SequenceNode) else [node]
        found = [item for item in items if isinstance(item, MappingNode)]
        if len(found) < len(items):
            self.note(name, "a list of blocks belongs here, each beginning with a dash.")
        return [Block(item, self.notes, _called(item, of)) for item in found]

    def close(self) -> None:
        """Note every field that nobody asked for."""
        for name in self._fields.keys() - set(self._asked):
            self.notes.add(self._lines[name], f"{self.of}: {name} is not a field here. {meant(name, self._asked)}")

    def _parse(self, name: str, scalar: Scalar, parse: Parse[T], stand_in: T) -> T:
        try:
            return parse(scalar.text.strip())
        except RefusedError as refused:
            self.notes.add(scalar.line, f"{self.of}, {name}: {refused}")
            return stand_in


def read_block(text: str, notes: Notes, of: str) -> Block:
    """Return the only block of a YAML file; raises at once if the file is no YAML or not one block."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        notes.add(_line_of_error(error), f"This cannot be read as YAML: {_reason(error)}.")
        node = None
    if not notes.problems and not isinstance(node, MappingNode):
        notes.add(0, "The file must consist of `name: value` lines; this one is empty or a list.")
    notes.refuse()
    return Block(node, notes, of)


def meant(word: str, words: Sequence[str]) -> str:
    """Return "Did you mean …?" where one of *words* is near, else all of them."""
    close = get_close_matches(word, words, n=1)
    return f"Did you mean {close[0]}?" if close else f"It may be: {', '.join(words)}."


def _called(node: MappingNode, of: str) -> str:
    for key, value in node.value:
        if key.value == "slug" and isinstance(value, ScalarNode):
            return f"{of} {value.value}"
    return of


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.value.strip() and node.style is None


def _line(node: Node) -> int:
    return node.start_mark.line + 1 if node.start_mark else 0


def _line_of_error(error: YAMLError) -> int:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    return mark.line + 1 if mark else 0


_CURES = {
    "mapping values are not allowed here": "quote a text that holds `: ` and indent the lines of a block alike",
    "found character '\\t' that cannot start any token": "indent with spaces, not with tabs",
    "found unexpected end of stream": "a quote is opened here and never closed",
    "but found another document": "a file holds one document; remove the line `---`",
}


def _reason(error: YAMLError) -> str:
    problem = (isinstance(error, MarkedYAMLError) and error.problem) or "it holds characters that no text file has"
    return _CURES.get(problem, f"{problem}; check quotes, brackets and indentation around this line")
