"""The two clocks: machine time always runs; clinic time is the same, or stands until somebody moves it."""

from datetime import timedelta

import pytest

from reminders.domain.errors import RefusedError
from reminders.store.engine import Transaction
from reminders.store.now import read, start_stepped, step_to
from tests.domain.planning_clinic import at

MORNING = at("2026-10-01 09:00")


def test_on_the_systems_clock_both_times_are_one(transaction: Transaction) -> None:
    with transaction() as session:
        now = read(session)

    assert now.clinic_at == now.machine_at


def test_machine_time_runs_on_within_a_transaction(transaction: Transaction) -> None:
    with transaction() as session:
        first, second = read(session), read(session)

    assert second.machine_at > first.machine_at


def test_a_stepped_clock_stands_until_it_is_moved(transaction: Transaction) -> None:
    with transaction() as session:
        start_stepped(session, MORNING)

    with transaction() as session:
        step_to(session, MORNING + timedelta(hours=1))
        assert read(session).clinic_at == MORNING + timedelta(hours=1)


def test_a_stepped_clock_that_stands_is_not_started_again(transaction: Transaction) -> None:
    with transaction() as session:
        start_stepped(session, MORNING)
        start_stepped(session, MORNING - timedelta(days=1))

        assert read(session).clinic_at == MORNING


def test_a_stepped_clock_never_goes_back(transaction: Transaction) -> None:
    with transaction() as session:
        start_stepped(session, MORNING)

        with pytest.raises(RefusedError, match="never goes back") as refused:
            step_to(session, MORNING - timedelta(seconds=1))

    assert refused.value.code == "clock_backward"


def test_the_systems_clock_cannot_be_set(transaction: Transaction) -> None:
    with transaction() as session, pytest.raises(RefusedError, match="REMINDERS_CLOCK") as refused:
        step_to(session, MORNING)

    assert refused.value.code == "clock_system"
