"""Which of several schedulers works: one, and another soon after it is gone."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func
from sqlalchemy.exc import OperationalError

from reminders.pipeline.leadership import Leadership
from reminders.pipeline.parts import Parts
from reminders.pipeline.times import Times
from reminders.store.engine import connect, transactions
from reminders.store.tables.machinery import Lease
from tests.clinics import parts_for
from tests.suspending import suspend
from tests.waiting import until
from tests.working_clinic import WorkingClinic


def scheduler(parts: Parts, name: str, ticks: list[str]) -> tuple[Leadership, Callable[[], None]]:
    """Return a scheduler's leadership and its only job, which notes whose it was."""
    leader = Leadership(parts, holder=name)
    return leader, leader.guard(lambda: ticks.append(name), "note")


def test_of_two_schedulers_one_works(clinic: WorkingClinic) -> None:
    ticks: list[str] = []
    (a, tick_a), (b, tick_b) = (scheduler(clinic.parts, name, ticks) for name in "ab")

    for step in (a.renew, b.renew, tick_a, tick_b, a.renew, b.renew, tick_a, tick_b):
        step()

    assert ticks == ["a", "a"]


def test_two_schedulers_that_their_machines_call_alike_do_not_both_work(clinic: WorkingClinic) -> None:
    ticks: list[str] = []
    (one, tick_one), (other, tick_other) = (scheduler(clinic.parts, "node:1", ticks) for _ in range(2))

    for step in (one.renew, other.renew, tick_one, tick_other, other.resign, tick_one, one.renew, tick_one):
        step()

    assert len(ticks) == 3


def test_before_it_asked_a_scheduler_does_nothing(clinic: WorkingClinic) -> None:
    ticks: list[str] = []
    _, tick = scheduler(clinic.parts, "a", ticks)

    tick()

    assert ticks == []


def test_when_the_leader_is_gone_the_other_takes_over_after_the_lease(clinic: WorkingClinic) -> None:
    ticks: list[str] = []
    (a, _), (b, tick_b) = (scheduler(clinic.parts, name, ticks) for name in "ab")
    a.renew()
    clinic.set(Lease, Lease.name == "scheduler", until=func.clock_timestamp() - timedelta(milliseconds=1))

    b.renew()
    tick_b()

    assert ticks == ["b"]


def test_a_leader_that_slept_finds_that_it_lost(clinic: WorkingClinic) -> None:
    ticks: list[str] = []
    (a, tick_a), (b, _) = (scheduler(clinic.parts, name, ticks) for name in "ab")
    a.renew()
    clinic.set(Lease, Lease.name == "scheduler", until=func.clock_timestamp() - timedelta(milliseconds=1))
    b.renew()

    a.renew()
    tick_a()

    assert ticks == []


def test_a_leader_that_wakes_after_its_lease_does_nothing_even_before_it_asks_again(clinic: WorkingClinic) -> None:
    ticks: list[str] = []
    parts = replace(clinic.parts, times=Times().scaled(0.1))
    leader, tick = scheduler(parts, "a", ticks)
    leader.renew()
    tick()
    asleep_until = time.monotonic() + 0.5

    until(lambda: time.monotonic() > asleep_until)
    tick()

    assert ticks == ["a"]


def test_a_leader_whose_machine_was_suspended_does_nothing_before_it_asks_again(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks: list[str] = []
    leader, tick = scheduler(clinic.parts, "a", ticks)
    leader.renew()
    tick()

    suspend(monkeypatch, clinic.parts.times.leadership)
    tick()
    leader.renew()
    tick()

    assert ticks == ["a", "a"]


def test_who_resigned_works_no_more(clinic: WorkingClinic) -> None:
    ticks: list[str] = []
    leader, tick = scheduler(clinic.parts, "a", ticks)
    leader.renew()

    leader.resign()
    tick()

    assert ticks == []


def test_who_resigns_makes_room_at_once(clinic: WorkingClinic) -> None:
    ticks: list[str] = []
    (a, _), (b, tick_b) = (scheduler(clinic.parts, name, ticks) for name in "ab")
    a.renew()

    a.resign()
    b.renew()
    tick_b()

    assert ticks == ["b"]


@pytest.mark.parametrize(("factor", "renewal"), [(1, 1), (0.2, 0.2), (0.01, 0.1)])
def test_a_lease_is_renewed_several_times_before_it_ends(clinic: WorkingClinic, factor: float, renewal: float) -> None:
    parts = replace(clinic.parts, times=Times().scaled(factor))

    leader = Leadership(parts, holder="a")

    assert leader.renewal == timedelta(seconds=renewal)


def test_without_the_database_nobody_leads_and_nothing_breaks() -> None:
    nowhere = connect("postgresql+psycopg://nobody@/nothing?host=/nowhere")
    ticks: list[str] = []
    leader, tick = scheduler(parts_for(transactions(nowhere)), "a", ticks)

    leader.renew()
    tick()
    leader.resign()

    assert ticks == []


@pytest.mark.parametrize("lost", [ConnectionRefusedError(), OperationalError("select 1", {}, Exception())])
def test_a_job_that_cannot_reach_database_or_broker_is_tried_again_at_the_next_tick(
    clinic: WorkingClinic, lost: Exception
) -> None:
    asked: list[int] = []

    def step() -> None:
        asked.append(1)
        raise lost

    leader = Leadership(clinic.parts, holder="a")
    leader.renew()
    tick = leader.guard(step, "fail")

    tick()
    tick()

    assert len(asked) == 2


def test_a_fault_of_ours_is_not_hidden(clinic: WorkingClinic) -> None:
    leader = Leadership(clinic.parts, holder="a")
    leader.renew()

    with pytest.raises(ZeroDivisionError):
        leader.guard(lambda: 1 // 0, "divide")()
