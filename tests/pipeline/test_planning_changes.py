"""A visit changes, and what stands follows: moved, cancelled, booked again, there and back."""

from datetime import datetime
from typing import Any

from reminders.domain.states import State
from reminders.store.tables.messages import Message
from reminders.store.tables.people import ContactPoint, Person
from tests.domain.planning_clinic import at
from tests.working_clinic import WEDNESDAY, WorkingClinic

THURSDAY = "2026-10-08 10:30"


def rows(clinic: WorkingClinic) -> list[dict[str, Any]]:
    """Return every column of every message."""
    columns = [column.key for column in Message.__table__.columns]
    return [{column: getattr(row, column) for column in columns} for row in clinic.messages()]


def goes(clinic: WorkingClinic) -> dict[str, tuple[str, datetime]]:
    """Return by rule the channel and due time of what is scheduled."""
    return {row.rule: (row.channel, row.due_at) for row in clinic.messages(Message.state == State.SCHEDULED)}


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


def test_a_visit_booked_two_months_ahead_is_announced_once(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.visit(ana, "2026-12-16 10:30")
    clinic.plan()
    clinic.send_due()

    clinic.clock("2026-12-01 10:00")
    clinic.owe(ana)
    clinic.plan()

    assert [row.state for row in clinic.messages(Message.rule == "booked")] == [State.SENT]


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


def test_a_visit_that_the_patient_was_told_of_is_told_again_when_it_moves(clinic: WorkingClinic) -> None:
    visit_id = clinic.visit(clinic.patient())
    clinic.plan()
    clinic.send_due()

    clinic.move(visit_id, THURSDAY)
    clinic.plan()

    assert goes(clinic)["moved"] == ("sms", at("2026-09-28 09:30"))
    assert goes(clinic)["prep"] == ("sms", at("2026-10-07 17:00"))
