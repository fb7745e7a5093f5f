"""Senders follow the settings: one in use for a channel, unsent messages change over, old tokens stay valid."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reminders.domain.clinic_setup import PaceSetup
from reminders.domain.words import Channel
from reminders.store import senders
from reminders.store.senders import SenderSetup
from reminders.store.tables.clinic import Sender
from tests.clinics import SANDBOX, VAULT, make_clinic
from tests.working_clinic import WorkingClinic

TWILIO = SenderSetup(channel="sms", provider="twilio", account="AC1", token="first", from_address="+15005550006")


def follow(clinic: WorkingClinic, *setups: SenderSetup) -> None:
    with clinic.parts.transaction() as session:
        senders.follow(session, VAULT, clinic.id, setups)


def token(row: Sender, column: str = "token") -> str | None:
    return VAULT.open_some(getattr(Sender, column), row.id, getattr(row, column))


def test_the_sandbox_gets_an_account_and_a_token_of_its_own(clinic: WorkingClinic) -> None:
    row = clinic.sender()

    assert row.account.startswith("AC")
    assert token(row)


def test_following_the_same_settings_again_changes_nothing(clinic: WorkingClinic) -> None:
    before = clinic.sender()

    follow(clinic, *SANDBOX)

    after = clinic.sender()
    assert (after.id, after.account, token(after)) == (before.id, before.account, token(before))


def test_another_provider_takes_over_the_channel_and_its_unsent_messages(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()

    follow(clinic, TWILIO)

    assert clinic.sender().provider == "twilio"
    assert clinic.get(message_id).sender_id == clinic.sender().id
    assert clinic.sender("email").provider == "sandbox"


def test_what_was_handed_over_keeps_its_sender(clinic: WorkingClinic) -> None:
    message_id, before = clinic.reminder(), clinic.sender().id
    clinic.send_at("2026-09-28 10:00")

    follow(clinic, TWILIO)

    assert clinic.get(message_id).sender_id == before


def test_a_changed_token_is_kept_as_the_previous_one(clinic: WorkingClinic) -> None:
    follow(clinic, TWILIO)

    follow(clinic, SenderSetup(channel="sms", provider="twilio", account="AC1", token="second"))

    row = clinic.sender()
    assert (token(row), token(row, "previous_token")) == ("second", "first")


def test_a_token_is_not_readable_in_its_column(clinic: WorkingClinic) -> None:
    follow(clinic, TWILIO)

    assert b"first" not in (clinic.sender().token or b"")


@pytest.mark.parametrize(
    ("setup", "per_second"),
    [
        (SANDBOX[0], "50"),
        (TWILIO, "1"),
        (replace(TWILIO, from_address=None, messaging_service="MG1"), "3.75"),
        (replace(TWILIO, api_url="http://127.0.0.1:8090"), "50"),
        (replace(TWILIO, api_url="https://api.dublin.ie1.twilio.com"), "1"),
        (SenderSetup(channel="email", provider="smtp", api_url="smtps://mail.example.com"), "10"),
    ],
)
def test_without_a_word_of_the_clinic_a_sender_goes_as_fast_as_is_safe(
    clinic: WorkingClinic, setup: SenderSetup, per_second: str
) -> None:
    follow(clinic, setup)

    row = clinic.sender(setup.channel)
    assert (row.provider, row.per_second, row.segments_per_day) == (setup.provider, Decimal(per_second), None)


def test_the_pace_follows_the_clinic_file_each_time(clinic: WorkingClinic) -> None:
    with clinic.parts.transaction() as session:
        paces = {Channel.SMS: PaceSetup(per_second=Decimal("3.75"), segments_per_day=2000)}
        senders.follow(session, VAULT, clinic.id, [TWILIO], paces)
    laid_down = clinic.sender()

    follow(clinic, TWILIO)

    assert (laid_down.per_second, laid_down.segments_per_day) == (Decimal("3.75"), 2000)
    assert (clinic.sender().per_second, clinic.sender().segments_per_day) == (Decimal(1), None)


def test_a_held_sender_keeps_the_first_reason(clinic: WorkingClinic) -> None:
    with clinic.parts.transaction() as session:
        senders.hold(session, clinic.sender().id, because="twilio_20003")
        senders.hold(session, clinic.sender().id, because="twilio_30034")

    assert clinic.sender().held_because == "twilio_20003"


def test_where_there_are_several_clinics_none_is_the_only_one(clinic: WorkingClinic) -> None:
    with clinic.parts.transaction() as session:
        only = senders.only_clinic(session)
        make_clinic(session, slug="birch")
        session.flush()

        assert (only, senders.only_clinic(session)) == (clinic.id, None)


def test_where_there_is_no_clinic_there_is_no_only_one(transaction: object) -> None:
    with transaction() as session:  # type: ignore[operator]
        assert senders.only_clinic(session) is None
