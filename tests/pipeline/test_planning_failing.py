"""A patient who cannot be planned: nobody else waits, nothing goes to them, nothing that was asked is forgotten."""

from sqlalchemy import func, select

from reminders.domain.states import State
from reminders.pipeline import planning
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Appointment, PlanningDebt
from tests.clinics import VAULT
from tests.working_clinic import DUE, WorkingClinic

THURSDAY = "2026-10-08 10:30"


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

    assert [(item.kind, item.state) for item in clinic.work()] == [("phone_patient", "open")]


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
    assert planning.AFTER_FAILURE >= clinic.scalar(owed_at) > planning.AFTER_FAILURE / 2


def test_a_name_that_cannot_be_opened_is_not_needed_to_plan(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.set(Person, Person.id == ana, first_name=b"broken")
    clinic.told_visit(ana)

    clinic.plan()

    assert clinic.message("prep").state == State.SCHEDULED
