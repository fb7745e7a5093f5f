"""What is planned for a visit from booking to the day after, and what is not."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from reminders.domain.facts import Visit
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.words import VisitStatus
from tests.domain.planning_book import Book
from tests.domain.planning_clinic import (
    ALL_RULES,
    BOOKED,
    CANCELLED,
    CHECKIN,
    GOING_HOME,
    NOSHOW,
    OVERVIEW,
    PREP,
    at,
    facts,
    named,
    protocol,
    visit,
    wall,
)

MONDAY = at("2026-10-05 09:30")
FRESH = {"first_seen_at": MONDAY, "booked_at": MONDAY}
VISIT = visit("2026-10-14 10:30", **FRESH)
HOUR = timedelta(hours=1)


def planned(book: Book) -> dict[str, str]:
    """Return by rule when the newest unsent row goes."""
    return {row.slot.rule: wall(row.due_at) for row in book.rows.values() if row.state is State.SCHEDULED}


def test_a_new_visit_gets_its_booking_its_overview_and_its_prep() -> None:
    book = Book(ALL_RULES)

    book.plan(facts(VISIT), MONDAY)

    assert planned(book) == {
        "booked": "2026-10-05 09:30",
        "overview": "2026-10-11 10:00",
        "prep": "2026-10-13 17:00",
    }


def test_dup7_importing_the_same_visit_twice_changes_nothing() -> None:
    book = Book(ALL_RULES)
    book.plan(facts(VISIT), MONDAY)

    again = [book.plan(facts(VISIT), MONDAY + minutes * timedelta(minutes=1)) for minutes in range(20)]

    assert again == [[]] * 20


def test_res8_a_visit_booked_three_hours_ahead_gets_one_prep_and_nothing_else() -> None:
    noon = at("2026-10-05 12:00")
    book = Book(ALL_RULES)

    book.plan(facts(visit("2026-10-05 15:00", first_seen_at=noon, booked_at=noon)), noon)

    assert planned(book) == {"prep": "2026-10-05 12:00"}


def test_a_late_booking_in_the_evening_is_told_at_the_next_permitted_minute() -> None:
    evening = at("2026-10-05 21:00")
    book = Book((protocol(PREP),))

    book.plan(facts(visit("2026-10-06 12:30", first_seen_at=evening, booked_at=evening)), evening)

    assert planned(book) == {"prep": "2026-10-06 09:00"}


def test_a_prep_whose_next_permitted_minute_is_after_the_last_stop_expires_at_once() -> None:
    evening = at("2026-10-05 21:00")
    book = Book((protocol(PREP),))

    book.plan(facts(visit("2026-10-06 10:30", first_seen_at=evening, booked_at=evening)), evening)

    assert [(row.state, row.reason) for row in book.rows.values()] == [(State.EXPIRED, Reason.TOO_LATE)]


def test_a_first_import_of_old_visits_creates_nothing() -> None:
    long_ago = {"seen_after_first_import": False, "first_seen_at": MONDAY, "booked_at": None}
    old = [
        visit("2026-08-03 10:30", id=named("done"), status=VisitStatus.FULFILLED, fulfilled_at=MONDAY, **long_ago),
        visit("2026-08-04 10:30", id=named("missed"), status=VisitStatus.NOSHOW, noshow_at=MONDAY, **long_ago),
        visit("2026-08-05 10:30", id=named("off"), status=VisitStatus.CANCELLED, cancelled_at=MONDAY, **long_ago),
        visit("2026-08-06 10:30", id=named("open"), **long_ago),
    ]
    book = Book(ALL_RULES)

    plan = book.preview(facts(*old), MONDAY)

    assert (plan.messages, plan.work) == ([], [])


def test_a_first_import_announces_no_old_bookings_and_no_old_cancellations() -> None:
    known = {"seen_after_first_import": False, "first_seen_at": MONDAY, "booked_at": None}
    off = visit("2026-10-15 10:30", id=named("off"), status=VisitStatus.CANCELLED, cancelled_at=MONDAY, **known)
    book = Book((protocol(BOOKED, CANCELLED),))

    book.plan(facts(visit("2026-10-14 10:30", **known), off), MONDAY)

    assert planned(book) == {}


@pytest.mark.parametrize(
    ("booked_at", "seen_after_first_import", "expected"),
    [
        (MONDAY - 23 * HOUR, False, True),
        (MONDAY - 24 * HOUR, True, False),
        (None, True, True),
        (None, False, False),
    ],
)
def test_booked_goes_only_for_news(
    booked_at: datetime | None, *, seen_after_first_import: bool, expected: bool
) -> None:
    book = Book((protocol(BOOKED),))

    book.plan(facts(replace(VISIT, booked_at=booked_at, seen_after_first_import=seen_after_first_import)), MONDAY)

    assert bool(planned(book)) is expected


def test_a_booking_that_waits_for_the_morning_is_not_dropped_when_it_is_a_day_old() -> None:
    evening = at("2026-10-05 22:00")
    book = Book((protocol(BOOKED),))
    visits = facts(replace(VISIT, booked_at=evening - 23 * HOUR))
    book.plan(visits, evening)

    changes = book.plan(visits, at("2026-10-06 08:30"))

    assert changes == []
    assert planned(book) == {"booked": "2026-10-06 09:00"}


def test_a_visit_that_is_only_proposed_is_not_announced_as_booked() -> None:
    book = Book((protocol(BOOKED),))

    plan = book.preview(facts(replace(VISIT, status=VisitStatus.PROPOSED)), MONDAY)

    assert plan.messages == []
    assert set(plan.dropped.values()) == {Reason.NOT_BOOKED}


def test_res5_a_visit_whose_patient_has_arrived_needs_no_prep_any_more() -> None:
    book = Book((protocol(PREP),))
    book.plan(facts(VISIT), MONDAY)
    early = replace(VISIT, status=VisitStatus.ARRIVED, arrived_at=MONDAY + HOUR)

    book.plan(facts(early), MONDAY + HOUR)

    assert (book.one("prep").state, book.one("prep").reason) == (State.CANCELLED, Reason.VISIT_OVER)


def test_res1_a_cancelled_visit_takes_its_unsent_messages_with_it() -> None:
    book = Book((protocol(OVERVIEW, PREP),))
    book.plan(facts(VISIT), MONDAY)
    off = replace(VISIT, status=VisitStatus.CANCELLED, cancelled_at=MONDAY + HOUR, cancelled_by="clinic")

    book.plan(facts(off), MONDAY + HOUR)

    assert {row.reason for row in book.rows.values()} == {Reason.VISIT_CANCELLED}


def test_res3_a_patient_is_told_that_the_clinic_cancelled_even_one_who_has_heard_nothing_yet() -> None:
    book = Book((protocol(PREP, CANCELLED),))
    off = replace(VISIT, status=VisitStatus.CANCELLED, cancelled_at=MONDAY, cancelled_by="clinic")

    book.plan(facts(off), MONDAY)

    assert planned(book) == {"cancelled": "2026-10-05 09:30"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"cancelled_by": "patient"}, Reason.PATIENT_CANCELLED),
        ({"cancelled_at": at("2026-10-14 10:45")}, Reason.TOO_LATE),
    ],
)
def test_nobody_is_told_of_a_visit_that_the_patient_cancelled_or_that_was_over(
    change: dict[str, object], reason: Reason
) -> None:
    off = replace(VISIT, status=VisitStatus.CANCELLED, cancelled_at=MONDAY, cancelled_by="clinic")
    book = Book((protocol(CANCELLED),))

    plan = book.preview(facts(replace(off, **change)), MONDAY)  # type: ignore[arg-type]

    assert plan.messages == []
    assert set(plan.dropped.values()) == {reason}


def test_a_visit_cancelled_and_booked_again_gets_what_is_true_now() -> None:
    book = Book((protocol(BOOKED, PREP, CANCELLED),))
    book.plan(facts(VISIT), MONDAY)
    book.send_due(MONDAY)
    off = replace(VISIT, status=VisitStatus.CANCELLED, cancelled_at=MONDAY + HOUR, cancelled_by="clinic")
    book.plan(facts(off), MONDAY + HOUR)
    book.send_due(MONDAY + HOUR)

    book.plan(facts(VISIT), MONDAY + 5 * HOUR)

    assert [(row.occurrence, row.state) for row in book.of("booked")] == [(1, State.DELIVERED), (2, State.SCHEDULED)]
    assert [(row.occurrence, row.state) for row in book.of("prep")] == [(1, State.CANCELLED), (2, State.SCHEDULED)]


def test_booking_again_is_announced_once() -> None:
    book = Book((protocol(BOOKED, PREP, CANCELLED),))
    book.plan(facts(VISIT), MONDAY)
    book.send_due(MONDAY)
    off = replace(VISIT, status=VisitStatus.CANCELLED, cancelled_at=MONDAY + HOUR, cancelled_by="clinic")
    book.plan(facts(off), MONDAY + HOUR)
    book.send_due(MONDAY + HOUR)
    book.plan(facts(VISIT), MONDAY + 5 * HOUR)

    changes = book.plan(facts(VISIT), MONDAY + 6 * HOUR)
    tomorrow = MONDAY + 30 * HOUR
    book.send_due(tomorrow)
    after = book.plan(facts(VISIT), tomorrow)

    assert (changes, after) == ([], [])


def test_a_visit_cancelled_twice_is_cancelled_twice_to_the_patient_who_was_told_it_is_on() -> None:
    book = Book((protocol(BOOKED, CANCELLED),))
    steps = [VISIT, _off(MONDAY + HOUR), VISIT, _off(MONDAY + 48 * HOUR)]
    for number, step in enumerate(steps):
        now = MONDAY + number * 24 * HOUR
        book.plan(facts(step), now)
        book.send_due(now)

    assert [row.state for row in book.of("cancelled")] == [State.DELIVERED, State.DELIVERED]


def _off(cancelled_at: datetime) -> Visit:
    return replace(VISIT, status=VisitStatus.CANCELLED, cancelled_at=cancelled_at, cancelled_by="clinic")


def test_a_cancelled_message_that_nobody_read_is_wanted_again_with_the_same_stamp() -> None:
    book = Book((protocol(PREP),))
    book.plan(facts(VISIT), MONDAY)
    book.plan(facts(_off(MONDAY)), MONDAY + HOUR)

    book.plan(facts(VISIT), MONDAY + 2 * HOUR)

    assert [row.state for row in book.of("prep")] == [State.CANCELLED, State.SCHEDULED]


def test_what_somebody_at_the_clinic_stopped_stays_stopped() -> None:
    book = Book((protocol(PREP),))
    book.plan(facts(VISIT), MONDAY)
    book.change(book.one("prep"), State.CANCELLED, reason=Reason.STAFF)

    changes = book.plan(facts(VISIT), MONDAY + HOUR)

    assert changes == []


def test_a_no_show_is_asked_after_two_hours_once() -> None:
    missed = replace(VISIT, status=VisitStatus.NOSHOW, noshow_at=at("2026-10-14 11:00"))
    book = Book((protocol(NOSHOW),))
    book.plan(facts(missed), at("2026-10-14 11:00"))
    book.send_due(at("2026-10-14 13:00"))

    corrected = replace(missed, noshow_at=at("2026-10-14 15:00"))
    changes = book.plan(facts(corrected), at("2026-10-14 15:00"))

    assert wall(book.one("noshow").due_at) == "2026-10-14 13:00"
    assert changes == []


def test_going_home_counts_from_the_arrival() -> None:
    here = replace(VISIT, status=VisitStatus.ARRIVED, arrived_at=at("2026-10-14 10:20"))
    book = Book((protocol(GOING_HOME),))

    book.plan(facts(here), at("2026-10-14 10:20"))

    assert planned(book) == {"going-home": "2026-10-14 13:10"}


def test_a_check_in_follows_a_fulfilled_visit_and_not_a_correction_of_its_length() -> None:
    done = replace(VISIT, status=VisitStatus.FULFILLED, fulfilled_at=at("2026-10-14 12:00"))
    book = Book((protocol(CHECKIN),))
    book.plan(facts(done), at("2026-10-14 12:00"))
    book.send_due(at("2026-10-15 10:00"))

    corrected = replace(done, duration=timedelta(minutes=90))
    changes = book.plan(facts(corrected), at("2026-10-15 12:00"))

    assert wall(book.one("checkin").due_at) == "2026-10-15 10:00"
    assert changes == []


def test_a_corrected_start_of_a_visit_that_is_over_asks_nobody_twice() -> None:
    done = replace(VISIT, status=VisitStatus.FULFILLED, fulfilled_at=at("2026-10-14 12:00"))
    book = Book((protocol(CHECKIN),))
    book.plan(facts(done), at("2026-10-14 12:00"))
    book.send_due(at("2026-10-15 10:00"))

    corrected = replace(done, starts_at=at("2026-10-14 09:00"))
    changes = book.plan(facts(corrected), at("2026-10-15 12:00"))

    assert changes == []


def test_a_check_in_goes_again_for_a_visit_that_took_place_after_all_on_another_day() -> None:
    done = replace(VISIT, status=VisitStatus.FULFILLED, fulfilled_at=at("2026-10-14 12:00"))
    book = Book((protocol(CHECKIN),))
    book.plan(facts(done), at("2026-10-14 12:00"))
    book.send_due(at("2026-10-15 10:00"))

    other_day = replace(done, starts_at=at("2026-10-21 10:30"), fulfilled_at=at("2026-10-21 12:00"))
    book.plan(facts(other_day), at("2026-10-21 12:00"))

    assert [row.occurrence for row in book.of("checkin")] == [1, 2]


def test_dup9_two_visits_with_the_same_text_are_two_messages() -> None:
    book = Book((protocol(PREP),))

    book.plan(facts(VISIT, replace(VISIT, id=named("other"), starts_at=at("2026-10-16 10:30"))), MONDAY)

    assert len(book.of("prep")) == 2


def test_dup3_each_visit_of_a_course_gets_its_own() -> None:
    series = [replace(VISIT, id=named(f"{n}"), starts_at=VISIT.starts_at + n * timedelta(days=3)) for n in range(6)]
    book = Book((protocol(PREP),))

    book.plan(facts(*series), MONDAY)

    assert len({row.slot for row in book.of("prep")}) == 6
