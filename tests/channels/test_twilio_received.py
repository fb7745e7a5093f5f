"""Asking Twilio for what came in, against a stand-in on loopback: every text to our number, or no answer at all."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from reminders.channels.base import NoAnswer, Received, SenderAccount
from reminders.channels.sandbox import SandboxChannel
from reminders.channels.twilio import TwilioChannel
from tests.channels.test_twilio_asking import FAULTS, pages
from tests.channels.twilio_pages import ACCOUNT_SID, next_uri, page, record, sid
from tests.channels.twilio_stand_in import Behaviour, Call, answering, standing_in

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

NOON = datetime(2026, 10, 7, 16, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
OURS, PHONE = "+13125550100", "+13125550142"


def received(
    behaviour: Behaviour, *, since: datetime = NOON, messaging_service: str | None = None
) -> tuple[Sequence[Received] | NoAnswer, list[Call]]:
    async def run() -> tuple[Sequence[Received] | NoAnswer, list[Call]]:
        channel = TwilioChannel()
        async with standing_in(behaviour) as server:
            account = SenderAccount(
                provider="twilio",
                account=ACCOUNT_SID,
                token="secret",
                from_address=OURS,
                messaging_service=messaging_service,
                api_url=server.url,
            )
            answer = await channel.received(account, since=since)
            await channel.close()
        return answer, server.calls

    return asyncio.run(run())


def text(number: int, created_at: datetime = NOON, **fields: Any) -> dict[str, Any]:
    came_in = {"direction": "inbound", "status": "received", "from": PHONE, "to": OURS, "body": f"text {number}"}
    return record(number, created_at) | came_in | fields


def ids(answer: Sequence[Received] | NoAnswer) -> list[str]:
    assert not isinstance(answer, NoAnswer), answer.reason
    return [one.provider_id for one in answer]


def test_a_text_is_shown_with_everything_that_is_heard_of_it() -> None:
    answer, [call] = received(answering(200, page([text(1, num_media="2", messaging_service_sid="MG1")])))

    assert answer == [
        Received(
            provider_id=sid(1),
            sender=PHONE,
            to=OURS,
            text="text 1",
            media=2,
            messaging_service="MG1",
            created_at=NOON,
        )
    ]
    assert parse_qs(urlsplit(call.line.split(" ")[1]).query) == {"To": [OURS], "PageSize": ["1000"]}


def test_a_service_has_many_numbers_so_all_of_the_account_are_listed() -> None:
    _, [call] = received(answering(200, page([])), messaging_service="MG1")

    assert parse_qs(urlsplit(call.line.split(" ")[1]).query) == {"PageSize": ["1000"]}


def test_what_we_sent_is_left_out() -> None:
    answer, _ = received(answering(200, page([record(1, NOON), text(2), record(3, NOON, direction="outbound-reply")])))

    assert ids(answer) == [sid(2)]


@pytest.mark.parametrize("body", ["", None])
def test_a_text_without_words_is_shown_too(body: str | None) -> None:
    answer, _ = received(answering(200, page([text(1, body=body)])))

    assert not isinstance(answer, NoAnswer)
    assert [one.text for one in answer] == [""]


def test_a_text_that_twilio_never_dated_as_delivered_is_shown_too() -> None:
    answer, _ = received(answering(200, page([text(1, date_sent=None)])))

    assert ids(answer) == [sid(1)]


def test_only_what_came_since_then_is_shown() -> None:
    texts = [text(number, NOON + number * SECOND) for number in range(4)]

    assert ids(received(answering(200, page(texts)), since=NOON + 2 * SECOND)[0]) == [sid(2), sid(3)]


def test_the_list_is_read_over_its_pages_and_no_further_than_it_matters() -> None:
    behaviour = pages(
        {
            "": page([text(4, NOON + HOUR)], next_uri=next_uri(1)),
            next_uri(1): page([text(3), text(4, NOON + HOUR)], next_uri=next_uri(2)),
            next_uri(2): page([text(2, NOON - DAY), text(1, NOON - 2 * DAY)], next_uri=next_uri(3)),
        }
    )

    answer, calls = received(behaviour)

    assert ids(answer) == [sid(4), sid(3)]
    assert len(calls) == 3


def test_what_nobody_sent_keeps_no_other_text_back() -> None:
    assert ids(received(answering(200, page([text(1) | {"from": None}, text(2)])))[0]) == [sid(2)]


@pytest.mark.parametrize(("behaviour", "expected"), FAULTS)
def test_a_list_that_cannot_be_had_proves_nothing(behaviour: Behaviour, expected: NoAnswer) -> None:
    assert received(behaviour)[0] == expected


def test_to_the_sandbox_no_text_is_lost() -> None:
    sandbox = SandboxChannel(lambda _: None, lambda _: [])

    assert asyncio.run(sandbox.received(SenderAccount(provider="sandbox", account="AC", token=""), since=NOON)) == ()
