"""When messages go: the moment of their rule, quiet hours, lateness and zones."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from reminders.domain.facts import ClinicPolicy, Visit, Wanted
from reminders.domain.protocol import Direction, Elapsed, Landmark, Late, Moment, Rule, Service, Stop, WallClock
from reminders.domain.words import Channel
from tests.domain.planning_book import Book
from tests.domain.planning_clinic import (
    CHICAGO,
    CONSULTATION,
    LAKESIDE,
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
LOS_ANGELES = "America/Los_Angeles"


def planned(*visits: Visit, rule: Rule = PREP, now: datetime = MONDAY, **given: Any) -> Wanted | None:
    """Return the message of *rule* that is planned, if any."""
    plan = Book((protocol(rule),)).preview(facts(*visits, **given), now)
    return plan.messages[0] if plan.messages else None


def due(*visits: Visit, **given: Any) -> str | None:
    message = planned(*visits, **given)
    return wall(message.due_at) if message else None


def test_prep_goes_at_the_wall_time_of_the_location_the_day_before() -> None:
    assert due(visit("2026-10-07 10:30")) == "2026-10-06 17:00"


def test_prep_of_an_early_visit_whose_fast_starts_the_evening_before_can_still_be_obeyed() -> None:
    message = planned(visit("2026-10-07 07:00"))

    assert message is not None
    assert wall(message.due_at) == "2026-10-06 17:00"
    assert [(slug, wall(stop)) for slug, stop in message.stamp.stops] == [
        ("food", "2026-10-06 23:00"),
        ("clear-liquids", "2026-10-07 05:00"),
    ]


def test_prep_is_brought_forward_where_the_fast_begins_before_its_hour() -> None:
    long_fast = Service(slug="iv-ketamine", stops=(Stop(slug="food", before=timedelta(hours=20)),))

    assert due(visit("2026-10-07 10:30", service=long_fast)) == "2026-10-06 12:30"


def test_prep_is_of_use_until_the_last_stop() -> None:
    message = planned(visit("2026-10-07 10:30"))

    assert message is not None
    assert wall(message.useful_until) == "2026-10-07 08:30"


def test_a_message_before_a_visit_is_never_of_use_after_its_start() -> None:
    careless = replace(OVERVIEW, useful_until=Moment(Landmark.START, timedelta(hours=5)))

    message = planned(visit("2026-10-09 10:30"), rule=careless)

    assert message is not None
    assert wall(message.useful_until) == "2026-10-09 10:30"


@pytest.mark.parametrize(
    ("direction", "expected"),
    [(Direction.EARLIER, "2026-10-06 19:59"), (Direction.LATER, "2026-10-07 09:00")],
)
def test_quiet_hours_move_prep_earlier_and_others_later(direction: Direction, expected: str) -> None:
    at_night = replace(PREP, offset=WallClock(-1, time(22)), at_latest=None, quiet=direction)

    assert due(visit("2026-10-07 19:30"), rule=at_night) == expected


def test_tz4_quiet_hours_are_the_recipients_and_the_hour_of_the_rule_is_the_locations() -> None:
    morning = replace(PREP, offset=WallClock(-1, time(10)), quiet=Direction.LATER)
    westerner = person(phone(), zone=LOS_ANGELES)

    message = planned(visit("2026-10-07 19:30"), rule=morning, person=westerner)

    assert message is not None
    assert wall(message.due_at, LOS_ANGELES) == "2026-10-06 09:00"


def test_tz5_a_message_that_quiet_hours_moved_to_a_minute_that_is_past_goes_at_the_next_permitted_one() -> None:
    at_night = replace(PREP, offset=WallClock(-1, time(22)), at_latest=None)

    found = due(visit("2026-10-07 19:30"), rule=at_night, now=at("2026-10-06 20:15"))

    assert found == "2026-10-07 09:00"


def test_tz5_that_holds_for_a_rule_that_is_never_late_too() -> None:
    at_night = replace(PREP, offset=WallClock(-1, time(22)), at_latest=None, late=Late.SKIP)

    found = due(visit("2026-10-07 19:30"), rule=at_night, now=at("2026-10-06 20:15"))

    assert found == "2026-10-07 09:00"


def test_late2b_a_message_whose_moment_has_passed_goes_at_once_while_it_helps() -> None:
    late = replace(OVERVIEW, offset=Elapsed(timedelta(hours=-72)), useful_until=Moment(Landmark.START, -timedelta(1)))

    assert due(visit("2026-10-07 10:30"), rule=late, now=at("2026-10-06 10:30")) == "2026-10-06 10:30"
    assert due(visit("2026-10-07 10:30"), rule=late, now=at("2026-10-06 10:31")) is None


def test_a_rule_that_is_never_late_is_left_out_once_its_moment_has_passed() -> None:
    punctual = replace(OVERVIEW, late=Late.SKIP)

    assert due(visit("2026-10-09 10:30"), rule=punctual, now=at("2026-10-06 10:00")) == "2026-10-06 10:00"
    assert due(visit("2026-10-09 10:30"), rule=punctual, now=at("2026-10-06 10:01")) is None


def test_late3_nothing_is_planned_for_a_visit_whose_time_has_come() -> None:
    assert due(visit("2026-10-05 09:00"), rule=replace(PREP, useful_until=Moment(Landmark.END))) is None


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ("2026-11-01 10:30", "2026-10-31 17:00"),  # the night the clocks go back
        ("2027-03-14 10:30", "2027-03-13 17:00"),  # the night they go forward
    ],
)
def test_tz2_the_day_before_at_five_is_five_on_the_wall_across_both_changes(starts: str, expected: str) -> None:
    assert due(visit(starts), now=at("2026-10-30 09:00")) == expected


@pytest.mark.parametrize(
    ("starts", "food"),
    [
        ("2026-11-01 07:00", "2026-11-01 00:00"),  # eight hours before, one of them twice
        ("2027-03-14 07:00", "2027-03-13 22:00"),  # eight hours before, one of them skipped
    ],
)
def test_tz2_fasting_hours_are_elapsed_hours_across_both_changes(starts: str, food: str) -> None:
    message = planned(visit(starts), now=at("2026-10-30 09:00"))

    assert message is not None
    assert wall(message.stamp.stops[0][1]) == food


def test_tz1_a_visit_elsewhere_is_planned_by_its_own_wall_clock() -> None:
    elsewhere = visit("2026-10-07 10:30", zone=CHICAGO, place=LAKESIDE)

    message = planned(elsewhere, person=person(phone(), zone=CHICAGO))

    assert message is not None
    assert wall(message.due_at, CHICAGO) == "2026-10-06 17:00"
    assert message.stamp.zone == CHICAGO


def test_without_quiet_hours_nothing_is_moved() -> None:
    at_night = replace(PREP, offset=WallClock(-1, time(22)), at_latest=None)
    always = ClinicPolicy(language="en", quiet_from=time(0), quiet_until=time(0))

    assert due(visit("2026-10-07 19:30"), rule=at_night, policy=always) == "2026-10-06 22:00"


def test_a_service_without_a_fast_leans_on_the_start_instead() -> None:
    message = planned(visit("2026-10-07 10:30", service=CONSULTATION))

    assert message is not None
    assert message.useful_until == at("2026-10-07 10:30")
    assert message.due_at.tzinfo is UTC
    assert message.channel is Channel.SMS
    assert message.address_id == named("phone")


def test_a_message_that_waits_for_the_morning_follows_quiet_hours_that_end_later() -> None:
    evening = at("2026-10-05 21:00")
    late = replace(OVERVIEW, offset=WallClock(-9, time(10)))
    book = Book((protocol(late),))
    book.plan(facts(visit("2026-10-09 10:30")), evening)
    sleepy = ClinicPolicy(language="en", quiet_until=time(11))

    book.plan(facts(visit("2026-10-09 10:30"), policy=sleepy), evening)

    assert wall(book.one("overview").due_at) == "2026-10-06 11:00"
