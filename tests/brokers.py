"""The Celery application of this process, pointed for a while at another broker."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reminders import tasks

_CHANGED = ("broker_url", "broker_transport_options", "task_time_limit")


@contextmanager
def another_broker(**conf: Any) -> Iterator[None]:
    """Publish by *conf*, and afterwards by what was set before.

    Celery keeps the connections it publishes over when it is told of another broker, and when it is closed:
    the next test's tasks would go to the last test's broker.
    """
    before = {name: tasks.app.conf[name] for name in _CHANGED}
    _forget_connections()
    tasks.app.conf.update(conf)
    try:
        yield
    finally:
        _forget_connections()
        tasks.app.conf.update(before)


def _forget_connections() -> None:
    amqp: Any = tasks.app.amqp
    tasks.app.close()
    amqp._producer_pool = None
