"""Recording: outcomes that are known are written down, even where the database is away for a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reminders.domain.answers import Accepted
from reminders.domain.states import State
from reminders.pipeline import recording
from reminders.pipeline.claiming import Claim, claim
from reminders.pipeline.parts import Parts
from reminders.pipeline.recording import record
from reminders.store import claims
from reminders.store.engine import Transaction
from reminders.store.tables.messages import Message
from tests.working_clinic import DUE, Batch, WorkingClinic


def claimed(clinic: WorkingClinic) -> tuple[Batch, Claim]:
    """Return a batch of one message that is launched."""
    clinic.reminder()
    clinic.clock(DUE)
    (batch,) = clinic.dispatch()
    with clinic.parts.transaction() as session:
        mine = claims.begin(session, batch.id, batch.message_ids, lease=clinic.parts.times.lease)
    with clinic.parts.transaction() as session:
        return batch, claim(session, clinic.parts, batch.id, mine)


def away(transaction: Transaction, times: int) -> Transaction:
    """Return *transaction* with a database that cannot be reached the first *times* times."""
    left = [OperationalError("connect", {}, Exception()) for _ in range(times)]

    @contextmanager
    def opened() -> Iterator[Session]:
        if left:
            raise left.pop()
        with transaction() as session:
            yield session

    return opened


def parts_away(clinic: WorkingClinic, times: int, **machine: timedelta) -> Parts:
    return replace(
        clinic.parts,
        transaction=away(clinic.parts.transaction, times),
        times=replace(clinic.parts.times, **machine),
    )


def test_a_database_that_is_away_for_a_moment_loses_no_outcome(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_DATABASE_PAUSE", timedelta(milliseconds=1))
    batch, one = claimed(clinic)

    record(parts_away(clinic, 3), batch.id, [(one.waves[0][0], Accepted("SM1"))])

    assert clinic.get(batch.message_ids[0]).state == State.SENT


def test_a_database_that_stays_away_leaves_the_message_to_its_lease(clinic: WorkingClinic) -> None:
    batch, one = claimed(clinic)
    parts = parts_away(clinic, 9, lease=timedelta())

    with pytest.raises(OperationalError):
        record(parts, batch.id, [(one.waves[0][0], Accepted("SM1"))])

    assert clinic.get(batch.message_ids[0]).state == State.SENDING


def test_with_no_outcome_there_is_nothing_to_write(clinic: WorkingClinic) -> None:
    with clinic.statements() as statements:
        record(clinic.parts, clinic.id, [])

    assert statements == []


def test_a_recipient_who_was_never_called_is_given_back(clinic: WorkingClinic) -> None:
    batch, one = claimed(clinic)
    clinic.set(Message, Message.id == batch.message_ids[0], launched_at=None)

    record(clinic.parts, batch.id, [(one.waves[0][0], None)])

    row = clinic.get(batch.message_ids[0])
    assert (row.state, row.crashes, row.batch_id) == (State.SCHEDULED, 0, None)


def test_what_was_launched_is_never_given_back_as_if_it_were_not(clinic: WorkingClinic) -> None:
    batch, one = claimed(clinic)

    record(clinic.parts, batch.id, [(one.waves[0][0], None)])

    assert clinic.get(batch.message_ids[0]).state == State.SENDING
