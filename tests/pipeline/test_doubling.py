"""A second channel without proof: only where its rule says `also_after`, once, at its time, and counted apart."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.domain.answers import Deferred, Hold, Unknown
from reminders.domain.states import State
from reminders.pipeline import deciding
from reminders.pipeline.inquiring import inquire
from reminders.store import stock
from reminders.store.base import new_id
from reminders.store.tables.clinic import Protocol, ProtocolVersion
from reminders.store.tables.messages import Message
from tests.scripted_inquirer import ScriptedInquirer
from tests.working_clinic import DUE, MAILBOX, PHONE, WorkingClinic

BEFORE, THEN, LATER = "2026-09-28 13:59", "2026-09-28 14:01", "2026-09-28 19:30"
"""A minute before four hours have passed since `DUE`, a minute after that, and when another four have."""


def say(clinic: WorkingClinic, **fields: object) -> None:
    """Publish a protocol whose rule for reminders says *fields* too."""
    with clinic.parts.transaction() as session:
        protocol = session.scalars(select(Protocol).where(Protocol.slug == "consultation")).one()
        old = session.scalars(select(ProtocolVersion).where(ProtocolVersion.id == protocol.published_id)).one()
        columns = {column.key: getattr(old, column.key) for column in ProtocolVersion.__table__.columns}
        rules = [rule | fields if rule["slug"] == "reminder" else rule for rule in old.body["rules"]]
        changed = {"number": old.number + 1, "digest": str(fields), "body": old.body | {"rules": rules}}
        version = ProtocolVersion(**columns | changed | {"id": new_id()})
        session.add(version)
        session.flush()
        protocol.published_id = version.id


@pytest.fixture
def doubling(clinic: WorkingClinic) -> WorkingClinic:
    """A clinic whose reminders go by email too, four hours after the text."""
    say(clinic, also_after="4 h")
    return clinic


def went(clinic: WorkingClinic) -> list[str]:
    """Return the channels on which something was handed over, in that order."""
    return [outgoing.by.value for outgoing in clinic.channel.given]


def doubles(clinic: WorkingClinic) -> int:
    with clinic.parts.transaction() as session:
        return stock.doubles(session, since=clinic.now_at - timedelta(days=1), until=clinic.now_at)


def plan_again(clinic: WorkingClinic, message_id: UUID) -> None:
    """Plan as after any news of the patient."""
    patient_id = clinic.get(message_id).patient_id
    assert patient_id is not None
    clinic.owe(patient_id)
    clinic.plan()


def ask(clinic: WorkingClinic) -> None:
    """Let the next look at the provider be due, and look."""
    clinic.set(Message, Message.check_at.is_not(None), check_at=func.clock_timestamp())
    inquire(clinic.parts)


@pytest.mark.parametrize("answer", [None, Unknown("timeout")])
def test_without_also_after_nothing_goes_on_a_second_channel_without_proof(
    clinic: WorkingClinic, answer: Unknown | None
) -> None:
    clinic.channel.answers[PHONE] = [answer] if answer else []
    message_id = clinic.reminder()
    for moment in (DUE, THEN, LATER):
        clinic.send_at(moment)
        plan_again(clinic, message_id)

    assert went(clinic) == ["sms"]
    assert doubles(clinic) == 0


@pytest.mark.parametrize("answer", [None, Unknown("timeout")])
def test_with_also_after_the_second_channel_follows_at_its_time_whatever_was_heard(
    doubling: WorkingClinic, answer: Unknown | None
) -> None:
    doubling.channel.answers[PHONE] = [answer] if answer else []
    doubling.reminder()
    doubling.send_at(DUE)
    doubling.send_at(BEFORE)
    before = went(doubling), doubles(doubling)

    doubling.send_at(THEN)

    assert (before, went(doubling), doubles(doubling)) == ((["sms"], 0), ["sms", "email"], 1)


def test_it_goes_once_on_each_channel_however_often_it_is_planned(doubling: WorkingClinic) -> None:
    message_id = doubling.reminder()
    for moment in (DUE, BEFORE, THEN, LATER):
        doubling.send_at(moment)
        plan_again(doubling, message_id)

    doubling.send_at("2026-09-29 13:00")

    assert went(doubling) == ["sms", "email"]
    assert doubles(doubling) == 1


def test_a_delivery_that_is_told_in_time_calls_the_second_channel_off(doubling: WorkingClinic) -> None:
    message_id = doubling.reminder()
    doubling.send_at(DUE)
    doubling.receipt(message_id, "delivered")
    doubling.settle()

    doubling.send_at(THEN)

    assert went(doubling) == ["sms"]
    assert [(row.state, row.reason) for row in doubling.messages(Message.step == 2)] == [
        (State.CANCELLED, "already_told")
    ]
    assert doubles(doubling) == 0


def test_a_proof_of_failure_does_not_wait_for_the_time_without_proof(doubling: WorkingClinic) -> None:
    message_id = doubling.reminder()
    doubling.send_at(DUE)
    doubling.receipt(message_id, "undelivered", "30006")
    doubling.settle()

    doubling.send_due()

    assert went(doubling) == ["sms", "email"]
    assert doubles(doubling) == 0


def test_a_failure_that_allows_another_try_gets_it_at_its_own_time(doubling: WorkingClinic) -> None:
    message_id = doubling.reminder()
    doubling.send_at(DUE)
    doubling.receipt(message_id, "undelivered", "30003")
    doubling.settle()
    at_once = doubling.send_due()

    doubling.send_at("2026-09-28 10:20")

    assert (at_once, went(doubling)) == ([], ["sms", "sms"])


def test_what_its_provider_did_not_want_yet_goes_first_and_its_second_channel_counts_from_then(
    doubling: WorkingClinic,
) -> None:
    doubling.channel.answers[PHONE] = [Deferred("twilio_429", Hold.SAFE)]
    doubling.reminder()
    doubling.send_at(DUE)
    doubling.set(Message, Message.not_before.is_not(None), not_before=None)
    doubling.send_at("2026-09-28 12:00")
    doubling.send_at(THEN)
    before = went(doubling)

    doubling.send_at("2026-09-28 16:01")

    assert (before, went(doubling)) == (["sms", "sms"], ["sms", "sms", "email"])


def test_what_is_proven_not_taken_goes_again_at_once_and_its_second_channel_later(doubling: WorkingClinic) -> None:
    doubling.parts = replace(doubling.parts, inquirers={"sandbox": ScriptedInquirer()})
    doubling.channel.answers[PHONE] = [Unknown("timeout")]
    doubling.reminder()
    doubling.send_at(DUE)
    ask(doubling)
    ask(doubling)

    doubling.send_at("2026-09-28 10:15")
    before = went(doubling)
    doubling.send_at("2026-09-28 14:16")

    assert (before, went(doubling)) == (["sms", "sms"], ["sms", "sms", "email"])
    assert doubles(doubling) == 1


def silent_mail(clinic: WorkingClinic) -> UUID:
    """Return a reminder by email of which nobody can tell whether it went; a text is to follow it."""
    say(clinic, also_after="4 h", channels=["email", "sms"])
    clinic.channel.answers[MAILBOX] = [Unknown("timeout")]
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    ask(clinic)
    assert clinic.get(message_id).state == State.PARKED
    return message_id


def test_an_email_that_nobody_can_tell_about_is_followed_by_a_text(clinic: WorkingClinic) -> None:
    silent_mail(clinic)

    clinic.send_at(THEN)

    assert (went(clinic), doubles(clinic)) == (["email", "sms"], 1)


def test_what_a_person_sends_after_all_goes_before_its_second_channel(clinic: WorkingClinic) -> None:
    message_id = silent_mail(clinic)

    deciding.send_parked(clinic.parts, message_id, by="Mia")
    clinic.send_due()

    assert went(clinic) == ["email", "email"]
    assert [row.channel for row in clinic.messages(Message.state == State.SCHEDULED)] == ["sms"]


@pytest.mark.parametrize("has_followed", [False, True])
def test_what_a_person_drops_is_not_said_on_a_second_channel_either(clinic: WorkingClinic, has_followed: bool) -> None:  # noqa: FBT001
    message_id = silent_mail(clinic)
    if has_followed:
        clinic.send_at(THEN)

    deciding.drop_parked(clinic.parts, message_id, by="Mia")
    clinic.send_at("2026-09-28 19:30")

    assert went(clinic) == ["email", *["sms"] * has_followed]
    assert {row.reason for row in clinic.messages(Message.state == State.CANCELLED)} == {"staff"}
