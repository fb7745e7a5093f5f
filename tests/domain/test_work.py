"""What planning asks of people, and until when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reminders.domain.facts import PatientFacts
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.words import VisitStatus, WorkKind
from reminders.domain.work import WantedWork
from tests.domain.planning_book import Book
from tests.domain.planning_clinic import (
    CANCELLED,
    CHECKIN,
    NOSHOW,
    PREP,
    at,
    facts,
    mailbox,
    named,
    person,
    phone,
    protocol,
    visit,
    wall,
)

MONDAY = at("2026-10-05 09:30")
VISIT = visit("2026-10-07 10:30")
RULES = (protocol(PREP, CANCELLED, CHECKIN, NOSHOW),)
NO_CONSENT = person(phone(consented=False))


def asked(known: PatientFacts, now: object = MONDAY, book: Book | None = None) -> list[WantedWork]:
    return list((book or Book(RULES)).preview(known, now).work)  # type: ignore[arg-type]


def test_a_prep_that_may_not_be_sent_becomes_a_call_before_the_fast_starts() -> None:
    items = asked(facts(VISIT, person=NO_CONSENT))

    assert [(item.kind, item.reason, item.visit_id) for item in items] == [
        (WorkKind.PHONE_PATIENT, Reason.NO_CONSENT, VISIT.id)
    ]
    assert wall(items[0].due_at) == "2026-10-06 17:00"  # the fast begins at 02:30; the clinic closes at 18:00
    assert not items[0].after_hours


def test_a_call_stays_on_the_list_however_often_it_is_planned_and_leaves_it_with_its_cause() -> None:
    book = Book(RULES)
    book.plan(facts(VISIT, person=NO_CONSENT), MONDAY)

    again = asked(facts(VISIT, person=NO_CONSENT), MONDAY + timedelta(hours=1), book)
    consented = asked(facts(VISIT), MONDAY + timedelta(hours=2), book)

    assert [item.key for item in again] == [(WorkKind.PHONE_PATIENT, VISIT.id, VISIT.starts_at.isoformat())]
    assert consented == []


def test_a_visit_that_moves_makes_a_new_call() -> None:
    moved = replace(VISIT, starts_at=VISIT.starts_at + timedelta(days=2))

    before, after = asked(facts(VISIT, person=NO_CONSENT)), asked(facts(moved, person=NO_CONSENT))

    assert before[0].key != after[0].key


def test_a_late_booking_is_a_look_at_once_while_its_text_goes() -> None:
    now = at("2026-10-06 14:00")
    late = visit("2026-10-06 20:30", first_seen_at=now, booked_at=now)

    items = asked(facts(late), now)

    assert [(item.kind, item.due_at, item.after_hours) for item in items] == [(WorkKind.LATE_BOOKING, now, False)]


def test_a_late_booking_stays_one_after_its_text_went() -> None:
    now = at("2026-10-06 14:00")
    late = visit("2026-10-06 20:30", first_seen_at=now, booked_at=now)
    book = Book(RULES)
    book.plan(facts(late), now)
    book.send_due(now)

    items = asked(facts(late), now + timedelta(hours=1), book)

    assert [item.kind for item in items] == [WorkKind.LATE_BOOKING]


def test_a_prep_that_comes_too_late_is_a_call_at_once_and_after_hours_at_night() -> None:
    night = at("2026-10-06 23:00")
    late = visit("2026-10-07 10:30", first_seen_at=night, booked_at=night)

    items = asked(facts(late), night)

    assert [(item.kind, item.reason) for item in items] == [(WorkKind.PHONE_PATIENT, Reason.TOO_LATE)]
    assert wall(items[0].due_at) == "2026-10-06 23:00"
    assert items[0].after_hours


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        (State.UNDELIVERED, "twilio_30003", Reason.UNDELIVERED),
        (State.PARKED, "no_wording", Reason.PARKED),
        (State.EXPIRED, Reason.TOO_LATE, Reason.TOO_LATE),
        (State.SUPPRESSED, Reason.OPTED_OUT, Reason.OPTED_OUT),
    ],
)
def test_a_prep_that_came_to_rest_without_reaching_anybody_is_a_call(
    state: State, reason: str, expected: Reason
) -> None:
    book = Book(RULES)
    book.plan(facts(VISIT), MONDAY)
    book.change(book.one("prep"), state, reason=reason)
    shut = person(phone(opted_out=state is State.SUPPRESSED))

    items = asked(facts(VISIT, person=shut), at("2026-10-06 15:00"), book)

    assert [(item.kind, item.reason) for item in items] == [(WorkKind.PHONE_PATIENT, expected)]


def test_a_prep_that_may_have_gone_but_is_parked_is_a_call_too() -> None:
    book = Book(RULES)
    book.plan(facts(VISIT), MONDAY)
    book.change(book.one("prep"), State.PARKED, launched_at=at("2026-10-06 17:00"))

    items = asked(facts(VISIT), at("2026-10-06 17:30"), book)

    assert [item.reason for item in items] == [Reason.PARKED]


def test_late1_a_prep_that_an_outage_held_until_the_fast_had_begun_is_on_the_call_list() -> None:
    afternoon = visit("2026-10-07 19:30")
    book = Book(RULES)
    book.plan(facts(afternoon), MONDAY)
    book.change(book.one("prep"), State.DELIVERED, launched_at=at("2026-10-07 12:00"))

    items = asked(facts(afternoon), at("2026-10-07 12:01"), book)

    assert [(item.kind, item.reason) for item in items] == [(WorkKind.PHONE_PATIENT, Reason.FAST_BEGUN)]


def test_a_prep_that_arrived_in_time_asks_nobody() -> None:
    book = Book(RULES)
    book.plan(facts(VISIT), MONDAY)
    book.send_due(at("2026-10-06 17:00"))

    assert asked(facts(VISIT), at("2026-10-07 09:00"), book) == []


def test_a_failure_with_a_channel_left_asks_nobody_yet() -> None:
    both = person(phone(), mailbox())
    book = Book(RULES)
    book.plan(facts(VISIT, person=both), MONDAY)
    book.change(book.one("prep"), State.UNDELIVERED, launched_at=at("2026-10-06 17:00"))

    assert asked(facts(VISIT, person=both), at("2026-10-06 17:05"), book) == []


def test_a_cancellation_that_cannot_be_told_is_a_call_before_the_patient_fasts_for_nothing() -> None:
    off = replace(VISIT, status=VisitStatus.CANCELLED, cancelled_at=MONDAY, cancelled_by="clinic")

    items = asked(facts(off, person=NO_CONSENT))

    assert [(item.kind, wall(item.due_at)) for item in items] == [(WorkKind.PHONE_PATIENT, "2026-10-06 17:00")]


def test_a_cancellation_in_the_night_before_an_early_visit_is_a_call_at_once() -> None:
    night = at("2026-10-06 22:00")
    off = visit("2026-10-07 08:00", status=VisitStatus.CANCELLED, cancelled_at=night, cancelled_by="clinic")

    items = asked(facts(off), night)

    assert [(item.kind, item.reason, item.after_hours) for item in items] == [
        (WorkKind.PHONE_PATIENT, Reason.TOO_LATE, True)
    ]


def test_messages_that_are_not_worth_a_call_make_none() -> None:
    done = replace(VISIT, status=VisitStatus.FULFILLED, fulfilled_at=MONDAY)

    assert asked(facts(done, person=NO_CONSENT)) == []


@pytest.mark.parametrize("starts", ["2026-11-26 10:30", "2026-11-28 10:30"])
def test_a_visit_on_a_day_when_the_location_is_closed_is_flagged_days_before(starts: str) -> None:
    items = asked(facts(visit(starts)))

    assert [(item.kind, item.reason) for item in items] == [(WorkKind.CLOSED_DATE, Reason.CLOSED_DATE)]
    assert items[0].due_at < at(starts) - timedelta(days=2)


def test_a_cancelled_visit_on_a_closed_date_is_not_flagged() -> None:
    off = visit("2026-11-26 10:30", status=VisitStatus.CANCELLED, cancelled_by="patient", cancelled_at=MONDAY)

    assert asked(facts(off)) == []


def test_a_no_show_is_somebodys_task_for_the_next_day() -> None:
    missed = replace(VISIT, status=VisitStatus.NOSHOW, noshow_at=at("2026-10-07 11:00"))

    items = asked(facts(missed), at("2026-10-07 11:00"))

    assert [(item.kind, wall(item.due_at)) for item in items] == [(WorkKind.NO_SHOW, "2026-10-08 11:00")]


def test_two_messages_of_one_visit_that_fail_are_one_call() -> None:
    book = Book((protocol(PREP, replace(PREP, slug="second-prep")),))

    items = asked(facts(VISIT, person=NO_CONSENT), MONDAY, book)

    assert [(item.kind, item.subject_id) for item in items] == [(WorkKind.PHONE_PATIENT, named("visit"))]
