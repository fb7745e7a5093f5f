"""Connections: errors show no parameters, times are UTC, and no frozen process holds a lock for ever."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from reminders.store.engine import Transaction


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
