"""A clinic at work for each test that asks: seeded once, and after each test as it was then."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete, func, select

from reminders.store.engine import connect
from reminders.store.tables import Base
from tests.conftest import _database
from tests.working_clinic import WorkingClinic, open_clinic, seed_database


class Seeded:
    """A database that can be brought back to what it was when it was new: a tenth of the time of another copy."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        tables = Base.metadata.sorted_tables
        with engine.begin() as connection:
            filled = [table for table in tables if connection.scalar(select(func.count()).select_from(table))]
            connection.exec_driver_sql("CREATE SCHEMA kept")
            for table in filled:
                connection.exec_driver_sql(f"CREATE TABLE kept.{table.name} AS TABLE {table.name}")
        empty = [str(delete(table)) for table in reversed(tables)]
        fill = [f"INSERT INTO {one} OVERRIDING SYSTEM VALUE TABLE kept.{one.name}" for one in filled]
        self._script = "; ".join([*empty, *fill])

    def restore(self) -> None:
        """Undo everything that a test has written."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql(self._script)


@pytest.fixture(scope="session")
def seeded(server: Engine, template: str) -> Iterator[Seeded]:
    """A database with the starters of config/."""
    with _database(server, template) as url:
        seed_database(url)
        engine = connect(url)
        yield Seeded(engine)
        engine.dispose()


@pytest.fixture
def clinic(seeded: Seeded) -> Iterator[WorkingClinic]:
    """A seeded clinic of this test alone."""
    opened = open_clinic(seeded.engine)
    yield opened
    for undo in opened.undo:
        undo()
    seeded.restore()
