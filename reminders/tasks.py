"""The Celery tasks: each takes ids, calls one step of the pipeline, and returns a word for the log.

A task may run twice or never. Both are harmless: the state of a message is in the
database, a task only says "look at this now". The settings below say the same to Celery;
`docs/operating.md` gives the reason for each.
"""

import gc
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from celery import Celery
from celery.signals import worker_init, worker_process_init
from kombu.exceptions import OperationalError
from sqlalchemy.exc import OperationalError as DatabaseError

from reminders import bootstrap
from reminders.domain.errors import RefusedError
from reminders.domain.words import Lane
from reminders.pipeline import daily, inquiring, listening, planning, sending, settling
from reminders.pipeline.times import Times

LANE_QUEUES = {lane.word: f"send.{lane.word}" for lane in Lane}
QUEUES = (*LANE_QUEUES.values(), "receipts", "plan", "ask")

DOORBELL_SECONDS = 900
"""A doorbell that nobody answered by then is void, so that the broker does not fill while no worker runs.

A worker judges that by its own wall clock: were this short, one whose clock is fast would void every bell.
"""

DAILY_SECONDS = 900
"""When Celery kills the work of a day: a provider's whole list may take long. The broker hands it out again before
that, and whoever gets it finds nothing to do."""

_log = structlog.get_logger(__name__)

app = Celery("reminders")
app.conf.update(
    task_acks_late=True,
    task_acks_on_failure=True,
    task_acks_on_timeout=True,
    task_reject_on_worker_lost=False,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=0,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_connection_timeout=5,
)

_PATIENCE = 15
"""Seconds that a broker which stands still is waited for."""

_OVER_REDIS = {
    "unacked_restore_throttle": 1,
    "queue_order_strategy": "priority",
    "socket_timeout": _PATIENCE,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
_OVER_AMQP = {"confirm_publish": True, "read_timeout": _PATIENCE, "write_timeout": _PATIENCE}


def connect() -> Celery:
    """Point the application at the configured broker, and return it."""
    use_broker(bootstrap.broker_url(), bootstrap.times())
    return app


@worker_init.connect  # in a worker alone, before it forks: `celery inspect` reads this module too
def refuse_to_start(**_signal: object) -> None:
    """End a worker whose database or keys do not fit; a database that is away is asked again by the first task."""
    try:
        bootstrap.look_before_start()
    except RefusedError as refusal:
        raise SystemExit(str(refusal)) from None
    except DatabaseError:
        _log.warning("worker.database_away")


@worker_process_init.connect
def collect_less_often(**_signal: object) -> None:
    """Spare a worker's child the search for garbage in all that it was started with: a sixth of a batch's time.

    What a batch makes is gone with its last reference; the collector is for the few circles.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def use_broker(url: str, times: Times) -> None:
    """Let Celery speak to the broker at *url*, and kill and repeat tasks at the times of sending."""
    again = times.visibility.total_seconds()
    to_redis = {**_OVER_REDIS, "visibility_timeout": again, "unacked_restore_interval": again / 30}
    app.conf.update(
        broker_url=url,
        broker_transport_options=_OVER_AMQP if url.startswith("amqp") else to_redis,
        task_time_limit=times.task.total_seconds(),
    )


def call_broker() -> None:
    """Return if the broker answers; one that is away is a `ConnectionError`."""
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    except OperationalError as lost:
        raise ConnectionError("the broker is away") from lost


@app.task(name="reminders.send")
def send(batch_id: str, message_ids: list[str]) -> str:
    """Send the messages of a batch that are still its own."""
    return sending.send(bootstrap.parts(), UUID(batch_id), [UUID(one) for one in message_ids])


@app.task(name="reminders.settle")
def settle() -> str:
    """Settle the receipts that came."""
    return f"{settling.settle(bootstrap.parts())} receipts"


@app.task(name="reminders.inquire")
def inquire() -> str:
    """Ask providers about messages whose end is open."""
    return f"{inquiring.inquire(bootstrap.parts())} messages"


@app.task(name="reminders.listen")
def listen() -> str:
    """Hear the texts that only the provider's list tells of."""
    return f"{listening.listen(bootstrap.parts(), bootstrap.hear())} texts"


@app.task(name="reminders.plan")
def plan() -> str:
    """Plan again whoever is owed it."""
    return f"{planning.plan_owed(bootstrap.parts())} patients"


@app.task(name="reminders.daily")
def do_daily() -> str:
    """Do the work of the day."""
    return f"{daily.do_due(bootstrap.parts())} done"


def publish(lane: str, batch_id: UUID, message_ids: Sequence[UUID]) -> None:
    """Hand a batch to the workers of its lane."""
    _ring(send, LANE_QUEUES[lane], str(batch_id), [str(one) for one in message_ids])


def ring_settle() -> None:
    """Say that receipts wait."""
    _ring(settle, "receipts", expires=DOORBELL_SECONDS)


def ring_inquire() -> None:
    """Say that providers are to be asked."""
    _ring(inquire, "ask", expires=DOORBELL_SECONDS)


def ring_listen() -> None:
    """Say that providers' lists are to be read."""
    _ring(listen, "ask", expires=DOORBELL_SECONDS)


def ring_plan() -> None:
    """Say that plans are owed."""
    _ring(plan, "plan", expires=DOORBELL_SECONDS)


def ring_daily() -> None:
    """Say that the work of a day waits."""
    _ring(do_daily, "ask", expires=DOORBELL_SECONDS, time_limit=DAILY_SECONDS)


def _ring(task: Any, queue: str, *args: Any, **options: Any) -> None:
    """Publish a task once; a broker that is away is a `ConnectionError`, and the next tick tries again."""
    try:
        task.apply_async(args=args, queue=queue, retry=False, argsrepr="(ids)", confirm_timeout=_PATIENCE, **options)
    except OperationalError as lost:
        raise ConnectionError("the broker is away") from lost
