"""The driver's deadline: each visit is noticed once for each start, and people are asked to find a driver."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.domain.words import WorkKind
from reminders.pipeline import deadlines, driving
from reminders.store import deadlines as stored
from reminders.store import flight
from reminders.store.now import read
from reminders.store.tables.clinic import Service
from reminders.store.tables.messages import WorkItem
from reminders.store.tables.visits import Appointment, PlanningDebt
from tests.domain.planning_clinic import at
from tests.driven_clinic import heard
from tests.working_clinic import WorkingClinic

BEFORE, DEADLINE = "2026-10-06 14:29", "2026-10-06 14:30"
"""Twenty hours before the visit, and a minute earlier."""


@pytest.fixture
def visit_id(clinic: WorkingClinic) -> UUID:
    """A planned visit of nobody who drives."""
    found = clinic.told_visit(clinic.patient())
    clinic.plan()
    return found


def owed(clinic: WorkingClinic) -> int:
    return int(clinic.scalar(select(func.count()).select_from(PlanningDebt)))


def no_driver(clinic: WorkingClinic) -> list[tuple[str, str]]:
    """Return what people are asked, each with its state and its deadline."""
    with clinic.parts.transaction() as session:
        rows = session.execute(
            select(WorkItem.state, WorkItem.due_at).where(WorkItem.kind == WorkKind.NO_DRIVER).order_by(WorkItem.id)
        )
        return [(state, due_at.isoformat()) for state, due_at in rows]


def test_a_visit_is_noticed_when_its_deadline_passes_and_only_then(clinic: WorkingClinic, visit_id: UUID) -> None:
    clinic.clock(BEFORE)
    assert (deadlines.notice(clinic.parts), owed(clinic)) == (0, 0)
    clinic.clock(DEADLINE)

    assert (deadlines.notice(clinic.parts), owed(clinic)) == (1, 1)

    clinic.plan()
    assert no_driver(clinic) == [("open", "2026-10-06T21:00:00+00:00")]
    assert (deadlines.notice(clinic.parts), owed(clinic)) == (0, 0)
    assert clinic.scalar(select(Appointment.status).where(Appointment.id == visit_id)) == "booked"


def test_a_moved_visit_is_noticed_for_its_new_start_and_the_old_work_is_gone(
    clinic: WorkingClinic, visit_id: UUID
) -> None:
    clinic.clock(DEADLINE)
    deadlines.notice(clinic.parts)
    clinic.plan()
    clinic.move(visit_id, "2026-10-14 10:30")
    clinic.plan()
    assert [state for state, _ in no_driver(clinic)] == ["done"]

    clinic.clock("2026-10-13 14:30")
    noticed = deadlines.notice(clinic.parts)
    clinic.plan()

    assert (noticed, [state for state, _ in no_driver(clinic)]) == (1, ["done", "open"])


def test_a_visit_whose_driver_is_known_is_noticed_and_asks_nobody(clinic: WorkingClinic, visit_id: UUID) -> None:
    heard(clinic, visit_id, lambda session, now: driving.arranged(session, visit_id, now))
    clinic.clock(DEADLINE)

    deadlines.notice(clinic.parts)
    clinic.plan()

    assert no_driver(clinic) == []


@pytest.mark.parametrize("columns", [{"service": "consultation"}, {"status": "cancelled"}, {"status": "arrived"}])
def test_other_visits_are_left_alone(clinic: WorkingClinic, columns: dict[str, str]) -> None:
    clinic.told_visit(clinic.patient(), **columns)
    clinic.plan()
    clinic.clock(DEADLINE)

    assert deadlines.notice(clinic.parts) == 0


def test_a_service_may_have_a_deadline_of_its_own(clinic: WorkingClinic, visit_id: UUID) -> None:
    body = clinic.scalar(select(Service.body).where(Service.slug == "iv-ketamine"))
    clinic.set(Service, Service.slug == "iv-ketamine", body=body | {"driver_deadline": "44 h"})
    clinic.clock("2026-10-05 14:30")

    assert deadlines.notice(clinic.parts) == 1
    assert clinic.scalar(select(Appointment.driver_due_for).where(Appointment.id == visit_id)) == at("2026-10-07 10:30")


def test_a_visit_that_somebody_is_changing_is_left_for_the_next_time(clinic: WorkingClinic, visit_id: UUID) -> None:
    clinic.clock(DEADLINE)

    with clinic.parts.transaction() as other:
        other.execute(select(Appointment.id).where(Appointment.id == visit_id).with_for_update())
        assert deadlines.notice(clinic.parts) == 0

    assert deadlines.notice(clinic.parts) == 1


@pytest.mark.usefixtures("visit_id")
def test_the_stepped_clock_halts_at_a_deadline_and_waits_until_it_is_noticed(clinic: WorkingClinic) -> None:
    with clinic.parts.transaction() as session:
        assert stored.next_at(session, read(session).clinic_at) == at(DEADLINE)
        assert flight.in_flight(session, read(session)) == []
    clinic.clock(DEADLINE)
    with clinic.parts.transaction() as session:
        assert "drivers' deadlines to notice" in flight.in_flight(session, read(session))

    deadlines.notice(clinic.parts)

    with clinic.parts.transaction() as session:
        assert "drivers' deadlines to notice" not in flight.in_flight(session, read(session))
        assert stored.next_at(session, read(session).clinic_at) is None


def test_many_visits_take_as_many_statements_as_one(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient("Ana"))
    clinic.plan()
    clinic.clock(DEADLINE)
    with clinic.statements() as for_one:
        deadlines.notice(clinic.parts)
    for number in range(10):
        clinic.told_visit(clinic.patient(f"Bea{number}", phone=f"+1312555{number:04}"))

    with clinic.statements() as for_many:
        assert deadlines.notice(clinic.parts) == 10

    assert len(for_many) == len(for_one)
