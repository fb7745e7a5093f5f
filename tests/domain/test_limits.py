"""Limits: how many texts a patient gets, who gives way, and where to."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from reminders.domain.facts import ClinicPolicy, Slot
from reminders.domain.limits import Texts
from reminders.domain.protocol import Elapsed, Landmark, Moment, Rule, WallClock
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.words import Channel, Context, Lane, RecipientKind, SubjectKind
from tests.domain.planning_book import Book, OneLine
from tests.domain.planning_clinic import (
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
VISIT = visit("2026-10-14 10:30")
ALONE = OneLine(mute=["prep", "note", "other", "third", "nudge-like"])
DAY = timedelta(days=1)


def note(slug: str, days: int, hour: int, **values: object) -> Rule:
    """Return a limited rule some days before the visit, of use until the visit."""
    return replace(
        OVERVIEW,
        slug=slug,
        template=slug,
        offset=WallClock(days, time(hour)),
        useful_until=Moment(Landmark.START),
        **values,  # type: ignore[arg-type]
    )


def planned(book: Book) -> dict[str, str]:
    return {row.slot.rule: wall(row.due_at) for row in book.rows.values() if row.state is State.SCHEDULED}


def test_the_second_text_of_a_day_goes_the_next_day_at_the_same_time() -> None:
    book = Book((protocol(note("note", -5, 10), note("other", -5, 14)),), ALONE)

    book.plan(facts(VISIT), MONDAY)

    assert planned(book) == {"note": "2026-10-09 10:00", "other": "2026-10-10 14:00"}


def test_the_lower_lane_gives_way_even_to_a_later_text() -> None:
    book = Book((protocol(note("nudge-like", -5, 10, lane=Lane.NUDGE), note("other", -5, 14)),), ALONE)

    book.plan(facts(VISIT), MONDAY)

    assert planned(book) == {"nudge-like": "2026-10-10 10:00", "other": "2026-10-09 14:00"}


def test_prep_never_gives_way_and_counts() -> None:
    book = Book((protocol(PREP, note("note", -1, 10)),), ALONE)

    book.plan(facts(VISIT), MONDAY)

    assert planned(book) == {"prep": "2026-10-13 17:00", "note": "2026-10-14 10:00"}


def test_unlimited_texts_go_even_where_there_is_no_room_at_all() -> None:
    preps = [replace(PREP, slug=slug, offset=WallClock(-1, time(12))) for slug in ("prep", "note", "other", "third")]
    book = Book((protocol(*preps),), ALONE)

    book.plan(facts(VISIT), MONDAY)

    assert set(planned(book).values()) == {"2026-10-13 12:00"}
    assert len(planned(book)) == 4


def test_a_text_that_finds_no_room_while_it_helps_is_suppressed() -> None:
    brief = note("other", -5, 14)
    book = Book(
        (protocol(note("note", -5, 10), replace(brief, useful_until=Moment(Landmark.DUE, 23 * DAY / 24))),), ALONE
    )

    book.plan(facts(VISIT), MONDAY)

    assert (book.one("other").state, book.one("other").reason) == (State.SUPPRESSED, Reason.LIMIT)


def test_three_texts_in_any_seven_days() -> None:
    rules = [note("note", -7, 10), note("other", -6, 10), note("third", -5, 10), note("nudge-like", -4, 10)]
    long = replace(rules[-1], useful_until=Moment(Landmark.START))
    book = Book((protocol(*rules[:-1], long),), ALONE)

    book.plan(facts(VISIT), MONDAY)

    assert planned(book) == {
        "note": "2026-10-07 10:00",
        "other": "2026-10-08 10:00",
        "third": "2026-10-09 10:00",
        "nudge-like": "2026-10-14 10:00",
    }


def test_what_is_planned_for_later_in_the_week_counts_already() -> None:
    preps = [replace(VISIT, id=named(f"{n}"), starts_at=VISIT.starts_at + n * DAY) for n in range(3)]
    book = Book((protocol(PREP, note("note", -5, 10)),), ALONE)

    book.plan(facts(*preps[1:], preps[0]), MONDAY)

    assert {row.reason for row in book.of("note")} == {Reason.LIMIT}


def test_what_went_in_the_last_days_counts() -> None:
    book = Book((protocol(note("note", -7, 10), note("other", -7, 14)),), ALONE)
    book.plan(facts(VISIT), MONDAY)
    book.send_due(at("2026-10-07 10:00"))

    changes = book.plan(facts(VISIT), at("2026-10-07 10:01"))

    assert changes == []
    assert planned(book) == {"other": "2026-10-08 14:00"}


@pytest.mark.parametrize(("launched", "due"), [(True, "2026-10-08 14:00"), (False, "2026-10-07 14:00")])
def test_what_is_parked_counts_where_it_may_have_gone(*, launched: bool, due: str) -> None:
    book = Book((protocol(note("note", -7, 10), note("other", -7, 14)),), ALONE)
    book.plan(facts(VISIT), MONDAY)
    launched_at = at("2026-10-07 10:00") if launched else None
    parked = replace(book.one("note"), state=State.PARKED, launched_at=launched_at)
    book.rows[parked.id] = parked

    book.plan(facts(VISIT), at("2026-10-07 10:01"))

    assert planned(book) == {"other": due}


def test_answers_do_not_count() -> None:
    book = Book((protocol(note("note", -7, 10)),), ALONE)
    book.plan(facts(VISIT), MONDAY)
    answer = replace(
        book.one("note"),
        id=named("answer"),
        slot=Slot(SubjectKind.REPLY, named("reply"), "answer", RecipientKind.PERSON, named("patient")),
        state=State.DELIVERED,
        launched_at=at("2026-10-07 09:15"),
    )
    book.rows[answer.id] = answer

    assert book.plan(facts(VISIT), at("2026-10-07 09:30")) == []


def test_a_message_that_rides_needs_no_room() -> None:
    book = Book((protocol(PREP, note("note", -1, 10)),))

    book.plan(facts(VISIT), MONDAY)

    assert book.one("note").carrier_id == book.one("prep").id


def test_a_message_without_room_rides_with_another_of_the_next_day() -> None:
    first, second = note("note", -2, 10, asks=Context.CONFIRM), note("other", -2, 14, asks=Context.CONFIRM)
    book = Book((protocol(replace(PREP, asks=None), first, second),))

    book.plan(facts(VISIT), MONDAY)

    assert wall(book.one("other").due_at) == "2026-10-13 14:00"
    assert book.one("other").carrier_id == book.one("prep").id


def test_limits_count_texts_not_emails() -> None:
    letters = [replace(note(slug, -5, 10), channels=(Channel.EMAIL,)) for slug in ("note", "other", "third")]
    book = Book((protocol(*letters),), ALONE)

    book.plan(facts(VISIT, person=person(phone(), mailbox())), MONDAY)

    assert set(planned(book).values()) == {"2026-10-09 10:00"}


def test_days_are_the_recipients() -> None:
    tokyo = person(phone(), zone="Asia/Tokyo")
    evening, morning = note("note", -5, 20), note("other", -4, 8)
    book = Book((protocol(evening, morning),), ALONE)

    book.plan(facts(VISIT, person=tokyo), MONDAY)

    assert wall(book.one("note").due_at, "Asia/Tokyo") == "2026-10-10 09:00"
    assert wall(book.one("other").due_at, "Asia/Tokyo") == "2026-10-11 19:59"


def test_room_that_appears_is_taken_by_what_has_not_had_its_moment() -> None:
    book = Book((protocol(note("note", -5, 10), note("other", -5, 14)),), ALONE)
    book.plan(facts(VISIT), MONDAY)
    book.protocols = (protocol(note("other", -5, 14)),)

    book.plan(facts(VISIT), MONDAY + timedelta(hours=1))

    assert planned(book) == {"other": "2026-10-09 14:00"}


def test_a_suppressed_message_finds_room_later_if_room_appears_while_it_helps() -> None:
    tight = replace(note("other", -5, 14), useful_until=Moment(Landmark.DUE, timedelta(hours=2)))
    book = Book((protocol(note("note", -5, 10), tight),), ALONE)
    book.plan(facts(VISIT), MONDAY)
    book.protocols = (protocol(tight),)

    book.plan(facts(VISIT), MONDAY + timedelta(hours=1))

    assert [(row.occurrence, row.state) for row in book.of("other")] == [
        (1, State.SUPPRESSED),
        (2, State.SCHEDULED),
    ]


@pytest.mark.parametrize(("taken", "room"), [((1, 2), True), ((1, 2, 3), False), ((1, 8, 9), True), ((4,), True)])
def test_room_is_looked_for_in_every_seven_days_around_a_day(taken: tuple[int, ...], *, room: bool) -> None:
    texts = Texts(ClinicPolicy(language="en", texts_per_day=1, texts_per_week=3))
    for day in taken:
        texts.add(date(2026, 10, day))

    assert texts.have_room(date(2026, 10, 5)) is room


def test_a_day_that_is_full_has_no_room() -> None:
    texts = Texts(ClinicPolicy(language="en", texts_per_day=1, texts_per_week=3))
    texts.add(date(2026, 10, 5))

    assert not texts.have_room(date(2026, 10, 5))


def test_a_rule_in_elapsed_time_moves_to_the_same_time_of_day() -> None:
    elapsed = replace(note("other", -5, 14), offset=Elapsed(-timedelta(hours=120)))
    book = Book((protocol(note("note", -5, 9), elapsed),), ALONE)

    book.plan(facts(VISIT), MONDAY)

    assert planned(book) == {"note": "2026-10-09 09:00", "other": "2026-10-10 10:30"}


def test_what_limits_hold_back_as_a_text_goes_as_an_email() -> None:
    both = (Channel.SMS, Channel.EMAIL)
    tight = replace(note("other", -5, 14, channels=both), useful_until=Moment(Landmark.DUE, timedelta(hours=2)))
    book = Book((protocol(note("note", -5, 10, channels=both), tight),), ALONE)

    book.plan(facts(VISIT, person=person(phone(), mailbox())), MONDAY)

    assert [(row.step, row.channel, row.state, row.reason) for row in book.of("other")] == [
        (1, Channel.SMS, State.SUPPRESSED, Reason.LIMIT),
        (2, Channel.EMAIL, State.SCHEDULED, None),
    ]


def test_what_limits_hold_back_stays_so_where_no_mailbox_may_be_used() -> None:
    both = (Channel.SMS, Channel.EMAIL)
    tight = replace(note("other", -5, 14, channels=both), useful_until=Moment(Landmark.DUE, timedelta(hours=2)))
    book = Book((protocol(note("note", -5, 10, channels=both), tight),), ALONE)

    book.plan(facts(VISIT, person=person(phone(), mailbox(consented=False))), MONDAY)

    assert [(row.step, row.channel, row.reason) for row in book.of("other")] == [(1, Channel.SMS, Reason.LIMIT)]
