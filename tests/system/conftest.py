"""A clinic with real processes around it for each test that asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from reminders.store import senders
from reminders.store.engine import connect
from reminders.store.senders import SenderSetup
from tests.clinics import VAULT
from tests.conftest import _database
from tests.restoring import Restorable
from tests.system.plant import Plant, running
from tests.system.provider import Provider, standing_in
from tests.working_clinic import open_clinic, seed_database


@pytest.fixture(scope="session")
def seeded(server: Engine, template: str) -> Iterator[Restorable]:
    """A database with the starters of config/."""
    with _database(server, template) as url:
        seed_database(url)
        engine = connect(url)
        yield Restorable(engine)
        engine.dispose()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with standing_in() as provider:
        yield provider


@pytest.fixture
def plant(seeded: Restorable, provider: Provider, data_path: Path) -> Iterator[Plant]:
    """A seeded clinic on a stepped clock that texts by way of the stand-in; no scheduler and no worker runs yet."""
    clinic = open_clinic(seeded.engine)
    setup = SenderSetup(
        channel="sms",
        provider="twilio",
        account="AC" + "0" * 32,
        token="pass-word",
        from_address="+15005550006",
        api_url=provider.url,
    )
    with clinic.parts.transaction() as session:
        senders.follow(session, VAULT, clinic.id, [setup])
    with running(clinic, data_path, provider.url) as plant:
        yield plant
    seeded.restore()
