"""What becomes of a text when hearing it fails: a cry for help is answered all the same, nothing is lost silently."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from structlog.testing import capture_logs

from reminders.domain.replies.danger import Kind
from reminders.domain.replies.inbound import Heard, Inbound
from reminders.domain.replies.safe_answer import ALWAYS, SafeWords
from reminders.store.safe_words import Spokesman
from reminders.web import inbound
from reminders.web.inbound import PATH
from tests.handed_over import ACCOUNT
from tests.web.test_inbound import message_of
from tests.web.texts_to_us import DANGER, OURS, PELIGRO, PLAIN, away, door, post_of, posting, text_form
from tests.web.visiting import visiting

CEDAR = Spokesman(
    account=ACCOUNT,
    from_address=OURS,
    messaging_service=None,
    words=SafeWords(
        "en",
        {
            (Kind.CRISIS, "en"): "Cedar: 988",
            (Kind.CRISIS, "es"): "Cedar: 988 y oprima 2",
            (Kind.EMERGENCY, "en"): "Cedar: 911",
        },
    ),
)


def said(answer: httpx.Response) -> str | None:
    message = message_of(answer)
    return None if message is None else message.text


def broken(_inbound: Inbound) -> Heard:
    raise KeyError("Ana")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let patience be short."""
    monkeypatch.setattr(inbound, "SOON", timedelta(seconds=0.2))
    monkeypatch.setattr(inbound, "PATIENCE", timedelta(seconds=0.4))


@pytest.fixture
def slow() -> Iterator["Slow"]:
    """Hears only when it is let."""
    found = Slow()
    yield found
    found.release.set()


class Slow:
    """Hears a text when `release` is set."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.heard: list[str] = []

    def __call__(self, text: Inbound) -> Heard:
        assert self.release.wait(60)
        self.heard.append(text.body)
        return Heard("Thank you.")


@pytest.mark.parametrize("hear", [away, broken])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (DANGER, "Cedar: 988"),
        (f"STOP {DANGER}", "Cedar: 988"),
        (f"3. {DANGER}", "Cedar: 988"),
        (PELIGRO, "Cedar: 988 y oprima 2"),
        ("I can't breathe", "Cedar: 911"),
    ],
)
def test_a_cry_for_help_is_answered_though_hearing_fails(hear: object, body: str, expected: str) -> None:
    assert callable(hear)
    assert said(posting(door(hear, words=[CEDAR]), text_form(body))) == expected


def test_without_ever_having_reached_the_database_a_cry_for_help_is_answered() -> None:
    assert said(posting(door(away), text_form(DANGER))) == ALWAYS[Kind.CRISIS, "en"]
    assert said(posting(door(away), text_form(PELIGRO))) == ALWAYS[Kind.CRISIS, "es"]


def test_a_cry_for_help_does_not_wait_for_its_hearing() -> None:
    assert timedelta(seconds=3) >= inbound.SOON


@pytest.mark.usefixtures("quick")
def test_a_cry_for_help_is_answered_soon_and_heard_to_the_end(slow: Slow) -> None:
    async def visit(client: httpx.AsyncClient) -> tuple[httpx.Response, float, list[str]]:
        begun = time.monotonic()
        answer = await client.post(PATH, **post_of(text_form(DANGER)))
        took, before = time.monotonic() - begun, list(slow.heard)
        slow.release.set()
        return answer, took, before

    answer, took, before = visiting(door(slow, words=[CEDAR]), visit)

    assert said(answer) == "Cedar: 988"
    assert took < 2
    assert (before, slow.heard) == ([], [DANGER])


@pytest.mark.usefixtures("quick")
def test_a_plain_text_that_takes_too_long_comes_again(slow: Slow) -> None:
    async def visit(client: httpx.AsyncClient) -> httpx.Response:
        answer = await client.post(PATH, **post_of(text_form(PLAIN)))
        slow.release.set()
        return answer

    answer = visiting(door(slow, words=[CEDAR]), visit)

    assert answer.status_code == 503
    assert slow.heard == [PLAIN]


@pytest.mark.usefixtures("quick")
def test_where_there_is_no_room_a_cry_for_help_is_answered_and_the_rest_comes_again(slow: Slow) -> None:
    async def visit(client: httpx.AsyncClient) -> list[httpx.Response]:
        answers = [await client.post(PATH, **post_of(text_form(body))) for body in (PLAIN, DANGER, PLAIN)]
        slow.release.set()
        return answers

    first, cry, last = visiting(door(slow, words=[CEDAR], room=1), visit)

    assert (first.status_code, said(cry), last.status_code) == (503, "Cedar: 988", 503)
    assert slow.heard == [PLAIN]


def test_what_is_heard_in_time_is_answered_as_it_was_heard() -> None:
    assert said(posting(door(lambda _: Heard("Cedar: your own words"), words=[CEDAR]), text_form(DANGER))) == (
        "Cedar: your own words"
    )


@pytest.mark.parametrize(("is_stored", "status"), [(lambda _: True, 200), (lambda _: False, 503), (away, 503)])
def test_a_text_that_nobody_understands_is_taken_only_if_it_is_stored(is_stored: object, status: int) -> None:
    assert callable(is_stored)

    answer = posting(door(broken, is_stored=is_stored), text_form(PLAIN))

    assert answer.status_code == status
    assert status != 200 or said(answer) is None


def test_what_is_logged_tells_nothing_of_whoever_wrote() -> None:
    with capture_logs() as logged:
        posting(door(broken, words=[CEDAR]), text_form(f"{DANGER}, Ana Lee"))

    assert [line["event"] for line in logged] == ["inbound.not_heard", "inbound.answered_from_memory"]
    assert all("Ana" not in str({**line, "exc_info": None}) for line in logged)


@pytest.mark.parametrize(
    "words",
    [
        [CEDAR, Spokesman(account=ACCOUNT, from_address="+15005550099", messaging_service=None, words=SafeWords())],
        [Spokesman(account=ACCOUNT, from_address=None, messaging_service="MG1", words=CEDAR.words)],
    ],
)
def test_the_clinic_that_was_written_to_answers(words: list[Spokesman]) -> None:
    assert said(posting(door(away, words=words), text_form(DANGER))) == "Cedar: 988"


def test_where_it_cannot_be_told_which_clinic_was_written_to_nobodys_name_is_said() -> None:
    other = Spokesman(account=ACCOUNT, from_address="+15005550099", messaging_service=None, words=CEDAR.words)

    answer = posting(door(away, words=[CEDAR, other]), text_form(DANGER, To="+15005550055"))

    assert said(answer) == ALWAYS[Kind.CRISIS, "en"]
