"""The sandbox behaves as the real providers do, keeps everything, and is the same on every run."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminders.channels import sandbox
from reminders.channels.base import Missing, NoAnswer, Outgoing, Seen, SenderAccount
from reminders.channels.letter import make_message_id
from reminders.channels.sandbox import Kept, SandboxChannel, Sought
from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused, Unknown
from reminders.domain.receipts import read_twilio
from reminders.domain.states import State
from reminders.domain.words import Channel

ACCOUNT = SenderAccount(provider="sandbox", account="AC" + "0" * 32, token="secret", from_address="+13125550100")
TEXT = Outgoing(
    attempt_token="token-1", to="+13125550142", text="Your visit is Wed.", callback_url="http://127.0.0.1:8000/s?t=x"
)
EMAIL = Outgoing(
    attempt_token="token-2",
    to="ada@patients.example",
    text="Your visit is Wed.",
    subject="Your visit",
    html="<p>Your visit</p>",
)


def nothing(sought: Sought) -> Sequence[Seen]:
    return []


def give(outgoing: Outgoing, account: SenderAccount = ACCOUNT) -> tuple[Answer, list[Kept]]:
    kept: list[Kept] = []
    channel = SandboxChannel(kept.append, nothing, count=lambda text: 1 + len(text) // 160)
    return asyncio.run(channel.send(outgoing, account)), kept


def test_a_text_is_kept_whole_and_accepted_like_twilios() -> None:
    answer, [kept] = give(TEXT)

    assert answer == Accepted(kept.provider_id, segments=1)
    assert kept.provider_id.startswith("SM")
    assert len(kept.provider_id) == 34
    assert (kept.channel, kept.attempt_token, kept.to, kept.text) == (Channel.SMS, "token-1", TEXT.to, TEXT.text)
    assert kept.callback_url == TEXT.callback_url


def test_an_email_is_kept_whole_and_has_no_receipts() -> None:
    answer, [kept] = give(EMAIL)

    assert answer == Accepted(make_message_id(EMAIL, "sandbox.invalid"))
    assert (kept.channel, kept.subject, kept.html, kept.script) == (Channel.EMAIL, EMAIL.subject, EMAIL.html, ())


def test_a_text_is_reported_sent_soon_and_delivered_within_a_second() -> None:
    _, [kept] = give(TEXT)

    sent, delivered = kept.script
    assert (sent.status, delivered.status) == ("sent", "delivered")
    assert timedelta() < sent.after < delivered.after
    assert timedelta(seconds=0.2) <= delivered.after <= timedelta(seconds=1)


def test_the_same_attempt_has_the_same_life_every_time() -> None:
    assert give(TEXT) == give(TEXT)


@settings(deadline=None)  # each example runs two event loops
@given(st.text(), st.text())
def test_two_attempts_have_two_ids(first: str, second: str) -> None:
    ids = {give(replace(TEXT, attempt_token=token))[1][0].provider_id for token in (first, second)}

    assert len(ids) == len({first, second})


def test_a_demo_may_ask_for_quicker_receipts() -> None:
    kept: list[Kept] = []
    channel = SandboxChannel(kept.append, nothing, slowest=timedelta(seconds=0.1))

    asyncio.run(channel.send(TEXT, ACCOUNT))

    assert kept[0].script[-1].after <= timedelta(seconds=0.1)


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("+15005550001", Refused("twilio_21211", Fault.DEAD_ADDRESS)),
        ("+15005550002", Refused("twilio_21612", Fault.UNREACHABLE)),
        ("+15005550003", Refused("twilio_21408", Fault.UNREACHABLE)),
        ("+15005550004", Refused("twilio_21610", Fault.OPTED_OUT)),
        ("+15005550009", Refused("twilio_21614", Fault.NOT_MOBILE)),
        (sandbox.BUSY_NUMBER, Deferred("http_429", Hold.BUDGET, timedelta(seconds=1))),
        (sandbox.BROKEN_NUMBER, Unknown("http_500")),
    ],
)
def test_a_number_that_is_refused_at_the_call_keeps_nothing(number: str, answer: Answer) -> None:
    given, kept = give(replace(TEXT, to=number))

    assert given == answer
    assert kept == []


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("+15005550001", Deferred("twilio_21212", Hold.CONFIGURATION)),
        ("+15005550007", Deferred("twilio_21606", Hold.DOUBTFUL)),
        ("+15005550008", Deferred("twilio_21611", Hold.BUDGET)),
    ],
)
def test_a_sender_that_is_refused_keeps_nothing(number: str, answer: Answer) -> None:
    given, kept = give(TEXT, replace(ACCOUNT, from_address=number))

    assert given == answer
    assert kept == []


@pytest.mark.parametrize(("number", "code"), sandbox.FAILING_NUMBERS.items())
def test_a_number_that_fails_by_receipt_is_accepted_first(number: str, code: int) -> None:
    answer, [kept] = give(replace(TEXT, to=number))

    assert isinstance(answer, Accepted)
    assert kept.script[-1].code == code
    assert read_twilio(kept.script[-1].status).state is State.UNDELIVERED


def test_an_expired_text_never_was_sent() -> None:
    _, [kept] = give(replace(TEXT, to="+15005550036"))

    assert [(step.status, step.code) for step in kept.script] == [("failed", 30036)]


def test_a_500_may_hide_a_text_that_went() -> None:
    answer, [kept] = give(replace(TEXT, to=sandbox.LATE_NUMBER))

    assert answer == Unknown("http_500")
    assert [step.status for step in kept.script] == ["sent", "delivered"]


@pytest.mark.parametrize("outgoing", [replace(TEXT, to=sandbox.SILENT_NUMBER), replace(TEXT, callback_url=None)])
def test_some_texts_have_no_receipts(outgoing: Outgoing) -> None:
    answer, [kept] = give(outgoing)

    assert isinstance(answer, Accepted)
    assert kept.script == ()


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("bounce@patients.invalid", Refused("smtp_5.1.1", Fault.DEAD_ADDRESS)),
        ("Bounce@patients.INVALID", Refused("smtp_5.1.1", Fault.DEAD_ADDRESS)),
        ("full@patients.invalid", Refused("smtp_5.2.2", Fault.UNREACHABLE)),
        ("defer@patients.invalid", Deferred("smtp_4.7.1", Hold.SAFE)),
        ("drop@patients.invalid", Unknown("dropped")),
    ],
)
def test_some_mailboxes_that_cannot_exist_refuse(address: str, answer: Answer) -> None:
    given, kept = give(replace(EMAIL, to=address))

    assert given == answer
    assert kept == []


@pytest.mark.parametrize("address", ["bounce@patients.example", "ada@patients.invalid"])
def test_every_other_mailbox_takes_its_mail(address: str) -> None:
    answer, kept = give(replace(EMAIL, to=address))

    assert isinstance(answer, Accepted)
    assert [message.to for message in kept] == [address]


def test_what_is_kept_shows_no_address_and_no_wording_when_printed() -> None:
    _, [kept] = give(TEXT)

    assert not any(word in repr(kept) for word in (TEXT.to, TEXT.text, "token-1"))


NOON = datetime(2026, 10, 7, 16, 0, tzinfo=UTC)
SEEN = Seen(provider_id="SM1", to=TEXT.to, text=TEXT.text, status="sent", code=None, created_at=NOON)


def shelf(*seen: Seen) -> tuple[SandboxChannel, list[Sought]]:
    asked: list[Sought] = []
    kept: list[Kept] = []

    def look(sought: Sought) -> Sequence[Seen]:
        asked.append(sought)
        return seen

    return SandboxChannel(kept.append, look), asked


def test_its_list_is_what_was_kept_for_the_account() -> None:
    channel, asked = shelf(SEEN)

    listed = asyncio.run(channel.listed(ACCOUNT, since=NOON, until=NOON, to=TEXT.to))

    assert listed == (SEEN,)
    assert asked == [Sought(account=ACCOUNT.account, to=TEXT.to, since=NOON, until=NOON)]


@pytest.mark.parametrize(("kept", "found"), [((SEEN,), SEEN), ((), Missing())])
def test_one_text_can_be_looked_up_by_its_id(kept: tuple[Seen, ...], found: Seen | Missing) -> None:
    channel, asked = shelf(*kept)

    assert asyncio.run(channel.look_up(ACCOUNT, "SM1")) == found
    assert asked == [Sought(account=ACCOUNT.account, provider_id="SM1")]


def test_of_emails_it_says_as_little_as_a_mail_server() -> None:
    channel, asked = shelf(SEEN)

    answers = [
        asyncio.run(channel.listed(ACCOUNT, since=NOON, to=EMAIL.to)),
        asyncio.run(channel.look_up(ACCOUNT, make_message_id(EMAIL, "sandbox.invalid"))),
    ]

    assert answers == [NoAnswer("mail_cannot_be_listed")] * 2
    assert asked == []
