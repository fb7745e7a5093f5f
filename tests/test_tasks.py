"""The tasks: their names and queues are a contract with what is in flight, and they carry ids only."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from reminders import tasks
from reminders.domain.words import Lane
from reminders.pipeline.daily import AGAIN
from reminders.pipeline.times import Times
from tests.brokers import another_broker


@pytest.fixture
def broker() -> Iterator[Any]:
    """The application on a broker in memory; returns what takes the next task off a queue."""

    def take(queue: str) -> Any:
        with tasks.app.connection_for_read() as connection, connection.SimpleQueue(queue) as waiting:
            message = waiting.get(block=False)
            message.ack()
            return message

    with another_broker(broker_url="memory://"):
        yield take


def test_the_names_of_tasks_and_queues_stay_as_they_are() -> None:
    ours = {name for name in tasks.app.tasks if name.startswith("reminders.")}

    assert ours == {f"reminders.{word}" for word in ("send", "settle", "inquire", "listen", "plan", "daily")}
    assert tasks.QUEUES == ("send.safety", "send.prep", "send.routine", "send.nudge", "receipts", "plan", "ask")


@pytest.mark.parametrize("lane", list(Lane))
def test_a_batch_goes_to_the_queue_of_its_lane_as_ids_and_nothing_else(broker: Any, lane: Lane) -> None:
    batch_id, message_ids = uuid4(), [uuid4(), uuid4()]

    tasks.publish(lane.word, batch_id, message_ids)

    message = broker(f"send.{lane.word}")
    args, kwargs, _ = json.loads(message.body)
    assert message.headers["task"] == "reminders.send"
    assert (args, kwargs) == ([str(batch_id), [str(one) for one in message_ids]], {})
    assert message.headers["argsrepr"] == "(ids)"


@pytest.mark.parametrize(
    ("ring", "queue", "task"),
    [
        (tasks.ring_settle, "receipts", "reminders.settle"),
        (tasks.ring_inquire, "ask", "reminders.inquire"),
        (tasks.ring_listen, "ask", "reminders.listen"),
        (tasks.ring_plan, "plan", "reminders.plan"),
        (tasks.ring_daily, "ask", "reminders.daily"),
    ],
)
def test_a_doorbell_that_nobody_answers_is_void_in_the_end(broker: Any, ring: Any, queue: str, task: str) -> None:
    ring()

    message = broker(queue)
    assert message.headers["task"] == task
    assert message.headers["expires"] is not None


def test_the_work_of_a_day_may_take_longer_than_a_batch_but_less_than_until_it_is_tried_again(broker: Any) -> None:
    tasks.ring_daily()

    limit, _ = broker("ask").headers["timelimit"]
    assert Times().task < timedelta(seconds=limit) < AGAIN


def test_a_worker_whose_clock_is_five_minutes_fast_still_answers_the_doorbell(broker: Any) -> None:
    tasks.ring_plan()

    void_at = datetime.fromisoformat(broker("plan").headers["expires"])
    with time_machine.travel(timedelta(minutes=5)):
        assert void_at > datetime.now(UTC)  # noqa: TID251  a worker's own clock is what this is about


def test_no_task_waits_in_the_broker_for_its_time(broker: Any) -> None:
    tasks.publish("prep", uuid4(), [uuid4()])

    assert broker("send.prep").headers["eta"] is None


def test_a_task_is_acknowledged_after_its_work_and_never_looped_by_the_broker() -> None:
    conf: Any = tasks.app.conf

    assert (conf.task_acks_late, conf.worker_prefetch_multiplier) == (True, 1)
    assert (conf.task_acks_on_failure, conf.task_acks_on_timeout) == (True, True)
    assert (conf.task_reject_on_worker_lost, conf.task_retry_on_worker_lost) == (False, False)
    assert (conf.task_ignore_result, conf.result_backend) == (True, None)
    assert (conf.worker_soft_shutdown_timeout, conf.task_soft_time_limit) == (0, None)


@pytest.fixture
def conf() -> Iterator[Any]:
    """The application's settings, put back afterwards."""
    with another_broker():
        yield tasks.app.conf


def test_each_time_out_ends_before_the_one_that_leans_on_it(conf: Any) -> None:
    times = Times()

    tasks.use_broker("redis://localhost", times)

    seconds = [
        times.call.total_seconds() + times.last_wave.total_seconds(),
        times.lease.total_seconds(),
        conf.task_time_limit,
        conf.broker_transport_options["visibility_timeout"],
    ]
    assert seconds == sorted(seconds) == [60, 90, 120, 300]


def test_a_rehearsal_scales_the_times_of_the_broker_too(conf: Any) -> None:
    tasks.use_broker("redis://localhost", Times().scaled(0.1))

    options = conf.broker_transport_options
    assert conf.task_time_limit == 12
    assert (options["visibility_timeout"], options["unacked_restore_interval"]) == (30, 1)


def test_rabbitmq_is_told_nothing_that_only_redis_knows(conf: Any) -> None:
    tasks.use_broker("amqps://reminders:pass-word@localhost", Times())

    assert conf.broker_url == "amqps://reminders:pass-word@localhost"
    assert conf.broker_transport_options == {"confirm_publish": True, "read_timeout": 15, "write_timeout": 15}


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere/valkey.sock?virtual_host=0", "amqp://127.0.0.1:1"]
)
def test_a_broker_that_is_away_is_said_to_be(conf: Any, url: str) -> None:
    tasks.use_broker(url, Times())

    with pytest.raises(ConnectionError):
        tasks.call_broker()


def test_a_broker_that_is_there_answers(broker: Any) -> None:
    tasks.call_broker()


def test_lanes_are_served_in_their_order(conf: Any) -> None:
    tasks.use_broker("redis://localhost", Times())

    assert tasks.app.conf.broker_transport_options["queue_order_strategy"] == "priority"
    assert list(tasks.LANE_QUEUES) == [lane.word for lane in sorted(Lane)]
