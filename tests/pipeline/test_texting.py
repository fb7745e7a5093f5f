"""Texting in: a phone of the sandbox writes through the real webhook, and shows what is said back with its receipts."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reminders.channels.sandbox import SandboxChannel
from reminders.domain.errors import RefusedError
from reminders.domain.replies.inbound import Heard, Inbound
from reminders.pipeline.keeping import keeper, looker
from reminders.pipeline.posting import post
from reminders.pipeline.texting import Said, text_in
from reminders.store.engine import Transaction
from reminders.store.tables.clinic import Sender
from reminders.store.tables.machinery import KeptMessage
from reminders.store.tables.messages import Receipt
from reminders.web.app import create_app
from reminders.web.ears import Hear
from tests.clinics import make_clinic
from tests.handed_over import ACCOUNT, PHONE, Scene, scene
from tests.web.browsing import served_on
from tests.web.texts_to_us import DANGER, PELIGRO, Listener, away


@pytest.fixture
def clinic(transaction: Transaction) -> Scene:
    """A clinic on the sandbox, which keeps what it is handed."""
    found = scene(transaction)
    sandbox = SandboxChannel(
        keeper(transaction, found.parts.vault), looker(transaction, found.parts.vault), slowest=timedelta()
    )
    return replace(found, parts=replace(found.parts, channels={"sandbox": sandbox}))


@contextmanager
def listening(clinic: Scene, hear: Hear | None) -> Iterator[Scene]:
    """Serve the clinic's application on a port, to which its phones write."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        parts = replace(clinic.parts, public_url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        with served_on(listener, create_app(parts, hear=hear)):
            yield replace(clinic, parts=parts)


def kept(clinic: Scene, attempt_id: UUID) -> KeptMessage | None:
    with clinic.parts.transaction() as session:
        return session.scalars(select(KeptMessage).where(KeptMessage.attempt_id == attempt_id)).one_or_none()


@pytest.mark.parametrize("body", ["Yes", "José & Söhne 👍 +1 = %26\nand more", "x" * 1600])
def test_a_text_is_heard_as_it_was_written(clinic: Scene, body: str) -> None:
    hear = Listener()

    with listening(clinic, hear) as here:
        assert text_in(here.parts, sender=PHONE, body=body) == Said(200)

    [one] = hear.texts
    assert (one.account, one.sender, one.body, one.was_listed) == (ACCOUNT, PHONE, body, False)


def test_two_texts_have_ids_of_their_own(clinic: Scene) -> None:
    hear = Listener()

    with listening(clinic, hear) as here:
        for _ in range(2):
            text_in(here.parts, sender=PHONE, body="Yes")

    assert len({one.provider_id for one in hear.texts}) == 2


def test_what_is_said_back_is_kept_for_the_phone_and_its_receipts_come(clinic: Scene) -> None:
    attempt_id = clinic.attempt()
    hear = Listener(Heard("Cedar & Co: thank you.", attempt_id))

    with listening(clinic, hear) as here:
        said = text_in(here.parts, sender=PHONE, body="Yes")
        posted = post(here.parts)

    assert said == Said(200, "Cedar & Co: thank you.")
    assert posted == 2
    message = kept(clinic, attempt_id)
    assert message is not None
    assert message.status == "delivered"
    vault = clinic.parts.vault
    assert vault.open(KeptMessage.body, message.id, message.body) == "Cedar & Co: thank you."
    assert vault.open(KeptMessage.recipient, message.id, message.recipient) == PHONE
    with clinic.parts.transaction() as session:
        receipts = session.execute(select(Receipt.attempt_id, Receipt.provider_id).distinct()).all()
    assert [tuple(one) for one in receipts] == [(attempt_id, message.provider_id)]


@pytest.mark.parametrize(("body", "number"), [(DANGER, "988"), (PELIGRO, "oprima 2")])
def test_a_cry_for_help_is_answered_from_memory_and_nothing_of_it_is_kept(
    clinic: Scene, body: str, number: str
) -> None:
    with listening(clinic, away) as here:
        said = text_in(here.parts, sender=PHONE, body=body)

    assert said.is_taken
    assert number in (said.answer or "")
    with clinic.parts.transaction() as session:
        assert session.scalar(select(func.count()).select_from(KeptMessage)) == 0


def test_what_the_webhook_does_not_take_is_not_taken(clinic: Scene) -> None:
    with listening(clinic, away) as here:
        said = text_in(here.parts, sender=PHONE, body="Yes")

    assert (said, said.is_taken) == (Said(503), False)


def test_without_a_web_process_a_text_reaches_nobody(clinic: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"

    assert text_in(replace(clinic.parts, public_url=url), sender=PHONE, body="Yes") == Said(None)


def test_a_real_account_is_no_sandbox(clinic: Scene) -> None:
    with clinic.parts.transaction() as session:
        session.execute(update(Sender).values(provider="twilio"))

    with pytest.raises(RefusedError, match="REMINDERS_SMS_CHANNEL=sandbox"):
        text_in(clinic.parts, sender=PHONE, body="Yes")


def test_of_several_clinics_one_must_be_named(clinic: Scene) -> None:
    with clinic.parts.transaction() as session:
        make_clinic(session, clinic.parts.vault, slug="lakeside")
    hear = Listener()

    with pytest.raises(RefusedError, match="which one"):
        text_in(clinic.parts, sender=PHONE, body="Yes")
    with listening(clinic, hear) as here:
        text_in(here.parts, sender=PHONE, body="Yes", clinic_id=clinic.clinic_id)

    assert [one.account for one in hear.texts] == [ACCOUNT]


def test_no_transaction_is_open_while_the_webhook_hears(clinic: Scene) -> None:
    now_open, seen = Counter[str](), list[int]()

    def hear(_inbound: Inbound) -> Heard:
        seen.append(now_open["ours"])
        return Heard()

    @contextmanager
    def counted() -> Iterator[Session]:
        now_open["ours"] += 1
        with clinic.parts.transaction() as session:
            yield session
        now_open["ours"] -= 1

    with listening(clinic, hear) as here:
        text_in(replace(here.parts, transaction=counted), sender=PHONE, body="Yes")

    assert seen == [0]
    assert now_open["ours"] == 0
