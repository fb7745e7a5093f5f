"""A session of the database may die at any statement of any step: nothing is lost, and nothing is sent twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection
from sqlalchemy import create_engine, event, func, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from reminders.domain.states import State
from reminders.store.tables.messages import Message
from tests.waiting import until
from tests.working_clinic import DUE, WorkingClinic

REMINDERS = Message.rule == "reminder"


class Killer:
    """Counts the statements of a step, and ends the session that is about to run a certain one."""

    def __init__(self, clinic: WorkingClinic, at: int | None) -> None:
        self.at = at
        self.seen = 0
        self.killed = False
        self._admin = create_engine(clinic.engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")

    def statement(self, connection: Any, *_rest: Any) -> None:
        self._count(connection.connection.dbapi_connection)

    def commit(self, connection: Any) -> None:
        self._count(connection.connection.dbapi_connection)

    def _count(self, session: Connection[Any]) -> None:
        if self.seen == self.at and not self.killed:
            self.killed = True
            with self._admin.connect() as admin:
                # The time-out makes it wait until the session is gone.
                admin.execute(text(f"SELECT pg_terminate_backend({session.info.backend_pid}, 5000)"))
        self.seen += 1


@contextmanager
def killing(clinic: WorkingClinic, at: int | None = None) -> Iterator[Killer]:
    """Kill the session that is about to run statement number *at* (a commit counts as one)."""
    killer = Killer(clinic, at)
    event.listen(clinic.engine, "before_cursor_execute", killer.statement)
    event.listen(clinic.engine, "commit", killer.commit)
    try:
        yield killer
    finally:
        event.remove(clinic.engine, "before_cursor_execute", killer.statement)
        event.remove(clinic.engine, "commit", killer.commit)


def survive(clinic: WorkingClinic, step: Callable[[], object], at: int) -> bool:
    """Run *step* with its session dying at a statement; return whether it has so many."""
    with killing(clinic, at) as killer:
        try:
            step()
        except OperationalError:
            assert killer.killed
    return killer.killed


def at_each_statement(clinic: WorkingClinic, prepare: Callable[[UUID], Callable[[], object]], *, every: int) -> int:
    """Run a step with a new message each time, and let it die at each of its statements; return how often it did.

    *prepare* brings a message that is due to where the step finds it, and returns the step. A
    long step dies at one in *every* few statements only.
    """
    for number in count():
        phone = f"+1312555{number:04}"
        message_id = clinic.reminder(f"Ana{number}", phone=phone, email=f"ana{number}@example.com")
        if not survive(clinic, prepare(message_id), number * every):
            return number
    raise AssertionError


def bring_to_rest(clinic: WorkingClinic) -> None:
    """Do what the clockwork does meanwhile: leases run out, what is owed is planned, what is due goes."""
    moving = Message.state.in_([State.SCHEDULED, State.QUEUED, State.SENDING])
    until(lambda: not _go_on(clinic).messages(REMINDERS, moving))


def _go_on(clinic: WorkingClinic) -> WorkingClinic:
    clinic.lease_runs_out()
    clinic.plan()
    clinic.settle()
    clinic.send_due()
    return clinic


def test_a_plan_is_made_in_the_end(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    clinic.told_visit(patient_id)
    for number in count():
        died = survive(clinic, clinic.plan, number)
        clinic.owe(patient_id)
        if not died:
            break

    clinic.plan()

    assert number > 10
    assert Counter(row.rule for row in clinic.messages()) == {"overview": 1, "driver-ask": 1, "prep": 1}


def dispatching(clinic: WorkingClinic, _message_id: UUID) -> Callable[[], object]:
    return clinic.dispatch


def sending(clinic: WorkingClinic, _message_id: UUID) -> Callable[[], object]:
    batches = clinic.dispatch()
    assert batches
    return lambda: clinic.send(batches)


def settling(clinic: WorkingClinic, message_id: UUID) -> Callable[[], object]:
    clinic.send_due()
    clinic.receipt(message_id, "delivered")
    return clinic.settle


def sweeping(clinic: WorkingClinic, message_id: UUID) -> Callable[[], object]:
    clinic.dispatch()
    clinic.set(Message, Message.id == message_id, lease_until=func.clock_timestamp() - timedelta(seconds=1))
    return clinic.sweep


SENT_OR_ASKED_ABOUT = {State.SENT, State.UNKNOWN}


@pytest.mark.parametrize(
    ("prepare", "every", "statements", "rest"),
    [
        (dispatching, 1, 6, SENT_OR_ASKED_ABOUT),
        (sending, 3, 25, SENT_OR_ASKED_ABOUT),
        (settling, 1, 8, {State.DELIVERED}),
        (sweeping, 1, 6, SENT_OR_ASKED_ABOUT),
    ],
)
def test_every_message_goes_once_wherever_a_step_dies(
    clinic: WorkingClinic,
    prepare: Callable[[WorkingClinic, UUID], Callable[[], object]],
    every: int,
    statements: int,
    rest: set[State],
) -> None:
    clinic.clock(DUE)

    died = at_each_statement(clinic, partial(prepare, clinic), every=every)
    bring_to_rest(clinic)

    rows = clinic.messages(REMINDERS)
    everybody = [f"+1312555{number:04}" for number in range(died + 1)]
    assert died * every >= statements
    assert Counter(outgoing.to for outgoing in clinic.channel.given) == Counter(everybody)
    assert len(rows) == died + 1
    assert {row.state for row in rows} <= rest
