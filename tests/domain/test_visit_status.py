from datetime import UTC, datetime

import pytest

from reminders.domain.visit_status import StatusRecord, reached_at, turn
from reminders.domain.words import VisitStatus

NINE, TEN, ELEVEN = (datetime(2026, 10, 12, hour, tzinfo=UTC) for hour in (9, 10, 11))


@pytest.mark.parametrize(
    ("status", "column"),
    [
        (VisitStatus.ARRIVED, "arrived_at"),
        (VisitStatus.FULFILLED, "fulfilled_at"),
        (VisitStatus.CANCELLED, "cancelled_at"),
        (VisitStatus.NOSHOW, "noshow_at"),
    ],
)
def test_a_status_is_reached_at_an_instant(status: VisitStatus, column: str) -> None:
    assert turn(None, status, at=TEN) == StatusRecord(status=status, **{column: TEN})


@pytest.mark.parametrize("status", list(VisitStatus))
def test_a_status_told_again_keeps_its_instant(status: VisitStatus) -> None:
    first = turn(None, status, at=TEN)

    assert turn(first, status, at=ELEVEN) is first


def test_a_fulfilled_visit_keeps_its_arrival_and_gets_it_back_when_put_back() -> None:
    arrived = turn(None, VisitStatus.ARRIVED, at=NINE)
    fulfilled = turn(arrived, VisitStatus.FULFILLED, at=TEN)

    assert (fulfilled.arrived_at, fulfilled.fulfilled_at) == (NINE, TEN)
    assert turn(fulfilled, VisitStatus.ARRIVED, at=ELEVEN) == arrived


def test_a_cancelled_visit_that_is_booked_again_was_never_cancelled() -> None:
    cancelled = turn(turn(None, VisitStatus.BOOKED, at=NINE), VisitStatus.CANCELLED, at=TEN)

    again = turn(cancelled, VisitStatus.BOOKED, at=ELEVEN)

    assert again == StatusRecord(status=VisitStatus.BOOKED)
    assert turn(again, VisitStatus.CANCELLED, at=ELEVEN).cancelled_at == ELEVEN


def test_a_status_is_reached_when_the_source_says_but_never_in_the_future() -> None:
    assert reached_at(NINE, TEN) == NINE
    assert reached_at(ELEVEN, TEN) == TEN
    assert reached_at(None, TEN) == TEN
