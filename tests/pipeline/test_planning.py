"""Planning, from a visit to its rows and back: what stands follows what is true, and a second look changes nothing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from reminders.domain.states import State
from reminders.pipeline import planning
from reminders.store.tables.messages import Message, WorkItem
from reminders.store.tables.people import ContactPoint, Person
from reminders.store.tables.visits import Appointment, PlanningDebt
from tests.clinics import VAULT
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, WEDNESDAY, WorkingClinic

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


def test_a_cancelled_visit_takes_its_messages_along_and_says_so(clinic: WorkingClinic) -> None:
    visit_id = clinic.visit(clinic.patient())
    clinic.plan()
    clinic.send_due()

    clinic.cancel(visit_id)
    clinic.plan()

    assert clinic.states() == {
        "booked": State.SENT,
        "overview": State.CANCELLED,
        "driver-ask": State.CANCELLED,
        "prep": State.CANCELLED,
        "cancelled": State.SCHEDULED,
    }
    assert clinic.message("prep").reason == "visit_cancelled"


def test_a_visit_that_the_patient_cancelled_gets_no_text(clinic: WorkingClinic) -> None:
    visit_id = clinic.visit(clinic.patient())
    clinic.plan()

    clinic.cancel(visit_id, by="patient")
    clinic.plan()

    assert set(clinic.states().values()) == {State.CANCELLED}


def test_a_moved_visit_moves_its_unsent_messages_and_keeps_their_rows(clinic: WorkingClinic) -> None:
    visit_id = clinic.told_visit(clinic.patient())
    clinic.plan()
    before = clinic.message("prep")

    clinic.move(visit_id, THURSDAY)
    clinic.plan()

    after = clinic.message("prep")
    assert (after.id, after.due_at) == (before.id, at("2026-10-07 17:00"))
    assert "moved" not in clinic.states()


def test_a_visit_that_the_patient_was_told_of_is_told_again_when_it_moves(clinic: WorkingClinic) -> None:
    visit_id = clinic.visit(clinic.patient())
    clinic.plan()
    clinic.send_due()

    clinic.move(visit_id, THURSDAY)
    clinic.plan()

    assert goes(clinic)["moved"] == ("sms", at("2026-09-28 09:30"))
    assert goes(clinic)["prep"] == ("sms", at("2026-10-07 17:00"))


def test_moved_there_and_back_sends_what_is_now_true(clinic: WorkingClinic) -> None:
    visit_id = clinic.told_visit(clinic.patient())
    clinic.plan()
    first = clinic.send_at("2026-10-06 17:00")[-1]
    clinic.move(visit_id, THURSDAY)
    clinic.plan()
    moved = clinic.send_due()

    clinic.move(visit_id, WEDNESDAY)
    clinic.plan()
    back = clinic.send_due()

    assert "Wed Oct 7 10:30" in first
    assert sum("MOVED to Thu Oct 8 10:30" in text for text in moved) == 1
    assert sum("MOVED to Wed Oct 7 10:30" in text for text in back) == 1


def test_moved_there_and_back_before_anybody_was_told_says_nothing_of_it(clinic: WorkingClinic) -> None:
    visit_id = clinic.told_visit(clinic.patient())
    clinic.plan()
    before = [{key: row[key] for key in row if key != "moved_at"} for row in rows(clinic)]

    for starts in (THURSDAY, WEDNESDAY):
        clinic.move(visit_id, starts)
        clinic.plan()

    assert [{key: row[key] for key in row if key != "moved_at"} for row in rows(clinic)] == before


def test_a_visit_cancelled_and_booked_again_is_prepared_again(clinic: WorkingClinic) -> None:
    visit_id = clinic.told_visit(clinic.patient())
    clinic.plan()
    clinic.cancel(visit_id)
    clinic.plan()

    clinic.change(visit_id, status="booked", cancelled_at=None, cancelled_by=None)
    clinic.plan()

    assert [(row.occurrence, row.state) for row in clinic.messages(Message.rule == "prep")] == [
        (1, State.CANCELLED),
        (2, State.SCHEDULED),
    ]


def test_a_move_of_a_few_minutes_is_no_news(clinic: WorkingClinic) -> None:
    visit_id = clinic.visit(clinic.patient())
    clinic.plan()
    clinic.send_due()

    clinic.move(visit_id, "2026-10-07 10:40")
    clinic.plan()

    assert "moved" not in clinic.states()


def test_a_booking_whose_fast_has_begun_is_told_at_once_and_is_work_at_once(clinic: WorkingClinic) -> None:
    clinic.clock("2026-10-07 09:30")
    clinic.visit(clinic.patient(), "2026-10-07 14:00")

    clinic.plan()

    assert goes(clinic)["prep"] == ("sms", at("2026-10-07 09:30"))
    assert [item.kind for item in clinic.work()] == ["late_booking"]
    assert "If you have eaten since, call us before you come" in " ".join(clinic.send_due())


def test_a_booking_too_late_for_any_text_expires_at_once_and_is_a_call(clinic: WorkingClinic) -> None:
    clinic.clock("2026-10-07 07:45")
    clinic.visit(clinic.patient())

    clinic.plan()

    assert clinic.message("prep").state == State.EXPIRED
    assert [item.kind for item in clinic.work()] == ["phone_patient"]


def test_consent_given_later_sends_what_was_held_back(clinic: WorkingClinic) -> None:
    ana = clinic.patient(consented=False)
    clinic.told_visit(ana)
    clinic.plan()

    clinic.set(ContactPoint, ContactPoint.person_id == ana, consented=True)
    clinic.owe(ana)
    clinic.plan()

    assert clinic.message("prep").state == State.SCHEDULED


def test_a_corrected_number_moves_what_is_unsent(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.told_visit(ana)
    clinic.plan()
    before, new = clinic.message("prep"), clinic.address("sms", "+13125550199")

    clinic.set(ContactPoint, ContactPoint.person_id == ana, ContactPoint.channel == "sms", address_id=new)
    clinic.owe(ana)
    clinic.plan()

    after = clinic.message("prep")
    assert (after.id, after.address_id) == (before.id, new)


def test_nothing_is_said_to_a_patient_who_has_died(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.visit(ana)
    clinic.plan()

    clinic.set(Person, Person.id == ana, status="deceased")
    clinic.owe(ana)
    clinic.plan()

    assert {(row.state, row.reason) for row in clinic.messages()} == {(State.CANCELLED, "deceased")}


def test_a_visit_on_a_closed_date_is_work(clinic: WorkingClinic) -> None:
    clinic.clock("2026-11-10 10:00")
    clinic.told_visit(clinic.patient(), "2026-11-26 10:30")

    clinic.plan()

    assert [item.kind for item in clinic.work()] == ["closed_date"]


def test_visits_booked_together_share_one_text_that_lists_them_all(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    starts = ["2026-10-07 10:30", "2026-10-09 10:30", "2026-10-12 10:30"]
    for number, start in enumerate(starts, start=1):
        clinic.visit(ana, start, visit_number=number)

    clinic.plan()
    texts = clinic.send_due()

    booked = clinic.messages(Message.rule == "booked")
    assert sorted(row.state for row in booked) == [State.MERGED, State.MERGED, State.SENT]
    assert len(texts) == 1
    assert all(day in texts[0] for day in ("Wed Oct 7", "Fri Oct 9", "Mon Oct 12"))


def swapped(clinic: WorkingClinic) -> tuple[UUID, UUID]:
    """Cancel a visit and book one the day before; return (the new one, the old one)."""
    ana = clinic.patient()
    old = clinic.told_visit(ana, service="consultation")
    clinic.plan()
    clinic.clock("2026-09-28 09:31")
    clinic.cancel(old)
    new = clinic.visit(ana, "2026-10-06 10:30", service="consultation")
    clinic.plan()
    return new, old


def test_messages_of_one_day_are_one_text(clinic: WorkingClinic) -> None:
    swapped(clinic)

    texts = clinic.send_due()

    assert clinic.message("booked").state == State.SENT
    assert clinic.message("cancelled").state == State.MERGED
    assert len(texts) == 1
    assert "you're booked Tue Oct 6 10:30 AM" in texts[0]
    assert "we must cancel your visit Wed Oct 7 10:30 AM" in texts[0]


def test_when_the_carrier_falls_its_rider_goes_by_itself(clinic: WorkingClinic) -> None:
    new, _ = swapped(clinic)
    riding = clinic.message("cancelled")

    clinic.cancel(new, by="patient")
    clinic.plan()
    texts = clinic.send_due()

    assert (riding.state, riding.carrier_id) == (State.MERGED, clinic.message("booked").id)
    assert clinic.states() == {"booked": State.CANCELLED, "cancelled": State.SENT, "reminder": State.CANCELLED}
    assert ["we must cancel your visit Wed Oct 7" in text for text in texts] == [True]


def test_when_the_rider_falls_its_carrier_goes_without_it(clinic: WorkingClinic) -> None:
    _, old = swapped(clinic)

    clinic.change(old, status="booked", cancelled_at=None, cancelled_by=None)
    clinic.plan()
    texts = clinic.send_due()

    assert clinic.message("cancelled").state == State.CANCELLED
    assert ["cancel" in text for text in texts] == [False]


def test_a_visit_booked_two_months_ahead_is_announced_once(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.visit(ana, "2026-12-16 10:30")
    clinic.plan()
    clinic.send_due()

    clinic.clock("2026-12-01 10:00")
    clinic.owe(ana)
    clinic.plan()

    assert [row.state for row in clinic.messages(Message.rule == "booked")] == [State.SENT]


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


def test_work_is_opened_once_for_a_need_and_stays_closed(clinic: WorkingClinic) -> None:
    ana = clinic.patient(consented=False)
    clinic.told_visit(ana)
    clinic.plan()
    clinic.set(WorkItem, WorkItem.clinic_id == clinic.id, state="done")

    clinic.owe(ana)
    clinic.plan()

    assert [item.state for item in clinic.work()] == ["done"]


def test_a_nudge_goes_when_the_next_visit_is_due_and_stops_at_booking(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    course_id = clinic.course(ana)
    seventh = clinic.told_visit(ana, course_id=course_id, visit_number=7)
    clinic.clock("2026-10-07 12:00")
    clinic.change(seventh, status="fulfilled", fulfilled_at=clinic.now_at)
    clinic.plan()
    nudged = goes(clinic)["nudge"]

    clinic.visit(ana, "2026-10-28 10:30", course_id=course_id, visit_number=8)
    clinic.plan()

    assert nudged == ("sms", at("2026-10-21 10:00"))
    assert clinic.message("nudge").state == State.CANCELLED
    assert clinic.message("nudge").reason == "booked_ahead"


def test_a_debt_is_gone_when_it_is_paid(clinic: WorkingClinic) -> None:
    clinic.visit(clinic.patient())

    clinic.plan()

    assert clinic.scalar(select(PlanningDebt.id)) is None
    assert clinic.plan() == 0
