"""Tasks that no worker ever began: however often they are lost, they count as no death and everything goes."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from reminders.domain.states import State
from reminders.pipeline.dispatch import dispatch
from reminders.pipeline.times import CRASHES
from tests.working_clinic import DUE, WorkingClinic

OFTEN = CRASHES + 2


def away(_lane: str, _batch_id: UUID, _message_ids: Sequence[UUID]) -> None:
    raise ConnectionError("the broker is away")


def states(clinic: WorkingClinic, ids: Sequence[UUID]) -> set[tuple[State, int]]:
    return {(State(row.state), row.crashes) for row in map(clinic.get, ids)}


def test_what_the_broker_forgets_again_and_again_goes_once_in_the_end(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(5)
    clinic.clock(DUE)
    for _ in range(OFTEN):
        clinic.dispatch()
        clinic.lease_runs_out()
    before = states(clinic, ids)

    sent = clinic.send_due()

    assert (before, len(sent)) == ({(State.SCHEDULED, 0)}, 5)


def test_a_broker_that_is_away_parks_nothing(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(5)
    clinic.clock(DUE)
    for _ in range(OFTEN):
        with pytest.raises(ConnectionError):
            dispatch(clinic.parts, away)
    before = states(clinic, ids)

    sent = clinic.send_due()

    assert (before, len(sent)) == ({(State.SCHEDULED, 0)}, 5)


def test_tasks_of_every_lost_batch_that_come_late_find_nothing(clinic: WorkingClinic) -> None:
    clinic.reminders(5)
    clinic.clock(DUE)
    lost = []
    for _ in range(OFTEN):
        lost += clinic.dispatch()
        clinic.lease_runs_out()
    clinic.send_due()

    said = clinic.send(lost)

    assert said == ["nothing of ours"] * OFTEN
    assert len(clinic.channel.given) == 5
