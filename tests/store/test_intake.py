"""Which rows change anything, and what a chunk of them costs."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, update

from reminders.domain.taken import Change
from reminders.store.engine import Transaction
from reminders.store.tables.people import Course, Person
from tests.intakes import NOW, Desk

NEW, MOVED, CANCELLED, CHANGED, UNCHANGED, OLDER = Change

AT_NINE, AT_TEN, AT_ELEVEN = ({"updated_at": f"2026-10-12T{hour}:00Z"} for hour in ("09", "10", "11"))
MONDAY = datetime(2026, 10, 12, tzinfo=UTC)
ELSEWHEN = {"starts_at": "2026-10-29T10:30"}


@pytest.fixture
def desk(transaction: Transaction) -> Desk:
    return Desk(transaction)


def test_what_a_first_import_brings_was_booked_before_our_time(desk: Desk) -> None:
    desk.tell({"appointment_id": "A1"}, is_first=True)
    desk.tell({"appointment_id": "A2"})

    assert not desk.visit("A1").seen_after_first_import
    assert desk.visit("A2").seen_after_first_import


@pytest.mark.parametrize("when", [{}, AT_NINE])
def test_the_same_row_again_writes_nothing(desk: Desk, when: dict[str, str]) -> None:
    row = when | {"driver_name": "Bo Lee", "driver_phone": "312 555 0143", "course": "iv-ketamine-course", "room": "b"}
    desk.tell(row)
    before = desk.everything()

    assert desk.tell(row) == [UNCHANGED]

    assert desk.everything() == before


def test_a_visit_saved_twenty_times_owes_no_plan(desk: Desk) -> None:
    desk.tell({"updated_at": "2026-10-12T09:00Z"})
    changed_at = desk.visit().changed_at
    desk.paid()

    saved = [desk.tell({"updated_at": f"2026-10-12T09:{minute:02}Z"}) for minute in range(1, 21)]

    assert saved == [[UNCHANGED]] * 20
    assert desk.paid() == set()
    assert desk.visit().changed_at == changed_at
    assert desk.visit().source_updated_at == MONDAY.replace(hour=9, minute=20)


def test_an_older_row_changes_nothing(desk: Desk) -> None:
    desk.tell(AT_TEN)
    before = desk.everything()

    assert desk.tell(AT_NINE | ELSEWHEN | {"status": "cancelled", "first_name": "Eva", "sms_consent": "no"}) == [OLDER]

    assert desk.everything() == before


def test_a_newer_row_moves_the_visit_and_owes_a_plan(desk: Desk) -> None:
    desk.tell(AT_NINE)
    before = desk.visit()
    desk.paid()

    assert desk.tell(AT_TEN | ELSEWHEN) == [MOVED]

    after = desk.visit()
    assert after.starts_at == before.starts_at + timedelta(days=1)
    assert after.starts_local == before.starts_local + timedelta(days=1)
    assert (after.id, after.first_seen_at) == (before.id, before.first_seen_at)
    assert after.changed_at > before.changed_at
    assert desk.paid() == {desk.patient().id}


@pytest.mark.parametrize("times", [[{}, {}, {}], [AT_NINE, AT_TEN, AT_ELEVEN]])
def test_a_visit_moved_there_and_back_stands_where_it_stood(desk: Desk, times: list[dict[str, str]]) -> None:
    there, back, again = ({"starts_at": "2026-10-28T10:30"}, ELSEWHEN, {"starts_at": "2026-10-28T10:30"})

    told = [desk.tell(when | row) for when, row in zip(times, (there, back, again), strict=True)]

    assert told == [[NEW], [MOVED], [MOVED]]
    assert desk.visit().starts_at == datetime(2026, 10, 28, 14, 30, tzinfo=UTC)


def test_visits_of_one_patient_share_the_open_course_of_a_kind(desk: Desk) -> None:
    first, second = ({"appointment_id": name, "course": "iv-ketamine-course"} for name in ("A1", "A2"))
    desk.tell(first, second, {"appointment_id": "A3", "course": "spravato-course"})
    desk.tell({"appointment_id": "A4", "course": "iv-ketamine-course"})

    courses = [desk.visit(name).course_id for name in ("A1", "A2", "A3", "A4")]

    assert courses[0] == courses[1] == courses[3] != courses[2]
    assert desk.count(Course) == 2


def test_a_visit_after_a_closed_course_opens_another(desk: Desk) -> None:
    named = {"course": "iv-ketamine-course"}
    desk.tell(named | {"appointment_id": "A1"})
    closed = desk.visit("A1").course_id
    with desk.transaction() as session:
        session.execute(update(Course).values(closed_at=NOW))

    desk.tell(named | ELSEWHEN | {"appointment_id": "A1"}, named | {"appointment_id": "A2"})

    assert desk.visit("A1").course_id == closed
    assert desk.visit("A2").course_id != closed


def test_a_visit_may_pass_to_another_patient(desk: Desk) -> None:
    row = {"driver_name": "Bo Lee", "driver_phone": "312 555 0143", "course": "iv-ketamine-course"}
    desk.tell(row | {"patient_id": "P1"})
    desk.paid()

    assert desk.tell(row | {"patient_id": "P2", "first_name": "Eva"}) == [CHANGED]

    new, driver = desk.patient("P2"), desk.driver()
    assert desk.visit().person_id == new.id
    assert desk.opened(new, "last_name") == "Lee"
    assert driver is not None
    assert driver[1].patient_id == new.id
    assert desk.course(desk.visit().course_id).person_id == new.id
    assert desk.paid() == {new.id, desk.patient("P1").id}


def statements_for(engine: Engine, desk: Desk, rows: list[dict[str, str]]) -> int:
    made: list[UUID | str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        made.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        desk.tell(*rows)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(made)


def rows_of(count: int, **cells: str) -> list[dict[str, str]]:
    return [
        {
            "appointment_id": f"{count}-{number}",
            "patient_id": f"{count}-{number // 3}",
            "phone": f"312 555 {count + number:04}",
            "email": "" if number % 2 else f"p{count}@example.com",
            "driver_phone": f"212 555 {count + number:04}",
            "course": "iv-ketamine-course" if number % 5 else "",
            "birth_date": "1984-03-31" if number % 7 else "",
            **cells,
        }
        for number in range(count)
    ]


def test_many_rows_take_as_many_statements_as_few(engine: Engine, desk: Desk) -> None:
    few = [statements_for(engine, desk, rows_of(10, **cells)) for cells in ({}, {}, ELSEWHEN | {"last_name": "Ray"})]
    many = [statements_for(engine, desk, rows_of(400, **cells)) for cells in ({}, {}, ELSEWHEN | {"last_name": "Ray"})]

    assert many == few
    assert max(many) < 45


def test_names_stand_in_the_database_only_sealed(desk: Desk) -> None:
    desk.tell(
        {"first_name": "Xanthippe", "emergency_name": "Xanthippe", "room": "Xanthippe", "driver_name": "Xanthippe"}
    )

    assert b"Xanthippe" not in repr(desk.everything()).encode()
    assert desk.opened(desk.patient(), "first_name") == "Xanthippe"
    assert desk.count(Person) == 2
