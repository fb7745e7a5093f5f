"""A STOP that was only found in the provider's list: it binds, and is confirmed within five minutes or not at all."""

from datetime import datetime, timedelta

import pytest

from reminders.domain.notices import OPT_OUT_ANSWER
from reminders.domain.states import State
from reminders.store.now import read
from tests.pipeline.hearing.telephone import Telephone, answers
from tests.working_clinic import WorkingClinic

MINUTE = timedelta(minutes=1)


def written(clinic: WorkingClinic, ago: timedelta) -> datetime:
    """Return the instant *ago* by the provider's clock, which is the machine's."""
    with clinic.parts.transaction() as session:
        return read(session).machine_at - ago


@pytest.mark.parametrize("minutes", [0, 2, 4])
def test_a_stop_that_is_found_in_time_is_confirmed(clinic: WorkingClinic, ana: Telephone, minutes: int) -> None:
    ana.writes("STOP", was_listed=True, written_at=written(clinic, minutes * MINUTE))

    (text,) = clinic.send_due()

    assert "START" in text
    (row,) = answers(clinic)
    left = row.useful_until - clinic.now_at
    assert (5 - minutes) * MINUTE - timedelta(seconds=30) < left <= (5 - minutes) * MINUTE


@pytest.mark.parametrize("minutes", [5, 90])
def test_a_stop_that_is_found_later_binds_and_is_not_confirmed(
    clinic: WorkingClinic, ana: Telephone, minutes: int
) -> None:
    ana.writes("STOP", was_listed=True, written_at=written(clinic, minutes * MINUTE))

    assert clinic.send_due() == []
    clinic.sweep()

    assert ana.address.opted_out_at is not None
    assert [(row.rule, row.state, row.reason) for row in answers(clinic)] == [
        (OPT_OUT_ANSWER, State.EXPIRED, "too_late")
    ]


def test_a_confirmation_that_had_to_wait_is_not_sent_hours_later(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("STOP", was_listed=True, written_at=written(clinic, MINUTE))
    clinic.clock_to(clinic.now_at + timedelta(hours=3))

    assert clinic.send_due() == []


def test_a_providers_clock_that_is_ahead_gives_no_more_than_five_minutes(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("STOP", was_listed=True, written_at=written(clinic, -MINUTE))

    (row,) = answers(clinic)
    assert row.useful_until == clinic.now_at + 5 * MINUTE


def test_another_answer_may_come_hours_later(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("Y", was_listed=True, written_at=written(clinic, 90 * MINUTE))

    assert len(clinic.send_due()) == 1
