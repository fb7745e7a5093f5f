"""While a cry for help is open everything to that person rests, but what the visit itself needs."""

from datetime import timedelta
from uuid import UUID

import pytest

from reminders.domain.judgement import REST
from reminders.pipeline import attending
from reminders.pipeline.working import finish
from reminders.store import work
from reminders.store.tables.messages import Message
from tests.domain.planning_clinic import at
from tests.driven_clinic import DAN, name_driver
from tests.help_wanted import cry
from tests.pipeline.hearing.telephone import Telephone
from tests.working_clinic import DUE, WorkingClinic


def ana_of(clinic: WorkingClinic, message_id: UUID) -> UUID:
    return clinic.get(message_id).recipient_id


def test_a_reminder_waits_while_the_item_is_open_and_goes_when_it_is_done(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    item_id = cry(clinic, ana_of(clinic, message_id), escalate_at=None)

    assert clinic.send_at(DUE) == []
    assert (clinic.get(message_id).state, clinic.get(message_id).due_at) == ("scheduled", at(DUE) + REST)

    finish(clinic.parts, item_id, by="Rosa", outcome="safe")
    clinic.plan()
    assert len(clinic.send_due()) == 1


def test_it_goes_by_itself_half_an_hour_after_the_item_was_closed_by_somebody_else(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    item_id = cry(clinic, ana_of(clinic, message_id), escalate_at=None)
    clinic.send_at(DUE)
    with clinic.parts.transaction() as session:
        work.finish(session, clinic.parts.vault, item_id, by="Rosa", outcome="safe", now=clinic.now_at)

    clinic.clock_to(clinic.now_at + REST)

    assert len(clinic.send_due()) == 1


def test_a_taken_item_is_an_open_one(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    attending.take(clinic.parts, cry(clinic, ana_of(clinic, message_id)), by="Rosa")

    assert clinic.send_at(DUE) == []


def test_what_rests_expires_when_it_would_help_no_more(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    cry(clinic, ana_of(clinic, message_id), escalate_at=None)
    clinic.clock(DUE)

    for _ in range(100):
        clinic.send_due()
        clinic.sweep()
        if clinic.get(message_id).state != "scheduled":
            break
        clinic.clock_to(max(clinic.get(message_id).due_at, clinic.now_at + timedelta(minutes=1)))

    assert (clinic.get(message_id).state, clinic.get(message_id).reason) == ("expired", "too_late")
    assert clinic.channel.given == []


@pytest.mark.parametrize("kind", ["change", "clinical"])
def test_other_work_lets_nothing_rest(clinic: WorkingClinic, kind: str) -> None:
    message_id = clinic.reminder()
    cry(clinic, ana_of(clinic, message_id), kind=kind, escalate_at=None)

    assert len(clinic.send_at(DUE)) == 1


def test_the_cry_of_another_person_lets_nothing_rest(clinic: WorkingClinic) -> None:
    clinic.reminder()
    cry(clinic, clinic.patient("Bea", phone="+13125550177"), escalate_at=None)

    assert len(clinic.send_at(DUE)) == 1


def test_getting_ready_and_a_moved_or_cancelled_visit_go_meanwhile(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    visit_id = clinic.told_visit(patient_id)
    clinic.plan()
    cry(clinic, patient_id, escalate_at=None)
    clinic.clock("2026-10-06 17:00")
    clinic.send_due()
    clinic.cancel(visit_id)
    clinic.plan()

    clinic.send_due()

    went = {row.rule for row in clinic.messages(Message.state == "sent")}
    assert {"prep", "cancelled"} <= went
    assert went <= {"prep", "cancelled", "moved-prep"}


def test_what_rides_in_a_message_that_rests_goes_by_itself_when_it_must(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    clinic.told_visit(patient_id)
    clinic.plan()
    prep, carrier_id = clinic.message("prep"), clinic.reminder("Bea", phone="+13125550177")
    carrier = clinic.get(carrier_id)
    clinic.set(Message, Message.id == prep.id, state="merged", carrier_id=carrier_id, due_at=carrier.due_at)
    cry(clinic, carrier.recipient_id, escalate_at=None)

    clinic.send_at(DUE)

    assert clinic.get(carrier_id).state == "scheduled"
    assert clinic.get(prep.id).carrier_id is None


def test_nobody_at_a_shared_phone_is_written_to_while_a_cry_from_it_is_open(clinic: WorkingClinic) -> None:
    clinic.reminder("Ana")
    clinic.patient("Ben", email="ben@example.com")
    phone = Telephone(clinic)
    phone.writes("I want to die")
    phone.receives()
    (item,) = phone.items()

    while_open = clinic.send_at(DUE)
    finish(clinic.parts, item.id, by="Rosa", outcome="safe")
    clinic.plan()

    assert item.person_id is None
    assert while_open == []
    assert len(clinic.send_due()) == 1


def test_a_driver_s_cry_lets_the_patient_s_texts_go(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    name_driver(clinic, clinic.visit_of(message_id))
    Telephone(clinic, number=DAN).writes("I want to die")
    clinic.plan()

    clinic.send_at(DUE)

    assert clinic.get(message_id).state == "sent"
