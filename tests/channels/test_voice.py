"""Calls: what they read aloud, and how Twilio is asked for one."""

import asyncio
from xml.etree.ElementTree import fromstring

import pytest

from reminders.channels.base import Outgoing, SenderAccount
from reminders.channels.sandbox import Kept, SandboxChannel
from reminders.channels.twilio import TwilioChannel
from reminders.channels.voice import read_aloud
from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused, Unknown
from reminders.domain.words import Channel
from tests.channels.twilio_stand_in import Behaviour, Call, answering, dropping_after_reading, standing_in

CREATED = '{"sid": "CA00000000000000000000000000000001", "status": "queued"}'
CALL = Outgoing(attempt_token="token", to="+12125550144", text="A reply needs a person now.", by=Channel.CALL)


def send(behaviour: Behaviour, *, number: str | None = "+13125550100") -> tuple[Answer, list[Call]]:
    async def run() -> tuple[Answer, list[Call]]:
        async with standing_in(behaviour) as stand_in:
            account = SenderAccount(
                provider="twilio",
                account="AC1",
                token="token",
                from_address=number,
                messaging_service="MG1",
                api_url=stand_in.url,
            )
            channel = TwilioChannel()
            answer = await channel.send(CALL, account)
            await channel.close()
            return answer, stand_in.calls

    return asyncio.run(run())


def test_a_sentence_is_read_twice_in_its_language() -> None:
    read = fromstring(read_aloud("Tom & Co <now>", "es"))  # noqa: S314  our own

    assert [(say.get("language"), say.text) for say in read.iter("Say")] == [("es-MX", "Tom & Co <now>")] * 2


@pytest.mark.parametrize(("language", "accent"), [("es-US", "es-MX"), ("en", "en-US"), ("", "en-US"), ("pt", "en-US")])
def test_a_language_without_a_voice_is_read_as_english(language: str, accent: str) -> None:
    assert f'language="{accent}"' in read_aloud("x", language)


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_call_is_made_from_the_number_and_not_from_the_messaging_service() -> None:
    answer, [call] = send(answering(201, CREATED))

    assert answer == Accepted("CA00000000000000000000000000000001")
    assert call.line == "POST /2010-04-01/Accounts/AC1/Calls.json HTTP/1.1"
    assert set(call.form) == {"To", "From", "Twiml"}
    assert (call.form["To"], call.form["From"]) == (["+12125550144"], ["+13125550100"])
    assert call.form["Twiml"][0].count("A reply needs a person now.") == 2


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize(
    ("behaviour", "answer"),
    [
        (answering(400, '{"code": 21211}'), Refused("twilio_21211", Fault.DEAD_ADDRESS)),
        (answering(400, '{"code": 21215}'), Refused("twilio_21215", Fault.UNREACHABLE)),
        (answering(401, '{"code": 20003}'), Deferred("twilio_20003", Hold.CONFIGURATION)),
        (answering(429, "{}"), Deferred("http_429", Hold.BUDGET)),
        (answering(503, ""), Unknown("http_503")),
        (dropping_after_reading, Unknown("dropped")),
    ],
)
def test_what_goes_wrong_with_a_call_is_one_of_the_four_answers(behaviour: Behaviour, answer: Answer) -> None:
    assert send(behaviour)[0] == answer


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_messaging_service_alone_cannot_call() -> None:
    assert send(answering(201, CREATED), number=None) == (Deferred("no_sender", Hold.CONFIGURATION), [])


@pytest.mark.parametrize(("by", "to"), [(Channel.CALL, "+12125550144"), (Channel.PAGER, "https://x@pager.example/h")])
def test_the_sandbox_keeps_calls_and_pages_without_receipts(by: Channel, to: str) -> None:
    kept: list[Kept] = []
    channel = SandboxChannel(kept.append, lambda _: [])
    outgoing = Outgoing(attempt_token="token", to=to, text="now", by=by, callback_url="https://x/status")

    answer = asyncio.run(channel.send(outgoing, SenderAccount(provider="sandbox", account="AC1", token="")))

    assert isinstance(answer, Accepted)
    assert [(one.channel, one.to, one.script) for one in kept] == [(by, to, ())]


def test_the_sandbox_refuses_a_call_to_the_numbers_that_are_refused() -> None:
    channel = SandboxChannel(lambda _: None, lambda _: [])
    outgoing = Outgoing(attempt_token="token", to="+15005550001", text="now", by=Channel.CALL)

    answer = asyncio.run(channel.send(outgoing, SenderAccount(provider="sandbox", account="AC1", token="")))

    assert answer == Refused("twilio_21211", Fault.DEAD_ADDRESS)
