"""A clinic at work for each test that asks, copied from one that was seeded once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, make_url

from reminders.store.engine import connect
from tests.conftest import _database
from tests.working_clinic import WorkingClinic, open_clinic, seed_database


@pytest.fixture(scope="session")
def seeded(server: Engine, template: str) -> Iterator[str]:
    """The name of a database with the starters of config/."""
    with _database(server, template) as url:
        seed_database(url)
        yield str(make_url(url).database)


@pytest.fixture
def clinic(server: Engine, seeded: str) -> Iterator[WorkingClinic]:
    """A seeded clinic of this test alone."""
    with _database(server, seeded) as url:
        engine = connect(url)
        yield open_clinic(engine)
        engine.dispose()
