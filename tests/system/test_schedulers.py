"""Several schedulers: one works, another takes over in seconds, and one that was frozen does no harm when it wakes."""

import os
import signal
import time
from collections import Counter

import pytest
from sqlalchemy import select

from reminders.domain.states import State
from reminders.pipeline.times import Times
from reminders.store.tables.machinery import Lease, Outage
from reminders.store.tables.messages import Message
from tests.system.plant import Plant, wait_until
from tests.system.provider import Provider
from tests.working_clinic import DUE

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

NAMES = ("first", "second")
SLACK = 2.0
"""Seconds that a busy machine may add."""


def leader(plant: Plant) -> int:
    """Return the process that leads now; 0: none."""
    holder: str | None = plant.clinic.scalar(select(Lease.holder).where(Lease.name == "scheduler"))
    return int(holder.split(":")[1]) if holder else 0


def term(plant: Plant) -> int:
    found: int = plant.clinic.scalar(select(Lease.term))
    return found


def start_both(plant: Plant) -> int:
    """Start two schedulers, and wait until one leads and the other knows that it does not; return the leader."""
    for name in NAMES:
        plant.scheduler(name)
    wait_until(lambda: sorted(bool("scheduler.leads" in plant.log(name)) for name in NAMES) == [False, True])
    wait_until(lambda: leader(plant))
    return leader(plant)


def test_when_the_leader_is_killed_another_leads_soon_after_its_lease(plant: Plant) -> None:
    killed = start_both(plant)

    os.kill(killed, signal.SIGKILL)
    began = time.monotonic()
    wait_until(lambda: leader(plant) != killed)
    seconds = time.monotonic() - began

    lease = Times().leadership.total_seconds()
    assert seconds <= lease + lease / 5 + SLACK
    assert plant.clinic.scalar(select(Outage.id)) is None


def test_a_frozen_leader_loses_the_lead_and_does_no_harm_when_it_wakes(plant: Plant, provider: Provider) -> None:
    plant.hurry()
    plant.clinic.reminders(20)
    frozen = start_both(plant)
    plant.worker()
    os.kill(frozen, signal.SIGSTOP)
    wait_until(lambda: leader(plant) != frozen)
    terms = term(plant)

    plant.clinic.clock(DUE)
    os.kill(frozen, signal.SIGCONT)
    wait_until(lambda: any("scheduler.waits" in plant.log(name) for name in NAMES))
    wait_until(lambda: {row.state for row in plant.clinic.messages(Message.rule == "reminder")} == {State.SENT})

    assert leader(plant) != frozen
    assert term(plant) == terms
    assert sorted(Counter(provider.took).values()) == [1] * 20
