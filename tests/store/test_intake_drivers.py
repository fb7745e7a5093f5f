"""What an import leaves of what patient and driver said: a move voids a yes, another driver inherits nothing."""

import pytest
from sqlalchemy import update

from reminders.store.engine import Transaction
from reminders.store.tables.visits import Driver
from tests.intakes import NOW, Desk

BO = {"driver_name": "Bo Lee", "driver_phone": "312 555 0143"}
CY = {"driver_name": "Cy Lee", "driver_phone": "312 555 0144"}
MOVED = {"starts_at": "2026-10-28T12:00"}
CANCELLED = {"status": "cancelled"}


@pytest.fixture
def desk(transaction: Transaction) -> Desk:
    return Desk(transaction)


def standing(desk: Desk, row: dict[str, str], **columns: object) -> tuple[str, object] | None:
    """Return state and agreement of the driver after *row*, where *columns* stood before."""
    desk.tell(BO)
    with desk.transaction() as session:
        session.execute(update(Driver).values(**{"agreed_at": NOW, **columns}))
    desk.tell(BO | row)
    found = desk.driver("A1")
    return (found[0].state, found[0].agreed_at) if found else None


@pytest.mark.parametrize("row", [MOVED, CANCELLED])
@pytest.mark.parametrize("state", ["asked", "yes"])
def test_a_move_or_a_cancel_voids_what_the_driver_said_but_not_that_they_may_be_asked(
    desk: Desk, state: str, row: dict[str, str]
) -> None:
    assert standing(desk, row, state=state) == ("listed", NOW)


@pytest.mark.parametrize("row", [MOVED, CANCELLED])
def test_who_cannot_drive_is_not_asked_again_by_a_move(desk: Desk, row: dict[str, str]) -> None:
    assert standing(desk, row, state="no") == ("no", NOW)


@pytest.mark.parametrize("row", [CY, CY | MOVED])
def test_another_driver_inherits_no_agreement(desk: Desk, row: dict[str, str]) -> None:
    assert standing(desk, row, state="yes") == ("listed", None)


@pytest.mark.parametrize("row", [{}, {"room": "b"}, {"driver_name": "Robert Lee"}])
def test_a_row_without_news_of_the_ride_leaves_everything(desk: Desk, row: dict[str, str]) -> None:
    assert standing(desk, row, state="yes") == ("yes", NOW)


def test_the_patients_word_of_whom_nobody_knows_goes_with_the_move(desk: Desk) -> None:
    desk.tell({})
    with desk.transaction() as session:
        place = Driver(clinic_id=desk.clinic_id, appointment_id=desk.visit().id, state="patient says so")
        session.add(place)

    desk.tell(MOVED)

    assert desk.driver("A1") is None
