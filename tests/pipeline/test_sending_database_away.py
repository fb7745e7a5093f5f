"""A database that is away in the middle of a batch: what was accepted is written down, what never went goes later."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reminders.domain.states import State
from reminders.pipeline import recording
from reminders.pipeline.times import WAVE
from reminders.store.engine import Transaction
from reminders.store.tables.clinic import Sender
from reminders.store.tables.messages import Message
from tests.working_clinic import DUE, Batch, WorkingClinic

FINE = "fine"
AWAY = "away"
"""No transaction can be begun."""
LOST = "lost"
"""The connection breaks before the commit."""
UNHEARD = "unheard"
"""It breaks after the commit."""


@dataclass
class Database:
    """A database whose next transactions end as a test lays down; afterwards it is fine."""

    transaction: Transaction
    fates: list[str] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator[Session]:
        fate = self.fates.pop(0) if self.fates else FINE
        if fate == AWAY:
            raise _broken()
        with self.transaction() as session:
            yield session
            if fate == LOST:
                raise _broken()
        if fate == UNHEARD:
            raise _broken()


def _broken() -> OperationalError:
    return OperationalError("a statement", {}, ConnectionError())


@pytest.fixture
def database(clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The clinic's database, which a test takes away."""
    monkeypatch.setattr(recording, "_DATABASE_PAUSE", timedelta(milliseconds=1))
    database = Database(clinic.parts.transaction)
    clinic.parts = replace(clinic.parts, transaction=database.open)
    return database


def three_waves(clinic: WorkingClinic) -> list[Batch]:
    """Return the batch of as many messages as go in three waves."""
    clinic.set(Sender, Sender.channel == "sms", per_second=500)
    clinic.reminders(2 * WAVE + 5)
    clinic.clock(DUE)
    return clinic.dispatch()


def states(clinic: WorkingClinic) -> list[str]:
    return sorted(row.state for row in clinic.messages(Message.rule == "reminder"))


@pytest.mark.parametrize("fate", [AWAY, LOST])
def test_between_two_waves_it_costs_no_answer_of_the_first(
    clinic: WorkingClinic, database: Database, fate: str
) -> None:
    batches = three_waves(clinic)
    clinic.channel.looks.append(lambda _: _at_the_end_of_wave(clinic, database, [fate, AWAY, AWAY]))

    said = clinic.send(batches)

    assert said == [f"{WAVE} of {2 * WAVE + 5} handed over"]
    assert states(clinic) == [State.SCHEDULED] * (WAVE + 5) + [State.SENT] * WAVE
    assert {row.crashes for row in clinic.messages(Message.rule == "reminder")} == {0}
    assert len(clinic.send_due()) == WAVE + 5


def test_a_wave_whose_launch_was_committed_unheard_may_have_gone(clinic: WorkingClinic, database: Database) -> None:
    batches = three_waves(clinic)
    clinic.channel.looks.append(lambda _: _at_the_end_of_wave(clinic, database, [UNHEARD]))
    clinic.send(batches)

    clinic.lease_runs_out()

    assert states(clinic) == [State.SCHEDULED] * 5 + [State.SENT] * WAVE + [State.UNKNOWN] * WAVE
    assert len(clinic.channel.given) == WAVE


def _at_the_end_of_wave(clinic: WorkingClinic, database: Database, fates: list[str]) -> None:
    if len(clinic.channel.given) == WAVE:
        database.fates += fates


@pytest.mark.parametrize("fates", [[AWAY], [LOST], [AWAY, AWAY, AWAY], [LOST, LOST]])
def test_a_claim_that_is_lost_with_it_is_no_death_of_its_messages(
    clinic: WorkingClinic, database: Database, fates: list[str]
) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    for _ in range(3):
        batches = clinic.dispatch()
        database.fates = [FINE, *fates]
        assert clinic.send(batches) == ["given back"]
        assert (clinic.get(message_id).state, clinic.get(message_id).crashes) == (State.SCHEDULED, 0)
        clinic.sweep()

    assert (len(clinic.send_due()), clinic.get(message_id).state) == (1, State.SENT)


def test_a_death_before_it_is_remembered(clinic: WorkingClinic, database: Database) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    clinic.set(Message, Message.id == message_id, crashes=1)
    batches = clinic.dispatch()
    database.fates = [FINE, LOST]

    clinic.send(batches)

    assert clinic.get(message_id).crashes == 1


def test_a_claim_that_was_committed_unheard_keeps_what_it_launched(clinic: WorkingClinic, database: Database) -> None:
    clinic.reminders(WAVE + 5)
    clinic.clock(DUE)
    batches = clinic.dispatch()
    database.fates = [FINE, UNHEARD]

    clinic.send(batches)
    at_once = states(clinic)
    clinic.lease_runs_out()

    assert at_once == [State.SCHEDULED] * 5 + [State.SENDING] * WAVE
    assert states(clinic) == [State.SCHEDULED] * 5 + [State.UNKNOWN] * WAVE
    assert clinic.channel.given == []


def test_one_that_stays_away_leaves_the_batch_to_its_lease(clinic: WorkingClinic, database: Database) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    batches = clinic.dispatch()
    clinic.parts = replace(clinic.parts, times=replace(clinic.parts.times, lease=timedelta()))
    database.fates = [FINE, *[AWAY] * 50]

    with pytest.raises(OperationalError):
        clinic.send(batches)
    database.fates = []

    assert (clinic.get(message_id).state, clinic.get(message_id).crashes) == (State.QUEUED, 1)
