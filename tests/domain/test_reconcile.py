"""The difference between a plan and what stands."""

from dataclasses import replace
from datetime import timedelta

from reminders.domain.changes import Cancel, Expire, Insert, Merge, Move, Suppress, Unmerge
from reminders.domain.facts import Slot
from reminders.domain.reasons import Reason
from reminders.domain.reconcile import reconcile
from reminders.domain.states import State
from reminders.domain.words import RecipientKind, SubjectKind, VisitStatus
from tests.domain.planning_book import Book
from tests.domain.planning_clinic import (
    BOOKED,
    OVERVIEW,
    PREP,
    at,
    facts,
    mailbox,
    named,
    person,
    phone,
    protocol,
    visit,
)

MONDAY = at("2026-10-05 09:30")
FRESH = {"first_seen_at": MONDAY, "booked_at": MONDAY}
VISIT = visit("2026-10-14 10:30", **FRESH)
SECOND = visit("2026-10-16 10:30", id=named("second"), **FRESH)


def planned(*rules: object) -> Book:
    book = Book((protocol(*rules),))  # type: ignore[arg-type]
    book.plan(facts(VISIT), MONDAY)
    return book


def test_a_message_without_a_row_is_the_first_step_of_the_first_occurrence() -> None:
    changes = Book((protocol(PREP),)).plan(facts(VISIT), MONDAY)

    assert [(type(change), change.occurrence, change.step) for change in changes if isinstance(change, Insert)] == [
        (Insert, 1, 1)
    ]


def test_an_unsent_row_that_changes_is_moved_and_says_what_differs() -> None:
    book = planned(PREP)
    later = replace(VISIT, starts_at=VISIT.starts_at + timedelta(days=1))

    changes = book.plan(facts(later), MONDAY)

    assert [(type(change), change.fields) for change in changes if isinstance(change, Move)] == [
        (Move, frozenset({"due_at", "useful_until", "stamp"}))
    ]


def test_a_row_that_is_queued_may_still_be_moved() -> None:
    book = planned(PREP)
    book.change(book.one("prep"), State.QUEUED)
    later = replace(VISIT, starts_at=VISIT.starts_at + timedelta(days=1))

    changes = book.plan(facts(later), MONDAY)

    assert [type(change) for change in changes] == [Move]


def test_a_row_that_is_being_sent_is_left_alone() -> None:
    book = planned(PREP)
    book.change(book.one("prep"), State.SENDING)
    off = replace(VISIT, status=VisitStatus.CANCELLED, cancelled_at=MONDAY)

    assert book.plan(facts(off), MONDAY) == []


def test_what_is_not_wanted_is_cancelled_and_what_is_too_late_expires() -> None:
    book = planned(OVERVIEW, PREP)
    off = replace(VISIT, status=VisitStatus.CANCELLED, cancelled_at=MONDAY)

    changes = book.plan(facts(off), at("2026-10-13 12:00"))

    assert {type(change): change.reason for change in changes if isinstance(change, Cancel | Expire)} == {
        Cancel: Reason.VISIT_CANCELLED,
        Expire: Reason.TOO_LATE,
    }


def test_what_stands_for_others_is_not_this_plans_business() -> None:
    book = planned(PREP)
    row = book.one("prep")
    answer = Slot(SubjectKind.REPLY, named("reply"), "answer", RecipientKind.PERSON, named("patient"))
    driver = replace(row.slot, recipient_id=named("driver"), rule="driver-person")
    elsewhere = replace(row.slot, subject_id=named("a visit that was not loaded"))
    for slot in (answer, driver, elsewhere):
        other = replace(row, id=named(slot.rule + str(slot.subject_id)), slot=slot)
        book.rows[other.id] = other

    assert book.plan(facts(VISIT), MONDAY) == []


def test_a_second_row_in_the_same_place_is_stopped() -> None:
    book = planned(PREP)
    double = replace(book.one("prep"), id=named("double"), occurrence=2)
    first = book.one("prep")
    book.rows[double.id] = double

    changes = book.plan(facts(VISIT), MONDAY)

    assert changes == [Cancel(first.id, Reason.REPLACED)]


def test_a_row_that_may_not_go_any_more_is_suppressed_with_its_new_stamp() -> None:
    book = planned(PREP)

    changes = book.plan(facts(VISIT, person=person(phone(opted_out=True))), MONDAY)

    assert [(type(change), change.wanted.stamp.cause) for change in changes if isinstance(change, Suppress)] == [
        (Suppress, Reason.OPTED_OUT)
    ]


def test_a_row_starts_to_ride_with_a_new_carrier_only_after_that_stands() -> None:
    book = Book((protocol(BOOKED),))
    book.plan(facts(SECOND), MONDAY)

    changes = book.plan(facts(VISIT, SECOND), MONDAY)

    assert [type(change) for change in changes] == [Insert, Merge]
    assert book.one("booked", SECOND.id).carrier_id == book.one("booked", VISIT.id).id


def test_a_row_that_rides_goes_by_itself_when_its_carrier_is_not_wanted() -> None:
    book = Book((protocol(BOOKED),))
    book.plan(facts(VISIT, SECOND), MONDAY)
    off = replace(VISIT, status=VisitStatus.CANCELLED, cancelled_at=MONDAY, cancelled_by="patient")

    changes = book.plan(facts(off, SECOND), MONDAY)

    assert [type(change) for change in changes] == [Cancel, Unmerge]


def test_the_next_channel_after_a_failure_is_a_further_step_of_the_same_occurrence() -> None:
    both = person(phone(), mailbox())
    book = Book((protocol(PREP),))
    book.plan(facts(VISIT, person=both), MONDAY)
    book.change(book.one("prep"), State.UNDELIVERED, launched_at=at("2026-10-13 17:00"))

    changes = book.plan(facts(VISIT, person=both), at("2026-10-13 17:01"))

    assert [(change.occurrence, change.step) for change in changes if isinstance(change, Insert)] == [(1, 2)]


def test_the_same_channel_at_a_mended_number_is_a_new_occurrence() -> None:
    book = Book((protocol(PREP),))
    book.plan(facts(VISIT), MONDAY)
    book.change(book.one("prep"), State.UNDELIVERED, launched_at=at("2026-10-13 17:00"))

    changes = book.plan(facts(VISIT, person=person(phone("mended"))), at("2026-10-13 17:10"))

    assert [(change.occurrence, change.step) for change in changes if isinstance(change, Insert)] == [(2, 1)]


def test_what_expires_by_the_row_itself_expires_even_where_the_plan_says_nothing() -> None:
    book = planned(OVERVIEW)
    empty = replace(book.preview(facts(VISIT), MONDAY), messages=(), dropped={})

    changes = reconcile(empty, book.rows.values(), now=at("2026-10-13 12:00"))

    assert changes == [Expire(book.one("overview").id, Reason.TOO_LATE)]
