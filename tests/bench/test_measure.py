"""Ratios come from the same round, and a finding says whether its target was met."""

import pytest

from bench.measure import Finding, MeasurementError, Spread, Target, at_least, at_most, check_equal, interleave, ratios


def test_works_take_turns() -> None:
    seen: list[str] = []

    def work(name: str) -> float:
        seen.append(name)
        return len(seen)

    found = interleave({"ours": lambda _: work("ours"), "theirs": lambda _: work("theirs")}, 2)

    assert seen == ["ours", "theirs", "ours", "theirs"]
    assert found == {"ours": [1, 3], "theirs": [2, 4]}


def test_a_ratio_is_taken_round_by_round() -> None:
    found = {"ours": [30.0, 100.0, 10.0], "theirs": [10.0, 10.0, 5.0]}

    spread = ratios(found, "ours", "theirs")

    assert spread == Spread(middle=3, least=2, most=10)


@pytest.mark.parametrize(
    ("target", "middle", "is_met"),
    [(at_least(10), 10, True), (at_least(10), 9.9, False), (at_most(2), 2, True), (at_most(2), 2.1, False)],
)
def test_the_median_decides_whether_a_target_is_met(target: Target, middle: float, *, is_met: bool) -> None:
    finding = Finding(section="drain", what="x", found=Spread(middle, 0, 99), target=target)

    assert finding.is_met is is_met


def test_a_finding_without_a_target_is_neither_met_nor_missed() -> None:
    assert Finding(section="idle", what="x", found=Spread(1, 1, 1)).is_met is None


def test_a_figure_whose_counts_do_not_match_is_refused() -> None:
    with pytest.raises(MeasurementError, match="accepted: 3, and it should be 4"):
        check_equal(3, 4, "accepted")
