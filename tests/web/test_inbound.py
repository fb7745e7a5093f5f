"""The webhook for texts tells what is genuine, hands it on whole, and answers as TwiML."""

from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import httpx
import pytest

from reminders.channels.signature import HEADER
from reminders.domain.replies.inbound import Heard
from reminders.web import forms
from reminders.web.inbound import PATH
from tests.handed_over import ACCOUNT, PHONE, PREVIOUS_TOKEN
from tests.web.texts_to_us import OURS, PLAIN, Listener, away, door, post_of, posting, text_form
from tests.web.visiting import PUBLIC, requesting, visiting


def message_of(answer: httpx.Response) -> ET.Element | None:
    """Return the one message of an answer, which must be TwiML."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/xml")
    response = ET.fromstring(answer.content)  # noqa: S314  our own
    assert response.tag == "Response"
    assert len(response) <= 1
    return response.find("Message")


def test_a_text_is_handed_on_whole() -> None:
    hear = Listener()

    answer = posting(door(hear), text_form(NumMedia="2", MessagingServiceSid="MG1", OptOutType="stop"))

    assert message_of(answer) is None
    [text] = hear.texts
    assert (text.account, text.sender, text.to, text.body) == (ACCOUNT, PHONE, OURS, PLAIN)
    assert text.provider_id == "SM" + "b" * 32
    assert (text.media, text.messaging_service, text.opt_out, text.was_listed) == (2, "MG1", "STOP", False)


@pytest.mark.parametrize(
    "body", ["", " ", "👍🏽", "José ¿sí? & <b>", "a\nb\r\nc", "x" * 1600, "+1 & 2 = %26", "\N{ZERO WIDTH SPACE}\x00"]
)
def test_a_body_is_kept_to_the_last_character(body: str) -> None:
    hear = Listener()

    answer = posting(door(hear), text_form(body))

    assert message_of(answer) is None
    assert [one.body for one in hear.texts] == [body]


@pytest.mark.parametrize(("field", "value"), [("Body", None), ("To", None), ("NumMedia", "many"), ("OptOutType", "x")])
def test_a_field_that_is_missing_or_senseless_is_nothing(field: str, value: str | None) -> None:
    hear = Listener()

    assert message_of(posting(door(hear), text_form(**{field: value}))) is None
    [text] = hear.texts
    assert (text.media, text.opt_out, text.messaging_service) == (0, None, None)
    assert text.body in {PLAIN, ""}


def test_an_answer_is_said_in_the_same_breath_with_an_address_for_its_receipts() -> None:
    attempt_id = uuid4()

    message = message_of(posting(door(Listener(Heard("Thank you.", attempt_id))), text_form()))

    assert message is not None
    assert message.text == "Thank you."
    assert message.attrib == {
        "action": f"{PUBLIC}/webhooks/twilio/status?t={attempt_id}#rc=5&rp=all",
        "method": "POST",
    }


def test_an_answer_is_said_as_it_is_written() -> None:
    said = "Lakeside & Co: call <212-555-0142>, José 👍"

    message = message_of(posting(door(Listener(Heard(said))), text_form()))

    assert message is not None
    assert (message.text, message.attrib) == (said, {})


def test_what_no_document_can_hold_does_not_break_the_answer() -> None:
    message = message_of(posting(door(Listener(Heard("Thank\x00 you\x0b."))), text_form()))

    assert message is not None
    assert message.text == "Thank you."


def test_the_same_text_again_is_heard_again_and_answered_the_same() -> None:
    hear = Listener(Heard("Thank you.", uuid4()))
    options = post_of(text_form())

    async def visit(client: httpx.AsyncClient) -> list[bytes]:
        return [(await client.post(PATH, **options)).content for _ in range(2)]

    first, second = visiting(door(hear), visit)

    assert first == second
    assert len({one.provider_id for one in hear.texts}) == 1


def test_the_previous_token_is_still_good() -> None:
    assert posting(door(), text_form(), token=PREVIOUS_TOKEN).status_code == 200


def refused(status: int, form: Any, **options: Any) -> bool:
    """Whether the form is refused with *status*, and nobody heard of it."""
    hear = Listener()
    answer = posting(door(hear), form, **options)
    return answer.status_code == status and hear.texts == []


@pytest.mark.parametrize("token", ["somebody-elses-token", ""])
def test_a_forged_text_is_403(token: str) -> None:
    assert refused(403, text_form(), token=token)


@pytest.mark.parametrize("account", ["AC" + "9" * 32, "", None])
def test_a_text_of_another_account_or_of_none_is_403(account: str | None) -> None:
    assert refused(403, text_form(AccountSid=account))


def test_an_unsigned_text_is_403() -> None:
    hear = Listener()
    options = post_of(text_form())
    del options["headers"][HEADER]

    assert requesting(door(hear), "POST", PATH, **options).status_code == 403
    assert hear.texts == []


def test_a_changed_body_breaks_the_signature() -> None:
    options = post_of(text_form("STOP")) | {"headers": post_of(text_form("Yes"))["headers"]}

    assert requesting(door(), "POST", PATH, **options).status_code == 403


def test_a_text_for_another_address_is_403() -> None:
    assert requesting(door(), "POST", f"{PATH}?also=1", **post_of(text_form())).status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"MessageSid": None},
        {"MessageSid": ""},
        {"MessageSid": "SM<script>"},
        {"MessageSid": "S" * 65},
        {"From": None},
        {"From": ""},
        {"From": "+1312\n"},
        {"From": "1" * 65},
    ],
)
def test_a_text_without_its_id_or_its_sender_is_400(fields: dict[str, str | None]) -> None:
    assert refused(400, text_form(**fields))


@pytest.mark.parametrize(("name", "value"), [("From", "+13125550199"), ("MessageSid", "SM" + "c" * 32)])
def test_a_text_that_has_two_senders_or_two_ids_is_400(name: str, value: str) -> None:
    assert refused(400, [*text_form().items(), (name, value)])


def test_another_kind_of_body_is_415() -> None:
    options = post_of(text_form())
    options["headers"]["Content-Type"] = "application/json"

    assert requesting(door(), "POST", PATH, **options).status_code == 415


def test_a_body_beyond_64_kb_is_413() -> None:
    assert refused(413, text_form("x" * forms.MOST_BYTES))


def test_more_fields_than_a_text_has_are_400() -> None:
    assert refused(400, [*text_form().items(), *((f"f{number}", "") for number in range(forms.MOST_FIELDS))])


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_a_post_is_a_text(method: str) -> None:
    hear = Listener()

    assert requesting(door(hear), method, PATH).status_code == 405
    assert hear.texts == []


def test_a_text_that_cannot_be_stored_comes_again() -> None:
    answer = posting(door(away), text_form())

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
