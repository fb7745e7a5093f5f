"""How the tables write phrases, and how a phrase is looked for.

A table is a block of text. A line holds phrases of a kind, parted by `|`; one that is indented
deeper goes on with the line before. A phrase is a regular expression over the plain words of a text (`plain_words`).
It begins and ends with a word, `~` stands for up to three words between, `$` for the end of a
clause, `^` for the start of the text. As a mark stands between two clauses, no phrase reaches
over one. A line that begins with `#` is for the reader.
"""

import re
from textwrap import dedent

Phrases = re.Pattern[str]


def phrases(table: str) -> Phrases:
    """Return what finds any phrase of *table* as whole words."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(_expand(line) for line in _lines(table))})(?!\w)")


def words(table: str) -> frozenset[str]:
    """Return the answers of *table*, which parts them by commas."""
    return frozenset(" ".join(word.split()) for word in table.split(",") if word.strip())


def group(table: str) -> str:
    """Return the words of *table*, parted by `|`, as one part of a phrase."""
    return f"(?:{''.join(line.strip() for line in table.splitlines())})"


def _lines(table: str) -> list[str]:
    lines: list[str] = []
    for line in dedent(table).strip("\n").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith(" "):
            lines[-1] += line.strip()
        else:
            lines.append(line.strip())
    return lines


def _expand(line: str) -> str:
    return line.replace("~", r"(?: \w+){0,3}").replace("$", r"(?=\s*(?:[|?]|\Z))")
