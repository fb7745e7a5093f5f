"""Connections: errors show no parameters, times are UTC, and no frozen process holds a lock for ever."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from reminders.store.engine import Transaction, connect, transactions
from tests.waiting import until


def test_an_error_never_shows_its_parameters(transaction: Transaction) -> None:
    with pytest.raises(DBAPIError) as failed, transaction() as session:
        session.execute(text("SELECT CAST(:name AS integer) / 0"), {"name": "7"})

    assert "'7'" not in str(failed.value)
    assert "SQL parameters hidden" in str(failed.value)


def test_a_connection_speaks_utc_and_gives_up_an_idle_transaction(engine: Engine) -> None:
    with engine.connect() as connection:
        zone = connection.execute(text("SHOW TIME ZONE")).scalar_one()
        idle = connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one()

    assert (zone, idle) == ("UTC", "1min")


@pytest.mark.parametrize(("setting", "value"), [("statement_timeout", "2min"), ("lock_timeout", "30s")])
def test_nothing_waits_for_ever(engine: Engine, setting: str, value: str) -> None:
    with engine.connect() as connection:
        assert connection.execute(text(f"SHOW {setting}")).scalar_one() == value


@pytest.mark.parametrize(
    ("option", "value"), [("keepalives", "1"), ("keepalives_idle", "10"), ("tcp_user_timeout", "20000")]
)
def test_a_server_that_is_gone_without_a_word_is_noticed(engine: Engine, option: str, value: str) -> None:
    with engine.connect() as connection:
        session: Any = connection.connection.dbapi_connection
        assert session.info.get_parameters()[option] == value


def test_a_session_that_died_while_nobody_used_it_is_replaced_unnoticed(
    engine: Engine, transaction: Transaction
) -> None:
    with transaction() as session:
        dead = session.scalar(text("SELECT pg_backend_pid()"))
    other = connect(engine.url.render_as_string(hide_password=False))
    with other.connect() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend({dead}, 5000)"))
    other.dispose()

    with transaction() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != dead


def test_a_process_that_slept_in_a_transaction_finds_its_connection_lost(database_url: str, engine: Engine) -> None:
    sleepy = connect(database_url, idle=timedelta(milliseconds=20))

    with pytest.raises(OperationalError) as lost:
        _sleep_in(transactions(sleepy), engine)

    assert lost.value.connection_invalidated


def _sleep_in(transaction: Transaction, engine: Engine) -> None:
    """Go on with a transaction after the server has ended it."""
    alive = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
    with transaction() as session, engine.connect() as other:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        until(lambda: other.execute(alive, {"pid": pid}).scalar_one() == 0)
        session.execute(text("SELECT 1"))


def test_no_statement_is_prepared_however_often_it_runs(engine: Engine) -> None:
    with engine.connect() as connection:
        for number in range(12):
            connection.execute(text("SELECT :number + 0"), {"number": number})
        prepared = connection.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one()

    # Planned for any state, it would read every message ever stored: the index of those that wait is of one state.
    assert prepared == 0


def test_a_transaction_that_fails_leaves_nothing_behind(transaction: Transaction) -> None:
    with pytest.raises(KeyError):
        _fail_in(transaction)

    with transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM schema_history WHERE revision = 'x'")) == 0


def test_a_transaction_that_ends_well_is_committed(transaction: Transaction) -> None:
    with transaction() as session:
        session.execute(text("INSERT INTO schema_history (revision) VALUES ('x')"))

    with transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM schema_history WHERE revision = 'x'")) == 1


def _fail_in(transaction: Transaction) -> None:
    with transaction() as session:
        session.execute(text("INSERT INTO schema_history (revision) VALUES ('x')"))
        raise KeyError
