"""Calling off: what has gone is never sent again, however late its receipt comes, and what it told is what was told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.domain.answers import Deferred, Unknown
from reminders.domain.states import State
from reminders.pipeline.deciding import send_parked
from reminders.pipeline.inquiring import inquire
from reminders.pipeline.receiving import Report, receive
from reminders.store.tables.clinic import Pace
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Address
from tests.scripted_inquirer import ScriptedInquirer
from tests.working_clinic import DUE, PHONE, WorkingClinic

AGAIN = "2026-09-28 10:20"


def ask_twice(clinic: WorkingClinic) -> None:
    """Let the provider's list have nothing, twice."""
    clinic.parts = replace(clinic.parts, inquirers={"sandbox": ScriptedInquirer()})
    for _ in range(2):
        clinic.set(Message, Message.check_at.is_not(None), check_at=func.clock_timestamp())
        inquire(clinic.parts)


def waiting(clinic: WorkingClinic) -> UUID:
    """Return a message that went without an answer, was twice absent from the list, and is to go again."""
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    ask_twice(clinic)
    assert clinic.get(message_id).state == State.SCHEDULED
    clinic.clock(AGAIN)
    return message_id


def report(clinic: WorkingClinic, message_id: UUID, number: int, status: str, code: str | None = None) -> None:
    """Let the provider report on one of the tries of a message, counted from 1."""
    attempt_id = clinic.attempts(message_id)[number - 1].id
    receive(clinic.parts, [Report(attempt_id=attempt_id, provider_id="SM9", status=status, code=code, raw="late")])


@pytest.mark.parametrize(
    ("statuses", "state"),
    [(["sent"], State.SENT), (["delivered"], State.DELIVERED), (["queued", "delivered"], State.DELIVERED)],
)
def test_a_first_try_that_is_reported_late_is_the_only_one(
    clinic: WorkingClinic, statuses: Sequence[str], state: State
) -> None:
    message_id = waiting(clinic)
    for status in statuses:
        report(clinic, message_id, 1, status)

    clinic.settle()

    row, (attempt,) = clinic.get(message_id), clinic.attempts(message_id)
    assert (row.state, row.launched_at, clinic.send_due()) == (state, attempt.launched_at, [])
    assert (row.check_at is not None) is (state is State.SENT)
    assert len(clinic.channel.given) == 1


def test_a_message_that_is_queued_again_is_taken_from_its_batch(clinic: WorkingClinic) -> None:
    message_id = waiting(clinic)
    batches = clinic.dispatch()
    report(clinic, message_id, 1, "delivered")

    clinic.settle()

    assert clinic.send(batches) == ["nothing of ours"]
    assert (clinic.get(message_id).state, len(clinic.channel.given)) == (State.DELIVERED, 1)


def test_a_receipt_that_nobody_has_settled_yet_keeps_the_claim_from_sending(clinic: WorkingClinic) -> None:
    message_id = waiting(clinic)
    batches = clinic.dispatch()
    report(clinic, message_id, 1, "delivered")

    said = clinic.send(batches)
    row = clinic.get(message_id)
    clinic.settle()

    assert (said, row.state, row.crashes) == (["0 of 1 handed over"], State.SCHEDULED, 0)
    assert (clinic.get(message_id).state, len(clinic.channel.given)) == (State.DELIVERED, 1)


def test_what_a_person_sent_on_is_called_off_too(clinic: WorkingClinic) -> None:
    message_id = waiting(clinic)
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    clinic.send_due()
    ask_twice(clinic)
    assert clinic.get(message_id).state == State.PARKED
    send_parked(clinic.parts, message_id, by="maria")
    report(clinic, message_id, 2, "delivered")

    clinic.settle()

    assert (clinic.get(message_id).state, clinic.send_due()) == (State.DELIVERED, [])
    assert len(clinic.channel.given) == 2


def test_a_late_failure_goes_to_the_next_channel_instead(clinic: WorkingClinic) -> None:
    message_id = waiting(clinic)
    report(clinic, message_id, 1, "undelivered", "30006")

    clinic.settle()

    row, email = clinic.get(message_id), clinic.message("reminder")
    assert (row.state, row.reason) == (State.UNDELIVERED, "twilio_30006")
    assert clinic.scalar(select(Address.dead_because).where(Address.id == row.address_id)) == "twilio_30006"
    assert (email.step, email.channel, len(clinic.send_due())) == (2, "email", 1)


def test_a_late_failure_that_may_be_wrong_ends_the_waiting_too(clinic: WorkingClinic) -> None:
    message_id = waiting(clinic)
    report(clinic, message_id, 1, "failed", "30410")

    clinic.settle()

    assert (clinic.get(message_id).state, clinic.send_due()) == (State.SENT, [])


def test_a_failure_of_an_older_try_leaves_the_message_to_its_next(clinic: WorkingClinic) -> None:
    message_id = waiting(clinic)
    clinic.channel.answers[PHONE] = [Deferred("no_connection")]
    clinic.send_due()
    report(clinic, message_id, 1, "failed", "30007")

    clinic.settle()

    assert clinic.get(message_id).state == State.SCHEDULED


@pytest.mark.parametrize(("code", "state"), [("30007", State.UNKNOWN), ("30410", State.UNKNOWN)])
def test_a_failure_of_an_older_try_does_not_tell_that_the_newest_went(
    clinic: WorkingClinic, code: str, state: State
) -> None:
    message_id = waiting(clinic)
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    clinic.send_due()
    report(clinic, message_id, 1, "failed", code)

    clinic.settle()

    assert clinic.get(message_id).state == state


def test_a_visit_moved_meanwhile_was_told_at_its_old_time_and_the_new_one_is_news(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    visit_id = clinic.visit(patient_id, "2026-10-07 10:30")
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    clinic.plan()
    clinic.send_due()
    booked = clinic.message("booked").id
    ask_twice(clinic)
    clinic.move(visit_id, "2026-10-08 15:00")
    clinic.plan()
    report(clinic, booked, 1, "delivered")

    clinic.settle()
    texts = clinic.send_due()

    assert clinic.get(booked).state == State.DELIVERED
    assert clinic.get(booked).stamp["starts_at"].startswith("2026-10-07")
    assert ["Oct 8" in text for text in texts] == [True]
    assert clinic.message("moved").state == State.SENT


def test_a_number_changed_meanwhile_is_not_blamed_for_the_old_one(clinic: WorkingClinic) -> None:
    message_id = waiting(clinic)
    old = clinic.get(message_id).address_id
    clinic.opt_out()
    clinic.owe(clinic.scalar(select(Message.patient_id).where(Message.id == message_id)))
    clinic.plan()
    assert clinic.get(message_id).channel == "email"
    report(clinic, message_id, 1, "undelivered", "30006")

    clinic.settle()

    row = clinic.get(message_id)
    assert (row.state, row.channel, row.address_id) == (State.UNDELIVERED, "sms", old)
    dead = clinic.scalar(select(func.count()).where(Address.dead_at.is_not(None)))
    assert (dead, clinic.scalar(select(Address.dead_at.is_not(None)).where(Address.id == old))) == (1, True)
    assert (clinic.message("reminder").channel, len(clinic.send_due())) == ("email", 1)


@pytest.mark.parametrize(
    ("came_after", "state"), [(timedelta(minutes=1), State.SCHEDULED), (-timedelta(minutes=1), State.MERGED)]
)
def test_only_what_came_to_ride_in_it_afterwards_has_not_gone_with_it(
    clinic: WorkingClinic, came_after: timedelta, state: State
) -> None:
    first = waiting(clinic)
    rider = clinic.reminder("Bea", "+13125550143")
    launched_at = clinic.attempts(first)[0].launched_on_clock
    assert launched_at is not None
    clinic.set(Message, Message.id == rider, state=State.MERGED, carrier_id=first, moved_at=launched_at + came_after)
    report(clinic, first, 1, "delivered")

    clinic.settle()

    assert (clinic.get(first).state, clinic.get(rider).state) == (State.DELIVERED, state)


def test_what_rides_in_another_meanwhile_leaves_it_when_it_has_gone_already(clinic: WorkingClinic) -> None:
    first, carrier = riding(clinic)
    report(clinic, first, 1, "delivered")

    clinic.settle()

    assert (clinic.get(first).state, clinic.get(first).carrier_id) == (State.DELIVERED, None)
    assert clinic.get(carrier).state == State.SCHEDULED


def test_what_went_again_as_part_of_another_stays_part_of_it(clinic: WorkingClinic) -> None:
    first, carrier = riding(clinic)
    clinic.set(Message, Message.id == carrier, state=State.SENT)
    report(clinic, first, 1, "delivered")

    clinic.settle()

    assert (clinic.get(first).state, clinic.get(first).carrier_id) == (State.MERGED, carrier)


def riding(clinic: WorkingClinic) -> tuple[UUID, UUID]:
    """Return a message whose first try may have gone, and the one that carries it now."""
    first = waiting(clinic)
    carrier = clinic.reminder("Bea", "+13125550143")
    clinic.set(Message, Message.id == first, state=State.MERGED, carrier_id=carrier)
    return first, carrier


def test_a_sender_that_rests_gives_the_receipt_time_to_come(clinic: WorkingClinic) -> None:
    message_id = waiting(clinic)
    clinic.set(Pace, Pace.clinic_id == clinic.id, shut_until=func.clock_timestamp() + timedelta(minutes=5))
    nothing = clinic.send_due()
    report(clinic, message_id, 1, "delivered")

    clinic.settle()
    clinic.set(Pace, Pace.clinic_id == clinic.id, shut_until=None)

    assert (nothing, clinic.send_due(), len(clinic.channel.given)) == ([], [], 1)
