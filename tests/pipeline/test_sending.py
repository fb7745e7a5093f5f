"""A batch: taken once, durable before the call, and as many statements for two hundred as for two."""

from datetime import timedelta

from sqlalchemy import func, select, text

from reminders.domain.answers import Deferred
from reminders.domain.states import State
from reminders.pipeline.claiming import claim
from reminders.pipeline.times import WAVE
from reminders.store import claims
from reminders.store.tables.clinic import Pace, Sender
from reminders.store.tables.messages import Attempt, Message
from tests.clinics import VAULT
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, MAILBOX, PHONE, WorkingClinic


def test_a_batch_is_sent(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued()

    said = clinic.send(batches)

    row = clinic.get(message_id)
    assert said == ["1 of 1 handed over"]
    assert [outgoing.to for outgoing in clinic.channel.given] == [PHONE]
    assert (row.state, row.crashes, row.batch_id) == (State.SENT, 0, None)


def test_a_task_that_comes_twice_sends_once(clinic: WorkingClinic) -> None:
    _, batches = clinic.queued()

    said = clinic.send(batches * 5)

    assert said == ["1 of 1 handed over", *["nothing of ours"] * 4]
    assert len(clinic.channel.given) == 1


def test_a_task_of_an_earlier_batch_finds_nothing(clinic: WorkingClinic) -> None:
    message_id, (old,) = clinic.queued()
    clinic.lease_runs_out()
    (new,) = clinic.dispatch()

    said = clinic.send([old])

    assert said == ["nothing of ours"]
    assert (clinic.get(message_id).state, clinic.get(message_id).batch_id) == (State.QUEUED, new.id)


def test_beginning_renews_the_lease_and_counts_a_death_ahead(clinic: WorkingClinic) -> None:
    message_id, (batch,) = clinic.queued()
    before = clinic.get(message_id).lease_until

    with clinic.parts.transaction() as session:
        claims.begin(session, batch.id, batch.message_ids, lease=timedelta(hours=1))

    row = clinic.get(message_id)
    assert row.crashes == 1
    assert before is not None
    assert row.lease_until is not None
    assert row.lease_until > before + timedelta(minutes=50)


def test_a_row_that_left_its_batch_before_the_claim_did_not_die_of_it(clinic: WorkingClinic) -> None:
    message_id, (batch,) = clinic.queued()
    with clinic.parts.transaction() as session:
        claims.begin(session, batch.id, batch.message_ids, lease=timedelta(hours=1))
    clinic.set(Message, Message.id == message_id, state=State.SCHEDULED, batch_id=None)

    with clinic.parts.transaction() as session:
        claim(session, clinic.parts, batch.id, batch.message_ids)

    assert clinic.get(message_id).crashes == 0


def test_the_attempt_is_durable_before_the_provider_hears_of_it(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued()
    found: list[tuple[Message, Attempt]] = []
    clinic.channel.looks.append(lambda _: found.append((clinic.get(message_id), clinic.attempts(message_id)[0])))

    clinic.send(batches)

    ((row, attempt),) = found
    assert (row.state, row.launched_at is not None, row.launched_on_clock) == (State.SENDING, True, at(DUE))
    assert VAULT.open(Attempt.body, attempt.id, attempt.body) == clinic.channel.texts[0]
    assert (attempt.number, attempt.outcome, attempt.segments) == (1, None, 1)


def test_no_transaction_is_open_while_a_provider_is_called(clinic: WorkingClinic) -> None:
    _, batches = clinic.queued()
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
    message_id, batches = clinic.queued()

    clinic.send(batches)

    (outgoing,) = clinic.channel.given
    url = f"{clinic.parts.public_url}/webhooks/twilio/status?t={outgoing.attempt_token}"
    assert outgoing.callback_url == url
    assert clinic.attempts(message_id)[0].provider_id == f"SM{outgoing.attempt_token}"


def test_each_try_is_handed_over_as_the_same_message(clinic: WorkingClinic) -> None:
    clinic.channel.answers[MAILBOX] = [Deferred("smtp_4.3.0")]
    message_id = clinic.reminder(phone="", email=MAILBOX)
    clinic.send_at(DUE)
    clinic.set(Message, Message.id == message_id, not_before=None)
    clinic.send_due()

    first, second = clinic.channel.given
    assert first.message_id == second.message_id == message_id
    assert first.attempt_token != second.attempt_token


def test_the_rendered_segments_are_booked_whatever_was_expected(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    clinic.set(Message, Message.id == message_id, expected_segments=2)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=10)

    clinic.send(clinic.dispatch())

    assert clinic.scalar(select(func.sum(Pace.segments))) == 1


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

    launches = [one for one in statements if "UPDATE attempts SET launched_at" in one]
    assert (len(batches), len(clinic.channel.given), len(launches)) == (1, 4 * WAVE, 3)
    assert len(statements) < 40
