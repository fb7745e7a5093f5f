"""How a course goes on, and when a patient is asked to book."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reminders.domain.courses import phase_of, progress
from reminders.domain.facts import Visit
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.words import VisitStatus
from tests.domain.planning_book import Book
from tests.domain.planning_clinic import (
    INDUCTION,
    MAINTENANCE,
    NUDGE,
    NUDGE_AGAIN,
    at,
    course,
    facts,
    named,
    person,
    phone,
    protocol,
    visit,
    wall,
)

RULES = (protocol(NUDGE, NUDGE_AGAIN),)
COURSE = course()
LAST = visit(
    "2026-10-14 10:30",
    id=named("sixth"),
    status=VisitStatus.FULFILLED,
    fulfilled_at=at("2026-10-14 12:00"),
    course_id=COURSE.id,
    number=6,
)
AFTER = at("2026-10-14 13:00")


def next_visit(starts: str = "2026-11-04 10:30", **values: object) -> Visit:
    return visit(starts, id=named("seventh"), course_id=COURSE.id, number=7, **values)


def planned(book: Book) -> dict[str, str]:
    return {row.slot.rule: wall(row.due_at) for row in book.rows.values() if row.state is State.SCHEDULED}


@pytest.mark.parametrize(("number", "phase"), [(1, INDUCTION), (6, INDUCTION), (7, MAINTENANCE), (40, MAINTENANCE)])
def test_the_phase_follows_from_the_number(number: int, phase: object) -> None:
    assert phase_of(COURSE, number) == phase


def test_the_next_visit_is_due_an_interval_of_its_own_phase_after_the_last() -> None:
    stands = progress(COURSE, [LAST], AFTER)

    assert stands.next_phase == MAINTENANCE
    assert stands.next_at is not None
    assert wall(stands.next_at) == "2026-11-04 10:30"  # the clocks went back in between


def test_visits_that_do_not_say_their_number_are_counted() -> None:
    uncounted = [replace(LAST, id=named(f"{n}"), number=None) for n in range(6)]

    assert progress(COURSE, uncounted, AFTER).next_phase == MAINTENANCE


def test_a_course_without_a_fulfilled_visit_is_not_due() -> None:
    assert progress(COURSE, [next_visit()], AFTER).next_at is None


def test_a_patient_without_a_next_visit_is_asked_a_week_before_it_is_due() -> None:
    book = Book(RULES)

    book.plan(facts(LAST, courses=(COURSE,)), AFTER)

    assert planned(book) == {"nudge": "2026-10-28 10:00", "nudge-again": "2026-10-31 10:00"}


def test_booking_stops_the_nudges() -> None:
    book = Book(RULES)
    book.plan(facts(LAST, courses=(COURSE,)), AFTER)

    book.plan(facts(LAST, next_visit(), courses=(COURSE,)), at("2026-10-20 09:00"))

    assert {(row.state, row.reason) for row in book.rows.values()} == {(State.CANCELLED, Reason.BOOKED_AHEAD)}


def test_a_visit_whose_outcome_is_not_in_yet_still_counts_as_booked() -> None:
    just_now = next_visit("2026-11-04 10:30")

    plan = Book(RULES).preview(facts(LAST, just_now, courses=(COURSE,)), at("2026-11-04 18:00"))

    assert plan.messages == []


def test_a_visit_cancelled_later_brings_the_nudges_back() -> None:
    book = Book(RULES)
    book.plan(facts(LAST, next_visit(), courses=(COURSE,)), AFTER)
    off = next_visit(status=VisitStatus.CANCELLED, cancelled_at=at("2026-10-20 09:00"))

    book.plan(facts(LAST, off, courses=(COURSE,)), at("2026-10-20 09:00"))

    assert planned(book) == {"nudge": "2026-10-28 10:00", "nudge-again": "2026-10-31 10:00"}


def test_nudges_need_a_consent_of_their_own() -> None:
    book = Book(RULES)

    book.plan(facts(LAST, courses=(COURSE,), person=person(phone(nudge_consented=False))), AFTER)

    assert {row.reason for row in book.rows.values()} == {Reason.NO_NUDGE_CONSENT}


def test_a_patient_in_the_middle_of_the_induction_is_not_asked() -> None:
    third = replace(LAST, number=3)

    plan = Book(RULES).preview(facts(third, courses=(COURSE,)), AFTER)

    assert plan.messages == []
    assert set(plan.dropped.values()) == {Reason.CONDITION}


def test_a_closed_course_asks_for_nothing() -> None:
    plan = Book(RULES).preview(facts(LAST, courses=(replace(COURSE, closed_at=AFTER),)), AFTER)

    assert plan.messages == []
    assert set(plan.dropped.values()) == {Reason.COURSE_CLOSED}


def test_the_next_round_asks_again() -> None:
    book = Book(RULES)
    book.plan(facts(LAST, courses=(COURSE,)), AFTER)
    book.send_due(at("2026-10-31 10:00"))
    done = next_visit(status=VisitStatus.FULFILLED, fulfilled_at=at("2026-11-04 12:00"))

    book.plan(facts(LAST, done, courses=(COURSE,)), at("2026-11-04 12:00"))

    assert planned(book) == {"nudge": "2026-11-18 10:00", "nudge-again": "2026-11-21 10:00"}
    assert [row.occurrence for row in book.of("nudge")] == [1, 2]


def test_a_corrected_time_of_the_last_visit_asks_nobody_twice() -> None:
    book = Book(RULES)
    book.plan(facts(LAST, courses=(COURSE,)), AFTER)
    book.send_due(at("2026-10-31 10:00"))
    corrected = replace(LAST, starts_at=LAST.starts_at + timedelta(minutes=40))

    changes = book.plan(facts(corrected, courses=(COURSE,)), at("2026-10-31 12:00"))

    assert changes == []
