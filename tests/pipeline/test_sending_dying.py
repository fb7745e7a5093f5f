"""A worker that dies in the middle: nothing is lost, nothing goes twice, and what kills again and again is parked."""

import pytest

from reminders.domain.answers import Deferred
from reminders.domain.states import State
from reminders.pipeline import event_loop
from reminders.pipeline.claiming import claim
from reminders.pipeline.recording import record
from reminders.pipeline.times import WAVE
from reminders.store import claims
from reminders.store.base import new_id
from reminders.store.tables.messages import Attempt, Message
from tests.working_clinic import DUE, PHONE, Batch, WorkingClinic


def dies(clinic: WorkingClinic, batches: list[Batch]) -> None:
    """Let the worker die while the provider is called."""
    with pytest.raises(SystemExit):
        clinic.send(batches)
    event_loop.close()


def test_a_worker_that_dies_after_the_launch_leaves_an_unknown(clinic: WorkingClinic) -> None:
    clinic.channel.answers[PHONE] = [SystemExit(9)]
    message_id, batches = clinic.queued()
    dies(clinic, batches)
    before = clinic.get(message_id).state

    clinic.lease_runs_out()

    row = clinic.get(message_id)
    assert (before, row.state, row.reason, row.crashes) == (State.SENDING, State.UNKNOWN, "lease_out", 1)
    assert clinic.send_due() == []


def test_a_worker_that_dies_before_the_launch_loses_nothing(clinic: WorkingClinic) -> None:
    clinic.reminders(WAVE + 1)
    clinic.clock(DUE)
    (batch,) = clinic.dispatch()
    with clinic.parts.transaction() as session:
        claims.begin(session, batch.id, batch.message_ids, lease=clinic.parts.times.lease)
    with clinic.parts.transaction() as session:
        claim(session, clinic.parts, batch.id, batch.message_ids)

    clinic.lease_runs_out()

    states = [row.state for row in clinic.messages(Message.rule == "reminder")]
    assert (states.count(State.UNKNOWN), states.count(State.SCHEDULED)) == (WAVE, 1)
    assert len(clinic.send_due()) == 1


def test_a_worker_that_dies_before_the_claim_loses_nothing(clinic: WorkingClinic) -> None:
    message_id, (batch,) = clinic.queued()
    with clinic.parts.transaction() as session:
        claims.begin(session, batch.id, batch.message_ids, lease=clinic.parts.times.lease)

    clinic.lease_runs_out()

    assert (clinic.get(message_id).state, clinic.get(message_id).crashes) == (State.SCHEDULED, 1)
    assert len(clinic.send_due()) == 1
    assert clinic.get(message_id).crashes == 0


def test_an_answer_that_comes_after_the_lease_still_counts(clinic: WorkingClinic) -> None:
    message_id, (batch,) = clinic.queued()
    clinic.channel.looks.append(lambda _: clinic.lease_runs_out())
    seen: list[str] = []
    clinic.channel.looks.append(lambda _: seen.append(clinic.get(message_id).state))

    clinic.send([batch])

    row = clinic.get(message_id)
    assert seen == [State.UNKNOWN]
    assert (row.state, row.reason, row.crashes) == (State.SENT, None, 0)


def test_a_late_answer_does_not_touch_what_was_tried_again_since(clinic: WorkingClinic) -> None:
    message_id, (batch,) = clinic.queued()
    with clinic.parts.transaction() as session:
        mine = claims.begin(session, batch.id, batch.message_ids, lease=clinic.parts.times.lease)
    with clinic.parts.transaction() as session:
        late = claim(session, clinic.parts, batch.id, mine)
    clinic.lease_runs_out()
    with clinic.parts.transaction() as session:
        first = clinic.attempts(message_id)[0]
        again = {column.key: getattr(first, column.key) for column in Attempt.__table__.columns}
        session.add(Attempt(**{**again, "id": new_id(), "number": 2}))

    record(clinic.parts, batch.id, [(late.waves[0][0], Deferred("http_429"))])

    assert clinic.get(message_id).state == State.UNKNOWN


def test_the_third_death_parks_a_message_and_asks_somebody(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    for _ in range(3):
        (batch,) = clinic.dispatch()
        with clinic.parts.transaction() as session:
            claims.begin(session, batch.id, batch.message_ids, lease=clinic.parts.times.lease)
        clinic.lease_runs_out()

    row = clinic.get(message_id)
    (item,) = clinic.work()
    assert (row.state, row.reason) == (State.PARKED, "crashed")
    assert (item.kind, item.because) == ("parked", "sending it stopped the process again and again")
    assert item.appointment_id is not None
