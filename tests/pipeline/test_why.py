"""Why: everything that did and did not go about a message or a visit, in words."""

import pytest

from reminders.domain.answers import Fault, Refused
from reminders.domain.errors import RefusedError
from reminders.pipeline.why import why
from reminders.store.tables.messages import Attempt, Message
from tests.working_clinic import DUE, PHONE, WorkingClinic


def told(clinic: WorkingClinic, name: object) -> str:
    return "\n".join(why(clinic.parts, str(name)))


def test_a_delivered_message_says_so_and_when(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    clinic.receipt(message_id, "delivered")
    clinic.settle()

    answer = told(clinic, message_id)

    assert "reminder by sms about visit" in answer
    assert "Handed over Mon Sep 28 10:00 AM EDT: accepted. Reports: delivered." in answer
    assert "It was delivered." in answer


def test_a_suppressed_message_says_what_holds_it_back(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient(consented=False), source_id="A-1")
    clinic.plan()

    assert "Not sent, because there is no consent to be written to this way." in told(clinic, "A-1")


def test_a_merged_message_names_its_carrier(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.visit(ana, "2026-10-07 10:30", service="consultation")
    clinic.visit(ana, "2026-10-14 10:30", service="consultation")
    clinic.plan()
    (rider,) = clinic.messages(Message.carrier_id.is_not(None))

    assert told(clinic, rider.id).endswith(f"It goes as part of message {rider.carrier_id}.")


def test_a_lost_message_says_why_and_that_another_channel_follows(clinic: WorkingClinic) -> None:
    clinic.channel.answers[PHONE] = [Refused("twilio_21614", Fault.NOT_MOBILE)]
    row = clinic.get(clinic.reminder())
    clinic.send_at(DUE)

    answer = told(clinic, row.appointment_id)

    assert "Not delivered, because" in answer
    assert "twilio_21614" not in answer
    assert "try 2 by email" in answer


def test_a_rule_that_made_no_message_says_why_not(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient(), source_id="A-1")
    clinic.plan()

    answer = told(clinic, "A-1")

    assert "booked: not planned, because the visit was booked too long ago for this." in answer
    assert "cancelled: not planned, because what it speaks of has not happened here." in answer


def test_a_parked_message_says_what_is_wrong_with_it(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.set(Message, Message.id == message_id, crashes=3)
    clinic.sweep()

    assert "Waits for a person, because sending it stopped the process again and again." in told(clinic, message_id)


def test_a_try_that_was_ready_and_never_went_says_so(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    clinic.dispatch()
    with clinic.parts.transaction() as session:
        row = session.get_one(Message, (message_id, clinic.id))
        session.add(
            Attempt(
                clinic_id=clinic.id,
                message_id=message_id,
                number=1,
                sender_id=row.sender_id,
                language="en",
                body=b"",
                made_at=clinic.now_at,
            )
        )

    answer = told(clinic, message_id)

    assert "Ready Mon Sep 28 10:00 AM EDT, but not handed over: something had changed" in answer


def test_what_waits_says_until_when(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()

    assert "due Mon Sep 28 10:00 AM EDT, of use until Tue Sep 29 1:00 PM EDT." in told(clinic, message_id)
    assert "It waits until then." in told(clinic, message_id)


@pytest.mark.parametrize("name", ["A-0", "01a1fd84-c57d-7dde-950b-3d6125e1c52d"])
def test_what_is_not_there_is_refused(clinic: WorkingClinic, name: str) -> None:
    with pytest.raises(RefusedError, match="no message and no appointment"):
        why(clinic.parts, name)
