"""What became of the rows that stand."""

from dataclasses import replace

import pytest

from reminders.domain.facts import Standing
from reminders.domain.history import History
from reminders.domain.states import State
from tests.domain.planning_book import Book
from tests.domain.planning_clinic import OVERVIEW, PREP, at, facts, named, protocol, visit

MONDAY = at("2026-10-05 09:30")


def pair(carrier: State, **values: object) -> tuple[Standing, Standing]:
    """Return a carrier in a state, and what rides in it."""
    book = Book((protocol(OVERVIEW, PREP),))
    book.plan(facts(visit("2026-10-14 10:30")), MONDAY)
    first = replace(book.one("prep"), state=carrier, **values)  # type: ignore[arg-type]
    return first, replace(book.one("overview"), state=State.MERGED, carrier_id=first.id)


@pytest.mark.parametrize(
    ("carrier", "fate"),
    [
        (State.SCHEDULED, State.MERGED),
        (State.QUEUED, State.MERGED),
        (State.SENDING, State.SENDING),
        (State.UNKNOWN, State.UNKNOWN),
        (State.SENT, State.SENT),
        (State.DELIVERED, State.DELIVERED),
        (State.UNDELIVERED, State.UNDELIVERED),
        (State.SUPPRESSED, State.SCHEDULED),
        (State.EXPIRED, State.SCHEDULED),
        (State.CANCELLED, State.SCHEDULED),
        (State.PARKED, State.SCHEDULED),
    ],
)
def test_a_rider_shares_the_fate_of_its_carrier_and_is_free_where_that_fell(carrier: State, fate: State) -> None:
    first, rider = pair(carrier)

    assert History([first, rider]).fate(rider) is fate


def test_a_parked_message_that_a_provider_was_given_may_have_gone_and_so_may_its_riders() -> None:
    first, rider = pair(State.PARKED, launched_at=MONDAY)
    history = History([first, rider])

    assert (history.fate(first), history.fate(rider)) == (State.UNKNOWN, State.UNKNOWN)


def test_a_rider_whose_carrier_is_not_at_hand_counts_as_sent() -> None:
    _, rider = pair(State.DELIVERED)

    assert History([rider]).fate(rider) is State.SENT


def test_a_rider_was_told_when_its_carrier_went() -> None:
    first, rider = pair(State.DELIVERED, launched_at=at("2026-10-13 17:02"))

    assert History([first, rider]).told_at(rider) == at("2026-10-13 17:02")


def test_the_newest_row_that_a_plan_may_change_is_found_by_its_place() -> None:
    first, _ = pair(State.SCHEDULED)
    older = replace(first, id=named("older"), state=State.DELIVERED)
    newer = replace(first, id=named("newer"), occurrence=2)
    history = History([newer, older])

    assert history.unsent(first.slot) == newer
    assert [row.id for row in history.rows(first.slot)] == [older.id, newer.id]
