"""The ledger: what the stand-in heard, accepted and told, a line each, written down before anybody hears of it."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Line = dict[str, Any]


class Ledger:
    """Appends lines to a file; each is in the kernel's hands when `note` returns."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, what: str, **values: Any) -> float:
        """Write a line; return its time."""
        at = time.time()
        os.write(self._file, (json.dumps({"what": what, "at": at, **values}) + "\n").encode())
        return at


def lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a ledger; the last one may be half written while the stand-in runs."""
    with path.open(encoding="utf-8") as file:
        for text in file:
            if text.endswith("\n"):
                yield json.loads(text)
