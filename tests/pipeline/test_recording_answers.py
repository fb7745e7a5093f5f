"""The four answers of a provider: where each takes a message, and what follows from it."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.channels.twilio_answers import judge
from reminders.domain.answers import Accepted, Deferred, Fault, Hold, Refused, Unknown
from reminders.domain.states import State
from reminders.store.tables.clinic import Pace, Sender
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Address, Consent
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, MAILBOX, PHONE, WorkingClinic


def answered(clinic: WorkingClinic, *answers: Any) -> Message:
    """Return a message after a batch in which the provider gave each of *answers*."""
    clinic.channel.answers[PHONE] = list(answers)
    message_id, batches = clinic.queued()
    clinic.send(batches)
    return clinic.get(message_id)


def test_what_was_accepted_is_sent_and_names_the_providers_id(clinic: WorkingClinic) -> None:
    row = answered(clinic, Accepted("SM1"))

    (attempt,) = clinic.attempts(row.id)
    assert (row.state, row.reason) == (State.SENT, None)
    assert (attempt.outcome, attempt.provider_id, attempt.finished_at is not None) == ("accepted", "SM1", True)


def test_a_provider_that_gives_the_same_id_twice_stops_nothing(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(2)
    clinic.clock(DUE)
    for number in range(2):
        clinic.channel.answers[f"+1312555{number:04}"] = [Accepted("SM-always-the-same")]

    clinic.send(clinic.dispatch())

    assert [clinic.get(one).state for one in ids] == [State.SENT, State.SENT]


def test_what_was_deferred_waits_longer_each_time(clinic: WorkingClinic) -> None:
    message_id = answered(clinic, *[Deferred("smtp_4.3.0")] * 3).id
    waits = []
    for _ in range(2):
        waits.append(_wait_of(clinic, message_id))
        clinic.set(Message, Message.id == message_id, not_before=None)
        clinic.set(Pace, Pace.clinic_id == clinic.id, shut_until=None)
        clinic.send(clinic.dispatch())

    row = clinic.get(message_id)
    assert (row.state, row.reason, row.tries) == (State.SCHEDULED, "smtp_4.3.0", 3)
    assert timedelta(seconds=2) < waits[0] <= timedelta(seconds=5) < waits[1] + timedelta(seconds=1)
    assert [attempt.outcome for attempt in clinic.attempts(message_id)] == ["deferred"] * 3


def test_what_the_provider_asks_to_wait_is_waited(clinic: WorkingClinic) -> None:
    row = answered(clinic, Deferred("smtp_4.3.0", retry_after=timedelta(minutes=3)))

    assert _wait_of(clinic, row.id) > timedelta(minutes=2, seconds=55)


def test_a_deferred_message_goes_when_its_pause_is_over(clinic: WorkingClinic) -> None:
    message_id = answered(clinic, Deferred("smtp_4.3.0")).id
    too_early = clinic.dispatch()

    clinic.set(Message, Message.id == message_id, not_before=func.clock_timestamp())
    clinic.set(Pace, Pace.clinic_id == clinic.id, shut_until=func.clock_timestamp())
    clinic.send(clinic.dispatch())

    assert too_early == []
    assert clinic.get(message_id).state == State.SENT
    assert [attempt.number for attempt in clinic.attempts(message_id)] == [1, 2]


def test_a_deferred_message_never_goes_past_its_use(clinic: WorkingClinic) -> None:
    message_id = answered(clinic, Deferred("smtp_4.3.0", retry_after=timedelta(hours=30))).id

    clinic.clock("2026-09-29 13:00")
    clinic.sweep()

    assert clinic.get(message_id).state == State.EXPIRED


@pytest.mark.parametrize("hold", [Hold.BUDGET, Hold.DAILY])
def test_a_message_whose_sender_must_wait_burns_no_try_and_no_time_of_its_own(
    clinic: WorkingClinic, hold: Hold
) -> None:
    row = answered(clinic, Deferred("twilio_30022", hold, timedelta(minutes=3)))

    assert (row.state, row.reason, row.tries, row.not_before) == (State.SCHEDULED, "twilio_30022", 0, None)


def test_a_mistake_in_the_set_up_holds_the_sender_and_loses_nothing(clinic: WorkingClinic) -> None:
    row = answered(clinic, Deferred("twilio_20003", Hold.CONFIGURATION))

    assert (row.state, row.tries) == (State.SCHEDULED, 0)
    assert clinic.sender().held_because == "twilio_20003"
    clinic.set(Message, Message.id == row.id, not_before=None)
    assert clinic.dispatch() == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, 20003),
        (403, 20005),
        (401, 10001),
        (403, 20008),
        (403, 90010),
        (401, 70051),
        (400, 21660),
        (400, 21661),
        (403, 29999),
    ],
)
def test_an_account_or_a_number_that_may_not_send_uses_up_no_message(
    clinic: WorkingClinic, status: int, code: int
) -> None:
    ids = clinic.reminders(20)
    clinic.clock(DUE)
    refused = judge(status, {}, json.dumps({"code": code, "status": status}))
    clinic.channel.answers = {f"+1312555{number:04}": [refused] for number in range(20)}

    clinic.send(clinic.dispatch())

    assert {clinic.get(one).state for one in ids} == {State.SCHEDULED}
    assert clinic.sender().held_because == f"twilio_{code}"
    assert [item.kind for item in clinic.work()] == ["sender_held"]


def test_a_released_sender_sends_what_waited(clinic: WorkingClinic) -> None:
    row = answered(clinic, Deferred("twilio_20003", Hold.CONFIGURATION))

    clinic.set(Sender, Sender.channel == "sms", held_at=None, held_because=None)
    clinic.set(Message, Message.id == row.id, not_before=None)
    clinic.send_due()

    assert clinic.get(row.id).state == State.SENT


@pytest.mark.parametrize("fault", [Fault.DEAD_ADDRESS, Fault.NOT_MOBILE])
def test_a_number_that_cannot_be_texted_is_marked_and_the_email_is_planned_with_it(
    clinic: WorkingClinic, fault: Fault
) -> None:
    seen: list[dict[int, str]] = []
    _, batches = clinic.queued()
    clinic.channel.answers[PHONE] = [Refused("twilio_21614", fault)]
    clinic.channel.looks.append(lambda _: clinic.at_each_commit(lambda: seen.append(_steps(clinic))))

    clinic.send(batches)

    row, email = clinic.messages(Message.rule == "reminder")
    dead = clinic.scalar(select(Address.dead_because).where(Address.id == row.address_id))
    assert (row.state, row.reason, dead) == (State.UNDELIVERED, "twilio_21614", "twilio_21614")
    assert (email.occurrence, email.step, email.channel, email.state) == (1, 2, "email", State.SCHEDULED)
    assert {1: State.UNDELIVERED} not in seen
    assert {1: State.UNDELIVERED, 2: State.SCHEDULED} in seen
    assert clinic.send_due()[-1].startswith("Hello")


@pytest.mark.parametrize("fault", [Fault.CONTENT, Fault.UNREACHABLE, Fault.EXPIRED])
def test_another_refusal_leaves_the_number_unmarked_and_still_fails_over(clinic: WorkingClinic, fault: Fault) -> None:
    row = answered(clinic, Refused("twilio_30007", fault))

    assert clinic.scalar(select(Address.dead_at).where(Address.id == row.address_id)) is None
    assert (clinic.message("reminder").step, clinic.message("reminder").channel) == (2, "email")


def test_an_opt_out_that_the_provider_knows_is_entered(clinic: WorkingClinic) -> None:
    row = answered(clinic, Refused("twilio_21610", Fault.OPTED_OUT))

    entry = clinic.scalar(select(Consent).where(Consent.address_id == row.address_id))
    assert (entry.granted, entry.source, entry.how) == (False, "provider", "twilio_21610")
    assert clinic.scalar(select(Address.opted_out_at).where(Address.id == row.address_id)) == at(DUE)
    assert clinic.message("reminder").channel == "email"


def test_when_every_channel_fails_somebody_calls(clinic: WorkingClinic) -> None:
    clinic.channel.answers = {
        PHONE: [Refused("twilio_21211", Fault.DEAD_ADDRESS)],
        MAILBOX: [Refused("smtp_5.1.1", Fault.DEAD_ADDRESS)],
    }
    clinic.told_visit(clinic.patient())
    clinic.plan()
    clinic.set(Message, Message.rule != "prep", state=State.CANCELLED)

    clinic.send_at("2026-10-06 17:00")

    assert [(row.step, row.channel, row.state) for row in clinic.messages(Message.rule == "prep")] == [
        (1, "sms", State.UNDELIVERED),
        (2, "email", State.UNDELIVERED),
    ]
    assert sorted((item.kind, item.due_at) for item in clinic.work()) == [
        ("no_driver", at("2026-10-06 17:00")),
        ("phone_patient", at("2026-10-06 17:00")),
    ]


def test_an_outcome_that_nobody_knows_stays_unknown_and_holds_its_address(clinic: WorkingClinic) -> None:
    row = answered(clinic, Unknown("timeout"))
    clinic.reminder("Bea", PHONE, "2026-09-29 15:00", email="bea@example.com")

    clinic.clock("2026-09-28 11:00")

    assert (row.state, row.reason) == (State.UNKNOWN, "timeout")
    assert clinic.send_due() == []
    assert clinic.sweep() == 0
    assert clinic.get(row.id).state == State.UNKNOWN


def test_what_a_channel_raises_may_have_gone(clinic: WorkingClinic) -> None:
    row = answered(clinic, ZeroDivisionError())

    assert (row.state, row.reason) == (State.UNKNOWN, "channel_raised")


def test_one_that_raises_leaves_the_others_of_its_wave_alone(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(3)
    clinic.clock(DUE)
    clinic.channel.answers["+13125550001"] = [ZeroDivisionError()]

    clinic.send(clinic.dispatch())

    assert sorted(clinic.get(one).state for one in ids) == [State.SENT, State.SENT, State.UNKNOWN]


def _steps(clinic: WorkingClinic) -> dict[int, str]:
    return {row.step: row.state for row in clinic.messages(Message.rule == "reminder")}


def _wait_of(clinic: WorkingClinic, message_id: UUID) -> timedelta:
    left = Message.not_before - func.clock_timestamp()
    wait = clinic.scalar(select(left).where(Message.id == message_id))
    assert isinstance(wait, timedelta)
    return wait
