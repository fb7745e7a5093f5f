"""The stepped clock waits for whoever must be told, and stops where the next level would be."""

from datetime import datetime, timedelta

import pytest

from reminders.domain.errors import RefusedError
from reminders.pipeline import clockwork
from reminders.pipeline.escalating import escalate
from reminders.store import flight
from reminders.store.now import read
from reminders.store.tables.clinic import Pause
from tests.help_wanted import LEVEL, cry, item, tick
from tests.working_clinic import WorkingClinic

SHORT = timedelta(seconds=0.2)


def next_moment(clinic: WorkingClinic) -> datetime | None:
    with clinic.parts.transaction() as session:
        return flight.next_moment(session, read(session).clinic_at)


def test_time_does_not_move_on_while_somebody_must_be_told(clinic: WorkingClinic) -> None:
    cry(clinic)

    with pytest.raises(RefusedError, match="staff to be told"):
        clockwork.settle(clinic.parts, SHORT)


def test_time_waits_for_an_alert_whatever_is_paused(clinic: WorkingClinic) -> None:
    paused = {"scope": "clinic", "value": "", "reason": "test", "started_by": "ops", "started_at": clinic.now_at}
    with clinic.parts.transaction() as session:
        session.add(Pause(clinic_id=clinic.id, **paused))
    cry(clinic)
    escalate(clinic.parts)

    with pytest.raises(RefusedError, match="messages due"):
        clockwork.settle(clinic.parts, SHORT)


def test_the_next_level_is_a_moment_of_its_own(clinic: WorkingClinic) -> None:
    cry(clinic)
    tick(clinic)

    assert next_moment(clinic) == clinic.now_at + LEVEL


def test_an_advance_tells_every_level_on_its_way(clinic: WorkingClinic) -> None:
    item_id = cry(clinic)
    tick(clinic)
    until = clinic.now_at + 3 * LEVEL

    def arrived(_at: datetime) -> None:
        tick(clinic)

    moments = list(clockwork.advance(clinic.parts, until, patience=SHORT, arrived=arrived))

    assert [moment - (until - 3 * LEVEL) for moment in moments] == [LEVEL, 2 * LEVEL, 3 * LEVEL]
    assert item(clinic, item_id).escalation == 4


def test_an_item_that_nobody_escalates_is_no_moment(clinic: WorkingClinic) -> None:
    cry(clinic, kind="change", due_at=clinic.now_at)

    assert next_moment(clinic) is None
