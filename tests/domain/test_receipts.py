"""Every message status of Twilio, and what it reports."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.rest.api.v2010.account.message import MessageInstance

from reminders.domain.receipts import TWILIO_STATUSES, Report, read_twilio
from reminders.domain.states import State, settle

PUBLISHED = {value for name, value in vars(MessageInstance.Status).items() if name.isupper()}


def test_every_status_that_twilio_publishes_is_mapped_and_no_other() -> None:
    assert set(TWILIO_STATUSES) == PUBLISHED
    assert len(PUBLISHED) == 13


@pytest.mark.parametrize(
    ("status", "state", "is_final"),
    [
        ("accepted", State.SENT, False),
        ("queued", State.SENT, False),
        ("sending", State.SENT, False),
        ("sent", State.SENT, False),
        ("partially_delivered", State.SENT, False),
        ("delivered", State.DELIVERED, True),
        ("read", State.DELIVERED, True),
        ("undelivered", State.UNDELIVERED, True),
        ("failed", State.UNDELIVERED, True),
        ("canceled", State.UNDELIVERED, True),
        ("received", None, False),
    ],
)
def test_a_status_reports(status: str, state: State | None, *, is_final: bool) -> None:
    report = read_twilio(status)

    assert (report.state, report.is_final, report.known) == (state, is_final, True)


@pytest.mark.parametrize("status", ["", "teleported", "de livered"])
def test_a_status_that_we_do_not_know_changes_nothing_and_says_so(status: str) -> None:
    assert read_twilio(status) == Report(state=None, rank=-1, known=False)


def test_case_and_blanks_do_not_matter() -> None:
    assert read_twilio(" Delivered ") == read_twilio("delivered")


@pytest.mark.parametrize("order", list(permutations(["queued", "sending", "sent", "delivered"])))
def test_receipts_in_any_order_end_delivered(order: tuple[str, ...]) -> None:
    state = State.UNKNOWN

    for status in order:
        reported = read_twilio(status).state
        assert reported is not None
        state = settle(state, reported)

    assert state is State.DELIVERED


def test_the_ranks_follow_the_life_of_a_text() -> None:
    ranks = [read_twilio(status).rank for status in ("accepted", "queued", "sending", "sent", "delivered", "read")]

    assert ranks == sorted(set(ranks))


@given(st.text())
def test_no_status_is_beyond_reading(status: str) -> None:
    assert read_twilio(status).known == (status.strip().lower() in PUBLISHED)
