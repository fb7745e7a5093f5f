"""Stored history is as asked: so many messages, most at rest, some waiting, each with its patient and visit."""

from collections import Counter

import psycopg
import pytest
from sqlalchemy import func, select

from bench import history
from bench.stage import plain
from reminders.store.tables.messages import Attempt, Message
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Appointment
from tests.working_clinic import WorkingClinic

MESSAGES = 3_000


@pytest.fixture
def stored(clinic: WorkingClinic) -> WorkingClinic:
    """A clinic with a history of that many messages, and the one that it was made after."""
    message_id, batches = clinic.queued()
    clinic.send(batches)
    with psycopg.connect(plain(clinic.engine.url.render_as_string(hide_password=False)), autocommit=True) as connection:
        history.fill(connection, str(message_id), MESSAGES)
    return clinic


def test_every_patient_has_their_visits_and_every_visit_its_messages(stored: WorkingClinic) -> None:
    counts = [stored.scalar(select(func.count()).select_from(table)) for table in (Message, Appointment, Person)]

    assert counts == [MESSAGES + 1, MESSAGES // history.TEXTS + 1, MESSAGES // history.PER_PATIENT + 1]


def test_most_are_delivered_and_some_wait_for_a_visit_ahead(stored: WorkingClinic) -> None:
    with stored.parts.transaction() as session:
        states = Counter(session.scalars(select(Message.state)))

    assert 0.8 < states["delivered"] / MESSAGES < 0.95
    assert 0.04 < states["scheduled"] / MESSAGES < 0.12
    assert set(states) == {"delivered", "scheduled", "undelivered", "cancelled", "suppressed", "expired", "sent"}


def test_what_was_launched_has_an_attempt(stored: WorkingClinic) -> None:
    launched = stored.scalar(select(func.count()).where(Message.launched_at.is_not(None)))

    assert stored.scalar(select(func.count()).select_from(Attempt)) == launched


def test_a_history_that_ends_in_the_middle_of_a_patient_is_refused(clinic: WorkingClinic) -> None:
    with (
        psycopg.connect(plain(clinic.engine.url.render_as_string(hide_password=False))) as connection,
        pytest.raises(ValueError, match="in the middle of a patient"),
    ):
        history.fill(connection, "", 100)
