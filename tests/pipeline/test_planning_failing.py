"""A patient who cannot be planned: nobody else waits, nothing goes to them, nothing that was asked is forgotten."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.domain.states import State
from reminders.pipeline.unplanned import AFTER_FAILURE
from reminders.pipeline.working import finish
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Appointment, PlanningDebt
from tests.clinics import VAULT
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, WorkingClinic

THURSDAY = "2026-10-08 10:30"
UNPLANNED = "nothing can be planned for the patient, so no text goes; ops has to look at it"


def test_a_patient_who_cannot_be_planned_keeps_nobody_else_waiting(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient("Ana"), clinic.patient("Bea", phone="+13125550143", email="bea@example.com")
    clinic.told_visit(ana)
    clinic.plan()
    clinic.set(Message, Message.patient_id == ana, stamp={})
    clinic.owe(ana)
    clinic.told_visit(bea)

    planned = clinic.plan()

    assert planned == 1
    assert clinic.message("prep", Message.patient_id == bea).state == State.SCHEDULED
    assert clinic.scalar(select(PlanningDebt.id)) == ana


def test_a_visit_whose_columns_cannot_be_opened_keeps_nobody_else_waiting(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient("Ana"), clinic.patient("Bea", phone="+13125550143", email="bea@example.com")
    broken = clinic.told_visit(ana)
    clinic.told_visit(bea)
    sealed = VAULT.seal_map(Appointment.extra, clinic.id, {"consent_form": "outstanding"})
    clinic.set(Appointment, Appointment.id == broken, extra=sealed)

    clinic.plan()

    assert {row.patient_id for row in clinic.messages()} == {bea}


def test_a_call_stays_open_while_its_patient_cannot_be_planned(clinic: WorkingClinic) -> None:
    ana = clinic.patient(consented=False)
    visit_id = clinic.told_visit(ana)
    clinic.plan()
    clinic.set(Appointment, Appointment.id == visit_id, extra=b"broken")

    clinic.owe(ana)
    clinic.plan()

    assert sorted((item.because, item.state) for item in clinic.work()) == [
        (UNPLANNED, "open"),
        ("there is no consent to be written to this way", "open"),
    ]


def test_a_patient_who_cannot_be_planned_waits_behind_the_others_and_hears_nothing_meanwhile(
    clinic: WorkingClinic,
) -> None:
    message = clinic.get(clinic.reminder())
    assert message.patient_id is not None
    clinic.set(Message, Message.id == message.id, stamp={})
    clinic.owe(message.patient_id)
    clinic.clock(DUE)

    tried = [clinic.plan(), clinic.plan()]

    owed_at = select(PlanningDebt.owed_at - func.clock_timestamp()).where(PlanningDebt.id == message.patient_id)
    assert (tried, clinic.dispatch()) == ([0, 0], [])
    assert AFTER_FAILURE >= clinic.scalar(owed_at) > AFTER_FAILURE / 2


# what a person does meanwhile


def damage_message(clinic: WorkingClinic, patient_id: UUID) -> None:
    clinic.set(Message, Message.patient_id == patient_id, stamp={})


def damage_visit(clinic: WorkingClinic, patient_id: UUID) -> None:
    clinic.set(Appointment, Appointment.person_id == patient_id, extra=b"broken")


Damage = Callable[[WorkingClinic, UUID], None]


def unplanned(clinic: WorkingClinic, damage: Damage = damage_message) -> UUID:
    """Return a patient who was planned, and cannot be since."""
    ana = clinic.patient()
    clinic.told_visit(ana)
    clinic.plan()
    damage(clinic, ana)
    clinic.owe(ana)
    clinic.plan()
    return ana


def try_again(clinic: WorkingClinic) -> int:
    """Let the time of the next try come, and plan."""
    clinic.set(PlanningDebt, owed_at=func.clock_timestamp())
    return clinic.plan()


@pytest.mark.parametrize("damage", [damage_message, damage_visit])
def test_who_cannot_be_planned_is_phoned_and_stays_owed(clinic: WorkingClinic, damage: Damage) -> None:
    ana = unplanned(clinic, damage)

    (item,) = clinic.work()
    assert (item.kind, item.what) == ("phone_patient", "phone this patient: none of their texts go")
    assert (item.because, item.patient_id, item.state) == (UNPLANNED, "P-Ana", "open")
    owed_at = select(PlanningDebt.owed_at - func.clock_timestamp()).where(PlanningDebt.id == ana)
    assert clinic.scalar(owed_at) > AFTER_FAILURE / 2


@pytest.mark.parametrize("damage", [damage_message, damage_visit])
def test_who_cannot_be_planned_again_and_again_is_one_item(clinic: WorkingClinic, damage: Damage) -> None:
    unplanned(clinic, damage)

    tried = [try_again(clinic) for _ in range(3)]

    assert (tried, len(clinic.work())) == ([0, 0, 0], 1)


def test_the_item_closes_when_the_patient_can_be_planned_again(clinic: WorkingClinic) -> None:
    ana = unplanned(clinic, damage_visit)
    clinic.set(Appointment, Appointment.person_id == ana, extra=None)

    planned = try_again(clinic)

    assert planned == 1
    assert [(item.because, item.state) for item in clinic.work()] == [(UNPLANNED, "done")]


def test_it_opens_again_when_that_comes_again(clinic: WorkingClinic) -> None:
    ana = unplanned(clinic, damage_visit)
    clinic.set(Appointment, Appointment.person_id == ana, extra=None)
    try_again(clinic)
    damage_visit(clinic, ana)
    clinic.owe(ana)

    clinic.plan()

    assert [(item.because, item.state) for item in clinic.work()] == [(UNPLANNED, "open")]


def test_who_was_phoned_about_a_visit_is_phoned_again_about_the_next_one(clinic: WorkingClinic) -> None:
    ana = unplanned(clinic)
    clinic.told_visit(ana, "2026-10-14 10:30")
    (item,) = clinic.work()
    finish(clinic.parts, item.id, by="Eva", outcome="told")
    try_again(clinic)
    before = len(clinic.work())
    clinic.clock("2026-10-07 12:00")

    try_again(clinic)

    assert (before, sorted(item.state for item in clinic.work())) == (1, ["done", "open"])


def test_who_was_phoned_about_a_visit_is_phoned_again_when_it_is_moved(clinic: WorkingClinic) -> None:
    ana = unplanned(clinic)
    (item,) = clinic.work()
    finish(clinic.parts, item.id, by="Eva", outcome="told")
    clinic.move(clinic.scalar(select(Appointment.id).where(Appointment.person_id == ana)), THURSDAY)

    clinic.plan()

    assert sorted(item.state for item in clinic.work()) == ["done", "open"]


@pytest.mark.parametrize(
    ("at_", "until"),
    [
        ("2026-09-28 09:30", "2026-09-28 11:30"),  # two open hours
        ("2026-10-06 18:00", "2026-10-07 00:00"),  # the fast begins while the location is closed
    ],
)
def test_the_phone_call_comes_before_the_fast_begins(clinic: WorkingClinic, at_: str, until: str) -> None:
    clinic.clock(at_)

    unplanned(clinic)

    (item,) = (one for one in clinic.work() if one.because == UNPLANNED)
    assert item.due_at <= at(until)


def test_a_name_that_cannot_be_opened_is_not_needed_to_plan(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.set(Person, Person.id == ana, first_name=b"broken")
    clinic.told_visit(ana)

    clinic.plan()

    assert clinic.message("prep").state == State.SCHEDULED
