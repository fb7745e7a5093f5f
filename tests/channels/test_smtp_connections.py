"""Kept connections, servers that bear few of them or end them, and servers that turn strangers away at first."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from reminders.channels.base import Outgoing, SenderAccount
from reminders.channels.letter import make_message_id
from reminders.channels.smtp import SmtpChannel, mail_account
from reminders.channels.smtp_pool import NoRoomError, Pool
from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused
from tests.channels.smtp_stand_in import DROP, SILENCE, MailServer, hang_up, mail_server
from tests.suspending import suspend

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FROM = "Lakeside <visits@lakeside.example>"
OUTGOING = Outgoing(attempt_token="token", to="ada@patients.example", text="Your visit is Wed.", subject="Your visit")
ACCEPTED = Accepted(make_message_id(OUTGOING, "lakeside.example"))

Send = Callable[[], Awaitable[Answer]]


def talk(
    conversation: Callable[[Send, MailServer], Awaitable[list[Answer]]],
    says: dict[str, str] | None = None,
    *,
    connections: int = 8,
    bears: int = 1000,
    letters_each: int = 1000,
    takes: float = 0,
    timeout: timedelta = timedelta(seconds=20),
    patience: timedelta = timedelta(seconds=20),
) -> tuple[list[Answer], MailServer]:
    """Hold *conversation* with a server through one channel."""

    async def run() -> tuple[list[Answer], MailServer]:
        channel = SmtpChannel(connections=connections, timeout=timeout)
        outgoing = replace(OUTGOING, patience=patience)
        async with mail_server(says, bears=bears, letters_each=letters_each, takes=takes) as server:
            account = mail_account(f"smtp://127.0.0.1:{server.port}", FROM)
            answers = await conversation(lambda: channel.send(outgoing, account), server)
            await channel.close()
        return answers, server

    return asyncio.run(run())


async def once(send: Send, server: MailServer) -> list[Answer]:
    return [await send()]


async def fifty(send: Send, server: MailServer) -> list[Answer]:
    return list(await asyncio.gather(*(send() for _ in range(50))))


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_connection_is_kept_for_the_next_email_also_after_a_refusal(step: str) -> None:
    async def conversation(send: Send, server: MailServer) -> list[Answer]:
        refused = await send()
        server.says = {}
        return [refused, await send()]

    answers, server = talk(conversation, {step: "550 5.1.1 no"})

    assert answers == [Refused("smtp_5.1.1", Fault.DEAD_ADDRESS), ACCEPTED]
    assert len(server.connections) == 1


def test_a_kept_connection_that_the_server_closed_is_replaced() -> None:
    async def conversation(send: Send, server: MailServer) -> list[Answer]:
        first = await send()
        hang_up(server.connections[0])
        return [first, await send()]

    answers, server = talk(conversation)

    assert answers == [ACCEPTED] * 2
    assert len(server.connections) == 2
    assert len(server.letters) == 2


def test_a_kept_connection_that_the_server_ends_with_a_word_is_replaced_without_burning_a_try() -> None:
    async def conversation(send: Send, server: MailServer) -> list[Answer]:
        return [await send() for _ in range(5)]

    answers, server = talk(conversation, letters_each=2)

    assert answers == [ACCEPTED] * 5
    assert len(server.connections) == 3
    assert len(server.letters) == 5


def test_a_connection_that_goes_while_the_email_is_on_its_way_is_not_replaced() -> None:
    async def conversation(send: Send, server: MailServer) -> list[Answer]:
        first = await send()
        server.says = {"RCPT": DROP}
        return [first, await send()]

    answers, server = talk(conversation)

    assert answers == [ACCEPTED, Deferred("no_connection")]
    assert len(server.connections) == 1


def test_fifty_emails_at_once_share_a_few_connections() -> None:
    answers, server = talk(fifty, connections=4)

    assert answers == [ACCEPTED] * 50
    assert len(server.letters) == 50
    assert len(server.connections) <= 4


def test_a_server_that_bears_two_connections_gets_everything_over_two() -> None:
    async def conversation(send: Send, server: MailServer) -> list[Answer]:
        return [*await fifty(send, server), *await fifty(send, server)]

    answers, server = talk(conversation, bears=2)

    deferred = [answer for answer in answers if answer != ACCEPTED]
    assert deferred == [Deferred("smtp_4.7.0", Hold.SAFE)] * server.turned_away
    assert server.turned_away == 6
    assert deferred == [answer for answer in answers[:50] if answer != ACCEPTED]
    assert server.most_open == 2
    assert len(server.letters) == 100 - server.turned_away


@pytest.mark.parametrize(
    "greeting",
    [
        "421 4.7.0 mail.clinic.example Error: too many connections from 192.0.2.1",
        "421 4.3.2 The maximum number of concurrent server connections has exceeded a limit",
        "421 Too many concurrent SMTP connections; please try again later",
        "450 4.7.1 too many connections",
    ],
)
def test_a_server_without_room_is_asked_again_and_never_with_no_connection_at_all(greeting: str) -> None:
    async def conversation(send: Send, server: MailServer) -> list[Answer]:
        turned_away = await send()
        server.says = {}
        return [turned_away, await send()]

    [turned_away, accepted], _ = talk(conversation, {"CONNECT": greeting})

    assert isinstance(turned_away, Deferred)
    assert turned_away.hold is Hold.SAFE
    assert accepted == ACCEPTED


@pytest.mark.parametrize("step", ["CONNECT", "MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(
    "reply",
    [
        "450 4.2.0 <ada@patients.example>: Recipient address rejected: Greylisted, see http://postgrey.example",
        "451 4.7.1 Please try again later",
        "451 Graylisting in action, come back later",
        "450 4.7.1 grey-listed",
    ],
)
def test_who_is_greylisted_comes_back_after_some_minutes_and_not_sooner(step: str, reply: str) -> None:
    [answer], server = talk(once, {step: reply})

    assert isinstance(answer, Deferred)
    assert answer.hold is Hold.SAFE
    assert answer.retry_after is not None
    assert timedelta(minutes=5) < answer.retry_after < timedelta(minutes=15)
    assert "ada" not in answer.reason
    assert server.letters == []


@pytest.mark.parametrize("reply", ["452 4.2.2 mailbox full", "451 4.3.0 disk full", "421 4.7.1 going down"])
def test_another_not_now_has_no_pause_of_its_own(reply: str) -> None:
    [answer], _ = talk(once, {"RCPT": reply})

    assert isinstance(answer, Deferred)
    assert answer.retry_after is None


def test_an_email_for_which_others_leave_no_room_is_not_sent_and_says_so() -> None:
    soon = timedelta(seconds=0.3)

    answers, server = talk(fifty, {"DATA": SILENCE}, connections=1, timeout=soon * 2, patience=soon)

    assert answers == [Deferred("no_connection"), *[Deferred("no_room", Hold.BUDGET)] * 49]
    assert len(server.connections) == 1


def test_the_time_of_an_exchange_begins_when_there_is_room_for_it() -> None:
    async def four(send: Send, server: MailServer) -> list[Answer]:
        return list(await asyncio.gather(*(send() for _ in range(4))))

    answers, server = talk(four, connections=1, takes=0.4, timeout=timedelta(seconds=1))

    assert answers == [ACCEPTED] * 4
    assert len(server.letters) == 4


async def enter(pool: Pool, within: timedelta) -> bool:
    try:
        async with pool.room(within=within):
            return True
    except NoRoomError:
        return False


def test_who_slept_while_there_was_no_room_finds_none_when_it_wakes() -> None:
    async def run() -> list[bool]:
        pool = Pool(SenderAccount(provider="smtp", account="", token=""), most=1, tls=None)
        async with pool.room(within=timedelta(seconds=20)):
            short, long = (asyncio.create_task(enter(pool, timedelta(seconds=after))) for after in (0.1, 20))
            await asyncio.sleep(0)
            time.sleep(0.2)  # noqa: ASYNC251  the process sleeps
        return [await short, await long, await enter(pool, timedelta())]

    assert asyncio.run(run()) == [False, True, False]


def test_whose_machine_was_suspended_while_there_was_no_room_finds_none_when_it_wakes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> bool:
        pool = Pool(SenderAccount(provider="smtp", account="", token=""), most=1, tls=None)
        async with pool.room(within=timedelta(seconds=20)):
            waiting = asyncio.create_task(enter(pool, timedelta(seconds=20)))
            await asyncio.sleep(0)
            suspend(monkeypatch, timedelta(seconds=20))
        return await waiting

    assert not asyncio.run(run())


def test_a_connection_that_was_kept_while_the_machine_was_suspended_is_not_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def conversation(send: Send, server: MailServer) -> list[Answer]:
        first = await send()
        suspend(monkeypatch, timedelta(minutes=1))
        return [first, await send()]

    answers, server = talk(conversation)

    assert answers == [ACCEPTED] * 2
    assert len(server.connections) == 2


def test_a_connection_that_was_idle_for_long_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    async def conversation(send: Send, server: MailServer) -> list[Answer]:
        first = await send()
        monkeypatch.setattr("reminders.channels.smtp_pool._STALE", timedelta())
        return [first, await send()]

    answers, server = talk(conversation)

    assert answers == [ACCEPTED] * 2
    assert len(server.connections) == 2


def test_a_connection_too_many_is_not_kept() -> None:
    async def run() -> list[bool]:
        async with mail_server() as server:
            pool = Pool(mail_account(f"smtp://127.0.0.1:{server.port}", FROM), most=8, tls=None)
            async with pool.room(within=timedelta(seconds=1)), pool.room(within=timedelta(seconds=1)):
                one, other = await pool.take(), await pool.take()
                pool.shrink()
                pool.keep(one.smtp)
                pool.keep(other.smtp)
            kept = [one.smtp.is_connected, other.smtp.is_connected]
            await pool.close()
            return kept

    assert asyncio.run(run()) == [True, False]


def test_after_a_while_all_connections_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> list[int]:
        pool = Pool(SenderAccount(provider="smtp", account="", token=""), most=8, tls=None)
        before = pool.allowed
        pool.shrink()
        shrunk = pool.allowed
        monkeypatch.setattr("reminders.channels.smtp_pool._RELENT", timedelta())
        pool.shrink()
        return [before, shrunk, pool.allowed]

    assert asyncio.run(run()) == [8, 1, 8]
