"""What the tests of the web process share: a clinic on the sandbox, and its application."""

import pytest
from fastapi import FastAPI

from reminders.store.engine import Transaction
from reminders.web.app import create_app
from tests.handed_over import Scene, scene


@pytest.fixture
def clinic(transaction: Transaction) -> Scene:
    """A clinic on the sandbox."""
    return scene(transaction)


@pytest.fixture
def app(clinic: Scene) -> FastAPI:
    """The application of that clinic, phones shown."""
    return create_app(clinic.parts, shows_phones=True)
