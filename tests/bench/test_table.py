"""The table and the picture of findings."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench import picture, table
from bench.measure import Finding, Spread, at_least, at_most

MET = Finding(
    section="drain",
    what="drained, to <Celery>",
    found=Spread(23, 18.9, 26),
    target=at_least(10),
    means="its own empty tasks",
    figures={"ours, a second": 11657},
)
MISSED = Finding(section="lateness", what="late", found=Spread(3, 2, 4), unit="s", target=at_most(2))
PLAIN = Finding(section="idle", what="statements", found=Spread(500, 500, 500), unit="a minute")


def test_a_line_says_what_was_found_asked_and_whether_it_was_met() -> None:
    lines = table.lines([MET, MISSED, PLAIN])

    assert [line.split()[-1] for line in lines[2::2]] == ["met", "MISSED", "500"]
    assert "23 times" in lines[2]
    assert "≥ 10" in lines[2]
    assert "ours, a second 11,657 | its own empty tasks" in lines[3]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "below" / "latest.json"

    table.write(path, [MET, MISSED, PLAIN], {"scale": "quick", "machine": "2 cores"})

    assert table.read(path) == ([MET, MISSED, PLAIN], {"scale": "quick", "machine": "2 cores"})


def test_the_picture_is_xml_with_a_bar_for_each_ratio_and_each_target() -> None:
    drawn = ET.fromstring(picture.draw([MET, MISSED, PLAIN], "two & more"))  # noqa: S314  our own

    bars = [one for one in drawn.iter() if one.tag.endswith("rect")]
    texts = [one.text for one in drawn.iter() if one.tag.endswith("text")]
    assert len(bars) == 1 + 2
    assert {"drained, to <Celery>", "late", "two & more", "23 times, asked ≥ 10"} <= set(texts)


@pytest.mark.parametrize(("figure", "shown"), [(11657.4, "11,657"), (23.04, "23"), (0.123456, "0.123"), (0, "0")])
def test_a_figure_keeps_three_digits_that_say_something(figure: float, shown: str) -> None:
    assert table.short(figure) == shown
