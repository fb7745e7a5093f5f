"""Every way a call to Twilio can end, against a stand-in on loopback, and the answer it must give."""

import asyncio
import json
import logging
import socket
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.channels.base import Outgoing, SenderAccount
from reminders.channels.twilio import TwilioChannel
from reminders.channels.twilio_answers import judge
from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused, Unknown
from tests.channels import twilio_stand_in as stand_in
from tests.channels.twilio_stand_in import Call, answering, standing_in

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TEXT = "Lakeside: your visit is Wed Oct 7, 10:30 AM."
OUTGOING = Outgoing(
    attempt_token="token",
    to="+13125550142",
    text=TEXT,
    callback_url="https://clinic.example/webhooks/twilio/status?t=token",
    validity=timedelta(minutes=90),
)
ACCOUNT_SID = "AC" + "1" * 32


def account(url: str | None, *, number: str | None = "+13125550100", service: str | None = None) -> SenderAccount:
    return SenderAccount(
        provider="twilio",
        account=ACCOUNT_SID,
        token="secret",
        from_address=number,
        messaging_service=service,
        api_url=url,
    )


def send(
    behaviour: stand_in.Behaviour,
    *,
    outgoing: Outgoing = OUTGOING,
    times: int = 1,
    timeout: timedelta = timedelta(seconds=20),
    service: str | None = None,
) -> tuple[list[Answer], list[Call]]:
    """Send *times* and return the answers and what the stand-in saw."""

    async def run() -> tuple[list[Answer], list[Call]]:
        channel = TwilioChannel(timeout=timeout)
        async with standing_in(behaviour) as server:
            answers = [await channel.send(outgoing, account(server.url, service=service)) for _ in range(times)]
            await channel.close()
        return answers, server.calls

    return asyncio.run(run())


def refusal(status: int, code: int) -> stand_in.Behaviour:
    return answering(status, json.dumps({"code": code, "message": "for +13125550142", "status": status}))


def test_a_created_message_is_accepted_with_its_sid_and_segments() -> None:
    answers, calls = send(answering(201))

    assert answers == [Accepted(stand_in.SID, 1)]
    assert len(calls) == 1


def test_the_request_says_what_twilio_needs_and_nothing_more() -> None:
    _, [call] = send(answering(201))

    assert call.line == f"POST /2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json HTTP/1.1"
    assert call.login == f"{ACCOUNT_SID}:secret"
    assert call.form == {
        "To": ["+13125550142"],
        "From": ["+13125550100"],
        "Body": [TEXT],
        "ValidityPeriod": ["5400"],
        "SmartEncoded": ["false"],
        "StatusCallback": ["https://clinic.example/webhooks/twilio/status?t=token#rc=5&rp=all"],
    }


def test_a_messaging_service_replaces_the_number() -> None:
    _, [call] = send(answering(201), service="MG" + "2" * 32)

    assert call.form["MessagingServiceSid"] == ["MG" + "2" * 32]
    assert "From" not in call.form


@pytest.mark.parametrize(
    ("validity", "seconds"),
    [(timedelta(seconds=3), "10"), (timedelta(seconds=75.9), "75"), (timedelta(days=3), "36000")],
)
def test_the_validity_period_stays_within_what_twilio_takes(validity: timedelta, seconds: str) -> None:
    outgoing = Outgoing(attempt_token="token", to="+13125550142", text=TEXT, validity=validity)

    _, [call] = send(answering(201), outgoing=outgoing)

    assert call.form["ValidityPeriod"] == [seconds]
    assert "StatusCallback" not in call.form


def test_every_character_arrives_as_it_was_written() -> None:
    text = "Año 1 & 2 = 100 % + ¿sí? \U0001f600"

    _, [call] = send(answering(201), outgoing=Outgoing(attempt_token="token", to="+13125550142", text=text))

    assert call.form["Body"] == [text]


def test_a_sender_without_number_or_service_holds_without_calling() -> None:
    answer = asyncio.run(TwilioChannel().send(OUTGOING, account("http://127.0.0.1:9", number=None)))

    assert answer == Deferred("no_sender", Hold.CONFIGURATION)


@pytest.mark.parametrize(
    ("behaviour", "answer"),
    [
        (refusal(400, 21211), Refused("twilio_21211", Fault.DEAD_ADDRESS)),
        (refusal(400, 21610), Refused("twilio_21610", Fault.OPTED_OUT)),
        (refusal(400, 21614), Refused("twilio_21614", Fault.NOT_MOBILE)),
        (refusal(400, 21617), Refused("twilio_21617", Fault.CONTENT)),
        (refusal(400, 21408), Refused("twilio_21408", Fault.UNREACHABLE)),
        (refusal(400, 29999), Deferred("twilio_29999", Hold.DOUBTFUL)),
        (refusal(400, 21606), Deferred("twilio_21606", Hold.DOUBTFUL)),
        (refusal(401, 20003), Deferred("twilio_20003", Hold.CONFIGURATION)),
        (refusal(401, 29999), Deferred("twilio_29999", Hold.CONFIGURATION)),
        (refusal(403, 29999), Deferred("twilio_29999", Hold.DOUBTFUL)),
        (refusal(404, 29999), Deferred("twilio_29999", Hold.DOUBTFUL)),
        (refusal(403, 21408), Refused("twilio_21408", Fault.UNREACHABLE)),
        (refusal(400, 21611), Deferred("twilio_21611", Hold.BUDGET)),
        (refusal(429, 20429), Deferred("twilio_20429", Hold.BUDGET)),
        (refusal(429, 63038), Deferred("twilio_63038", Hold.DAILY)),
        (refusal(500, 20500), Unknown("http_500")),
        (refusal(503, 20503), Unknown("http_503")),
        (answering(400, '{"message": "no code"}'), Deferred("http_400", Hold.DOUBTFUL)),
        (answering(400, '{"code": 400}'), Deferred("http_400", Hold.DOUBTFUL)),
        (answering(400, "<html>Bad request</html>"), Unknown("http_400")),
        (answering(404, "<html>Not here</html>"), Deferred("http_404", Hold.CONFIGURATION)),
        (answering(302, "", {"Location": "http://127.0.0.1:9/"}), Deferred("http_302", Hold.CONFIGURATION)),
        (answering(408, ""), Unknown("http_408")),
        (answering(408, '{"status": 408}'), Unknown("http_408")),
        (answering(502, "<html>Bad gateway</html>"), Unknown("http_502")),
        (answering(200, "<html>Welcome</html>"), Unknown("unreadable")),
        (answering(201, "[]"), Unknown("unreadable")),
        (answering(201, "null"), Unknown("unreadable")),
        (answering(201, "{}"), Unknown("unreadable")),
        (answering(201, stand_in.CREATED[:-9]), Unknown("unreadable")),
        (answering(201, ""), Unknown("unreadable")),
        (stand_in.breaking_off(201, stand_in.CREATED), Unknown("unreadable")),
        (stand_in.dropping_after_reading, Unknown("dropped")),
    ],
)
def test_what_twilio_answers_becomes_one_of_four_answers(behaviour: stand_in.Behaviour, answer: Answer) -> None:
    answers, calls = send(behaviour)

    assert answers == [answer]
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry-After": "7"}, timedelta(seconds=7)),
        ({"Retry-After": "99999999999999999999"}, timedelta(hours=1)),
        (
            {"Retry-After": "Wed, 07 Oct 2026 10:00:30 GMT", "Date": "Wed, 07 Oct 2026 10:00:00 GMT"},
            timedelta(seconds=30),
        ),
        (
            {"Retry-After": "Wed, 07 Oct 2026 09:00:00 GMT", "Date": "Wed, 07 Oct 2026 10:00:00 GMT"},
            timedelta(),
        ),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_a_429_may_be_tried_again_after_the_pause_it_asks_for(headers: dict[str, str], pause: timedelta | None) -> None:
    [answer], _ = send(answering(429, "slow down", headers))

    assert answer == Deferred("http_429", Hold.BUDGET, pause)


@pytest.mark.parametrize("behaviour", [stand_in.never_answering, stand_in.dripping])
def test_an_answer_that_takes_too_long_is_unknown(behaviour: stand_in.Behaviour) -> None:
    answers, calls = send(behaviour, timeout=timedelta(seconds=0.2))

    assert answers == [Unknown("timeout")]
    assert len(calls) == 1


def test_a_drop_before_the_request_was_read_is_unknown_too_because_nobody_can_tell() -> None:
    answers, _ = send(stand_in.dropping_before_reading)

    assert answers == [Unknown("dropped")]


def test_a_refused_connection_may_be_tried_again() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))  # bound but not listening: every connection is refused
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        answer = asyncio.run(_once(url))

    assert answer == Deferred("no_connection", Hold.SAFE)


def test_a_name_that_cannot_be_resolved_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    answer = asyncio.run(_once("http://api.twilio.example"))

    assert answer == Deferred("no_connection", Hold.SAFE)


def test_tls_that_fails_before_the_request_may_be_tried_again() -> None:
    async def run() -> Answer:
        async with standing_in(stand_in.not_speaking_tls) as server:
            return await _once(server.url.replace("http:", "https:"))

    assert asyncio.run(run()) == Deferred("no_connection", Hold.SAFE)


def test_a_connection_that_takes_too_long_to_be_made_may_be_tried_again() -> None:
    async def run() -> Answer:
        async with standing_in(stand_in.never_answering_at_all) as server:
            channel = TwilioChannel(connect=timedelta(seconds=0.1))
            answer = await channel.send(OUTGOING, account(server.url.replace("http:", "https:")))
            await channel.close()
            return answer

    assert asyncio.run(run()) == Deferred("no_connection", Hold.SAFE)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "127.0.0.1:80", "http://", "http://[bad"])
def test_an_address_that_is_none_holds_the_sender(url: str) -> None:
    assert asyncio.run(_once(url)) == Deferred("bad_api_url", Hold.CONFIGURATION)


def test_fifty_calls_at_once_are_fifty_messages() -> None:
    async def run() -> tuple[list[Answer], int]:
        channel = TwilioChannel()
        async with standing_in(answering(201)) as server:
            answers = await asyncio.gather(*(channel.send(OUTGOING, account(server.url)) for _ in range(50)))
            await channel.close()
        return answers, len(server.calls)

    answers, calls = asyncio.run(run())

    assert answers == [Accepted(stand_in.SID, 1)] * 50
    assert calls == 50


def test_a_connection_that_was_closed_while_the_loop_stood_still_is_not_used_again() -> None:
    with stand_in.answering_in_a_thread() as server, asyncio.Runner() as runner:
        channel = TwilioChannel()
        first = runner.run(channel.send(OUTGOING, account(server.url)))
        server.close_the_connection()

        second = runner.run(channel.send(OUTGOING, account(server.url)))

        runner.run(channel.close())

    assert [first, second] == [Accepted(stand_in.SID, 1)] * 2


def test_a_closed_channel_may_be_used_again() -> None:
    async def run() -> Answer:
        channel = TwilioChannel()
        await channel.close()
        async with standing_in(answering(201)) as server:
            await channel.send(OUTGOING, account(server.url))
            await channel.close()
            answer = await channel.send(OUTGOING, account(server.url))
            await channel.close()
        return answer

    assert asyncio.run(run()) == Accepted(stand_in.SID, 1)


def test_neither_number_nor_wording_nor_key_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    send(refusal(400, 21211))

    assert not any(word in caplog.text for word in ("3125550142", "Lakeside", "secret"))


def test_the_librarys_own_logger_prints_no_bodies() -> None:
    assert not logging.getLogger("twilio.async_http_client").isEnabledFor(logging.INFO)


def test_the_environment_of_the_process_does_not_move_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")

    answers, _ = send(answering(201))

    assert answers == [Accepted(stand_in.SID, 1)]


bodies = st.one_of(
    st.text(),
    st.builds(
        json.dumps,
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["sid", "code", "num_segments"]), inner),
        ),
    ),
)


@given(status=st.integers(200, 599), body=bodies, pause=st.text())
def test_no_answer_is_beyond_judgement(status: int, body: str, pause: str) -> None:
    answer = judge(status, {"Retry-After": pause}, body)

    if isinstance(answer, Accepted):
        assert 200 <= status < 300
        assert answer.provider_id
    if status >= 500:
        assert answer == Unknown(f"http_{status}")
    if status < 300:
        assert not isinstance(answer, Deferred | Refused)


async def _once(url: str) -> Answer:
    channel = TwilioChannel()
    answer = await channel.send(OUTGOING, account(url))
    await channel.close()
    return answer
