"""Refuse files that nobody means to commit: conflict marks, a missing last newline, more than half a megabyte."""

import sys
from pathlib import Path

LARGEST = 500_000
MARKS = (b"<" * 7 + b" ", b">" * 7 + b" ")


def problem(path: Path) -> str | None:
    """Return what is wrong with *path*, or None."""
    content = path.read_bytes()
    if len(content) > LARGEST:
        return f"is larger than {LARGEST:,} bytes"
    if b"\0" in content:
        return None
    if any(line.startswith(MARKS) for line in content.splitlines()):
        return "has a mark of a merge conflict"
    if content and not content.endswith(b"\n"):
        return "has no newline at its end"
    return None


def main() -> None:
    """Print the problems of the files named as arguments, and say by the exit status whether there is one."""
    found = [(path, text) for path in map(Path, sys.argv[1:]) if path.is_file() and (text := problem(path))]
    for path, text in found:
        print(f"{path} {text}", file=sys.stderr)  # noqa: T201  a script's only output
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
