"""What the doorbells ring for: only where something waits, and ever more rarely while nothing gets better."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func

from reminders.pipeline.owing import (
    LONGEST_PAUSE,
    Doorbell,
    Sign,
    anything_to_ask,
    anything_to_plan,
    anything_to_settle,
)
from reminders.store.tables.messages import Message
from reminders.store.tables.visits import PlanningDebt
from tests.working_clinic import DUE, WorkingClinic

TICK = 0.5


def test_the_planner_is_rung_for_while_a_plan_is_owed(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    before = anything_to_plan(clinic.parts)
    clinic.owe(ana)
    owed = anything_to_plan(clinic.parts)

    clinic.plan()

    assert (before, owed is not None, anything_to_plan(clinic.parts)) == (None, True, None)


def test_another_debt_and_a_paid_one_change_the_sign(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient(), clinic.patient("Bea", phone="+13125550143")
    clinic.owe(ana)
    one = anything_to_plan(clinic.parts)

    clinic.owe(bea)
    two = anything_to_plan(clinic.parts)
    clinic.owe(ana)

    assert len({one, two, anything_to_plan(clinic.parts)}) == 3


def test_a_plan_that_failed_is_not_rung_for_before_its_next_try(clinic: WorkingClinic) -> None:
    clinic.owe(clinic.patient())

    clinic.set(PlanningDebt, owed_at=func.clock_timestamp() + timedelta(seconds=30))

    assert anything_to_plan(clinic.parts) is None


def test_the_settler_is_rung_for_while_a_receipt_waits(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    before = anything_to_settle(clinic.parts)
    clinic.receipt(message_id, "delivered")
    waits = anything_to_settle(clinic.parts)

    clinic.settle()

    assert (before, waits is not None, anything_to_settle(clinic.parts)) == (None, True, None)


@pytest.mark.parametrize(("ahead", "rings"), [(timedelta(seconds=-1), True), (timedelta(minutes=1), False)])
def test_a_provider_is_asked_when_it_is_time(clinic: WorkingClinic, ahead: timedelta, rings: bool) -> None:  # noqa: FBT001
    message_id = clinic.reminder()
    clinic.send_at(DUE)

    clinic.set(Message, Message.id == message_id, check_at=func.clock_timestamp() + ahead)

    assert (anything_to_ask(clinic.parts) is not None) is rings


def rings(clinic: WorkingClinic, signs: Sequence[Sign]) -> list[float]:
    """Return after how many seconds a doorbell rings that finds *signs*, one at each tick."""
    rung: list[float] = []
    waiting, now = iter(signs), [0.0]
    bell = Doorbell(
        lambda _parts: next(waiting), clinic.parts, lambda: rung.append(now[0]), clock=lambda: 1000 + now[0]
    )
    for number in range(len(signs)):
        now[0] = number * TICK
        bell.look()
    return rung


def test_what_stays_is_rung_for_ever_more_rarely(clinic: WorkingClinic) -> None:
    assert rings(clinic, [("ana",)] * 121) == [0, 0.5, 1, 2, 4, 8, 16, 31, 46]
    assert LONGEST_PAUSE == 15


def test_what_is_new_is_rung_for_at_once(clinic: WorkingClinic) -> None:
    assert rings(clinic, [("ana",)] * 11 + [("ana", "bea")] * 3) == [0, 0.5, 1, 2, 4, 5.5, 6, 6.5]


def test_what_comes_after_a_silence_is_rung_for_at_once(clinic: WorkingClinic) -> None:
    assert rings(clinic, [("ana",)] * 5 + [None] * 2 + [("ana",)] * 2) == [0, 0.5, 1, 2, 3.5, 4]
