"""Looks for the canaries, names, numbers and wording, where none of them may be: in logs and in the broker's file."""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.torture.book import NAMES_BEGIN, Book
from tests.torture.clinic import CANARY


def find_leaks(book: Book, folders: Iterable[Path]) -> list[str]:
    """Return where something personal was found, without saying what it was."""
    needles = list(_needles(book))
    return [
        f"something personal stands in {path}"
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _holds_any(path.read_bytes(), needles)
    ]


def _needles(book: Book) -> Iterator[bytes]:
    words = [NAMES_BEGIN, CANARY, *{patient.phone.removeprefix("+1") for patient in book.patients}]
    for word in words:
        yield word.encode()
        yield from _in_base64(word.encode())


def _in_base64(word: bytes) -> Iterator[bytes]:
    """Yield how *word* looks inside of anything in base64, at each of the three places it can begin."""
    for lead in range(3):
        coded = base64.b64encode(bytes(lead) + word).rstrip(b"=")
        yield coded[(lead * 8 + 5) // 6 : (lead + len(word)) * 8 // 6]


def _holds_any(text: bytes, needles: Iterable[bytes]) -> bool:
    return any(needle in text for needle in needles)
