"""The Celery tasks: each takes ids, calls one step of the pipeline, and returns a word for the log.

A task may run twice or never. Both are harmless: the state of a message is in the
database, a task only says "look at this now". The settings below say the same to Celery;
`docs/operating.md` gives the reason for each.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from celery import Celery
from kombu.exceptions import OperationalError

from reminders import bootstrap
from reminders.domain.words import Lane
from reminders.pipeline import planning, sending, settling

LANE_QUEUES = {lane.word: f"send.{lane.word}" for lane in Lane}
QUEUES = (*LANE_QUEUES.values(), "receipts", "plan")

DOORBELL_SECONDS = 15
"""A doorbell that nobody answered by then is void: the next tick rings again."""

app = Celery("reminders")
app.conf.update(
    task_acks_late=True,
    task_acks_on_failure_or_timeout=True,
    task_reject_on_worker_lost=False,
    task_ignore_result=True,
    task_time_limit=120,
    task_serializer="json",
    accept_content=["json"],
    task_create_missing_queues=True,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=0,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": 300,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "queue_order_strategy": "priority",
        "socket_timeout": 15,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 25,
    },
)


def connect() -> Celery:
    """Point the application at the configured broker, and return it."""
    app.conf.update(broker_url=bootstrap.broker_url())
    return app


@app.task(name="reminders.send")
def send(batch_id: str, message_ids: list[str]) -> str:
    """Send the messages of a batch that are still its own."""
    return sending.send(bootstrap.parts(), UUID(batch_id), [UUID(one) for one in message_ids])


@app.task(name="reminders.settle")
def settle() -> str:
    """Settle the receipts that came."""
    return f"{settling.settle(bootstrap.parts())} receipts"


@app.task(name="reminders.plan")
def plan() -> str:
    """Plan again whoever is owed it."""
    return f"{planning.plan_owed(bootstrap.parts())} patients"


def publish(lane: str, batch_id: UUID, message_ids: Sequence[UUID]) -> None:
    """Hand a batch to the workers of its lane."""
    _ring(send, LANE_QUEUES[lane], str(batch_id), [str(one) for one in message_ids])


def ring_settle() -> None:
    """Say that receipts wait."""
    _ring(settle, "receipts", expires=DOORBELL_SECONDS)


def ring_plan() -> None:
    """Say that plans are owed."""
    _ring(plan, "plan", expires=DOORBELL_SECONDS)


def _ring(task: Any, queue: str, *args: Any, **options: Any) -> None:
    """Publish a task once; a broker that is away is a `ConnectionError`, and the next tick tries again."""
    try:
        task.apply_async(args=args, queue=queue, retry=False, argsrepr="(ids)", **options)
    except OperationalError as lost:
        raise ConnectionError("the broker is away") from lost
