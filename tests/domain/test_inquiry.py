"""Inquiry: which entry of a provider's list is ours, and what follows when none is."""

from datetime import UTC, datetime, timedelta

import pytest

from reminders.domain.inquiry import CLOCKS_APART, LATEST_ACCEPTANCE, Clue, Proof, Verdict, decide, find

LAUNCHED = datetime(2026, 10, 28, 16, 0, tzinfo=UTC)
TEXT = "Cedar Clinic: no food after 11:30 PM Tuesday."


def clue(name: str = "SM1", text: str | None = TEXT, *, after: timedelta = timedelta(seconds=2)) -> Clue:
    return Clue(provider_id=name, text=text, created_at=LAUNCHED + after)


def found(*clues: Clue, explained: frozenset[str] = frozenset()) -> str:
    return find(clues, text=TEXT, launched_at=LAUNCHED, explained=explained)


def test_the_same_text_in_the_minutes_of_the_call_is_ours() -> None:
    assert found(clue("SM0", "Another text"), clue("SM1")) == "SM1"


def test_an_empty_list_proves_absence() -> None:
    assert found() is Proof.ABSENT


def test_a_text_that_another_try_of_ours_explains_is_not_this_one() -> None:
    assert found(clue("SM1"), explained=frozenset({"SM1"})) is Proof.ABSENT


@pytest.mark.parametrize("after", [-CLOCKS_APART - timedelta(seconds=1), LATEST_ACCEPTANCE + timedelta(seconds=1)])
def test_the_same_text_of_another_time_is_not_this_one(after: timedelta) -> None:
    assert found(clue(after=after)) is Proof.ABSENT


@pytest.mark.parametrize("after", [-CLOCKS_APART, LATEST_ACCEPTANCE])
def test_the_provider_s_clock_may_differ_from_ours(after: timedelta) -> None:
    assert found(clue(after=after)) == "SM1"


def test_white_space_that_the_provider_trimmed_makes_no_other_text() -> None:
    assert found(clue(text=TEXT + "\n")) == "SM1"


def test_words_of_the_provider_s_own_around_ours_make_no_other_text() -> None:
    assert found(clue(text=f"Sent from your trial account - {TEXT}")) == "SM1"


def test_an_entry_without_wording_is_taken_for_ours() -> None:
    assert found(clue(text=None)) == "SM1"


def test_two_that_could_be_ours_are_for_a_person_to_tell_apart() -> None:
    assert found(clue("SM1"), clue("SM2", None)) is Proof.SEVERAL


@pytest.mark.parametrize(
    ("is_proven", "is_double_harmless", "resends", "is_useful", "verdict"),
    [
        (True, False, 0, True, Verdict.AGAIN),
        (True, False, 0, False, Verdict.TOO_LATE),
        (True, False, 1, True, Verdict.A_PERSON),
        (False, False, 0, True, Verdict.A_PERSON),
        (False, True, 0, True, Verdict.AGAIN),
        (False, True, 1, True, Verdict.A_PERSON),
        (False, True, 0, False, Verdict.A_PERSON),
    ],
)
def test_it_goes_again_once_and_only_where_that_makes_no_double(
    *, is_proven: bool, is_double_harmless: bool, resends: int, is_useful: bool, verdict: Verdict
) -> None:
    decided = decide(is_proven=is_proven, is_double_harmless=is_double_harmless, resends=resends, is_useful=is_useful)

    assert decided is verdict
