"""A visit that is moved: what the patient knew, what is told, and what becomes of prep."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reminders.domain.facts import Visit
from reminders.domain.history import History
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.told import last_told
from tests.domain.planning_book import Book
from tests.domain.planning_clinic import (
    BOOKED,
    LAKESIDE,
    MOVED,
    MOVED_PREP,
    OVERVIEW,
    PREP,
    at,
    facts,
    named,
    person,
    phone,
    protocol,
    visit,
    wall,
)

MONDAY = at("2026-10-05 09:30")
RULES = (protocol(BOOKED, PREP, MOVED, MOVED_PREP),)
VISIT = visit("2026-10-14 10:30", first_seen_at=MONDAY, booked_at=MONDAY)


def moved_to(starts: str, **values: object) -> Visit:
    return replace(VISIT, starts_at=at(starts), **values)  # type: ignore[arg-type]


def told_book() -> Book:
    """Return a book whose patient was told of the visit on Monday."""
    book = Book(RULES)
    book.plan(facts(VISIT), MONDAY)
    book.send_due(MONDAY)
    return book


def standing(book: Book) -> dict[str, tuple[int, str, str]]:
    """Return the newest row of each rule: occurrence, state and when it goes."""
    rules = dict.fromkeys(row.slot.rule for row in book.rows.values())
    newest = {rule: book.one(rule) for rule in rules}
    return {rule: (row.occurrence, row.state.value, wall(row.due_at)) for rule, row in newest.items()}


def test_res3_a_move_that_the_patient_must_know_of_is_one_text_and_prep_moves_along() -> None:
    book = told_book()

    book.plan(facts(moved_to("2026-10-16 15:00")), at("2026-10-06 11:00"))

    assert standing(book) == {
        "booked": (1, "delivered", "2026-10-05 09:30"),
        "moved": (1, "scheduled", "2026-10-06 11:00"),
        "prep": (1, "scheduled", "2026-10-15 17:00"),
    }


@pytest.mark.parametrize(("minutes", "expected"), [(14, 0), (-14, 0), (15, 1), (-15, 1)])
def test_a_move_is_fifteen_minutes_or_more(minutes: int, expected: int) -> None:
    book = told_book()

    book.plan(facts(replace(VISIT, starts_at=VISIT.starts_at + timedelta(minutes=minutes))), at("2026-10-06 11:00"))

    assert len(book.of("moved")) == expected


def test_small_moves_add_up_to_one_that_is_told() -> None:
    book = told_book()
    book.plan(facts(moved_to("2026-10-14 10:40")), at("2026-10-06 11:00"))

    book.plan(facts(moved_to("2026-10-14 10:50")), at("2026-10-06 12:00"))

    assert standing(book)["moved"] == (1, "scheduled", "2026-10-06 12:00")


def test_a_move_by_five_minutes_sends_no_prep_a_second_time() -> None:
    book = told_book()
    book.send_due(at("2026-10-13 17:00"))

    changes = book.plan(facts(moved_to("2026-10-14 10:35")), at("2026-10-13 18:00"))

    assert changes == []


def test_a_visit_that_the_patient_has_not_heard_of_only_moves_its_messages() -> None:
    book = Book(RULES)
    book.plan(facts(replace(VISIT, booked_at=MONDAY - timedelta(days=9))), MONDAY)

    book.plan(facts(moved_to("2026-10-16 15:00", booked_at=MONDAY - timedelta(days=9))), at("2026-10-06 11:00"))

    assert standing(book) == {"prep": (1, "scheduled", "2026-10-15 17:00")}


def test_a_visit_that_moves_to_another_place_is_told_like_one_that_moves_in_time() -> None:
    book = told_book()

    book.plan(facts(replace(VISIT, place=LAKESIDE)), at("2026-10-06 11:00"))

    assert standing(book)["moved"] == (1, "scheduled", "2026-10-06 11:00")


def test_a_move_to_within_48_hours_carries_the_new_fast_and_replaces_prep() -> None:
    book = told_book()

    book.plan(facts(moved_to("2026-10-07 12:00")), at("2026-10-06 11:00"))

    assert standing(book) == {
        "booked": (1, "delivered", "2026-10-05 09:30"),
        "moved-prep": (1, "scheduled", "2026-10-06 11:00"),
        "prep": (1, "cancelled", "2026-10-13 17:00"),
    }
    assert book.one("prep").reason == Reason.REPLACED
    assert book.one("moved-prep").stamp.stops[0][1] == at("2026-10-07 04:00")


def test_prep_stays_replaced_once_the_text_about_the_move_has_gone() -> None:
    book = told_book()
    near = facts(moved_to("2026-10-07 12:00"))
    book.plan(near, at("2026-10-06 11:00"))
    book.send_due(at("2026-10-06 11:00"))

    changes = book.plan(near, at("2026-10-06 17:30"))

    assert changes == []


def test_a_prep_that_has_gone_is_superseded_when_the_visit_moves_within_48_hours() -> None:
    book = told_book()
    book.send_due(at("2026-10-13 17:00"))
    afternoon = facts(moved_to("2026-10-14 15:00"))

    book.plan(afternoon, at("2026-10-13 18:00"))

    assert standing(book)["moved-prep"] == (1, "scheduled", "2026-10-13 18:00")
    assert standing(book)["prep"] == (1, "delivered", "2026-10-13 17:00")


def test_where_only_the_old_start_was_near_prep_comes_again_the_day_before_the_new_one() -> None:
    book = told_book()
    book.send_due(at("2026-10-13 17:00"))
    later = facts(moved_to("2026-10-21 10:30"))

    book.plan(later, at("2026-10-13 18:00"))
    book.send_due(at("2026-10-13 18:00"))
    after = book.plan(later, at("2026-10-14 09:30"))

    assert standing(book)["moved-prep"] == (1, "delivered", "2026-10-13 18:00")
    assert standing(book)["prep"] == (2, "scheduled", "2026-10-20 17:00")
    assert after == []


def test_a_move_that_was_planned_far_ahead_stays_one_while_quiet_hours_hold_its_text() -> None:
    book = told_book()
    moved = facts(moved_to("2026-10-16 10:30"))
    evening = at("2026-10-14 10:00") - timedelta(days=2, hours=13)  # 61.5 h before the old start
    book.plan(moved, evening)

    changes = book.plan(moved, evening + timedelta(hours=13))

    assert changes == []
    assert standing(book)["moved"][1] == "scheduled"


def test_res7_moved_back_before_anything_went_sends_nothing() -> None:
    book = told_book()
    book.plan(facts(moved_to("2026-10-16 15:00")), at("2026-10-05 21:00"))

    book.plan(facts(VISIT), at("2026-10-05 22:00"))

    assert standing(book) == {
        "booked": (1, "delivered", "2026-10-05 09:30"),
        "moved": (1, "cancelled", "2026-10-06 09:00"),
        "prep": (1, "scheduled", "2026-10-13 17:00"),
    }
    assert book.one("moved").reason == Reason.ALREADY_TOLD


def test_res7_moved_back_after_the_text_went_is_told_again() -> None:
    book = told_book()
    book.plan(facts(moved_to("2026-10-16 15:00")), at("2026-10-06 11:00"))
    book.send_due(at("2026-10-06 11:00"))

    book.plan(facts(VISIT), at("2026-10-07 11:00"))

    assert standing(book)["moved"] == (2, "scheduled", "2026-10-07 11:00")
    assert book.one("moved").stamp.starts_at == VISIT.starts_at


def test_res7_a_prep_for_the_old_time_is_wanted_again_only_if_something_voided_it() -> None:
    book = told_book()
    book.send_due(at("2026-10-13 17:00"))
    book.plan(facts(moved_to("2026-10-21 10:30")), at("2026-10-13 21:00"))
    back = book.plan(facts(VISIT), at("2026-10-13 21:30"))

    again = book.plan(facts(VISIT), at("2026-10-14 09:00"))

    assert [type(change).__name__ for change in back] == ["Cancel", "Cancel"]
    assert again == []


def test_a_text_about_a_move_that_is_proven_lost_leaves_the_patient_with_the_old_time() -> None:
    book = told_book()
    moved = facts(moved_to("2026-10-16 15:00"))
    book.plan(moved, at("2026-10-06 11:00"))
    book.send_due(at("2026-10-06 11:00"), to=State.UNDELIVERED)

    plan = book.preview(moved, at("2026-10-06 12:00"))

    assert [message.slot.rule for message in plan.messages] == ["prep"]
    assert [(item.kind, item.reason) for item in plan.work] == [("phone_patient", Reason.UNDELIVERED)]


def test_while_a_text_may_have_gone_the_patient_counts_as_told() -> None:
    book = told_book()
    moved = facts(moved_to("2026-10-16 15:00"))
    book.plan(moved, at("2026-10-06 11:00"))
    book.send_due(at("2026-10-06 11:00"), to=State.UNKNOWN)

    assert book.plan(moved, at("2026-10-06 12:00")) == []


def test_another_text_with_the_new_time_does_not_overtake_the_one_about_the_move() -> None:
    book = Book((protocol(BOOKED, OVERVIEW, MOVED, MOVED_PREP, PREP),))
    book.plan(facts(VISIT), MONDAY)
    book.send_due(MONDAY)
    moved = facts(moved_to("2026-10-16 10:30"))
    book.plan(moved, at("2026-10-06 21:00"))
    hasty = book.one("overview")
    book.change(hasty, State.SENT, launched_at=at("2026-10-06 21:01"), carrier_id=None)

    book.plan(moved, at("2026-10-06 21:02"))

    assert standing(book)["moved"][1] == "scheduled"


def test_the_patient_of_a_moved_visit_gets_the_prep_at_a_new_number_even_if_the_move_told_the_fast() -> None:
    book = told_book()
    near = moved_to("2026-10-07 12:00")
    book.plan(facts(near), at("2026-10-06 11:00"))
    book.send_due(at("2026-10-06 11:00"))

    book.plan(facts(near, person=person(phone("new phone"))), at("2026-10-06 12:00"))

    assert standing(book)["prep"] == (2, "scheduled", "2026-10-06 17:00")
    assert book.one("prep").address_id == named("new phone")


def test_what_was_told_last_is_what_counts() -> None:
    book = told_book()
    history = History(book.rows.values())

    told = last_told(history.reached(book.rows.values()), history, frozenset({"cancelled"}))

    assert told is not None
    assert (told.stamp.starts_at, told.off) == (VISIT.starts_at, False)
    assert last_told([], history, frozenset()) is None
