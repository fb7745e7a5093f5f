"""Pages by webhook: what is posted, what each answer means, and where a page never goes."""

import asyncio
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from reminders.channels.base import Outgoing, SenderAccount
from reminders.channels.pager import SIGNATURE, TIMESTAMP, PagerChannel
from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused, Unknown
from reminders.domain.words import Channel
from tests.channels.twilio_stand_in import (
    Behaviour,
    Call,
    answering,
    dropping_after_reading,
    never_answering,
    response,
    standing_in,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1"])

ACCOUNT = SenderAccount(provider="pager", account="pager", token="the key")
BODY = json.dumps({"event_id": "1", "kind": "safety"})
FORBIDDEN = Refused("pager_address", Fault.UNREACHABLE)


def page(to: str) -> Outgoing:
    return Outgoing(attempt_token="token", to=to, text=BODY, by=Channel.PAGER)


def send(behaviour: Behaviour, *, timeout: timedelta = timedelta(seconds=5)) -> tuple[Answer, list[Call]]:
    async def run() -> tuple[Answer, list[Call]]:
        async with standing_in(behaviour) as stand_in:
            channel = PagerChannel(timeout=timeout, is_practice=True)
            answer = await channel.send(page(f"{stand_in.url}/hook"), ACCOUNT)
            await channel.close()
            return answer, stand_in.calls

    return asyncio.run(run())


def send_to(address: str, *, is_practice: bool = False) -> Answer:
    async def run() -> Answer:
        channel = PagerChannel(timeout=timedelta(seconds=2), is_practice=is_practice)
        answer = await channel.send(page(address), ACCOUNT)
        await channel.close()
        return answer

    return asyncio.run(run())


def test_a_page_is_signed_over_its_time_and_its_body() -> None:
    answer, [call] = send(answering(202, ""))

    assert isinstance(answer, Accepted)
    assert call.line == "POST /hook HTTP/1.1"
    assert call.headers["content-type"] == "application/json"
    signed = f"{call.headers[TIMESTAMP.lower()]}.{BODY}".encode()
    assert call.headers[SIGNATURE.lower()] == hmac.new(b"the key", signed, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, Refused("http_400", Fault.UNREACHABLE)),
        (404, Refused("http_404", Fault.UNREACHABLE)),
        (429, Deferred("http_429", Hold.SAFE)),
        (500, Unknown("http_500")),
        (503, Unknown("http_503")),
    ],
)
def test_a_status_means_one_of_four_answers(status: int, answer: Answer) -> None:
    assert send(answering(status, ""))[0] == answer


def test_a_redirect_is_not_followed() -> None:
    answer, calls = send(answering(302, "", {"Location": "http://127.0.0.1:9/elsewhere"}))

    assert answer == Refused("http_302", Fault.UNREACHABLE)
    assert len(calls) == 1


def test_silence_and_a_broken_connection_leave_it_unknown() -> None:
    assert send(never_answering, timeout=timedelta(seconds=0.2))[0] == Unknown("timeout")
    assert send(dropping_after_reading)[0] == Unknown("dropped")


def test_a_refused_connection_has_taken_nothing() -> None:
    assert send_to("http://127.0.0.1:9/hook", is_practice=True) == Deferred("no_connection")


@pytest.mark.parametrize(
    "address",
    [
        "http://93.184.215.14/hook",
        "ftp://93.184.215.14/hook",
        "https://127.0.0.1/hook",
        "https://127.1/hook",
        "https://2130706433/hook",
        "https://0x7f.0.0.1/hook",
        "https://10.1.2.3/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://192.168.0.1/hook",
        "https://100.64.0.1/hook",
        "https://0.0.0.0/hook",
        "https://224.0.0.1/hook",
        "https://[::1]/hook",
        "https://[fe80::1]/hook",
        "https://[fc00::1]/hook",
        "https://[::ffff:10.0.0.1]/hook",
        "https://[64:ff9b::a00:1]/hook",
        "https://[2002:a00:1::]/hook",
        "https://localhost/hook",
        "https://user@93.184.215.14/hook",
        "https://\uff11\uff12\uff17.0.0.1/hook",
        "https://",
        "https://host:port/hook",
        "not an address",
    ],
)
def test_a_page_never_goes_into_a_private_network_nor_in_the_clear(address: str) -> None:
    assert send_to(address) == FORBIDDEN


@pytest.mark.parametrize("address", ["https://93.184.215.14/hook", "http://10.0.0.1/hook"])
def test_a_rehearsal_pages_this_machine_only(address: str) -> None:
    assert send_to(address, is_practice=True) == FORBIDDEN


def test_a_name_that_leads_to_this_machine_is_fine_in_a_rehearsal() -> None:
    async def run() -> Answer:
        async with standing_in(answering(200, "")) as stand_in:
            channel = PagerChannel(is_practice=True)
            answer = await channel.send(page(stand_in.url.replace("127.0.0.1", "localhost")), ACCOUNT)
            await channel.close()
            return answer

    assert isinstance(asyncio.run(run()), Accepted)


def test_an_answer_that_breaks_off_counts_by_its_status() -> None:
    async def short(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stand_in: object) -> None:
        await stand_in.read(reader)  # type: ignore[attr-defined]  # the stand-in of the test
        writer.write(response(200, "a long body")[:-5])

    assert isinstance(send(short)[0], Accepted)
