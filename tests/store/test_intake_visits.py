"""What a visit takes over from a row, and what of it stands."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from reminders.domain.taken import Change
from reminders.store.engine import Transaction
from reminders.store.tables.visits import Appointment
from tests.intakes import NOW, Desk

NEW, MOVED, CANCELLED, CHANGED, UNCHANGED, OLDER = Change

AT_NINE, AT_TEN, AT_ELEVEN = ({"updated_at": f"2026-10-12T{hour}:00Z"} for hour in ("09", "10", "11"))
MONDAY = datetime(2026, 10, 12, tzinfo=UTC)
ELSEWHEN = {"starts_at": "2026-10-29T10:30"}


@pytest.fixture
def desk(transaction: Transaction) -> Desk:
    return Desk(transaction)


def set_by_staff(desk: Desk, at: datetime, **values: object) -> None:
    with desk.transaction() as session:
        session.execute(update(Appointment).values(staff_status_at=at, **values))


def test_a_row_becomes_a_visit(desk: Desk) -> None:
    assert desk.tell({"status": "confirmed", "booked_at": "2026-10-01T12:00Z", "room": "blue"}) == [NEW]

    visit = desk.visit()
    assert (visit.status, visit.confirmed, visit.person_id) == ("booked", True, desk.patient().id)
    assert visit.starts_at == datetime(2026, 10, 28, 14, 30, tzinfo=UTC)
    assert (visit.starts_local, visit.time_zone) == (datetime.fromisoformat("2026-10-28T10:30"), "America/New_York")
    assert (visit.given_as_instant, visit.duration) == (False, timedelta(minutes=45))
    assert (visit.booked_at, visit.first_seen_at) == (datetime(2026, 10, 1, 12, tzinfo=UTC), NOW)
    assert desk.facts() == {"room": "blue"}


def test_a_start_given_as_an_instant_is_kept_as_one(desk: Desk) -> None:
    desk.tell({"starts_at": "2026-10-28T10:30-04:00"})

    assert desk.visit().given_as_instant


def test_another_location_keeps_the_wall_time_and_changes_the_instant(desk: Desk) -> None:
    desk.tell({})

    assert desk.tell({"location": "lakeside"}) == [MOVED]

    visit = desk.visit()
    assert (visit.time_zone, visit.starts_local) == ("America/Chicago", datetime.fromisoformat("2026-10-28T10:30"))
    assert visit.starts_at == datetime(2026, 10, 28, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "status", "column"),
    [
        ("checked-in", "arrived", "arrived_at"),
        ("completed", "fulfilled", "fulfilled_at"),
        ("canceled", "cancelled", "cancelled_at"),
        ("no-show", "noshow", "noshow_at"),
    ],
)
def test_a_status_was_reached_when_the_source_says_so(desk: Desk, told: str, status: str, column: str) -> None:
    desk.tell(AT_NINE)

    desk.tell(AT_TEN | {"status": told})

    visit = desk.visit()
    assert (visit.status, getattr(visit, column)) == (status, MONDAY.replace(hour=10))


def test_a_status_without_a_time_was_reached_now(desk: Desk) -> None:
    desk.tell({})
    desk.step_to(NOW + timedelta(hours=1))

    desk.tell({"status": "arrived"})

    assert desk.visit().arrived_at == NOW + timedelta(hours=1)


def test_a_status_told_again_was_reached_when_it_was_first_told(desk: Desk) -> None:
    desk.tell(AT_NINE | {"status": "completed"})

    assert desk.tell(AT_TEN | {"status": "completed"}) == [UNCHANGED]

    assert desk.visit().fulfilled_at == MONDAY.replace(hour=9)


def test_a_cancelled_visit_tells_by_whom(desk: Desk) -> None:
    desk.tell({"appointment_id": "A1"}, {"appointment_id": "A2"}, {"appointment_id": "A3"})

    told = desk.tell(
        {"appointment_id": "A1", "status": "cancelled", "cancelled_by": "patient"},
        {"appointment_id": "A2", "status": "cancelled", "cancelled_by": ""},
        {"appointment_id": "A3"},
    )

    assert told == [CANCELLED, CANCELLED, UNCHANGED]
    assert [desk.visit(name).cancelled_by for name in ("A1", "A2", "A3")] == ["patient", "clinic", None]


def test_who_cancelled_stays_known_to_a_file_without_that_column(desk: Desk) -> None:
    desk.tell({"status": "cancelled", "cancelled_by": "patient"})

    desk.tell({"status": "cancelled", "duration_minutes": "50"})

    assert desk.visit().cancelled_by == "patient"


def test_a_cancelled_visit_that_is_booked_again_is_not_cancelled_any_more(desk: Desk) -> None:
    desk.tell({"status": "cancelled", "cancelled_by": "patient"})

    assert desk.tell({"status": "booked", "cancelled_by": ""}) == [CHANGED]

    visit = desk.visit()
    assert (visit.status, visit.cancelled_by, visit.cancelled_at) == ("booked", None, None)


def test_an_older_import_does_not_overwrite_a_status_that_staff_set(desk: Desk) -> None:
    desk.tell(AT_NINE)
    set_by_staff(desk, MONDAY.replace(hour=11), status="arrived")

    assert desk.tell(AT_TEN | ELSEWHEN | {"status": "cancelled"}) == [MOVED]

    assert desk.visit().status == "arrived"
    assert desk.visit().starts_local == datetime.fromisoformat("2026-10-29T10:30")


def test_a_newer_import_overwrites_a_status_that_staff_set(desk: Desk) -> None:
    desk.tell(AT_NINE)
    set_by_staff(desk, MONDAY.replace(hour=10), status="arrived")

    assert desk.tell(AT_ELEVEN) == [CHANGED]

    assert (desk.visit().status, desk.visit().staff_status_at) == ("booked", None)


def test_without_a_time_only_a_status_that_the_source_changed_overwrites_that_of_staff(desk: Desk) -> None:
    desk.tell({})
    set_by_staff(desk, NOW, status="arrived")

    assert desk.tell(ELSEWHEN) == [MOVED]
    assert desk.visit().status == "arrived"
    assert desk.tell(ELSEWHEN | {"status": "cancelled"}) == [CANCELLED]


@pytest.mark.parametrize(
    ("row", "confirmed"),
    [
        ({"updated_at": "2026-10-12T10:00Z"}, True),
        ({"starts_at": "2026-10-28T10:40"}, True),
        ({"starts_at": "2026-10-28T10:45"}, False),
        ({"starts_at": "2026-10-28T10:30-04:00", "location": "lakeside"}, False),
        ({"starts_at": "2026-10-28T10:45", "status": "confirmed"}, True),
    ],
)
def test_a_move_takes_back_a_yes_that_the_patient_gave_us(desk: Desk, row: dict[str, str], *, confirmed: bool) -> None:
    desk.tell({"updated_at": "2026-10-12T09:00Z"})
    with desk.transaction() as session:
        session.execute(update(Appointment).values(confirmed=True))

    desk.tell({"updated_at": "2026-10-12T10:00Z"} | row)

    assert desk.visit().confirmed is confirmed


def test_a_file_that_lacks_a_column_leaves_what_it_said(desk: Desk) -> None:
    desk.tell({"booked_at": "2026-10-01T12:00Z", "course": "iv-ketamine-course", "visit_number": "3", "room": "blue"})

    assert desk.tell(ELSEWHEN) == [MOVED]

    visit = desk.visit()
    assert visit.booked_at is not None
    assert visit.course_id is not None
    assert (visit.visit_number, desk.facts()) == (3, {"room": "blue"})


def test_an_empty_cell_takes_back_what_it_said(desk: Desk) -> None:
    said = {"booked_at": "2026-10-01T12:00Z", "course": "iv-ketamine-course", "visit_number": "3", "room": "blue"}
    desk.tell(said | {"plan": "ready"})

    assert desk.tell(dict.fromkeys(said, "") | {"plan": "ready"}) == [CHANGED]

    visit = desk.visit()
    assert (visit.booked_at, visit.course_id, visit.visit_number) == (None, None, None)
    assert desk.facts() == {"plan": "ready"}


def test_a_fact_that_changed_is_a_change(desk: Desk) -> None:
    desk.tell({"consent_form": "outstanding"})
    desk.paid()

    assert desk.tell({"consent_form": "signed"}) == [CHANGED]

    assert desk.facts() == {"consent_form": "signed"}
    assert desk.paid() == {desk.patient().id}
