"""What rows tell about patients, and who drives them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from reminders.domain.taken import Change
from reminders.store.engine import Transaction
from reminders.store.tables.people import Address, ContactPoint, Person
from reminders.store.tables.visits import Driver
from tests.intakes import NOW, Desk

NEW, MOVED, CANCELLED, CHANGED, UNCHANGED, OLDER = Change

ONE, TWO = {"appointment_id": "A1"}, {"appointment_id": "A2"}
BO = {"driver_name": "Bo Lee", "driver_phone": "312 555 0143"}
CY = {"driver_name": "Cy Lee", "driver_phone": "312 555 0144"}
NOBODY = {"driver_name": "", "driver_phone": ""}


@pytest.fixture
def desk(transaction: Transaction) -> Desk:
    return Desk(transaction)


def last_name(desk: Desk) -> str | None:
    return desk.opened(desk.patient(), "last_name")


def test_a_patient_is_known_by_the_id_of_the_source(desk: Desk) -> None:
    told = {"birth_date": "1984-03-31", "language": "es", "time_zone": "America/Denver", "emergency_name": "Cy"}

    desk.tell(ONE | told, TWO | told)

    patient = desk.patient()
    names = [desk.opened(patient, column) for column in ("first_name", "last_name", "birth_date", "emergency_name")]
    assert names == ["Ana", "Lee", "1984-03-31", "Cy"]
    assert (patient.kind, patient.language, patient.time_zone) == ("patient", "es", "America/Denver")
    assert desk.count(Person) == 1


def test_a_change_of_a_name_alone_is_a_change(desk: Desk) -> None:
    desk.tell(ONE)
    desk.paid()

    assert desk.tell(ONE | {"last_name": "Ray"}) == [CHANGED]

    assert last_name(desk) == "Ray"
    assert desk.paid() == {desk.patient().id}


def test_a_language_that_no_column_tells_stays(desk: Desk) -> None:
    desk.tell(ONE | {"language": "es"})

    desk.tell(TWO)

    assert desk.patient().language == "es"


def test_of_two_rows_the_one_with_the_later_time_is_right(desk: Desk) -> None:
    later = ONE | {"updated_at": "2026-10-12T10:00Z", "last_name": "Ray"}
    earlier = TWO | {"updated_at": "2026-10-12T09:00Z", "last_name": "Lee"}

    desk.tell(later, earlier)

    assert last_name(desk) == "Ray"
    assert desk.patient().source_updated_at == datetime(2026, 10, 12, 10, tzinfo=UTC)


def test_of_two_rows_without_a_time_the_one_below_is_right(desk: Desk) -> None:
    desk.tell(ONE | {"last_name": "Ray"}, TWO | {"last_name": "Lee"})

    assert last_name(desk) == "Lee"


def test_what_one_row_said_before_does_not_undo_what_another_says_now(desk: Desk) -> None:
    desk.tell(ONE, TWO)

    told = desk.tell(ONE | {"last_name": "Ray"}, TWO)

    assert told == [CHANGED, UNCHANGED]
    assert last_name(desk) == "Ray"


def test_a_change_is_taken_from_a_visit_that_stands_still_though_a_later_row_was_seen(desk: Desk) -> None:
    planned = ONE | {"updated_at": "2026-10-02T10:00Z"}
    desk.tell(planned, TWO | {"updated_at": "2026-10-12T10:00Z", "status": "completed"})

    assert desk.tell(planned | {"phone": "312 555 0199"}) == [CHANGED]

    assert desk.reached_at(desk.patient()) == "+13125550199"


def test_a_new_phone_is_another_address(desk: Desk) -> None:
    desk.tell(ONE)
    before = desk.point(desk.patient())

    assert desk.tell(ONE | {"phone": "312 555 0199"}) == [CHANGED]

    after = desk.point(desk.patient())
    assert (after.id, desk.reached_at(desk.patient())) == (before.id, "+13125550199")
    assert after.address_id != before.address_id
    assert after.consented


def test_an_old_phone_given_again_is_the_old_address(desk: Desk) -> None:
    desk.tell(ONE)
    before = desk.point(desk.patient()).address_id

    desk.tell(ONE | {"phone": "312 555 0199"})
    desk.tell(ONE)

    assert desk.point(desk.patient()).address_id == before


def test_a_phone_that_is_taken_back_leaves_no_address(desk: Desk) -> None:
    desk.tell(ONE)

    desk.tell(ONE | {"phone": ""})

    assert desk.reached_at(desk.patient()) is None
    assert desk.reached_at(desk.patient(), "email") == "ana@example.com"


def test_two_patients_may_share_a_phone(desk: Desk) -> None:
    desk.tell(ONE | {"patient_id": "P1"}, TWO | {"patient_id": "P2", "email": "eva@example.com"})

    first, second = desk.patient("P1"), desk.patient("P2")
    assert desk.point(first).address_id == desk.point(second).address_id
    assert desk.point(first, "email").address_id != desk.point(second, "email").address_id
    assert desk.count(Address) == 3


def test_an_address_known_dead_stays_dead(desk: Desk) -> None:
    desk.tell(ONE)
    with desk.transaction() as session:
        session.execute(update(Address).values(dead_at=NOW, dead_because="30003"))

    desk.tell(ONE | {"phone": "312 555 0199"})
    desk.tell(ONE)

    assert desk.address(desk.point(desk.patient()).address_id).dead_at == NOW


def test_a_driver_is_listed_without_consent(desk: Desk) -> None:
    desk.tell(ONE | BO)

    found = desk.driver("A1")
    assert found is not None
    place, bo = found
    assert (place.state, bo.kind, bo.patient_id) == ("listed", "driver", desk.patient().id)
    assert (desk.opened(bo, "first_name"), desk.opened(bo, "last_name")) == ("Bo", "Lee")
    assert desk.reached_at(bo) == "+13125550143"
    assert not desk.point(bo).consented
    assert [entry for entry in desk.entries() if entry[2]] == [("sms", "visits", True)]


def test_a_driver_of_two_visits_is_one_person_and_of_two_patients_two(desk: Desk) -> None:
    desk.tell(ONE | BO, TWO | BO, BO | {"appointment_id": "A3", "patient_id": "P2"})

    drivers = [desk.driver(name) for name in ("A1", "A2", "A3")]

    persons = [found[1].id for found in drivers if found]
    assert persons[0] == persons[1] != persons[2]
    assert desk.count(Person) == 4


def test_another_driver_takes_the_place_of_the_first(desk: Desk) -> None:
    desk.tell(ONE | BO)
    desk.paid()

    assert desk.tell(ONE | CY) == [CHANGED]

    found = desk.driver("A1")
    assert found is not None
    assert desk.reached_at(found[1]) == "+13125550144"
    assert desk.paid() == {desk.patient().id}
    assert desk.count(Driver) == 1


def test_a_driver_who_comes_back_is_the_same_person(desk: Desk) -> None:
    desk.tell(ONE | BO)
    first = desk.driver("A1")

    desk.tell(ONE | CY)
    desk.tell(ONE | BO)

    again = desk.driver("A1")
    assert first is not None
    assert again is not None
    assert again[1].id == first[1].id


def test_a_driver_may_be_taken_back(desk: Desk) -> None:
    desk.tell(ONE | BO)

    assert desk.tell(ONE | NOBODY) == [CHANGED]
    assert desk.tell(ONE | NOBODY | {"duration_minutes": "50"}) == [CHANGED]

    assert desk.driver("A1") is None


def test_a_driver_with_another_name_is_the_same_person(desk: Desk) -> None:
    desk.tell(ONE | BO)

    assert desk.tell(ONE | BO | {"driver_name": "Robert van Lee"}) == [CHANGED]

    found = desk.driver("A1")
    assert found is not None
    assert (desk.opened(found[1], "first_name"), desk.opened(found[1], "last_name")) == ("Robert van", "Lee")
    assert desk.count(Person) == 2


@pytest.mark.parametrize(
    ("named", "first_name", "points"), [({"driver_name": "Bo"}, "Bo", 2), ({"driver_phone": "312 555 0143"}, "", 3)]
)
def test_a_driver_may_have_a_name_or_a_phone_alone(
    desk: Desk, named: dict[str, str], first_name: str, points: int
) -> None:
    desk.tell(ONE | named)

    found = desk.driver("A1")
    assert found is not None
    assert desk.opened(found[1], "first_name") == first_name
    assert desk.count(ContactPoint) == points


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"starts_at": "2026-10-28T10:40"}, "yes"),
        ({"starts_at": "2026-10-28T10:45"}, "listed"),
        ({"updated_at": "2026-10-12T10:00Z"}, "yes"),
        (CY, "listed"),
    ],
)
def test_a_drivers_yes_stands_until_the_visit_is_moved_or_another_drives(
    desk: Desk, row: dict[str, str], state: str
) -> None:
    desk.tell(ONE | BO)
    with desk.transaction() as session:
        session.execute(update(Driver).values(state="yes", said_at=NOW))

    desk.tell(ONE | BO | row)

    found = desk.driver("A1")
    assert found is not None
    assert (found[0].state, found[0].said_at) == (state, NOW if state == "yes" else None)
