"""Workers that are killed, stopped, or meet a message that kills them."""

import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from uuid import uuid4

import pytest

from reminders import tasks
from reminders.domain.states import State
from reminders.domain.words import Lane
from reminders.pipeline.parts import Publish
from reminders.pipeline.times import WAVE, Times
from reminders.store import key_marks
from reminders.store.tables.messages import Message
from tests.brokers import another_broker
from tests.clinics import VAULT
from tests.system import DEADLY_PATIENT
from tests.system.plant import Plant, wait_until
from tests.system.provider import Provider
from tests.working_clinic import DUE

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

REMINDERS = Message.rule == "reminder"


def states(plant: Plant) -> Counter[str]:
    return Counter(row.state for row in plant.clinic.messages(REMINDERS))


def test_a_killed_workers_batch_is_unknown_where_it_was_launched_and_goes_once_where_it_was_not(
    plant: Plant, provider: Provider
) -> None:
    plant.clinic.reminders(WAVE + 10)
    provider.close_gate()
    plant.hurry()
    plant.scheduler()
    worker = plant.worker()
    plant.clinic.clock(DUE)
    wait_until(lambda: len(provider.took) == WAVE)

    plant.kill(worker)
    kept_by_broker = plant.unacknowledged()
    provider.open_gate()
    plant.worker(name="another")
    wait_until(lambda: states(plant) == {State.UNKNOWN: WAVE, State.SENT: 10})
    wait_until(lambda: plant.unacknowledged() == 0)

    assert kept_by_broker == 1
    assert sorted(Counter(provider.took).values()) == [1] * (WAVE + 10)


def test_a_stopped_worker_finishes_its_batch_and_ends(plant: Plant, provider: Provider) -> None:
    plant.clinic.reminders(WAVE + 10)
    provider.close_gate()
    plant.scheduler()
    worker = plant.worker()
    plant.clinic.clock(DUE)
    wait_until(lambda: len(provider.took) == WAVE)

    os.kill(worker.process.pid, signal.SIGTERM)
    wait_until(lambda: "Warm shutdown" in plant.log("worker"))
    provider.open_gate()
    status = worker.process.wait(timeout=60)

    assert (status, states(plant)) == (0, {State.SENT: WAVE + 10})
    assert sorted(Counter(provider.took).values()) == [1] * (WAVE + 10)


def test_a_message_that_kills_its_worker_three_times_is_parked_alone(plant: Plant, provider: Provider) -> None:
    deadly_id = plant.clinic.reminder(DEADLY_PATIENT, phone="+13125559999")
    plant.clinic.reminders(8)
    plant.hurry()
    plant.scheduler()
    plant.worker(door="tests.system.deadly")

    plant.clinic.clock(DUE)
    wait_until(lambda: states(plant) == {State.SENT: 8, State.PARKED: 1})

    (item,) = plant.clinic.work()
    assert (plant.clinic.get(deadly_id).state, plant.clinic.get(deadly_id).reason) == (State.PARKED, "crashed")
    assert (item.kind, item.because) == ("parked", "sending it stopped the process again and again")
    assert sorted(Counter(provider.took).values()) == [1] * 8


@pytest.fixture
def publish(plant: Plant) -> Iterator[Publish]:
    """Hands batches to the plant's broker from this process."""
    with another_broker():
        tasks.use_broker(plant.broker.url, Times())
        yield tasks.publish


def test_a_worker_takes_the_higher_lane_first_while_all_are_full(plant: Plant, publish: Publish) -> None:
    for lane in [*reversed(Lane)] * 3:
        publish(lane.word, uuid4(), [uuid4()])

    with plant.watching_broker() as commands:
        plant.worker()
        handed_out = (re.search(r"HSET unacked .*(send\.\w+)", command) for command in commands)
        taken = [found[1] for found in islice(filter(None, handed_out), 12)]

    assert taken == [queue for queue in tasks.LANE_QUEUES.values() for _ in range(3)]


def test_a_worker_with_other_keys_ends_at_once_and_says_which(plant: Plant) -> None:
    with plant.clinic.parts.transaction() as session:
        key_marks.differing(session, VAULT, b"made with another SECRET_KEY")

    worker = plant.worker()
    wait_until(lambda: not worker.is_running)

    assert worker.process.returncode == 1
    assert "REMINDERS_SECRET_KEY is another one" in plant.log("worker")
