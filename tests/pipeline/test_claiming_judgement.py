"""The claim looks once more: what became untrue, unwanted or untimely since it was planned does not go."""

from datetime import timedelta

import pytest

from reminders.domain.facts import ClinicPolicy, PatientFacts, Person
from reminders.domain.states import State
from reminders.pipeline.claiming import _quiet_in
from reminders.store.now import Now
from reminders.store.tables.clinic import Clinic, Pause
from reminders.store.tables.messages import Message
from reminders.store.tables.people import ContactPoint
from tests.domain.planning_clinic import NEW_YORK, at
from tests.working_clinic import PHONE, WorkingClinic


def test_a_stop_between_queue_and_claim_is_obeyed_and_the_message_goes_by_email(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued()
    clinic.opt_out()

    clinic.send(batches)
    unsent = clinic.get(message_id)
    clinic.send_due()

    assert (unsent.state, unsent.channel) == (State.SCHEDULED, "email")
    assert [outgoing.to for outgoing in clinic.channel.given] == ["ana@example.com"]


def test_a_stop_between_queue_and_claim_of_who_has_nothing_else_is_the_end_of_it(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued(email=None)
    clinic.opt_out()

    clinic.send(batches)

    assert (clinic.get(message_id).state, clinic.get(message_id).reason) == (State.SUPPRESSED, "opted_out")
    assert clinic.channel.given == []


def test_a_visit_cancelled_between_queue_and_claim_is_not_spoken_of(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued()
    clinic.cancel(clinic.visit_of(message_id), by="patient")

    clinic.send(batches)

    assert clinic.get(message_id).state == State.CANCELLED
    assert clinic.channel.given == []


def test_a_visit_moved_between_queue_and_claim_is_planned_again_first(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued()
    clinic.move(clinic.visit_of(message_id), "2026-10-01 14:00")

    clinic.send(batches)

    row = clinic.get(message_id)
    assert (row.state, row.due_at) == (State.SCHEDULED, at("2026-09-30 10:00"))
    assert clinic.channel.given == []


def test_a_message_that_became_useless_expires_and_somebody_calls(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient())
    clinic.plan()
    clinic.clock("2026-10-06 17:00")
    clinic.sweep()
    batches = [batch for batch in clinic.dispatch() if batch.lane == "prep"]

    clinic.clock("2026-10-07 08:31")
    clinic.send(batches)

    assert clinic.message("prep").state == State.EXPIRED
    assert clinic.channel.given == []
    assert sorted(item.kind for item in clinic.work()) == ["no_driver", "phone_patient"]


def test_with_less_than_ten_seconds_of_use_left_it_expires(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued()

    clinic.clock_to(at("2026-09-29 13:00") - timedelta(seconds=9))
    clinic.send(batches)

    assert (clinic.get(message_id).state, clinic.channel.given) == (State.EXPIRED, [])


def test_a_provider_may_try_no_longer_than_the_message_helps(clinic: WorkingClinic) -> None:
    clinic.reminder()

    clinic.send_at("2026-09-29 12:30")

    (outgoing,) = clinic.channel.given
    assert timedelta(minutes=29) < outgoing.validity <= timedelta(minutes=30)


def test_in_quiet_hours_it_waits_for_the_morning(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued()

    clinic.clock("2026-09-28 20:05")
    clinic.send(batches)

    row = clinic.get(message_id)
    assert (row.state, row.due_at) == (State.SCHEDULED, at("2026-09-29 09:00"))
    assert clinic.channel.given == []


def test_in_the_last_seconds_of_the_day_a_text_waits_for_the_morning_too(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued()

    clinic.clock_to(at("2026-09-28 20:00") - timedelta(seconds=5))
    clinic.send(batches)
    row = clinic.get(message_id)

    assert (row.state, row.due_at, clinic.channel.given) == (State.SCHEDULED, at("2026-09-29 09:00"), [])
    assert len(clinic.send_at("2026-09-29 09:00")) == 1


def test_in_the_last_seconds_of_the_day_an_email_goes_for_as_long_as_it_helps(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued(phone="")

    clinic.clock_to(at("2026-09-28 20:00") - timedelta(seconds=5))
    clinic.send(batches)

    (outgoing,) = clinic.channel.given
    assert clinic.get(message_id).state == State.SENT
    assert outgoing.validity > timedelta(hours=9)


def test_on_the_system_s_clock_the_night_comes_nearer_while_a_batch_is_sent(clinic: WorkingClinic) -> None:
    known = PatientFacts(person=Person(id=clinic.id, zone=NEW_YORK), policy=ClinicPolicy(language="en"))
    evening = at("2026-09-28 19:59")

    on_system = _quiet_in(known, Now(clinic_at=evening, machine_at=evening))
    on_stepped = _quiet_in(known, Now(clinic_at=evening, machine_at=at("2026-12-01 12:00")))

    assert (on_system, on_stepped) == (timedelta(minutes=1), timedelta.max)


def test_a_consent_withdrawn_between_queue_and_claim_is_obeyed(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued(email=None)
    clinic.set(ContactPoint, ContactPoint.channel == "sms", consented=False)

    clinic.send(batches)

    assert (clinic.get(message_id).state, clinic.get(message_id).reason) == (State.SUPPRESSED, "no_consent")


def test_a_limit_that_was_lowered_meanwhile_holds_a_limited_text_back(clinic: WorkingClinic) -> None:
    clinic.visit(clinic.patient())
    clinic.plan()
    batches = clinic.dispatch()
    clinic.set(Clinic, Clinic.id == clinic.id, texts_per_day=0)

    clinic.send(batches)
    clinic.send_due()

    assert clinic.messages(Message.rule == "booked", Message.channel == "sms")[0].state == State.SUPPRESSED
    assert PHONE not in [outgoing.to for outgoing in clinic.channel.given]


def test_nobody_is_written_to_whose_plan_is_owed(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued()
    patient_id = clinic.get(message_id).patient_id
    assert patient_id is not None
    clinic.owe(patient_id)

    clinic.send(batches)

    assert (clinic.get(message_id).state, clinic.channel.given) == (State.SCHEDULED, [])
    assert clinic.send_due()


@pytest.mark.parametrize("scope", ["clinic", "channel", "sender", "template", "lane"])
def test_a_pause_between_queue_and_claim_holds_a_message_as_it_was(clinic: WorkingClinic, scope: str) -> None:
    message_id, batches = clinic.queued()
    due_at = clinic.get(message_id).due_at
    _pause(clinic, scope)

    clinic.send(batches)
    row = clinic.get(message_id)
    while_paused = clinic.send_due()
    clinic.set(Pause, ended_at=clinic.now_at)

    assert (row.state, row.due_at, row.crashes, row.batch_id) == (State.SCHEDULED, due_at, 0, None)
    assert (clinic.attempts(message_id), while_paused) == ([], [])
    assert len(clinic.send_due()) == 1


def test_a_pause_of_something_else_holds_nothing(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued()
    _pause(clinic, "channel", "email")

    clinic.send(batches)

    assert clinic.get(message_id).state == State.SENT


def _pause(clinic: WorkingClinic, scope: str, value: str | None = None) -> None:
    values = {"channel": "sms", "sender": str(clinic.sender().id), "template": "reminder", "lane": "routine"}
    with clinic.parts.transaction() as session:
        session.add(
            Pause(
                clinic_id=clinic.id,
                scope=scope,
                value=value or values.get(scope, ""),
                reason="a test",
                started_by="ops",
                started_at=clinic.now_at,
            )
        )
