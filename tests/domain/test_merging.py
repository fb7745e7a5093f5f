"""One text, not three: what rides in what, and what goes by itself."""

from dataclasses import replace
from datetime import time, timedelta

from reminders.domain.facts import Standing
from reminders.domain.plan import expected_segments
from reminders.domain.protocol import Elapsed, Landmark, Moment, WallClock
from reminders.domain.states import State
from reminders.domain.words import Channel, Lane, VisitStatus
from tests.domain.planning_book import Book, OneLine
from tests.domain.planning_clinic import (
    BOOKED,
    CANCELLED,
    CHECKIN,
    MOVED,
    NOSHOW,
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
    wall,
)

MONDAY = at("2026-10-05 09:30")
FRESH = {"first_seen_at": MONDAY, "booked_at": MONDAY}
FIRST = visit("2026-10-14 10:30", id=named("first"), **FRESH)
SECOND = visit("2026-10-16 10:30", id=named("second"), **FRESH)
YESTERDAY = visit(
    "2026-10-12 10:30", id=named("yesterday"), status=VisitStatus.FULFILLED, fulfilled_at=at("2026-10-12 12:00")
)


def carrier_of(book: Book, rider: Standing) -> Standing | None:
    return book.rows[rider.carrier_id] if rider.state is State.MERGED and rider.carrier_id else None


def test_visits_booked_together_share_one_text_and_the_first_carries() -> None:
    book = Book((protocol(BOOKED),))

    book.plan(facts(SECOND, FIRST), MONDAY)

    first, second = book.one("booked", FIRST.id), book.one("booked", SECOND.id)
    assert (first.state, second.state) == (State.SCHEDULED, State.MERGED)
    assert carrier_of(book, second) == first


def test_a_check_in_of_the_morning_rides_in_the_prep_of_the_afternoon() -> None:
    book = Book((protocol(PREP, replace(CHECKIN, asks=None)),))

    book.plan(facts(YESTERDAY, FIRST), at("2026-10-12 12:00"))

    assert wall(book.one("checkin").due_at) == "2026-10-13 10:00"
    assert carrier_of(book, book.one("checkin")) == book.one("prep")


def test_at_most_one_message_of_a_text_asks_for_an_answer() -> None:
    book = Book((protocol(PREP, CHECKIN),))

    book.plan(facts(YESTERDAY, FIRST), at("2026-10-12 12:00"))

    assert carrier_of(book, book.one("checkin")) is None
    assert wall(book.one("checkin").due_at) == "2026-10-14 10:00"


def test_the_carrier_is_the_higher_lane_even_if_it_goes_later() -> None:
    note = replace(OVERVIEW, slug="note", offset=WallClock(-1, time(9)), useful_until=Moment(Landmark.START))
    book = Book((protocol(note, PREP),))

    book.plan(facts(FIRST), MONDAY)

    assert carrier_of(book, book.one("note")) == book.one("prep")


def test_a_message_that_would_be_of_no_use_when_the_carrier_goes_does_not_wait_for_it() -> None:
    note = replace(OVERVIEW, slug="note", offset=WallClock(-1, time(9)), useful_until=Moment(Landmark.DUE))
    book = Book((protocol(note, PREP),))

    book.plan(facts(FIRST), MONDAY)

    assert carrier_of(book, book.one("note")) is None


def test_of_one_lane_the_earlier_carries() -> None:
    early = replace(PREP, slug="early", offset=WallClock(-1, time(12)), asks=None)
    book = Book((protocol(PREP, early),))

    book.plan(facts(FIRST), MONDAY)

    assert carrier_of(book, book.one("prep")) == book.one("early")


def test_a_message_without_a_short_sentence_goes_by_itself() -> None:
    early = replace(PREP, slug="early", offset=WallClock(-1, time(12)), asks=None)
    book = Book((protocol(PREP, early),), OneLine(mute=["prep"]))

    book.plan(facts(FIRST), MONDAY)

    assert {row.state for row in book.rows.values()} == {State.SCHEDULED}


def test_what_does_not_fit_the_carriers_segments_goes_by_itself() -> None:
    visits = [replace(FIRST, id=named(f"{n}"), starts_at=FIRST.starts_at + n * timedelta(days=2)) for n in range(5)]
    book = Book((protocol(BOOKED),), OneLine(most=2))

    book.plan(facts(*visits), MONDAY)

    today = [row for row in book.rows.values() if wall(row.due_at) == "2026-10-05 09:30"]
    assert sorted(row.state for row in today) == [State.MERGED] * 3 + [State.SCHEDULED]


def test_the_expected_segments_are_those_of_the_whole_text() -> None:
    book = Book((protocol(BOOKED),))

    plan = book.preview(facts(FIRST, SECOND), MONDAY)

    segments = [expected_segments(message, plan, book.measure) for message in plan.messages]
    assert [(message.carrier is None, each) for message, each in zip(plan.messages, segments, strict=True)] == [
        (True, 2),
        (False, 1),
    ]


def test_nothing_rides_before_what_it_speaks_of_has_happened() -> None:
    missed = visit("2026-10-13 08:00", id=named("missed"), status=VisitStatus.NOSHOW, noshow_at=at("2026-10-13 16:00"))
    noon = replace(PREP, offset=WallClock(-1, time(12)))
    book = Book((protocol(noon, replace(NOSHOW, offset=Elapsed(timedelta()))),))

    book.plan(facts(missed, FIRST), at("2026-10-13 11:00"))

    assert wall(book.one("noshow").due_at) != wall(book.one("prep").due_at)
    assert carrier_of(book, book.one("noshow")) is None


def test_an_urgent_text_is_not_kept_waiting_for_the_prep_of_another_visit() -> None:
    off = replace(
        SECOND,
        starts_at=at("2026-10-14 16:00"),
        status=VisitStatus.CANCELLED,
        cancelled_at=at("2026-10-13 10:00"),
        cancelled_by="clinic",
    )
    book = Book((protocol(PREP, CANCELLED),))

    book.plan(facts(FIRST, off), at("2026-10-13 10:00"))

    assert carrier_of(book, book.one("cancelled")) is None
    assert wall(book.one("cancelled").due_at) == "2026-10-13 10:00"


def test_a_text_about_a_visit_that_is_days_away_rides_in_the_prep_of_the_same_day() -> None:
    book = Book((protocol(BOOKED, PREP, replace(MOVED, when=(), asks=None)),))
    known = replace(SECOND, starts_at=at("2026-10-20 10:30"))
    book.plan(facts(FIRST, known), MONDAY)
    book.send_due(MONDAY)

    book.plan(facts(FIRST, replace(known, starts_at=at("2026-10-21 10:30"))), at("2026-10-13 10:00"))

    assert carrier_of(book, book.one("moved")) == book.one("prep", FIRST.id)


def test_emails_merge_with_emails_and_texts_with_texts() -> None:
    by_mail = replace(BOOKED, channels=(Channel.EMAIL,), slug="letter")
    book = Book((protocol(BOOKED, by_mail),))

    book.plan(facts(FIRST, SECOND, person=person(phone(), mailbox())), MONDAY)

    assert {(row.channel, row.state) for row in book.rows.values()} == {
        (Channel.SMS, State.SCHEDULED),
        (Channel.SMS, State.MERGED),
        (Channel.EMAIL, State.SCHEDULED),
        (Channel.EMAIL, State.MERGED),
    }
    assert all(
        book.rows[row.carrier_id].channel is row.channel for row in book.rows.values() if row.carrier_id is not None
    )


def test_when_the_carrier_falls_the_next_one_takes_over() -> None:
    third = replace(FIRST, id=named("third"), starts_at=at("2026-10-19 10:30"))
    book = Book((protocol(BOOKED),))
    book.plan(facts(FIRST, SECOND, third), MONDAY)
    off = replace(FIRST, status=VisitStatus.CANCELLED, cancelled_at=MONDAY, cancelled_by="patient")

    book.plan(facts(off, SECOND, third), MONDAY)

    assert book.one("booked", FIRST.id).state is State.CANCELLED
    assert book.one("booked", SECOND.id).state is State.SCHEDULED
    assert carrier_of(book, book.one("booked", third.id)) == book.one("booked", SECOND.id)


def test_what_rode_in_a_text_that_reached_the_patient_is_said() -> None:
    book = Book((protocol(BOOKED),))
    book.plan(facts(FIRST, SECOND), MONDAY)
    book.send_due(MONDAY)

    assert book.plan(facts(FIRST, SECOND), MONDAY + timedelta(hours=1)) == []


def test_what_rode_in_a_text_that_was_lost_goes_on_by_the_next_channel_together_with_it() -> None:
    both = person(phone(), mailbox())
    book = Book((protocol(BOOKED),))
    book.plan(facts(FIRST, SECOND, person=both), MONDAY)
    book.send_due(MONDAY, to=State.UNDELIVERED)

    book.plan(facts(FIRST, SECOND, person=both), MONDAY + timedelta(hours=1))

    first, second = book.one("booked", FIRST.id), book.one("booked", SECOND.id)
    assert [(row.step, row.channel) for row in (first, second)] == [(2, Channel.EMAIL)] * 2
    assert carrier_of(book, second) == first


def test_a_safety_text_carries_a_routine_one_of_its_day() -> None:
    safety = replace(BOOKED, slug="safety-note", lane=Lane.SAFETY, limited=False, asks=None)
    book = Book((protocol(BOOKED, safety),))

    book.plan(facts(FIRST), MONDAY)

    assert carrier_of(book, book.one("booked")) == book.one("safety-note")
