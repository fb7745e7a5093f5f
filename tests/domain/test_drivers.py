"""Drivers: asked once after the patient's yes, told of what changes, and silent where the patient or they said so."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from reminders.domain.anchors import ASKED_AHEAD
from reminders.domain.drivers import facts_of_driver, recipients
from reminders.domain.facts import PatientFacts, Person, Standing, Visit
from reminders.domain.judgement import Go, Judgement, Stop, judge
from reminders.domain.protocol import Anchor, Elapsed, Landmark, Moment, Rule
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.words import Audience, Category, Channel, Context, PersonStatus, VisitStatus, WorkKind
from tests.domain.planning_book import Book, OneLine
from tests.domain.planning_clinic import (
    GOING_HOME,
    KETAMINE,
    KETAMINE_RULES,
    NEW_YORK,
    at,
    facts,
    named,
    person,
    phone,
    protocol,
    visit,
    wall,
    when,
)

MONDAY = at("2026-10-05 10:00")
"""Two days before the visit: the patient has just named somebody."""
DAN = Person(id=named("dan"), zone=NEW_YORK, contacts={Channel.SMS: phone("dan's phone")})
EVE = Person(id=named("eve"), zone=NEW_YORK, contacts={Channel.SMS: phone("eve's phone")})


def to_driver(slug: str, anchor: Anchor, useful_until: Moment, **values: Any) -> Rule:
    return Rule(
        **{
            "slug": slug,
            "anchor": anchor,
            "offset": Elapsed(timedelta()),
            "category": Category.ADMIN,
            "template": slug,
            "useful_until": useful_until,
            "channels": (Channel.SMS,),
            "audience": Audience.DRIVER,
            "limited": False,
            **values,
        }
    )


RULES = (
    to_driver("driver-person", Anchor.DRIVER, Moment(Landmark.START), asks=Context.DRIVER_PERSON),
    to_driver(
        "driver-moved",
        Anchor.MOVED,
        Moment(Landmark.START),
        replaces=("driver-person",),
        asks=Context.DRIVER_PERSON,
    ),
    to_driver("driver-cancelled", Anchor.CANCELLED, Moment(Landmark.START)),
    to_driver("driver-pickup", Anchor.READY, Moment(Landmark.DUE, timedelta(hours=3)), replaces=("driver-expected",)),
    to_driver(
        "driver-expected",
        Anchor.HOME,
        Moment(Landmark.ANCHOR),
        offset=Elapsed(-timedelta(minutes=30)),
        when=(when("visit.arrived", value=True),),
    ),
    replace(GOING_HOME, anchor=Anchor.HOME, offset=Elapsed(timedelta())),
)
DRIVEN = visit(driver_id=DAN.id, driver_state="listed", driver_agreed_at=MONDAY)


def a_book() -> Book:
    others = (rule for rule in KETAMINE_RULES if rule.slug != "going-home")
    alone = OneLine(mute=[rule.slug for rule in RULES])
    return Book((protocol(*others, *RULES),), alone)


def known(*visits: Visit, **values: Any) -> PatientFacts:
    return facts(*visits, **{"drivers": (DAN, EVE), **values})


def plan_all(book: Book, told: PatientFacts, now: datetime) -> None:
    """Plan for the patient and for each driver, as the step of the pipeline does."""
    for one in recipients(book.known(told)):
        book.plan(one, now)


def to(book: Book, who: Person, *states: State) -> list[tuple[str, str]]:
    """Return what goes or went to a person: the rule and when."""
    wanted = states or (State.SCHEDULED, State.DELIVERED)
    rows = book.where(lambda row: row.slot.recipient_id == who.id and row.state in wanted)
    return sorted((row.slot.rule, wall(row.due_at)) for row in rows)


def of_driver(book: Book, rule: str) -> Standing:
    return book.one(rule)


def judged(book: Book, row: Standing, told: PatientFacts, now: datetime, who: Person = DAN) -> Judgement:
    return judge(row, facts_of_driver(book.known(told), who), book.protocols, now=now)


def asked(book: Book, told: PatientFacts) -> None:
    """Let the driver read that they are asked."""
    plan_all(book, told, MONDAY)
    book.send_due(MONDAY)


def test_a_driver_is_asked_once_the_patient_has_agreed() -> None:
    book = a_book()

    plan_all(book, known(DRIVEN), MONDAY)

    assert to(book, DAN) == [("driver-person", "2026-10-05 10:00")]
    assert judged(book, of_driver(book, "driver-person"), known(DRIVEN), MONDAY) == Go()


def test_a_driver_whom_an_import_names_is_not_written_to() -> None:
    book = a_book()

    plan_all(book, known(replace(DRIVEN, driver_agreed_at=None)), MONDAY)

    assert to(book, DAN) == []


def test_a_driver_without_consent_of_their_own_is_not_written_to() -> None:
    book = a_book()
    silent = replace(DAN, contacts={Channel.SMS: phone("dan's phone", consented=False)})

    plan_all(book, known(DRIVEN, drivers=(silent,)), MONDAY)

    assert [(row.state, row.reason) for row in book.of("driver-person")] == [(State.SUPPRESSED, Reason.NO_CONSENT)]


def test_planning_again_and_again_asks_once() -> None:
    book = a_book()
    asked(book, known(DRIVEN))

    for hours in (1, 5, 30):
        plan_all(book, known(replace(DRIVEN, driver_agreed_at=MONDAY + timedelta(hours=hours))), at("2026-10-05 16:00"))

    assert [row.state for row in book.of("driver-person")] == [State.DELIVERED]


def test_who_drives_a_whole_course_is_asked_visit_by_visit() -> None:
    book = a_book()
    later = replace(DRIVEN, id=named("later"), starts_at=at("2026-10-21 10:30"))

    plan_all(book, known(DRIVEN, later), MONDAY)

    assert to(book, DAN) == [
        ("driver-person", "2026-10-05 10:00"),
        ("driver-person", wall(later.starts_at - ASKED_AHEAD)),
    ]


@pytest.mark.parametrize("state", ["yes", "listed"])
def test_a_moved_visit_is_told_to_the_driver_once_and_asks_again(state: str) -> None:
    book = a_book()
    asked(book, known(DRIVEN))
    plan_all(book, known(replace(DRIVEN, driver_state=state)), at("2026-10-05 11:00"))
    moved = known(replace(DRIVEN, starts_at=at("2026-10-08 12:00")))  # a move voids the driver's yes

    for _ in range(2):
        plan_all(book, moved, at("2026-10-05 12:00"))
        book.send_due(at("2026-10-05 12:00"))

    assert to(book, DAN) == [("driver-moved", "2026-10-05 12:00"), ("driver-person", "2026-10-05 10:00")]


def test_a_move_that_is_taken_back_before_anybody_heard_is_no_news() -> None:
    book = a_book()
    asked(book, known(DRIVEN))
    plan_all(book, known(replace(DRIVEN, starts_at=at("2026-10-08 12:00"))), at("2026-10-05 12:00"))

    plan_all(book, known(DRIVEN), at("2026-10-05 12:01"))

    assert to(book, DAN) == [("driver-person", "2026-10-05 10:00")]


def test_a_driver_who_was_not_asked_yet_hears_only_of_the_new_time() -> None:
    book = a_book()
    plan_all(book, known(DRIVEN), at("2026-10-03 22:00"))

    plan_all(book, known(replace(DRIVEN, starts_at=at("2026-10-08 12:00"))), at("2026-10-04 09:00"))

    assert {rule for rule, _ in to(book, DAN)} == {"driver-person"}


@pytest.mark.parametrize("by", ["clinic", "patient"])
@pytest.mark.parametrize("state", ["listed", "yes", "patient says so"])
def test_a_driver_who_knows_of_a_visit_hears_that_it_is_off(by: str, state: str) -> None:
    book = a_book()
    asked(book, known(DRIVEN))
    off = replace(DRIVEN, status=VisitStatus.CANCELLED, cancelled_by=by, cancelled_at=at("2026-10-06 09:30"))

    for minutes in (0, 5):
        plan_all(book, known(replace(off, driver_state=state)), at("2026-10-06 09:30") + timedelta(minutes=minutes))
        book.send_due(at("2026-10-06 09:40"))

    assert to(book, DAN) == [("driver-cancelled", "2026-10-06 09:30"), ("driver-person", "2026-10-05 10:00")]


def test_a_driver_who_knows_nothing_of_a_visit_does_not_hear_that_it_is_off() -> None:
    book = a_book()
    off = replace(DRIVEN, status=VisitStatus.CANCELLED, cancelled_by="clinic", cancelled_at=MONDAY)

    plan_all(book, known(off), MONDAY)

    assert to(book, DAN) == []


def test_a_visit_that_is_on_again_asks_the_driver_again() -> None:
    book = a_book()
    asked(book, known(DRIVEN))
    off = replace(DRIVEN, status=VisitStatus.CANCELLED, cancelled_by="clinic", cancelled_at=at("2026-10-05 12:00"))
    plan_all(book, known(off), at("2026-10-05 12:00"))
    book.send_due(at("2026-10-05 12:00"))

    plan_all(book, known(DRIVEN), at("2026-10-05 13:00"))
    book.send_due(at("2026-10-05 13:00"))

    assert [rule for rule, _ in to(book, DAN)] == ["driver-cancelled", "driver-person", "driver-person"]


def test_who_said_no_hears_nothing_more() -> None:
    book = a_book()
    asked(book, known(DRIVEN))
    no = replace(DRIVEN, driver_state="no", starts_at=at("2026-10-07 12:00"))

    plan_all(book, known(no), at("2026-10-05 12:00"))
    plan_all(
        book,
        known(replace(no, status=VisitStatus.CANCELLED, cancelled_by="clinic", cancelled_at=at("2026-10-05 12:05"))),
        at("2026-10-05 12:05"),
    )

    assert to(book, DAN) == [("driver-person", "2026-10-05 10:00")]


def test_another_driver_is_asked_and_the_first_hears_nothing_more() -> None:
    book = a_book()
    plan_all(book, known(DRIVEN), at("2026-10-04 22:00"))

    plan_all(book, known(replace(DRIVEN, driver_id=EVE.id)), MONDAY)

    assert (to(book, DAN), to(book, EVE)) == ([], [("driver-person", "2026-10-05 10:00")])


def test_a_drivers_stop_changes_nothing_for_the_patient() -> None:
    stopped = replace(DAN, contacts={Channel.SMS: phone("dan's phone", opted_out=True)})
    with_stop, without = a_book(), a_book()

    plan_all(with_stop, known(DRIVEN, drivers=(stopped,)), MONDAY)
    plan_all(without, known(DRIVEN), MONDAY)

    patient = person()
    assert to(with_stop, patient) == to(without, patient) != []
    assert to(with_stop, DAN) == []


@pytest.mark.parametrize("status", [PersonStatus.DECEASED, PersonStatus.DISCHARGED])
def test_who_died_or_left_silences_the_driver_too(status: PersonStatus) -> None:
    book = a_book()
    plan_all(book, known(DRIVEN), at("2026-10-04 22:00"))
    row = of_driver(book, "driver-person")
    gone = known(DRIVEN, person=person(status=status))

    assert judged(book, row, gone, MONDAY) == Stop(State.CANCELLED, Reason(status.value))
    plan_all(book, gone, MONDAY)

    assert to(book, DAN) == []


def test_a_text_to_the_driver_takes_no_room_of_the_patient_and_none_of_theirs() -> None:
    book = a_book()
    second = replace(DRIVEN, id=named("second"), starts_at=at("2026-10-07 15:00"))

    plan_all(book, known(DRIVEN, second), MONDAY)

    assert to(book, DAN) == [("driver-person", "2026-10-05 10:00")] * 2


def test_a_driver_asks_nothing_of_staff() -> None:
    book = a_book()
    unreachable = replace(DAN, contacts={})

    plans = [book.preview(one, MONDAY) for one in recipients(known(DRIVEN, drivers=(unreachable,)))]

    assert [item.kind for item in plans[1].work] == []


ARRIVED = replace(DRIVEN, status=VisitStatus.ARRIVED, arrived_at=at("2026-10-07 10:20"), driver_state="yes")


def told_on_the_day(book: Book, now: str, **changes: Any) -> None:
    plan_all(book, known(replace(ARRIVED, **changes)), at(now))
    book.send_due(at(now))


def test_ready_sends_for_the_driver_at_once_and_not_by_the_hour_too() -> None:
    book = a_book()
    asked(book, known(DRIVEN))
    told_on_the_day(book, "2026-10-07 10:20")
    assert ("driver-expected", "2026-10-07 12:40") in to(book, DAN)

    told_on_the_day(book, "2026-10-07 12:10", ready_at=at("2026-10-07 12:10"))

    assert to(book, DAN) == [("driver-person", "2026-10-05 10:00"), ("driver-pickup", "2026-10-07 12:10")]


def test_ready_is_news_after_the_expected_time_was_told() -> None:
    book = a_book()
    asked(book, known(DRIVEN))
    told_on_the_day(book, "2026-10-07 10:20")
    book.send_due(at("2026-10-07 12:40"))

    told_on_the_day(book, "2026-10-07 13:15", ready_at=at("2026-10-07 13:15"))

    assert [rule for rule, _ in to(book, DAN, State.DELIVERED)] == ["driver-expected", "driver-person", "driver-pickup"]


def test_a_driver_hears_no_hour_before_the_patient_is_there() -> None:
    book = a_book()
    asked(book, known(DRIVEN))

    plan_all(book, known(replace(DRIVEN, driver_state="yes")), at("2026-10-07 10:29"))

    assert to(book, DAN) == [("driver-person", "2026-10-05 10:00")]


def test_who_has_left_is_not_fetched() -> None:
    book = a_book()
    asked(book, known(DRIVEN))
    told_on_the_day(book, "2026-10-07 10:20")

    told_on_the_day(book, "2026-10-07 12:00", home_at=at("2026-10-07 12:00"))

    assert to(book, DAN) == [("driver-person", "2026-10-05 10:00")]


def test_going_home_goes_by_the_button_and_never_twice() -> None:
    book, patient = a_book(), person()
    told_on_the_day(book, "2026-10-07 10:20")
    assert ("going-home", "2026-10-07 13:10") in to(book, patient)

    told_on_the_day(book, "2026-10-07 12:05", home_at=at("2026-10-07 12:00"))
    told_on_the_day(book, "2026-10-07 13:30", home_at=at("2026-10-07 12:00"))

    assert [(row.state, wall(row.due_at)) for row in book.of("going-home")] == [(State.DELIVERED, "2026-10-07 12:05")]


def test_a_button_pressed_after_the_hour_says_nothing_again() -> None:
    book = a_book()
    told_on_the_day(book, "2026-10-07 10:20")
    book.send_due(at("2026-10-07 13:10"))

    told_on_the_day(book, "2026-10-07 13:40", home_at=at("2026-10-07 13:40"))

    assert [wall(row.due_at) for row in book.of("going-home")] == ["2026-10-07 13:10"]


DEADLINE = at("2026-10-06 14:30")
"""Twenty hours before the visit."""


def missing(now: datetime, **changes: Any) -> list[WorkKind]:
    """Return what people must do about the driver of a visit."""
    told = visit(**{"driver_state": "none", **changes})
    work = Book(()).preview(facts(told), now).work
    return [item.kind for item in work if item.kind is WorkKind.NO_DRIVER]


@pytest.mark.parametrize("state", ["none", "listed", "asked", "no"])
def test_a_visit_without_a_driver_is_work_from_its_deadline_on(state: str) -> None:
    known = {"driver_state": state, "driver_agreed_at": DEADLINE - timedelta(days=1)}

    assert missing(DEADLINE - timedelta(minutes=1), **known) == []
    assert missing(DEADLINE, **known) == [WorkKind.NO_DRIVER]


@pytest.mark.parametrize(
    "changes",
    [
        {"driver_state": "yes"},
        {"driver_state": "patient says so"},
        {"driver_state": "listed"},  # by the clinic's own source
        {"service": replace(KETAMINE, driver_required=False)},
        {"status": VisitStatus.CANCELLED},
        {"status": VisitStatus.ARRIVED},
        {"starts_at": DEADLINE - timedelta(minutes=1)},
    ],
)
def test_nobody_looks_for_a_driver_who_is_there_or_not_needed(changes: dict[str, Any]) -> None:
    starts_at = changes.pop("starts_at", None)
    told = visit(**{"driver_state": "none", **changes})
    told = replace(told, starts_at=starts_at) if starts_at else told

    work = Book(()).preview(facts(told), DEADLINE).work

    assert [item.kind for item in work if item.kind is WorkKind.NO_DRIVER] == []


def test_the_deadline_is_the_services_own() -> None:
    early = replace(KETAMINE, driver_deadline=timedelta(hours=44))

    assert missing(at("2026-10-05 14:30"), service=early) == [WorkKind.NO_DRIVER]


def test_a_missing_driver_is_looked_for_before_the_fast_begins_while_somebody_is_there() -> None:
    (item,) = Book(()).preview(facts(visit(driver_state="none")), DEADLINE).work

    assert (wall(item.due_at), item.after_hours) == ("2026-10-06 17:00", False)
