"""The last look at the claim."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reminders.domain.facts import PatientFacts, Visit
from reminders.domain.judgement import Go, Judgement, Later, Replan, Stop, judge
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.words import Channel, PersonStatus, VisitStatus
from tests.domain.planning_book import Book, OneLine
from tests.domain.planning_clinic import (
    BOOKED,
    CHECKIN,
    DRIVER_ASK,
    MOVED_PREP,
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
VISIT = visit("2026-10-14 10:30")
DUE = at("2026-10-13 17:00")
MOMENT = timedelta(milliseconds=1)


def book_of(*rules: object, visits: tuple[Visit, ...] = (VISIT,)) -> Book:
    book = Book((protocol(*rules),), OneLine(mute=["note"]))  # type: ignore[arg-type]
    book.plan(facts(*visits), MONDAY)
    return book


def judged(book: Book, rule: str, known: PatientFacts, now: object = DUE) -> Judgement:
    return judge(book.one(rule), book.known(known), book.protocols, now=now)  # type: ignore[arg-type]


def test_what_is_still_true_goes() -> None:
    assert judged(book_of(PREP), "prep", facts(VISIT)) == Go()


def test_nothing_goes_before_it_is_due() -> None:
    assert judged(book_of(PREP), "prep", facts(VISIT), DUE - timedelta(seconds=1)) == Later(DUE)


@pytest.mark.parametrize(
    ("late_by", "verdict"),
    [
        (timedelta(seconds=-1), Go()),
        (timedelta(), Go()),
        (timedelta(seconds=1), Stop(State.EXPIRED, Reason.TOO_LATE)),
    ],
)
def test_late2b_a_message_goes_until_the_last_second_of_its_use(late_by: timedelta, verdict: Judgement) -> None:
    book = book_of(OVERVIEW)

    assert judged(book, "overview", facts(VISIT), at("2026-10-13 10:30") + late_by) == verdict


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": VisitStatus.CANCELLED, "cancelled_at": DUE}, Reason.VISIT_CANCELLED),
        ({"status": VisitStatus.ARRIVED, "arrived_at": DUE}, Reason.VISIT_OVER),
        ({"status": VisitStatus.NOSHOW, "noshow_at": DUE}, Reason.NO_SHOW),
    ],
)
def test_res1_a_visit_that_changed_between_plan_and_claim_stops_its_message(
    change: dict[str, object], reason: Reason
) -> None:
    changed = replace(VISIT, **change)  # type: ignore[arg-type]

    assert judged(book_of(PREP), "prep", facts(changed)) == Stop(State.CANCELLED, reason)


def test_res1_a_visit_that_moved_between_plan_and_claim_is_planned_again() -> None:
    moved = replace(VISIT, starts_at=VISIT.starts_at + timedelta(hours=2))

    assert judged(book_of(PREP), "prep", facts(moved)) == Replan()


def test_opt7_a_stop_between_plan_and_claim_suppresses() -> None:
    silent = facts(VISIT, person=person(phone(opted_out=True)))

    assert judged(book_of(PREP), "prep", silent) == Stop(State.SUPPRESSED, Reason.OPTED_OUT)


def test_a_stop_that_leaves_another_channel_open_is_planned_again() -> None:
    by_mail = facts(VISIT, person=person(phone(opted_out=True), mailbox()))

    assert judged(book_of(PREP), "prep", by_mail) == Replan()


def test_a_new_number_is_planned_again() -> None:
    assert judged(book_of(PREP), "prep", facts(VISIT, person=person(phone("new")))) == Replan()


def test_a_condition_that_is_no_longer_true_stops_the_message() -> None:
    alone = replace(VISIT, driver_state="none")
    book = book_of(DRIVER_ASK, visits=(alone,))
    driven = replace(alone, driver_state="yes")

    verdict = judged(book, "driver-ask", facts(driven), at("2026-10-12 10:30"))

    assert verdict == Stop(State.CANCELLED, Reason.CONDITION)


def test_a_rule_that_is_gone_stops_its_message() -> None:
    book = book_of(OVERVIEW, PREP)
    book.protocols = (protocol(PREP),)

    verdict = judged(book, "overview", facts(VISIT), at("2026-10-11 10:00"))

    assert verdict == Stop(State.CANCELLED, Reason.NOT_IN_PROTOCOL)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(PersonStatus.DECEASED, Reason.DECEASED), (PersonStatus.DISCHARGED, Reason.DISCHARGED)],
)
def test_nothing_goes_to_a_patient_who_has_died_or_left(status: PersonStatus, reason: Reason) -> None:
    verdict = judged(book_of(PREP), "prep", facts(VISIT, person=person(status=status)))

    assert verdict == Stop(State.CANCELLED, reason)


def test_a_message_that_quiet_hours_caught_in_the_queue_waits_for_their_end() -> None:
    evening = visit("2026-10-14 19:30")
    book = book_of(PREP, visits=(evening,))

    verdict = judged(book, "prep", facts(evening), at("2026-10-13 20:00"))

    assert verdict == Later(at("2026-10-14 09:00"))


def test_a_message_that_would_be_too_late_after_the_quiet_hours_expires() -> None:
    verdict = judged(book_of(PREP), "prep", facts(VISIT), at("2026-10-13 20:00"))

    assert verdict == Stop(State.EXPIRED, Reason.TOO_LATE)


@pytest.mark.parametrize(
    ("left", "verdict"), [(timedelta(seconds=9), Later(at("2026-10-12 09:00"))), (timedelta(seconds=10), Go())]
)
def test_a_text_that_could_be_delivered_only_at_night_waits_for_the_morning(
    left: timedelta, verdict: Judgement
) -> None:
    assert judged(book_of(OVERVIEW), "overview", facts(VISIT), at("2026-10-11 20:00") - left) == verdict


def test_prep_goes_until_the_night_begins() -> None:
    evening = visit("2026-10-14 19:30")

    verdict = judged(book_of(PREP, visits=(evening,)), "prep", facts(evening), at("2026-10-13 20:00") - MOMENT)

    assert verdict == Go()


def test_an_email_goes_until_the_night_begins() -> None:
    letter = replace(OVERVIEW, channels=(Channel.EMAIL,))
    known = facts(VISIT, person=person(mailbox()))
    book = Book((protocol(letter),), OneLine(mute=["note"]))
    book.plan(known, MONDAY)

    assert judged(book, "overview", known, at("2026-10-11 20:00") - MOMENT) == Go()


def test_a_text_for_which_the_day_has_no_room_any_more_waits_for_the_next_one_that_has() -> None:
    book = book_of(OVERVIEW)
    _another_text_went(book, at("2026-10-11 09:00"))

    verdict = judged(book, "overview", facts(VISIT), at("2026-10-11 10:00"))

    assert verdict == Later(at("2026-10-12 10:00"))


def test_a_parked_text_that_may_have_gone_takes_room_too() -> None:
    book = book_of(OVERVIEW)
    _another_text_went(book, at("2026-10-11 09:00"), state=State.PARKED)

    verdict = judged(book, "overview", facts(VISIT), at("2026-10-11 10:00"))

    assert verdict == Later(at("2026-10-12 10:00"))


def test_a_text_without_room_while_it_helps_is_suppressed() -> None:
    book = book_of(OVERVIEW)
    for day in (9, 10, 11):
        _another_text_went(book, at(f"2026-10-{day:02} 09:00"))

    verdict = judged(book, "overview", facts(VISIT), at("2026-10-11 10:00"))

    assert verdict == Stop(State.SUPPRESSED, Reason.LIMIT)


def test_limits_do_not_stop_prep_at_the_claim_either() -> None:
    book = book_of(PREP)
    for hour in (9, 10, 11):
        _another_text_went(book, at(f"2026-10-13 {hour:02}:00"))

    assert judged(book, "prep", facts(VISIT)) == Go()


def test_a_limited_text_that_carries_an_unlimited_one_goes() -> None:
    book = book_of(BOOKED, OVERVIEW)
    carrier = book.one("overview")
    rider = replace(
        carrier,
        id=named("rider"),
        slot=replace(carrier.slot, rule="prep"),
        state=State.MERGED,
        carrier_id=carrier.id,
        limited=False,
    )
    book.rows[rider.id] = rider
    _another_text_went(book, at("2026-10-11 09:00"))

    assert judged(book, "overview", facts(VISIT), at("2026-10-11 10:00")) == Go()


def test_what_rides_is_judged_for_what_it_says_and_not_for_the_minute() -> None:
    done = visit(
        "2026-10-12 10:30", id=named("done"), status=VisitStatus.FULFILLED, fulfilled_at=at("2026-10-12 12:00")
    )
    rules = (protocol(PREP, replace(CHECKIN, asks=None)),)
    book = Book(rules)
    book.plan(facts(VISIT, done), at("2026-10-12 12:00"))
    withdrawn = replace(done, status=VisitStatus.NOSHOW, noshow_at=DUE)

    assert judged(book, "checkin", facts(VISIT, done)) == Go()
    assert judged(book, "checkin", facts(VISIT, withdrawn)) == Stop(State.CANCELLED, Reason.NO_SHOW)


def test_a_message_that_another_replaced_meanwhile_does_not_go() -> None:
    book = Book((protocol(BOOKED, PREP, MOVED_PREP),))
    fresh = visit("2026-10-14 10:30", first_seen_at=MONDAY, booked_at=MONDAY)
    book.plan(facts(fresh), MONDAY)
    book.send_due(MONDAY)
    near = replace(fresh, starts_at=at("2026-10-14 15:00"))

    assert judged(book, "prep", facts(near)) == Stop(State.CANCELLED, Reason.REPLACED)


def test_a_message_of_a_visit_that_was_not_loaded_is_planned_again() -> None:
    assert judged(book_of(PREP), "prep", facts()) == Replan()


def test_what_has_been_said_meanwhile_is_not_said_again() -> None:
    book = book_of(PREP)
    said = replace(book.one("prep"), id=named("said"), state=State.DELIVERED, launched_at=DUE - timedelta(hours=1))
    waiting = replace(book.one("prep"), occurrence=2)
    book.rows = {said.id: said, waiting.id: waiting}

    verdict = judge(waiting, book.known(facts(VISIT)), book.protocols, now=DUE)

    assert verdict == Stop(State.CANCELLED, Reason.ALREADY_TOLD)


def _another_text_went(book: Book, at_: object, state: State = State.DELIVERED) -> None:
    some = next(iter(book.rows.values()))
    went = replace(
        some,
        id=named(f"{at_}"),
        slot=replace(some.slot, subject_id=named("another visit"), rule=f"rule-{at_}"),
        state=state,
        launched_at=at_,  # type: ignore[arg-type]
        due_at=at_,  # type: ignore[arg-type]
    )
    book.rows[went.id] = went
