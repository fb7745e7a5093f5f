"""A clinic at work for each test that asks: seeded once, and after each test as it was then."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from reminders.store.engine import connect
from tests.conftest import _database
from tests.restoring import Restorable
from tests.working_clinic import WorkingClinic, open_clinic, seed_database


@pytest.fixture(scope="session")
def seeded(server: Engine, template: str) -> Iterator[Restorable]:
    """A database with the starters of config/."""
    with _database(server, template) as url:
        seed_database(url)
        engine = connect(url)
        yield Restorable(engine)
        engine.dispose()


@pytest.fixture
def clinic(seeded: Restorable) -> Iterator[WorkingClinic]:
    """A seeded clinic of this test alone."""
    opened = open_clinic(seeded.engine)
    yield opened
    for undo in opened.undo:
        undo()
    seeded.restore()
