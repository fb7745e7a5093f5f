"""A batch: taken once, judged again, durable before the call, sent in waves, recorded; what is left when it dies."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from reminders.domain.answers import Accepted, Deferred, Fault, Hold, Refused, Unknown
from reminders.domain.states import State
from reminders.pipeline import sending
from reminders.pipeline.claiming import claim
from reminders.pipeline.recording import record
from reminders.pipeline.times import WAVE
from reminders.store import claims
from reminders.store.base import new_id
from reminders.store.tables.clinic import Clinic, Pace, Sender
from reminders.store.tables.messages import Attempt, Message
from reminders.store.tables.people import Address, Consent, ContactPoint
from tests.clinics import VAULT
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, MAILBOX, PHONE, Batch, WorkingClinic


def queued(clinic: WorkingClinic, **person: Any) -> tuple[UUID, list[Batch]]:
    """Return a message that is due, and the batch that it was handed out in."""
    message_id = clinic.reminder(**person)
    clinic.clock(DUE)
    return message_id, clinic.dispatch()


def answered(clinic: WorkingClinic, *answers: Any, phone: str = PHONE) -> Message:
    """Return a message to *phone* after a batch in which the provider gave each of *answers*."""
    clinic.channel.answers[phone] = list(answers)
    message_id, batches = queued(clinic)
    clinic.send(batches)
    return clinic.get(message_id)


def lease_runs_out(clinic: WorkingClinic) -> None:
    out = func.clock_timestamp() - timedelta(seconds=1)
    clinic.set(Message, Message.lease_until.is_not(None), lease_until=out)
    clinic.sweep()


# taken once


def test_a_batch_is_sent(clinic: WorkingClinic) -> None:
    message_id, batches = queued(clinic)

    said = clinic.send(batches)

    row = clinic.get(message_id)
    assert said == ["1 of 1 handed over"]
    assert [outgoing.to for outgoing in clinic.channel.given] == [PHONE]
    assert (row.state, row.crashes, row.batch_id) == (State.SENT, 0, None)


def test_a_task_that_comes_twice_sends_once(clinic: WorkingClinic) -> None:
    _, batches = queued(clinic)

    said = clinic.send(batches * 5)

    assert said == ["1 of 1 handed over", *["nothing of ours"] * 4]
    assert len(clinic.channel.given) == 1


def test_a_task_of_an_earlier_batch_finds_nothing(clinic: WorkingClinic) -> None:
    message_id, (old,) = queued(clinic)
    lease_runs_out(clinic)
    (new,) = clinic.dispatch()

    said = clinic.send([old])

    assert said == ["nothing of ours"]
    assert (clinic.get(message_id).state, clinic.get(message_id).batch_id) == (State.QUEUED, new.id)


def test_beginning_renews_the_lease_and_counts_a_death_ahead(clinic: WorkingClinic) -> None:
    message_id, (batch,) = queued(clinic)
    before = clinic.get(message_id).lease_until

    with clinic.parts.transaction() as session:
        claims.begin(session, batch.id, batch.message_ids, lease=timedelta(hours=1))

    row = clinic.get(message_id)
    assert row.crashes == 1
    assert before is not None
    assert row.lease_until is not None
    assert row.lease_until > before + timedelta(minutes=50)


def test_a_row_that_left_its_batch_before_the_claim_did_not_die_of_it(clinic: WorkingClinic) -> None:
    message_id, (batch,) = queued(clinic)
    with clinic.parts.transaction() as session:
        claims.begin(session, batch.id, batch.message_ids, lease=timedelta(hours=1))
    clinic.set(Message, Message.id == message_id, state=State.SCHEDULED, batch_id=None)

    with clinic.parts.transaction() as session:
        claim(session, clinic.parts, batch.id, batch.message_ids)

    assert clinic.get(message_id).crashes == 0


# judged again


def test_a_stop_between_queue_and_claim_is_obeyed_and_the_message_goes_by_email(clinic: WorkingClinic) -> None:
    message_id, batches = queued(clinic)
    clinic.opt_out()

    clinic.send(batches)
    unsent = clinic.get(message_id)
    clinic.send_due()

    assert (unsent.state, unsent.channel) == (State.SCHEDULED, "email")
    assert [outgoing.to for outgoing in clinic.channel.given] == ["ana@example.com"]


def test_a_stop_between_queue_and_claim_of_who_has_nothing_else_is_the_end_of_it(clinic: WorkingClinic) -> None:
    message_id, batches = queued(clinic, email=None)
    clinic.opt_out()

    clinic.send(batches)

    assert (clinic.get(message_id).state, clinic.get(message_id).reason) == (State.SUPPRESSED, "opted_out")
    assert clinic.channel.given == []


def test_a_visit_cancelled_between_queue_and_claim_is_not_spoken_of(clinic: WorkingClinic) -> None:
    message_id, batches = queued(clinic)
    clinic.cancel(visit_of(clinic, message_id), by="patient")

    clinic.send(batches)

    assert clinic.get(message_id).state == State.CANCELLED
    assert clinic.channel.given == []


def test_a_visit_moved_between_queue_and_claim_is_planned_again_first(clinic: WorkingClinic) -> None:
    message_id, batches = queued(clinic)
    clinic.move(visit_of(clinic, message_id), "2026-10-01 14:00")

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
    assert [item.kind for item in clinic.work()] == ["phone_patient"]


def test_with_less_than_ten_seconds_of_use_left_it_expires(clinic: WorkingClinic) -> None:
    message_id, batches = queued(clinic)

    clinic.clock_to(at("2026-09-29 13:00") - timedelta(seconds=9))
    clinic.send(batches)

    assert (clinic.get(message_id).state, clinic.channel.given) == (State.EXPIRED, [])


def test_a_provider_may_try_no_longer_than_the_message_helps(clinic: WorkingClinic) -> None:
    clinic.reminder()

    clinic.send_at("2026-09-29 12:30")

    assert [outgoing.validity for outgoing in clinic.channel.given] == [timedelta(minutes=30)]


def test_in_quiet_hours_it_waits_for_the_morning(clinic: WorkingClinic) -> None:
    message_id, batches = queued(clinic)

    clinic.clock("2026-09-28 20:05")
    clinic.send(batches)

    row = clinic.get(message_id)
    assert (row.state, row.due_at) == (State.SCHEDULED, at("2026-09-29 09:00"))
    assert clinic.channel.given == []


def test_a_consent_withdrawn_between_queue_and_claim_is_obeyed(clinic: WorkingClinic) -> None:
    message_id, batches = queued(clinic, email=None)
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
    message_id, batches = queued(clinic)
    patient_id = clinic.get(message_id).patient_id
    assert patient_id is not None
    clinic.owe(patient_id)

    clinic.send(batches)

    assert (clinic.get(message_id).state, clinic.channel.given) == (State.SCHEDULED, [])
    assert clinic.send_due()


def visit_of(clinic: WorkingClinic, message_id: UUID) -> UUID:
    visit_id = clinic.get(message_id).appointment_id
    assert visit_id is not None
    return visit_id


# durable before the call


def test_the_attempt_is_durable_before_the_provider_hears_of_it(clinic: WorkingClinic) -> None:
    message_id, batches = queued(clinic)
    found: list[tuple[Message, Attempt]] = []
    clinic.channel.looks.append(lambda _: found.append((clinic.get(message_id), clinic.attempts(message_id)[0])))

    clinic.send(batches)

    ((row, attempt),) = found
    assert (row.state, row.launched_at is not None, row.launched_on_clock) == (State.SENDING, True, at(DUE))
    assert VAULT.open(Attempt.body, attempt.id, attempt.body) == clinic.channel.texts[0]
    assert (attempt.number, attempt.outcome, attempt.segments) == (1, None, 1)


def test_no_transaction_is_open_while_a_provider_is_called(clinic: WorkingClinic) -> None:
    _, batches = queued(clinic)
    open_ones: list[int] = []
    clinic.channel.looks.append(lambda _: open_ones.append(_open_transactions(clinic)))

    clinic.send(batches)

    assert open_ones == [0]


def _open_transactions(clinic: WorkingClinic) -> int:
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend' AND xact_start IS NOT NULL"
    )
    return int(clinic.scalar(text(query)))


def test_the_callback_names_the_attempt(clinic: WorkingClinic) -> None:
    message_id, batches = queued(clinic)

    clinic.send(batches)

    (outgoing,) = clinic.channel.given
    url = f"{clinic.parts.public_url}/webhooks/twilio/status?t={outgoing.attempt_token}"
    assert outgoing.callback_url == url
    assert clinic.attempts(message_id)[0].provider_id == f"SM{outgoing.attempt_token}"


def test_the_rendered_segments_correct_what_was_expected(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    clinic.set(Message, Message.id == message_id, expected_segments=2)

    clinic.send(clinic.dispatch())

    assert clinic.scalar(select(func.sum(Pace.segments))) == 1


# waves


def test_a_wave_is_no_larger_than_it_may_be(clinic: WorkingClinic) -> None:
    clinic.reminders(WAVE + 10)
    clinic.clock(DUE)
    launched: list[int] = []
    count = select(func.count()).select_from(Message).where(Message.launched_at.is_not(None))
    clinic.channel.looks.append(lambda _: launched.append(clinic.scalar(count)))

    clinic.send(clinic.dispatch())

    assert (launched[0], launched[-1], len(launched)) == (WAVE, WAVE + 10, WAVE + 10)


def test_a_stop_between_two_waves_holds_for_the_second(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(WAVE + 2)
    clinic.clock(DUE)
    (batch,) = clinic.dispatch()
    last, before_last = _in_order(clinic, batch)[-1], _in_order(clinic, batch)[-2]
    _once(clinic, lambda: clinic.opt_out(_phone_of(clinic, last)))

    clinic.send([batch])

    assert (clinic.get(last).state, clinic.get(before_last).state) == (State.SCHEDULED, State.SENT)
    assert clinic.get(last).crashes == 0
    assert len(clinic.channel.given) == len(ids) - 1
    clinic.send_due()
    assert (clinic.get(last).state, clinic.get(last).channel) == (State.SENT, "email")


@pytest.mark.parametrize("change", ["cancel", "move", "consent", "address", "lease"])
def test_what_changes_between_two_waves_keeps_the_second_from_going(clinic: WorkingClinic, change: str) -> None:
    clinic.reminders(WAVE + 1)
    clinic.clock(DUE)
    (batch,) = clinic.dispatch()
    last = _in_order(clinic, batch)[-1]
    _once(clinic, lambda: _change(clinic, last, change))

    clinic.send([batch])

    assert clinic.get(last).state != State.SENT
    assert len(clinic.channel.given) == WAVE


def _change(clinic: WorkingClinic, message_id: UUID, change: str) -> None:
    row = clinic.get(message_id)
    here = (ContactPoint.person_id == row.patient_id, ContactPoint.channel == "sms")
    match change:
        case "cancel":
            clinic.cancel(visit_of(clinic, message_id))
        case "move":
            clinic.move(visit_of(clinic, message_id), "2026-10-01 14:00")
        case "consent":
            clinic.set(ContactPoint, *here, consented=False)
        case "address":
            clinic.set(ContactPoint, *here, address_id=clinic.address("sms", "+13125550199"))
        case "lease":
            clinic.set(Message, Message.id == message_id, lease_until=func.clock_timestamp())


def test_no_wave_starts_later_than_its_claim_is_sure_to_hold(clinic: WorkingClinic) -> None:
    clinic.reminders(WAVE + 1)
    clinic.clock(DUE)
    clinic.parts = _with_times(clinic, last_wave=timedelta())

    clinic.send(clinic.dispatch())

    assert clinic.channel.given == []
    assert {row.state for row in clinic.messages(Message.rule == "reminder")} == {State.SCHEDULED}


def _with_times(clinic: WorkingClinic, **times: timedelta) -> Any:
    return replace(clinic.parts, times=replace(clinic.parts.times, **times))


def _in_order(clinic: WorkingClinic, batch: Batch) -> list[UUID]:
    return [row.id for row in clinic.messages(Message.id.in_(batch.message_ids))]


def _phone_of(clinic: WorkingClinic, message_id: UUID) -> str:
    address_id = clinic.get(message_id).address_id
    assert address_id is not None
    return VAULT.open(Address.value, address_id, clinic.scalar(select(Address.value).where(Address.id == address_id)))


def _once(clinic: WorkingClinic, step: Any) -> None:
    steps = [step]
    clinic.channel.looks.append(lambda _: steps.pop()() if steps else None)


# the four answers


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
    message_id = answered(clinic, *[Deferred("http_429")] * 3).id
    waits = []
    for _ in range(2):
        waits.append(_wait_of(clinic, message_id))
        clinic.set(Message, Message.id == message_id, not_before=None)
        clinic.send(clinic.dispatch())

    row = clinic.get(message_id)
    assert (row.state, row.reason, row.tries) == (State.SCHEDULED, "http_429", 3)
    assert timedelta(seconds=2) < waits[0] <= timedelta(seconds=5) < waits[1] + timedelta(seconds=1)
    assert [attempt.outcome for attempt in clinic.attempts(message_id)] == ["deferred"] * 3


def test_what_the_provider_asks_to_wait_is_waited(clinic: WorkingClinic) -> None:
    row = answered(clinic, Deferred("http_429", retry_after=timedelta(minutes=3)))

    assert _wait_of(clinic, row.id) > timedelta(minutes=2, seconds=55)


def test_a_deferred_message_goes_when_its_pause_is_over(clinic: WorkingClinic) -> None:
    message_id = answered(clinic, Deferred("http_429")).id
    too_early = clinic.dispatch()

    clinic.set(Message, Message.id == message_id, not_before=func.clock_timestamp())
    clinic.send(clinic.dispatch())

    assert too_early == []
    assert clinic.get(message_id).state == State.SENT
    assert [attempt.number for attempt in clinic.attempts(message_id)] == [1, 2]


def test_a_deferred_message_never_goes_past_its_use(clinic: WorkingClinic) -> None:
    message_id = answered(clinic, Deferred("http_429", retry_after=timedelta(hours=30))).id

    clinic.clock("2026-09-29 13:00")
    clinic.sweep()

    assert clinic.get(message_id).state == State.EXPIRED


def test_a_budget_that_is_used_up_is_asked_again_later_each_time(clinic: WorkingClinic) -> None:
    row = answered(clinic, Deferred("twilio_30022", Hold.BUDGET))

    assert (row.state, row.tries) == (State.SCHEDULED, 1)


def test_a_mistake_in_the_set_up_holds_the_sender_and_loses_nothing(clinic: WorkingClinic) -> None:
    row = answered(clinic, Deferred("twilio_20003", Hold.CONFIGURATION))

    assert (row.state, row.tries) == (State.SCHEDULED, 0)
    assert clinic.sender().held_because == "twilio_20003"
    clinic.set(Message, Message.id == row.id, not_before=None)
    assert clinic.dispatch() == []


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
    _, batches = queued(clinic)
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
    (item,) = clinic.work()
    assert (item.kind, item.due_at) == ("phone_patient", at("2026-10-06 17:00"))


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


# when it dies


def dies(clinic: WorkingClinic, batches: list[Batch]) -> None:
    """Let the worker die while the provider is called."""
    with pytest.raises(SystemExit):
        clinic.send(batches)
    sending._loop().close()
    sending._loop.cache_clear()


def test_a_worker_that_dies_after_the_launch_leaves_an_unknown(clinic: WorkingClinic) -> None:
    clinic.channel.answers[PHONE] = [SystemExit(9)]
    message_id, batches = queued(clinic)
    dies(clinic, batches)
    before = clinic.get(message_id).state

    lease_runs_out(clinic)

    row = clinic.get(message_id)
    assert (before, row.state, row.reason, row.crashes) == (State.SENDING, State.UNKNOWN, "lease_out", 1)
    assert clinic.send_due() == []


def test_a_worker_that_dies_before_the_launch_loses_nothing(clinic: WorkingClinic) -> None:
    clinic.reminders(WAVE + 1)
    clinic.clock(DUE)
    (batch,) = clinic.dispatch()
    with clinic.parts.transaction() as session:
        claims.begin(session, batch.id, batch.message_ids, lease=clinic.parts.times.lease)
    with clinic.parts.transaction() as session:
        claim(session, clinic.parts, batch.id, batch.message_ids)

    lease_runs_out(clinic)

    states = [row.state for row in clinic.messages(Message.rule == "reminder")]
    assert (states.count(State.UNKNOWN), states.count(State.SCHEDULED)) == (WAVE, 1)
    assert len(clinic.send_due()) == 1


def test_a_worker_that_dies_before_the_claim_loses_nothing(clinic: WorkingClinic) -> None:
    message_id, (batch,) = queued(clinic)
    with clinic.parts.transaction() as session:
        claims.begin(session, batch.id, batch.message_ids, lease=clinic.parts.times.lease)

    lease_runs_out(clinic)

    assert (clinic.get(message_id).state, clinic.get(message_id).crashes) == (State.SCHEDULED, 1)
    assert len(clinic.send_due()) == 1
    assert clinic.get(message_id).crashes == 0


def test_an_answer_that_comes_after_the_lease_still_counts(clinic: WorkingClinic) -> None:
    message_id, (batch,) = queued(clinic)
    clinic.channel.looks.append(lambda _: lease_runs_out(clinic))
    seen: list[str] = []
    clinic.channel.looks.append(lambda _: seen.append(clinic.get(message_id).state))

    clinic.send([batch])

    row = clinic.get(message_id)
    assert seen == [State.UNKNOWN]
    assert (row.state, row.reason, row.crashes) == (State.SENT, None, 0)


def test_a_late_answer_does_not_touch_what_was_tried_again_since(clinic: WorkingClinic) -> None:
    message_id, (batch,) = queued(clinic)
    with clinic.parts.transaction() as session:
        mine = claims.begin(session, batch.id, batch.message_ids, lease=clinic.parts.times.lease)
    with clinic.parts.transaction() as session:
        late = claim(session, clinic.parts, batch.id, mine)
    lease_runs_out(clinic)
    with clinic.parts.transaction() as session:
        first = clinic.attempts(message_id)[0]
        again = {column.key: getattr(first, column.key) for column in Attempt.__table__.columns}
        session.add(Attempt(**{**again, "id": new_id(), "number": 2}))

    record(clinic.parts, batch.id, [(late.waves[0][0], Deferred("http_429"))])

    assert clinic.get(message_id).state == State.UNKNOWN


def test_the_third_death_parks_a_message_and_asks_somebody(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    for _ in range(3):
        (batch,) = clinic.dispatch()
        with clinic.parts.transaction() as session:
            claims.begin(session, batch.id, batch.message_ids, lease=clinic.parts.times.lease)
        lease_runs_out(clinic)

    row = clinic.get(message_id)
    (item,) = clinic.work()
    assert (row.state, row.reason) == (State.PARKED, "crashed")
    assert (item.kind, item.because) == ("parked", "sending it stopped the process again and again")
    assert item.appointment_id is not None


# statements


def test_two_hundred_messages_take_as_many_statements_as_two(clinic: WorkingClinic) -> None:
    clinic.set(Sender, Sender.channel == "sms", per_second=500)
    clinic.reminders(2)
    clinic.clock(DUE)
    few = clinic.dispatch()
    with clinic.statements() as for_few:
        clinic.send(few)
    for number in range(WAVE):
        patient_id = clinic.patient(f"Bea{number}", phone=f"+1312556{number:04}", email=f"bea{number}@example.com")
        clinic.told_visit(patient_id, "2026-09-29 14:30", service="consultation")
    clinic.plan()
    many = clinic.dispatch()

    with clinic.statements() as for_many:
        clinic.send(many)

    assert [len(batch.message_ids) for batch in many] == [WAVE]
    assert len(for_many) == len(for_few)


def test_each_further_wave_takes_the_same_few_statements(clinic: WorkingClinic) -> None:
    clinic.set(Sender, Sender.channel == "sms", per_second=500)
    clinic.reminders(4 * WAVE)
    clinic.clock(DUE)
    batches = clinic.dispatch()

    with clinic.statements() as statements:
        clinic.send(batches)

    launches = [one for one in statements if one.startswith("UPDATE attempts SET launched_at")]
    assert (len(batches), len(clinic.channel.given), len(launches)) == (1, 4 * WAVE, 4)
    assert len(statements) < 60
