"""The findings as a table for people and as JSON for machines; the JSON can be read again.

`python -m bench.table docs/speed.json` prints the table of docs/speed.md.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.measure import Finding, Spread, Target

_HEAD = ("", "what", "median", "least", "most", "asked", "")


def lines(findings: Sequence[Finding]) -> list[str]:
    """Return the table, a line a finding, with what was measured below each."""
    rows = [_HEAD, *(_cells(finding) for finding in findings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    shown = [_line(row, widths) for row in rows]
    found = [shown[0], "-" * len(shown[0])]
    for finding, line in zip(findings, shown[1:], strict=True):
        found.append(line)
        found.append(f"{'':{widths[0]}}    {_figures(finding)}")
    return found


def markdown(findings: Sequence[Finding]) -> list[str]:
    """Return the table in short, as a page of the docs has it."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(_cells(finding) for finding in findings)]
    return [f"| {' | '.join(row)} |" for row in rows]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    left = [cell.ljust(width) for cell, width in zip(row[:2], widths, strict=False)]
    right = [cell.rjust(width) for cell, width in zip(row[2:6], widths[2:6], strict=True)]
    return "  ".join([*left, *right, row[6].ljust(widths[6])])


def _cells(finding: Finding) -> tuple[str, ...]:
    found, unit = finding.found, finding.unit
    met = {None: "", True: "met", False: "MISSED"}[finding.is_met]
    asked = f"{finding.target} {unit}" if finding.target else ""
    return (
        finding.section,
        finding.what,
        f"{short(found.middle)} {unit}",
        short(found.least),
        short(found.most),
        asked,
        met,
    )


def _figures(finding: Finding) -> str:
    measured = "; ".join(f"{name} {short(figure)}" for name, figure in finding.figures.items())
    return " | ".join(text for text in (measured, finding.means) if text)


def short(figure: float) -> str:
    """Return *figure* with three digits that say something."""
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.3g}"


def write(path: Path, findings: Sequence[Finding], run: Mapping[str, Any]) -> None:
    """Write the findings, and what is known of the *run* that made them, to *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = [{**asdict(finding), "is_met": finding.is_met} for finding in findings]
    path.write_text(json.dumps({**run, "findings": told}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> tuple[list[Finding], dict[str, Any]]:
    """Return what `write` wrote: the findings, and what was known of their run."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return [_finding(row) for row in told.pop("findings")], told


def main() -> None:
    """Print the short table of the findings in a file."""
    print("\n".join(markdown(read(Path(sys.argv[1]))[0])))  # noqa: T201  its output


def _finding(row: dict[str, Any]) -> Finding:
    del row["is_met"]
    target = Target(**row["target"]) if row["target"] else None
    return Finding(**{**row, "found": Spread(**row["found"]), "target": target})


if __name__ == "__main__":
    main()
