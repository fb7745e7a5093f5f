"""A broker that goes away, comes back, and comes back without what it had been given."""

from collections import Counter

import pytest

from reminders.domain.states import State
from reminders.pipeline.times import WAVE
from reminders.store.tables.messages import Message
from tests.system.plant import Plant, wait_until
from tests.system.provider import Provider
from tests.working_clinic import DUE

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

REMINDERS = Message.rule == "reminder"


def states(plant: Plant) -> Counter[str]:
    return Counter(row.state for row in plant.clinic.messages(REMINDERS))


def crashes(plant: Plant) -> Counter[int]:
    return Counter(row.crashes for row in plant.clinic.messages(REMINDERS))


def test_what_a_broker_forgets_goes_when_its_leases_are_out_and_counts_as_no_death(
    plant: Plant, provider: Provider
) -> None:
    plant.clinic.reminders(30)
    plant.hurry()
    plant.scheduler()
    plant.clinic.clock(DUE)
    wait_until(lambda: plant.waiting("send.routine"))
    plant.kill_broker()

    wait_until(lambda: states(plant) == {State.SCHEDULED: 30})
    wait_until(lambda: "tick.failed" in plant.log("scheduler"))
    counted = crashes(plant)
    plant.start_broker()
    plant.worker()
    wait_until(lambda: states(plant) == {State.SENT: 30})

    assert (counted, crashes(plant)) == ({0: 30}, {0: 30})
    assert sorted(Counter(provider.took).values()) == [1] * 30


def test_a_worker_that_waits_or_works_while_its_broker_restarts_goes_on(plant: Plant, provider: Provider) -> None:
    worker = plant.worker()
    plant.scheduler()
    plant.clinic.reminders(WAVE + 10)
    wait_until(lambda: plant.clients() > 2)
    plant.kill_broker()
    plant.start_broker()
    provider.close_gate()
    plant.clinic.clock(DUE)
    wait_until(lambda: len(provider.took) == WAVE)

    plant.kill_broker()
    plant.start_broker()
    provider.open_gate()
    wait_until(lambda: states(plant) == {State.SENT: WAVE + 10})
    plant.clinic.reminder("Late", phone="+13125559998")
    wait_until(lambda: states(plant) == {State.SENT: WAVE + 11})

    assert worker.is_running
    assert sorted(Counter(provider.took).values()) == [1] * (WAVE + 11)
