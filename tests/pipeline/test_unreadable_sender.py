"""A sender whose log-in cannot be decrypted is held; its messages wait, and those of other senders go."""

from sqlalchemy import func

from reminders.domain.answers import Unknown
from reminders.domain.states import State
from reminders.pipeline.inquiring import inquire
from reminders.store import senders
from reminders.store.senders import SenderSetup
from reminders.store.tables.clinic import Sender
from reminders.store.tables.messages import Message
from tests.clinics import VAULT
from tests.working_clinic import DUE, PHONE, WorkingClinic

TWILIO = SenderSetup(channel="sms", provider="twilio", account="AC1", token="new", from_address="+15005550006")


def damage(clinic: WorkingClinic) -> None:
    clinic.set(Sender, Sender.channel == "sms", token=b"damaged")


def test_its_messages_wait_unharmed_and_ops_is_told_once(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(3)
    clinic.clock(DUE)
    batches = clinic.dispatch()
    damage(clinic)

    clinic.send(batches)

    rows = [clinic.get(message_id) for message_id in ids]
    assert [(row.state, row.crashes) for row in rows] == [(State.SCHEDULED, 0)] * 3
    assert clinic.sender().held_because == "sender_unreadable"
    assert clinic.send_due() == []
    (item,) = clinic.work()
    assert (item.kind, item.because) == (
        "sender_held",
        "the sender's log-in at the provider could not be decrypted; ops has to look at it",
    )


def test_seeding_writes_a_new_log_in_and_everything_goes(clinic: WorkingClinic) -> None:
    with clinic.parts.transaction() as session:
        senders.follow(session, VAULT, clinic.id, [TWILIO])
    _, batches = clinic.queued()
    damage(clinic)
    clinic.send(batches)

    with clinic.parts.transaction() as session:
        senders.follow(session, VAULT, clinic.id, [TWILIO])

    row = clinic.sender()
    assert (row.held_because, VAULT.open_some(Sender.token, row.id, row.token)) == (None, "new")
    assert row.previous_token is None
    assert len(clinic.dispatch()) == 1


def test_what_it_left_unknown_is_asked_about_later(clinic: WorkingClinic) -> None:
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    message_id, batches = clinic.queued()
    clinic.send(batches)
    damage(clinic)
    clinic.set(Message, Message.id == message_id, check_at=func.clock_timestamp())

    inquire(clinic.parts)

    row = clinic.get(message_id)
    assert (row.state, row.checks) == (State.UNKNOWN, 0)
    assert inquire(clinic.parts) == 0
