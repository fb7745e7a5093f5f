"""Asking Twilio what it has, against a stand-in on loopback: a whole list, one message, or no answer at all."""

import asyncio
import json
import socket
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from reminders.channels.base import Inquirer, Missing, NoAnswer, Seen, SenderAccount
from reminders.channels.twilio import TwilioChannel
from reminders.domain.answers import Hold
from tests.channels import twilio_stand_in as stand_in
from tests.channels.twilio_pages import ACCOUNT_SID, PATH, next_uri, page, record, sid
from tests.channels.twilio_stand_in import Behaviour, Call, answering, standing_in

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

NOON = datetime(2026, 10, 7, 16, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
TO = "+13125550142"


def account(url: str) -> SenderAccount:
    return SenderAccount(
        provider="twilio", account=ACCOUNT_SID, token="secret", from_address="+13125550100", api_url=url
    )


def listed(
    behaviour: Behaviour,
    *,
    since: datetime = NOON,
    until: datetime | None = None,
    to: str | None = TO,
    timeout: timedelta = timedelta(seconds=20),
    listing: timedelta | None = None,
    whole: timedelta | None = None,
) -> tuple[Sequence[Seen] | NoAnswer, list[Call]]:
    async def run() -> tuple[Sequence[Seen] | NoAnswer, list[Call]]:
        channel = TwilioChannel(timeout=timeout, listing=listing, whole=whole)
        async with standing_in(behaviour) as server:
            answer = await channel.listed(account(server.url), since=since, until=until, to=to)
            await channel.close()
        return answer, server.calls

    return asyncio.run(run())


def looked_up(behaviour: Behaviour, provider_id: str = sid(1)) -> tuple[Seen | Missing | NoAnswer, list[Call]]:
    async def run() -> tuple[Seen | Missing | NoAnswer, list[Call]]:
        channel = TwilioChannel()
        async with standing_in(behaviour) as server:
            answer = await channel.look_up(account(server.url), provider_id)
            await channel.close()
        return answer, server.calls

    return asyncio.run(run())


async def once(url: str) -> Sequence[Seen] | NoAnswer:
    channel = TwilioChannel()
    inquirer: Inquirer = channel
    answer = await inquirer.listed(account(url), since=NOON)
    await channel.close()
    return answer


def pages(bodies: Mapping[str, str]) -> Behaviour:
    """Answer each address (the first page's is an empty one) with its body."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: stand_in.StandIn) -> None:
        while not reader.at_eof():
            await server.read(reader)
            uri = server.calls[-1].line.split(" ")[1]
            writer.write(stand_in.response(200, bodies[uri if "PageToken" in uri else ""]))
            await writer.drain()

    return answer


def ids(answer: Sequence[Seen] | NoAnswer) -> list[str]:
    assert not isinstance(answer, NoAnswer), answer.reason
    return [one.provider_id for one in answer]


def test_a_message_is_shown_with_everything_that_settles_it() -> None:
    failed = record(1, NOON, status="undelivered", error_code=30003)

    answer, _ = listed(answering(200, page([failed])))

    assert answer == [
        Seen(
            provider_id=sid(1),
            to=TO,
            text="Lakeside: your visit is Wed Oct 7, 10:30 AM.",
            status="undelivered",
            code="30003",
            created_at=NOON,
        )
    ]


def test_the_question_names_the_recipient_and_asks_for_the_largest_page() -> None:
    _, [call] = listed(answering(200, page([])))

    method, uri, _ = call.line.split(" ")
    assert (method, urlsplit(uri).path) == ("GET", PATH)
    assert parse_qs(urlsplit(uri).query) == {"To": [TO], "PageSize": ["1000"]}
    assert call.login == f"{ACCOUNT_SID}:secret"


def test_a_list_of_everybody_leaves_out_the_date_by_which_waiting_texts_would_be_missed() -> None:
    waiting = record(1, NOON, sent_after=None)

    answer, [call] = listed(answering(200, page([waiting])), to=None)

    assert ids(answer) == [sid(1)]
    assert parse_qs(urlsplit(call.line.split(" ")[1]).query) == {"PageSize": ["1000"]}


@pytest.mark.parametrize("body", ["", None])
def test_a_redacted_text_has_no_wording(body: str | None) -> None:
    answer, _ = listed(answering(200, page([record(1, NOON, body=body)])))

    assert not isinstance(answer, NoAnswer)
    assert [one.text for one in answer] == [None]


def test_what_came_in_is_left_out() -> None:
    records = [
        record(1, NOON, direction="inbound", status="received"),
        record(2, NOON, direction="outbound-reply"),
        record(3, NOON, direction="outbound-call"),
    ]

    answer, _ = listed(answering(200, page(records)))

    assert ids(answer) == [sid(2), sid(3)]


def test_only_what_was_created_in_the_time_that_was_asked_for_is_shown() -> None:
    records = [record(number, NOON + number * SECOND) for number in range(6)]

    answer, _ = listed(answering(200, page(records)), since=NOON + 2 * SECOND, until=NOON + 4 * SECOND)

    assert ids(answer) == [sid(2), sid(3), sid(4)]


def test_a_text_of_the_same_second_is_shown_because_twilio_counts_no_finer() -> None:
    answer, _ = listed(answering(200, page([record(1, NOON)])), since=NOON + timedelta(milliseconds=999))

    assert ids(answer) == [sid(1)]


def test_a_list_goes_on_over_its_pages() -> None:
    behaviour = pages(
        {
            "": page([record(3, NOON + HOUR)], next_uri=next_uri(1)),
            next_uri(1): page([record(2, NOON)], next_uri=next_uri(2)),
            next_uri(2): page([record(1, NOON)]),
        }
    )

    answer, calls = listed(behaviour)

    assert ids(answer) == [sid(3), sid(2), sid(1)]
    assert len(calls) == 3


def test_a_message_that_slips_to_the_next_page_meanwhile_is_shown_once() -> None:
    behaviour = pages(
        {
            "": page([record(2, NOON), record(1, NOON)], next_uri=next_uri(1)),
            next_uri(1): page([record(1, NOON, status="delivered")]),
        }
    )

    answer, _ = listed(behaviour)

    assert ids(answer) == [sid(2), sid(1)]


def test_a_list_is_not_read_further_than_what_was_asked_for_can_be() -> None:
    older = [record(2, NOON - 2 * DAY), record(1, NOON - 3 * DAY)]
    behaviour = pages(
        {"": page([record(3, NOON)], next_uri=next_uri(1)), next_uri(1): page(older, next_uri=next_uri(2))}
    )

    answer, calls = listed(behaviour)

    assert ids(answer) == [sid(3)]
    assert len(calls) == 2


def test_texts_that_waited_for_days_do_not_hide_a_newer_one_behind_them() -> None:
    """The list runs by the time of sending, so what was created long ago may stand first."""
    waited = [record(2, NOON - 9 * DAY, sent_after=9 * DAY + HOUR), record(3, NOON - 9 * DAY, sent_after=9 * DAY)]
    behaviour = pages({"": page(waited, next_uri=next_uri(1)), next_uri(1): page([record(1, NOON)])})

    answer, _ = listed(behaviour)

    assert ids(answer) == [sid(1)]


def test_a_list_that_runs_from_the_oldest_is_read_to_its_end() -> None:
    oldest = [record(1, NOON - 9 * DAY), record(2, NOON - 8 * DAY)]
    behaviour = pages({"": page(oldest, next_uri=next_uri(1)), next_uri(1): page([record(3, NOON)])})

    answer, _ = listed(behaviour)

    assert ids(answer) == [sid(3)]


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example" + next_uri(1),
        "//evil.example" + next_uri(1),
        next_uri(1).replace(ACCOUNT_SID, "AC" + "2" * 32),
        "/2010-04-01/Accounts/" + ACCOUNT_SID + "/../../elsewhere?PageToken=1",
        "?PageToken=1",
        7,
    ],
)
def test_our_keys_follow_a_list_nowhere_else(uri: str) -> None:
    answer, calls = listed(answering(200, page([], next_uri=uri)))

    assert answer == NoAnswer("unreadable")
    assert len(calls) == 1


def test_a_list_that_runs_in_a_circle_is_no_answer() -> None:
    behaviour = pages({"": page([], next_uri=next_uri(1)), next_uri(1): page([], next_uri=next_uri(1))})

    answer, calls = listed(behaviour)

    assert answer == NoAnswer("unreadable")
    assert len(calls) == 2


def refusal(status: int, code: int) -> Behaviour:
    return answering(status, json.dumps({"code": code, "message": f"for {TO}", "status": status}))


FAULTS = [
    (refusal(401, 20003), NoAnswer("twilio_20003", Hold.CONFIGURATION)),
    (answering(401, "<html>Log in</html>"), NoAnswer("http_401", Hold.CONFIGURATION)),
    (refusal(403, 20005), NoAnswer("twilio_20005", Hold.CONFIGURATION)),
    (answering(404, "<html>Not here</html>"), NoAnswer("http_404", Hold.CONFIGURATION)),
    (answering(302, "", {"Location": "http://127.0.0.1:9/"}), NoAnswer("http_302", Hold.CONFIGURATION)),
    (refusal(429, 20429), NoAnswer("twilio_20429")),
    (refusal(500, 20500), NoAnswer("twilio_20500")),
    (answering(502, "<html>Bad gateway</html>"), NoAnswer("http_502")),
    (refusal(400, 20001), NoAnswer("twilio_20001")),
    (answering(200, "<html>Welcome</html>"), NoAnswer("unreadable")),
    (answering(200, ""), NoAnswer("unreadable")),
    (answering(200, "[]"), NoAnswer("unreadable")),
    (answering(200, "{}"), NoAnswer("unreadable")),
    (stand_in.dropping_before_reading, NoAnswer("dropped")),
    (stand_in.dropping_after_reading, NoAnswer("dropped")),
    (stand_in.breaking_off(200, page([record(1, NOON)])), NoAnswer("unreadable")),
]


@pytest.mark.parametrize(
    ("behaviour", "expected"), [*FAULTS, (refusal(404, 20404), NoAnswer("twilio_20404", Hold.CONFIGURATION))]
)
def test_a_list_that_cannot_be_had_proves_nothing(behaviour: Behaviour, expected: NoAnswer) -> None:
    assert listed(behaviour)[0] == expected


@pytest.mark.parametrize(("behaviour", "expected"), FAULTS)
def test_a_message_that_cannot_be_looked_up_proves_nothing(behaviour: Behaviour, expected: NoAnswer) -> None:
    assert looked_up(behaviour)[0] == expected


@pytest.mark.parametrize(
    "body",
    [
        page([], messages={}),
        page([], messages=["SM1"]),
        page([{}]),
        page([record(1, NOON, sid=None)]),
        page([record(1, NOON, date_created=None)]),
        page([record(1, NOON, date_created="yesterday")]),
        page([record(1, NOON, date_sent="today")]),
        page([record(1, NOON, status=None)]),
        page([record(1, NOON, body=["a"])]),
        page([record(1, NOON)]).replace('"next_page_uri": null, ', ""),
        page([record(1, NOON)])[:-30],
    ],
)
def test_a_page_that_cannot_be_read_to_its_last_word_is_no_answer(body: str) -> None:
    assert listed(answering(200, body))[0] == NoAnswer("unreadable")


def test_a_list_that_breaks_off_on_its_third_page_is_no_answer() -> None:
    first, second = page([record(3, NOON)], next_uri=next_uri(1)), page([record(2, NOON)], next_uri=next_uri(2))
    behaviour = pages({"": first, next_uri(1): second, next_uri(2): page([record(1, NOON)])[:-9]})

    answer, calls = listed(behaviour)

    assert answer == NoAnswer("unreadable")
    assert len(calls) == 3


@pytest.mark.parametrize("behaviour", [stand_in.never_answering, stand_in.dripping])
def test_a_question_that_takes_too_long_is_given_up(behaviour: Behaviour) -> None:
    answer, _ = listed(behaviour, timeout=timedelta(seconds=0.2))

    assert answer == NoAnswer("timeout")


def endless(*, pause: float = 0) -> Behaviour:
    """Answer each question with another page, after a *pause* in seconds."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: stand_in.StandIn) -> None:
        while not reader.at_eof():
            await server.read(reader)
            await asyncio.sleep(pause)
            number = len(server.calls)
            writer.write(stand_in.response(200, page([record(number, NOON)], next_uri=next_uri(number))))
            await writer.drain()

    return answer


def test_a_list_with_too_many_pages_for_its_time_is_given_up() -> None:
    answer, calls = listed(endless(pause=0.05), listing=timedelta(seconds=0.3))

    assert answer == NoAnswer("timeout")
    assert len(calls) > 1


def test_a_list_without_an_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reminders.channels.twilio._MOST_PAGES", 7)

    answer, calls = listed(endless(), to=None)

    assert (answer, len(calls)) == (NoAnswer("too_long"), 7)


def test_everybody_s_list_that_has_too_many_pages_for_its_time_is_too_long() -> None:
    answer, calls = listed(endless(pause=0.05), to=None, whole=timedelta(seconds=0.3))

    assert answer == NoAnswer("too_long")
    assert len(calls) > 1


def test_everybody_s_list_may_take_longer_than_a_recipient_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reminders.channels.twilio._MOST_PAGES", 5)
    short = timedelta(seconds=0.2)

    answers = [listed(endless(pause=0.1), to=to, listing=short)[0] for to in (TO, None)]

    assert answers == [NoAnswer("timeout"), NoAnswer("too_long")]


def test_a_refused_connection_is_no_answer() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        answer = asyncio.run(once(url))

    assert answer == NoAnswer("no_connection")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "127.0.0.1:80", "http://", "http://[bad"])
def test_an_address_that_is_none_waits_for_a_person(url: str) -> None:
    assert asyncio.run(once(url)) == NoAnswer("bad_api_url", Hold.CONFIGURATION)


def test_one_message_is_looked_up_by_its_id() -> None:
    answer, [call] = looked_up(answering(200, json.dumps(record(1, NOON, status="sent"))))

    assert isinstance(answer, Seen)
    assert (answer.provider_id, answer.status, answer.created_at) == (sid(1), "sent", NOON)
    assert call.line == f"GET /2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sid(1)}.json HTTP/1.1"


def test_a_message_that_twilio_itself_does_not_know_is_missing() -> None:
    assert looked_up(refusal(404, 20404))[0] == Missing()


@pytest.mark.parametrize("provider_id", ["", "../Calls", "SM1?x=1", "SM1/Media", "SM1 "])
def test_an_id_that_twilio_never_gave_is_missing_and_not_asked_for(provider_id: str) -> None:
    answer, calls = looked_up(answering(200, "{}"), provider_id)

    assert answer == Missing()
    assert calls == []
