"""The sandbox's receipts look like Twilio's, are signed like Twilio's, and arrive or are tried again."""

import asyncio
import socket
from datetime import timedelta
from urllib.parse import parse_qsl

import aiohttp
import pytest

from reminders.channels.base import SenderAccount
from reminders.channels.sandbox_receipts import SignedRequest, callback_form, post_callback, signed_request
from reminders.channels.signature import HEADER, is_signed
from tests.channels import twilio_stand_in as stand_in
from tests.channels.twilio_stand_in import Call, answering, standing_in

ACCOUNT = SenderAccount(provider="sandbox", account="AC" + "0" * 32, token="secret", from_address="+13125550100")
SID = "SM" + "1" * 32
URL = "https://clinic.example/webhooks/twilio/status?t=abc"


def test_the_form_has_twilios_fields() -> None:
    form = callback_form(SID, "+13125550142", "undelivered", 30003, ACCOUNT)

    assert form == {
        "SmsSid": SID,
        "SmsStatus": "undelivered",
        "MessageStatus": "undelivered",
        "To": "+13125550142",
        "MessageSid": SID,
        "AccountSid": ACCOUNT.account,
        "From": "+13125550100",
        "ApiVersion": "2010-04-01",
        "ErrorCode": "30003",
    }


def test_a_receipt_without_a_failure_has_no_error_code() -> None:
    assert "ErrorCode" not in callback_form(SID, "+13125550142", "delivered", None, ACCOUNT)


def test_a_service_without_a_number_still_says_where_a_text_came_from() -> None:
    account = SenderAccount(provider="sandbox", account="AC1", token="secret", messaging_service="MG1")

    form = callback_form(SID, "+13125550142", "sent", None, account)

    assert form["MessagingServiceSid"] == "MG1"
    assert form["From"].startswith("+")


@pytest.mark.parametrize("fragment", ["", "#rc=5&rp=all"])
def test_the_request_is_signed_for_the_address_without_its_fragment(fragment: str) -> None:
    form = callback_form(SID, "+13125550142", "delivered", None, ACCOUNT)

    request = signed_request(URL + fragment, form, "secret")

    fields = parse_qsl(request.body.decode(), keep_blank_values=True)
    assert request.url == URL
    assert dict(fields) == form
    assert is_signed(URL, fields, request.headers[HEADER], ["secret"])
    assert "3125550142" not in repr(request)


def post(behaviour: stand_in.Behaviour) -> tuple[int | None, list[Call]]:
    async def run() -> tuple[int | None, list[Call]]:
        async with standing_in(behaviour) as server, aiohttp.ClientSession() as session:
            form = callback_form(SID, "+13125550142", "delivered", None, ACCOUNT)
            request = signed_request(f"{server.url}/webhooks/twilio/status?t=abc", form, "secret")
            status = await post_callback(session, request, patience=timedelta(seconds=0.3))
        return status, server.calls

    return asyncio.run(run())


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (answering(204, ""), 204),
        (answering(200, ""), 200),
        (answering(503, ""), 503),
        (answering(403, ""), 403),
        (answering(302, "", {"Location": "/elsewhere"}), 302),
        (stand_in.dropping_after_reading, None),
        (stand_in.never_answering, None),
    ],
)
def test_the_answer_says_whether_a_receipt_has_to_be_posted_again(
    behaviour: stand_in.Behaviour, expected: int | None
) -> None:
    status, [call] = post(behaviour)

    assert status == expected
    assert call.line == "POST /webhooks/twilio/status?t=abc HTTP/1.1"
    assert call.form["MessageStatus"] == ["delivered"]


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_webhook_that_is_down_gets_its_receipt_later() -> None:
    async def run(url: str) -> int | None:
        async with aiohttp.ClientSession() as session:
            return await post_callback(session, SignedRequest(url, {}, b""))

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        assert asyncio.run(run(f"http://127.0.0.1:{listener.getsockname()[1]}/x")) is None
