"""Planning, from a visit to its rows: what its protocol lays down, once, however often it is looked at."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from reminders.domain.states import State
from reminders.store.tables.messages import Message, WorkItem
from reminders.store.tables.people import ContactPoint, Person
from reminders.store.tables.visits import PlanningDebt
from tests.domain.planning_clinic import at
from tests.working_clinic import WorkingClinic

THURSDAY = "2026-10-08 10:30"


def rows(clinic: WorkingClinic) -> list[dict[str, Any]]:
    """Return every column of every message."""
    columns = [column.key for column in Message.__table__.columns]
    return [{column: getattr(row, column) for column in columns} for row in clinic.messages()]


def goes(clinic: WorkingClinic) -> dict[str, tuple[str, datetime]]:
    """Return by rule the channel and due time of what is scheduled."""
    return {row.rule: (row.channel, row.due_at) for row in clinic.messages(Message.state == State.SCHEDULED)}


def test_a_new_visit_gets_what_its_protocol_lays_down(clinic: WorkingClinic) -> None:
    clinic.visit(clinic.patient())

    planned = clinic.plan()

    assert planned == 1
    assert goes(clinic) == {
        "booked": ("sms", at("2026-09-28 09:30")),
        "overview": ("email", at("2026-10-04 10:00")),
        "driver-ask": ("sms", at("2026-10-05 10:30")),
        "prep": ("sms", at("2026-10-06 17:00")),
    }


def test_prep_of_an_early_visit_comes_in_time_and_is_of_use_until_the_last_stop(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient(), "2026-10-07 07:00")

    clinic.plan()

    prep = clinic.message("prep")
    assert (prep.due_at, prep.useful_until) == (at("2026-10-06 17:00"), at("2026-10-07 05:00"))
    assert prep.stamp["stops"] == [
        ["food", at("2026-10-06 23:00").isoformat()],
        ["clear-liquids", at("2026-10-07 05:00").isoformat()],
    ]


def test_a_patient_without_consent_for_texts_is_written_to_by_email(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.set(ContactPoint, ContactPoint.channel == "sms", consented=False)
    clinic.told_visit(ana)

    clinic.plan()

    assert clinic.message("prep").channel == "email"


def test_a_patient_without_any_consent_is_called(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient(consented=False))

    clinic.plan()

    assert set(clinic.states().values()) == {State.SUPPRESSED}
    assert clinic.message("prep").reason == "no_consent"
    assert [(item.kind, item.because) for item in clinic.work()] == [
        ("phone_patient", "there is no consent to be written to this way")
    ]


def test_a_patient_without_a_number_has_a_suppressed_row_without_an_address(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient(phone=None, email=None))

    clinic.plan()

    prep = clinic.message("prep")
    assert (prep.state, prep.reason, prep.address_id) == (State.SUPPRESSED, "no_address", None)


def test_planning_again_changes_no_column_of_any_row(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.visit(ana)
    clinic.visit(ana, THURSDAY)
    clinic.plan()
    before, work = rows(clinic), clinic.work()

    for _ in range(3):
        clinic.owe(ana)
        clinic.plan()

    assert (rows(clinic), clinic.work()) == (before, work)


def test_planning_again_on_the_way_changes_nothing_that_has_not_changed(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.visit(ana)
    clinic.plan()
    clinic.send_due()
    before = rows(clinic)

    for moment in ("2026-10-03 10:00", "2026-10-04 09:59", "2026-10-05 10:29"):
        clinic.clock(moment)
        clinic.owe(ana)
        clinic.plan()

    assert rows(clinic) == before


def test_a_booking_whose_fast_has_begun_is_told_at_once_and_is_work_at_once(clinic: WorkingClinic) -> None:
    clinic.clock("2026-10-07 09:30")
    clinic.visit(clinic.patient(), "2026-10-07 14:00")

    clinic.plan()

    assert goes(clinic)["prep"] == ("sms", at("2026-10-07 09:30"))
    assert sorted(item.kind for item in clinic.work()) == ["late_booking", "no_driver"]
    assert "If you have eaten since, call us before you come" in " ".join(clinic.send_due())


def test_a_booking_too_late_for_any_text_expires_at_once_and_is_a_call(clinic: WorkingClinic) -> None:
    clinic.clock("2026-10-07 07:45")
    clinic.visit(clinic.patient())

    clinic.plan()

    assert clinic.message("prep").state == State.EXPIRED
    assert sorted(item.kind for item in clinic.work()) == ["no_driver", "phone_patient"]


def test_a_visit_on_a_closed_date_is_work(clinic: WorkingClinic) -> None:
    clinic.clock("2026-11-10 10:00")
    clinic.told_visit(clinic.patient(), "2026-11-26 10:30")

    clinic.plan()

    assert [item.kind for item in clinic.work()] == ["closed_date"]


def test_many_patients_are_planned_by_as_many_statements_as_one_and_what_they_change(clinic: WorkingClinic) -> None:
    for number in range(12):
        clinic.told_visit(clinic.patient(f"Ana{number}", phone=f"+1312555{number:04}", email=f"a{number}@example.com"))
    clinic.plan()
    people = select(Person.id).order_by(Person.id)
    with clinic.parts.transaction() as session:
        patients = session.scalars(people).all()

    clinic.owe(patients[0])
    with clinic.statements() as for_one:
        clinic.plan()
    for patient_id in patients:
        clinic.owe(patient_id)
    with clinic.statements() as for_all:
        clinic.plan()

    assert len(for_all) == len(for_one)


def test_work_is_opened_once_for_a_need_and_stays_closed(clinic: WorkingClinic) -> None:
    ana = clinic.patient(consented=False)
    clinic.told_visit(ana)
    clinic.plan()
    clinic.set(WorkItem, WorkItem.clinic_id == clinic.id, state="done")

    clinic.owe(ana)
    clinic.plan()

    assert [item.state for item in clinic.work()] == ["done"]


def test_a_debt_is_gone_when_it_is_paid(clinic: WorkingClinic) -> None:
    clinic.visit(clinic.patient())

    clinic.plan()

    assert clinic.scalar(select(PlanningDebt.id)) is None
    assert clinic.plan() == 0
