"""Connections and transactions: one engine for a process, one transaction for a step."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from psycopg.errors import IdleInTransactionSessionTimeout
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext, ExecutionContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

Transaction = Callable[[], AbstractContextManager[Session]]
"""Opens a transaction: commits when the block ends, rolls back when it raises."""

CONNECT_SECONDS = 10
COPY = "reminders_copy"
"""The option of a statement that says what carries it out: it is given the cursor."""

_OURS = "reminders_transaction"

_NOTICE_DEATH = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A server that is gone without a word is noticed within half a minute, not after the two hours of the kernel."""

LONGEST_STATEMENT = timedelta(seconds=120)
"""As long as a task may take; what takes longer on purpose (a migration) sets its own."""

LONGEST_WAIT = timedelta(seconds=30)
"""For a lock: whoever waits this long gives its own locks back and is tried again."""


def connect(url: str, *, pool_size: int = 5, idle: timedelta = timedelta(seconds=60)) -> Engine:
    """Return an engine for *url* whose errors never show parameters.

    The server ends a transaction in which nothing happens for *idle*: a frozen process must
    not hold locks for ever. Nothing is prepared: a prepared statement is planned for any value
    of `state`, and so uses no index of one state. (`plan_cache_mode` would forbid that, too, but
    then each foreign key of each new row is planned anew, which makes inserts three times slower.)
    """
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=5,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "reminders",
            "prepare_threshold": None,
            **_NOTICE_DEATH,
        },
    )
    event.listen(engine, "connect", partial(_prepare, idle))
    event.listen(engine, "do_execute", _execute)
    event.listen(engine, "handle_error", _call_it_lost)
    return engine


def _prepare(idle: timedelta, connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    limits = {
        "idle_in_transaction_session_timeout": idle,
        "statement_timeout": LONGEST_STATEMENT,
        "lock_timeout": LONGEST_WAIT,
    }
    cursor = connection.cursor()
    cursor.execute("SET TIME ZONE 'UTC'")
    for name, limit in limits.items():
        cursor.execute(f"SET {name} = {int(limit / timedelta(milliseconds=1))}")
    cursor.close()
    connection.commit()


def _execute(cursor: Any, statement: str, parameters: Any, context: ExecutionContext) -> bool:
    """Take the rows of our transactions in the database's own form: ids, instants, sealed values need no parsing.

    Not those of a statement without parameters, which may be several commands in one text. A
    COPY is carried out by whoever asks for it, and fails like any other statement.
    """
    if copy := context.execution_options.get(COPY):
        copy(cursor)
        return True
    if not (parameters and context.execution_options.get(_OURS)):
        return False
    cursor.execute(statement, parameters, binary=True)
    return True


def _call_it_lost(context: ExceptionContext) -> None:
    """Let a session that the server ended, because its process slept, be a lost connection like any other."""
    lost = context.original_exception
    if isinstance(lost, IdleInTransactionSessionTimeout):
        raise OperationalError(context.statement, None, lost, hide_parameters=True, connection_invalidated=True)


def transactions(engine: Engine) -> Transaction:
    """Return what opens a transaction on *engine*."""
    sessions = sessionmaker(engine.execution_options(**{_OURS: True}), expire_on_commit=False)

    @contextmanager
    def transaction() -> Iterator[Session]:
        with sessions.begin() as session:
            yield session

    return transaction
