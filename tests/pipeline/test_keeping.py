"""Keeping: what the sandbox took is stored sealed, at the clinic's time, with its receipts to come."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text

from reminders.channels.sandbox import Kept, Step
from reminders.domain.words import Channel
from reminders.pipeline.keeping import keeper
from reminders.store.engine import Transaction
from reminders.store.tables.machinery import KeptCallback, KeptMessage
from tests.handed_over import MAILBOX, NOON, PHONE, Scene, provider_id, scene


@pytest.fixture
def clinic(transaction: Transaction) -> Scene:
    """A clinic on the sandbox."""
    return scene(transaction)


def kept(clinic: Scene) -> KeptMessage:
    with clinic.parts.transaction() as session:
        return session.scalars(select(KeptMessage)).one()


def test_a_text_is_kept_with_its_attempt_and_can_be_found_by_its_phone(clinic: Scene) -> None:
    attempt_id = clinic.attempt()
    token = clinic.token(attempt_id)
    message = Kept(
        provider_id=provider_id(token),
        channel=Channel.SMS,
        attempt_token=token,
        to=PHONE,
        text="see you",
        subject=None,
        html=None,
        callback_url="https://visits.example.com/x?t=y",
        script=(Step(timedelta(seconds=1), "sent"),),
    )

    keeper(clinic.parts.transaction, clinic.parts.vault)(message)

    row, vault = kept(clinic), clinic.parts.vault
    assert (row.clinic_id, row.attempt_id, row.channel) == (clinic.clinic_id, attempt_id, "sms")
    assert (row.provider_id, row.callback_url) == (provider_id(token), "https://visits.example.com/x?t=y")
    assert row.lookup == vault.lookup("sms", PHONE)
    assert vault.open(KeptMessage.recipient, row.id, row.recipient) == PHONE
    assert vault.open(KeptMessage.body, row.id, row.body) == "see you"
    assert (row.subject, row.html) == (None, None)
    assert row.status == "queued"
    assert row.kept_at == NOON


def test_an_email_is_kept_whole_and_is_sent_at_once(clinic: Scene) -> None:
    clinic.email("Dear Ana", subject="Getting ready", html="<p>Dear Ana</p>")

    row, vault = kept(clinic), clinic.parts.vault
    assert row.lookup == vault.lookup("email", MAILBOX)
    assert vault.open_some(KeptMessage.subject, row.id, row.subject) == "Getting ready"
    assert vault.open_some(KeptMessage.html, row.id, row.html) == "<p>Dear Ana</p>"
    assert row.status == "sent"


def test_its_receipts_come_after_a_while_of_machine_time(clinic: Scene) -> None:
    clinic.text("see you", Step(timedelta(seconds=10), "sent"), Step(timedelta(hours=1), "undelivered", 30003))

    with clinic.parts.transaction() as session:
        machine_at = session.execute(text("select clock_timestamp()")).scalar_one()
        rows = session.scalars(select(KeptCallback).order_by(KeptCallback.post_at)).all()
    assert [(row.status, row.code, row.posted_at, row.tries) for row in rows] == [
        ("sent", None, None, 0),
        ("undelivered", "30003", None, 0),
    ]
    assert timedelta(minutes=59) < rows[1].post_at - machine_at < timedelta(minutes=61)
    assert rows[1].post_at - rows[0].post_at == timedelta(minutes=59, seconds=50)


def test_nothing_personal_is_kept_unsealed(clinic: Scene, engine: Engine) -> None:
    clinic.email("Dear Ana", subject="Getting ready", html="<p>Dear Ana</p>")

    with engine.connect() as connection:
        shown = str(connection.execute(text("select kept_messages::text from kept_messages")).scalar_one())
    for secret in (MAILBOX, "Ana", "ready"):
        assert secret.encode().hex() not in shown
        assert secret not in shown


def test_a_message_that_is_no_attempt_of_ours_is_an_error(clinic: Scene) -> None:
    stray = Kept(
        provider_id="SM1",
        channel=Channel.SMS,
        attempt_token="what",
        to=PHONE,
        text="see you",
        subject=None,
        html=None,
        callback_url=None,
        script=(),
    )

    with pytest.raises(ValueError, match="without the token of an attempt"):
        keeper(clinic.parts.transaction, clinic.parts.vault)(stray)
