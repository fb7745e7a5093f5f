"""Connections and transactions: one engine for a process, one transaction for a step."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

Transaction = Callable[[], AbstractContextManager[Session]]
"""Opens a transaction: commits when the block ends, rolls back when it raises."""

CONNECT_SECONDS = 10
IDLE_IN_TRANSACTION = "60s"  # a frozen process must not hold locks for ever


def connect(url: str, *, pool_size: int = 5) -> Engine:
    """Return an engine for *url* whose errors never show parameters."""
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=5,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "reminders"},
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SET TIME ZONE 'UTC'; SET idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION}'")
    cursor.close()
    connection.commit()


def transactions(engine: Engine) -> Transaction:
    """Return what opens a transaction on *engine*."""
    sessions = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def transaction() -> Iterator[Session]:
        with sessions.begin() as session:
            yield session

    return transaction
