"""Every way an exchange with a mail server can end, against aiosmtpd on loopback, and the answer it must give."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from reminders.channels.base import Outgoing, SenderAccount
from reminders.channels.letter import make_message_id
from reminders.channels.smtp import SmtpChannel, mail_account
from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused, Unknown
from tests.channels.certificate import contexts
from tests.channels.smtp_stand_in import DROP, SILENCE, MailServer, mail_server

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

OUTGOING = Outgoing(
    attempt_token="token",
    to="ada@patients.example",
    text="Your visit is Wed Oct 7, 10:30 AM.\n.\nLakeside\n",
    subject="Your visit",
    html="<p>Your visit is Wed Oct 7.</p>",
)
MESSAGE_ID = make_message_id(OUTGOING, "lakeside.example")
FROM = "Lakeside <visits@lakeside.example>"


def exchange(
    says: dict[str, str] | None = None,
    *,
    outgoing: Outgoing = OUTGOING,
    timeout: timedelta = timedelta(seconds=20),
    user: str = "",
    client: ssl.SSLContext | None = None,
    scheme: str = "smtp",
    **options: Any,
) -> tuple[Answer, MailServer]:
    """Send one email to a server that answers as *says*."""

    async def run() -> tuple[Answer, MailServer]:
        channel = SmtpChannel(timeout=timeout, tls=client)
        async with mail_server(says, **options) as server:
            answer = await channel.send(outgoing, mail_account(f"{scheme}://{user}127.0.0.1:{server.port}", FROM))
            await channel.close()
        return answer, server

    return asyncio.run(run())


def test_an_email_arrives_with_text_and_html_side_by_side() -> None:
    answer, server = exchange()

    assert answer == Accepted(MESSAGE_ID)
    [letter] = server.letters
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert letter.get_content_type() == "multipart/alternative"
    assert text is not None
    assert text.get_content().splitlines() == OUTGOING.text.splitlines()
    assert html is not None
    assert html.get_content().strip() == OUTGOING.html


def test_an_email_says_from_whom_to_whom_and_which_message_it_is() -> None:
    _, server = exchange()

    [letter] = server.letters
    assert letter["From"] == FROM
    assert letter["To"] == "ada@patients.example"
    assert letter["Subject"] == "Your visit"
    assert letter["Message-ID"] == MESSAGE_ID
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"]
    assert server.envelopes == [("visits@lakeside.example", ["ada@patients.example"])]


def test_every_try_of_a_message_has_its_message_id_and_another_message_has_another() -> None:
    one, another = uuid4(), uuid4()
    tries = [("first", one), ("second", one), ("third", another)]

    [first], [second], [other] = (
        exchange(outgoing=replace(OUTGOING, attempt_token=token, message_id=message_id))[1].letters
        for token, message_id in tries
    )

    assert first["Message-ID"] == second["Message-ID"] != other["Message-ID"]


def test_whoever_reads_an_email_does_not_learn_the_token_that_signs_receipts() -> None:
    _, server = exchange(outgoing=replace(OUTGOING, attempt_token="ahorsewithnoname"))

    assert b"ahorsewithnoname" not in server.raw[0]


def test_a_plain_email_has_no_parts() -> None:
    _, server = exchange(outgoing=replace(OUTGOING, html=None))

    assert server.letters[0].get_content_type() == "text/plain"


def test_every_character_survives_a_server_that_carries_seven_bits() -> None:
    outgoing = replace(OUTGOING, subject="Año nuevo: ¿sí?", text="Ayuno: 8 h 👍\n", html=None)

    _, server = exchange(outgoing=outgoing)

    assert server.raw[0].isascii()
    assert server.letters[0]["Subject"] == "Año nuevo: ¿sí?"
    assert server.letters[0].get_content().strip() == "Ayuno: 8 h 👍"


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\x0b", "\u2028", "\x85"])
@pytest.mark.parametrize("field", ["subject", "to"])
def test_nothing_can_add_a_header(field: str, line_break: str) -> None:
    outgoing = replace(OUTGOING, **{field: f"x@y.example{line_break}Bcc: thief@evil.example"})  # type: ignore[arg-type]

    answer, server = exchange(outgoing=outgoing)

    assert isinstance(answer, Refused)
    assert server.letters == []


@pytest.mark.parametrize(
    "address",
    ["", "ada", "@patients.example", "ada@", "a b@c.example", "a@b@c.example", "<a@b.example>", "a,b@c.example"],
)
def test_an_address_that_is_none_is_dead_without_asking_a_server(address: str) -> None:
    answer, server = exchange(outgoing=replace(OUTGOING, to=address))

    assert answer == Refused("bad_address", Fault.DEAD_ADDRESS)
    assert server.connections == []


@pytest.mark.parametrize("sender", [None, "", "Lakeside", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example"])
def test_a_sender_without_a_mailbox_is_held(sender: str | None) -> None:
    account = SenderAccount(provider="smtp", account="", token="", from_address=sender, api_url="smtp://127.0.0.1:9")

    assert asyncio.run(SmtpChannel().send(OUTGOING, account)) == Deferred("no_sender", Hold.CONFIGURATION)


@pytest.mark.parametrize("url", ["", "http://127.0.0.1", "smtp://", "smtp://127.0.0.1:many", "smtp://[bad"])
def test_an_address_that_is_no_mail_server_holds_the_sender(url: str) -> None:
    account = SenderAccount(provider="smtp", account="", token="", from_address=FROM, api_url=url)

    assert asyncio.run(SmtpChannel().send(OUTGOING, account)) == Deferred("bad_smtp_url", Hold.CONFIGURATION)


@pytest.mark.parametrize(
    ("says", "answer"),
    [
        ({"CONNECT": "421 4.3.2 busy"}, Deferred("smtp_4.3.2")),
        ({"CONNECT": "554 5.7.1 you are blocked"}, Deferred("smtp_5.7.1", Hold.CONFIGURATION)),
        ({"CONNECT": DROP}, Deferred("no_connection")),
        ({"CONNECT": "451 4.3.0 not now"}, Deferred("smtp_4.3.0")),
        ({"EHLO": "451 4.3.0 not now"}, Deferred("smtp_4.3.0")),
        ({"EHLO": DROP}, Deferred("no_connection")),
        ({"MAIL": "451 4.3.0 not now"}, Deferred("smtp_4.3.0")),
        ({"MAIL": "421 4.3.0 going down"}, Deferred("smtp_4.3.0")),
        ({"MAIL": "550 5.1.8 no such sender"}, Deferred("smtp_5.1.8", Hold.CONFIGURATION)),
        ({"MAIL": "530 5.7.0 log in first"}, Deferred("smtp_5.7.0", Hold.CONFIGURATION)),
        ({"MAIL": "552 5.3.4 too large"}, Refused("smtp_5.3.4", Fault.CONTENT)),
        ({"MAIL": "552 too large"}, Refused("smtp_552", Fault.CONTENT)),
        ({"MAIL": DROP}, Deferred("no_connection")),
        ({"RCPT": "451 try later"}, Deferred("smtp_451")),
        ({"RCPT": "452 4.2.2 mailbox full"}, Deferred("smtp_4.2.2")),
        ({"RCPT": "550 5.1.1 ada@patients.example unknown"}, Refused("smtp_5.1.1", Fault.DEAD_ADDRESS)),
        ({"RCPT": "550 5.1.10 null mx"}, Refused("smtp_5.1.10", Fault.DEAD_ADDRESS)),
        ({"RCPT": "550 5.7.1 not wanted"}, Deferred("smtp_5.7.1", Hold.DOUBTFUL)),
        ({"RCPT": "554 5.7.1 relay access denied"}, Deferred("smtp_5.7.1", Hold.DOUBTFUL)),
        ({"RCPT": "550 5.1.8 bad domain of the sender"}, Deferred("smtp_5.1.8", Hold.DOUBTFUL)),
        ({"RCPT": "530 5.7.0 log in first"}, Deferred("smtp_5.7.0", Hold.CONFIGURATION)),
        ({"RCPT": "552 5.2.2 mailbox full"}, Refused("smtp_5.2.2", Fault.UNREACHABLE)),
        ({"RCPT": "550 ada@patients.example"}, Refused("smtp_550", Fault.UNREACHABLE)),
        ({"RCPT": "550 4.1.1 contradicts itself"}, Refused("smtp_550", Fault.UNREACHABLE)),
        ({"RCPT": "421 4.4.2 took too long"}, Deferred("smtp_4.4.2")),
        ({"RCPT": DROP}, Deferred("no_connection")),
        ({"DATA": "451 4.3.0 not now"}, Deferred("smtp_4.3.0")),
        ({"DATA": "421 4.3.0 going down"}, Deferred("smtp_4.3.0")),
        ({"DATA": "554 5.7.1 no"}, Deferred("smtp_5.7.1", Hold.DOUBTFUL)),
        ({"DATA": "250 what?"}, Deferred("smtp_unreadable")),
        ({"DATA": DROP}, Deferred("no_connection")),
        ({"DOT": "451 4.3.0 disk full"}, Deferred("smtp_4.3.0")),
        ({"DOT": "421 4.3.0 going down"}, Deferred("smtp_4.3.0")),
        ({"DOT": "554 5.7.1 looks like spam"}, Deferred("smtp_5.7.1", Hold.DOUBTFUL)),
        ({"DOT": "550 5.7.0 local policy"}, Deferred("smtp_5.7.0", Hold.DOUBTFUL)),
        (
            {"DOT": "552 5.7.0 blocked because its content presents a security issue"},
            Refused("smtp_5.7.0", Fault.CONTENT),
        ),
        ({"DOT": "550 5.6.0 bad content"}, Refused("smtp_5.6.0", Fault.CONTENT)),
        ({"DOT": "354 what?"}, Unknown("unreadable")),
        ({"DOT": "nonsense"}, Unknown("dropped")),
        ({"DOT": DROP}, Unknown("dropped")),
    ],
)
def test_what_a_server_says_becomes_one_of_four_answers(says: dict[str, str], answer: Answer) -> None:
    given, server = exchange(says)

    assert given == answer
    assert server.letters == []


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("MAIL", Deferred("no_connection")),
        ("RCPT", Deferred("no_connection")),
        ("DATA", Deferred("no_connection")),
        ("DOT", Unknown("timeout")),
    ],
)
def test_silence_is_unknown_only_after_the_final_dot(step: str, answer: Answer) -> None:
    given, _ = exchange({step: SILENCE}, timeout=timedelta(seconds=0.3))

    assert given == answer


def test_a_refused_connection_may_be_tried_again() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        account = mail_account(f"smtp://127.0.0.1:{listener.getsockname()[1]}", FROM)

        answer = asyncio.run(SmtpChannel().send(OUTGOING, account))

    assert answer == Deferred("no_connection")


@pytest.mark.parametrize(
    ("user", "answer"),
    [
        ("lakeside:right@", Accepted(MESSAGE_ID)),
        ("lakeside:wrong@", Deferred("smtp_5.7.8", Hold.CONFIGURATION)),
    ],
)
def test_a_wrong_password_holds_the_sender(user: str, answer: Answer) -> None:
    given, _ = exchange(user=user, password="right")

    assert given == answer


def test_a_log_in_that_is_only_away_for_now_may_be_tried_again() -> None:
    given, _ = exchange(
        {"AUTH": "454 4.7.0 Temporary authentication failure"}, user="lakeside:right@", password="right"
    )

    assert given == Deferred("smtp_4.7.0")


def test_smtps_speaks_tls_from_the_first_byte(tmp_path: Path) -> None:
    server, client = contexts(tmp_path)

    answer, _ = exchange(scheme="smtps", tls=server, client=client)

    assert answer == Accepted(MESSAGE_ID)


def test_a_certificate_that_we_do_not_trust_gets_no_email(tmp_path: Path) -> None:
    server, _ = contexts(tmp_path)

    answer, seen = exchange(scheme="smtps", tls=server, client=ssl.create_default_context())

    assert answer == Deferred("no_connection")
    assert seen.letters == []


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a host that is not loopback, though it leads to this machine."""
    look_up: Callable[..., Any] = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *rest, **more: look_up("127.0.0.1", *rest, **more))
    return "mail.clinic.example"


@pytest.mark.parametrize("offers_tls", [True, False])
def test_away_from_loopback_smtp_without_starttls_gets_no_email(
    elsewhere: str, tmp_path: Path, *, offers_tls: bool
) -> None:
    server_context, client_context = contexts(tmp_path)

    async def run() -> tuple[Answer, MailServer]:
        channel = SmtpChannel(tls=client_context)
        async with mail_server(starttls=server_context if offers_tls else None) as server:
            answer = await channel.send(OUTGOING, mail_account(f"smtp://{elsewhere}:{server.port}", FROM))
            await channel.close()
        return answer, server

    answer, server = asyncio.run(run())

    assert answer == (Accepted(MESSAGE_ID) if offers_tls else Deferred("smtp_setup", Hold.CONFIGURATION))
    assert len(server.letters) == offers_tls


@pytest.mark.parametrize(
    ("utf8", "answer"), [(True, Accepted(MESSAGE_ID)), (False, Refused("smtp_utf8", Fault.UNREACHABLE))]
)
def test_an_address_beyond_ascii_needs_a_server_that_carries_it(answer: Answer, *, utf8: bool) -> None:
    given, server = exchange(outgoing=replace(OUTGOING, to="josé@patients.example"), utf8=utf8)

    assert given == answer
    assert [recipients for _, recipients in server.envelopes] == ([["josé@patients.example"]] if utf8 else [])


def test_neither_address_nor_wording_nor_password_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    exchange({"RCPT": "550 5.1.1 ada@patients.example unknown"}, user="lakeside:right@", password="right")

    ours = [record for record in caplog.records if not record.name.startswith("mail.")]
    assert not any(word in record.getMessage() for record in ours for word in ("ada@", "Your visit", "right"))


@pytest.mark.parametrize(
    ("url", "account", "token", "api_url"),
    [
        ("smtps://me%40x:p%3Aw@mail.example:465", "me@x", "p:w", "smtps://mail.example:465"),
        ("smtp://mail.example", "", "", "smtp://mail.example"),
    ],
)
def test_a_mail_url_names_server_user_and_password(url: str, account: str, token: str, api_url: str) -> None:
    read = mail_account(url, FROM)

    assert (read.account, read.token, read.api_url, read.from_address) == (account, token, api_url, FROM)
    assert "p:w" not in repr(read)
