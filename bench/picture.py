"""The findings as one picture, plain SVG: `python -m bench.picture bench/latest.json docs/bench.svg`.

A bar a finding, on one logarithmic scale: how many times better than asked it is, to the
right of the line; to the left it is worse. The thin line is from the least to the most of
the rounds. What nothing was asked of stands below, as ratios.
"""

import math
import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from bench.measure import RATIO, Finding
from bench.table import read, short

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 1040, 470, 220, 24, 84
_DECADES = (0.1, 1, 10, 100)
"""Where the scale has a line; it ends with the outer ones."""
_FONT = 'font-family="system-ui, sans-serif" font-size="13"'
_LEGEND = "To the right of the line: better than asked. Below, in grey: ratios of which nothing was asked."
_MET, _MISSED, _PLAIN = "#2f7d5b", "#b3432f", "#5b6b7d"


def draw(findings: Sequence[Finding], title: str) -> str:
    """Return the picture."""
    shown = [one for one in findings if one.target is not None or one.unit == RATIO]
    ordered = sorted(shown, key=lambda one: one.target is None)
    height = _TOP + _ROW * len(ordered) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" {_FONT}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="26" font-size="15" font-weight="600" fill="#1d2733">{escape(title)}</text>',
        f'<text x="16" y="46" fill="#5b6b7d">{_LEGEND}</text>',
        *_scale(height),
        *(part for number, one in enumerate(ordered) for part in _row(one, _TOP + _ROW * number)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _scale(height: int) -> Iterator[str]:
    for value in _DECADES:
        x = _x(value)
        width = 2 if value == 1 else 1
        yield f'<path d="M{x:.1f} {_TOP - 8}V{height - 34}" stroke="#c9d1da" stroke-width="{width}"/>'
        label = "as asked" if value == 1 else f"{value:g} times"
        yield f'<text x="{x:.1f}" y="{height - 16}" text-anchor="middle" fill="#5b6b7d">{label}</text>'


def _row(one: Finding, top: int) -> Iterator[str]:
    colour = _PLAIN if one.is_met is None else _MET if one.is_met else _MISSED
    least, middle, most = sorted(
        _x(_better(one, value)) for value in (one.found.least, one.found.middle, one.found.most)
    )
    start, end = sorted((_x(1), middle))
    middle_of_row = top + _ROW / 2
    yield f'<text x="{_LEFT - 12}" y="{middle_of_row + 4}" text-anchor="end" fill="#1d2733">{escape(one.what)}</text>'
    wide = max(1.5, end - start)
    yield f'<rect x="{start:.1f}" y="{top + 5}" width="{wide:.1f}" height="{_ROW - 10}" fill="{colour}"/>'
    yield f'<path d="M{least:.1f} {middle_of_row}H{most:.1f}" stroke="#1d2733" stroke-width="1.2"/>'
    yield f'<text x="{_WIDTH - _RIGHT + 12}" y="{middle_of_row + 4}" fill="{colour}">{escape(_told(one))}</text>'


def _told(one: Finding) -> str:
    asked = f", asked {one.target}" if one.target else ""
    return f"{short(one.found.middle)} {one.unit}{asked}"


def _better(one: Finding, value: float) -> float:
    """Return how many times better than asked *value* is; where nothing was asked, the ratio itself."""
    if one.target is None:
        return value
    return value / one.target.bound if one.target.at_least else one.target.bound / max(value, 1e-9)


def _x(value: float) -> float:
    least, most = math.log10(_DECADES[0]), math.log10(_DECADES[-1])
    share = (min(max(math.log10(max(value, 1e-9)), least), most) - least) / (most - least)
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def main() -> None:
    """Draw the findings of a file into another."""
    findings, run = read(Path(sys.argv[1]))
    Path(sys.argv[2]).write_text(draw(findings, title_of(run["scale"], run["machine"])), encoding="utf-8")


def title_of(scale: str, machine: str) -> str:
    """Return what stands above the picture."""
    return f"Measured in one go ({scale} run) on {machine}: median, least and most of the rounds"


if __name__ == "__main__":
    main()
