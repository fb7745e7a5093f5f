"""Writing as a phone of the sandbox: through the real webhook, from our own page on this machine alone."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.requests import Request

from reminders.channels.sandbox import SandboxChannel
from reminders.domain.replies.inbound import Heard, Inbound
from reminders.pipeline.keeping import keeper, looker
from reminders.store.base import new_id
from reminders.store.engine import Transaction
from reminders.store.now import read, step_to
from reminders.store.tables.messages import Reply
from reminders.store.tables.people import Address
from reminders.web import phones
from reminders.web.app import create_app
from reminders.web.guards import is_from_our_page
from tests.clinics import make_clinic
from tests.handed_over import NOON, PHONE, Scene, scene
from tests.web.browsing import served_on
from tests.web.texts_to_us import away, nothing
from tests.web.visiting import dry_parts, getting, requesting

OURS = {"Sec-Fetch-Site": "same-origin"}
STRANGER = "+12125550177"


@dataclass
class Front:
    """The clinic's web process, to which its phones write, and which stores what it hears."""

    clinic: Scene
    url: str = ""
    heard: list[Inbound] = field(default_factory=list)
    says: str | None = None
    """What is said back."""

    def hear(self, inbound: Inbound) -> Heard:
        self.heard.append(inbound)
        store(self.clinic, inbound.sender, inbound.body)
        return Heard(self.says, self.clinic.attempt(rule="answer") if self.says else None)

    def post(self, path: str, headers: dict[str, str] = OURS, **form: str) -> httpx.Response:
        return httpx.post(self.url + path, data=form, headers=headers)

    def shown(self, path: str) -> str:
        answer = httpx.get(self.url + path)
        assert answer.status_code == 200
        return unescape(answer.text).partition("<main")[2]


def store(clinic: Scene, sender: str, body: str, intent: str | None = None) -> None:
    """Store a text to the clinic."""
    vault, reply_id = clinic.parts.vault, new_id()
    with clinic.parts.transaction() as session:
        lookup = vault.lookup("sms", sender)
        address_id = session.scalar(select(Address.id).where(Address.lookup == lookup))
    address_id = address_id or clinic.address(sender)
    with clinic.parts.transaction() as session:
        session.add(
            Reply(
                id=reply_id,
                clinic_id=clinic.clinic_id,
                provider_id=f"SM{reply_id.hex}",
                address_id=address_id,
                body=vault.seal(Reply.body, reply_id, body),
                received_at=read(session).clinic_at,
                intent=intent,
            )
        )


@pytest.fixture
def front(transaction: Transaction) -> Iterator[Front]:
    """A web process on a port."""
    made = scene(transaction)
    vault = made.parts.vault
    sandbox = SandboxChannel(keeper(transaction, vault), looker(transaction, vault), slowest=timedelta())
    with serving(Front(replace(made, parts=replace(made.parts, channels={"sandbox": sandbox})))) as found:
        yield found


@contextmanager
def serving(front: Front, hear: Any = None) -> Iterator[Front]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        front.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        front.clinic = replace(front.clinic, parts=replace(front.clinic.parts, public_url=front.url))
        with served_on(listener, create_app(front.clinic.parts, shows_phones=True, hear=hear or front.hear)):
            yield front


def replies(front: Front) -> int:
    with front.clinic.parts.transaction() as session:
        return session.scalar(select(func.count()).select_from(Reply)) or 0


def test_a_phone_answers_and_shows_both_sides_in_their_order(front: Front) -> None:
    address_id = front.clinic.address(PHONE)
    front.clinic.text("Will you come?")
    front.says = "Cedar: thank you, see you then."

    answer = front.post(f"/phones/{address_id}/texts", body="Yes & thanks <3")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/phones/{address_id}#latest")
    assert [(one.sender, one.body) for one in front.heard] == [(PHONE, "Yes & thanks <3")]
    page = front.shown(f"/phones/{address_id}")
    assert page.index("Will you come?") < page.index("Yes & thanks <3") < page.index("Cedar: thank you")
    assert "not heard yet" in page


def test_what_a_text_was_understood_as_is_shown(front: Front) -> None:
    address_id = front.clinic.address(PHONE)
    store(front.clinic, PHONE, "Yes", intent="confirm")

    assert "understood as confirm" in front.shown(f"/phones/{address_id}")


def test_a_stranger_writes_and_has_a_phone_from_then_on(front: Front) -> None:
    answer = front.post("/phones/texts", sender="(212) 555-0177", body="Who is this?")

    assert answer.status_code == 303
    assert [(one.sender, one.body) for one in front.heard] == [(STRANGER, "Who is this?")]
    assert "Who is this?" in front.shown(answer.headers["Location"].partition("#")[0])
    listed = front.shown("/phones")
    assert STRANGER in listed
    assert "Who is this?" in listed
    assert "0 messages" in listed


def test_the_list_shows_the_newest_whoever_wrote_it(front: Front) -> None:
    front.clinic.address(PHONE)
    front.clinic.text("the first text")
    with front.clinic.parts.transaction() as session:
        step_to(session, NOON + timedelta(hours=1))
    store(front.clinic, PHONE, "the answer")

    page = front.shown("/phones")

    assert "the answer" in page
    assert "the first text" not in page
    assert "1:00 PM EDT" in page
    assert "1 message" in page


def test_a_conversation_is_paged_over_both_sides(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phones, "PAGE", 2)
    address_id = front.clinic.address(PHONE)
    for number in range(3):
        with front.clinic.parts.transaction() as session:
            step_to(session, NOON + timedelta(hours=number))
        front.clinic.text(f"text {number}.")
        store(front.clinic, PHONE, f"reply {number}.")

    path, pages = f"/phones/{address_id}", []
    while path:
        page = front.shown(path)
        pages.append(re.findall(r"(?:text|reply) \d", page))
        older = re.search(r'href="(/phones/[^"#]*\?before=[^"#]*)#latest">Older', page)
        path = older.group(1) if older else ""

    assert pages == [[f"text {number}", f"reply {number}"] for number in (2, 1, 0)]


def test_a_text_of_several_lines_is_written_as_a_phone_would(front: Front) -> None:
    address_id = front.clinic.address(PHONE)
    front.clinic.text("hello")

    front.post(f"/phones/{address_id}/texts", body="one\r\ntwo")

    assert [one.body for one in front.heard] == ["one\ntwo"]


@pytest.mark.parametrize(
    ("body", "problem"), [("", "Write something first"), (" \r\n ", "Write something first"), ("x" * 1601, "1600")]
)
def test_what_cannot_be_written_comes_back_with_the_reason(front: Front, body: str, problem: str) -> None:
    address_id = front.clinic.address(PHONE)
    front.clinic.text("hello")

    answers = [
        front.post(f"/phones/{address_id}/texts", body=body),
        front.post("/phones/texts", sender=STRANGER, body=body),
    ]

    for answer in answers:
        assert answer.status_code == 422
        assert problem in answer.text
        assert body.strip() in answer.text
    assert front.heard == []


@pytest.mark.parametrize("sender", ["", "Ana", "12", "+4915112345678", "<script>alert(1)</script>"])
def test_a_number_that_is_none_comes_back_with_the_reason(front: Front, sender: str) -> None:
    answer = front.post("/phones/texts", sender=sender, body="hello & more")

    assert answer.status_code == 422
    assert "This number " in answer.text
    assert "hello &amp; more" in answer.text
    assert "<script>alert" not in answer.text
    assert front.heard == []


def test_what_the_webhook_does_not_take_comes_back(front: Front) -> None:
    address_id = front.clinic.address(PHONE)
    front.clinic.text("hello")

    with serving(front, away) as deaf:
        answer = deaf.post(f"/phones/{address_id}/texts", body="Yes, I come")

    assert answer.status_code == 422
    assert "did not reach the clinic: its webhook answered 503" in answer.text
    assert "Yes, I come" in answer.text


def test_a_mailbox_has_no_form_and_takes_no_text(front: Front) -> None:
    kept_id = front.clinic.email("Dear Ana", subject="Hi")

    assert "<form" not in front.shown(f"/phones/{kept_id}")
    assert front.post(f"/phones/{kept_id}/texts", body="Yes").status_code == 404
    assert front.heard == []


def test_of_several_clinics_one_is_chosen(front: Front) -> None:
    with front.clinic.parts.transaction() as session:
        make_clinic(session, front.clinic.parts.vault, slug="lakeside")

    undecided = front.post("/phones/texts", sender=STRANGER, body="hello")
    decided = front.post("/phones/texts", sender=STRANGER, body="hello", clinic=str(front.clinic.clinic_id))

    assert (undecided.status_code, decided.status_code) == (422, 303)
    assert "Choose the clinic" in undecided.text
    assert '<select id="clinic"' in undecided.text
    assert len(front.heard) == 1


@pytest.mark.parametrize("path", ["/phones/00000000-0000-0000-0000-000000000000/texts", "/phones/nobody/texts"])
def test_a_phone_that_nobody_has_cannot_write(front: Front, path: str) -> None:
    assert front.post(path, body="Yes").status_code == 404
    assert front.heard == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
    ],
)
def test_a_form_of_another_page_is_refused(front: Front, headers: dict[str, str]) -> None:
    answer = front.post("/phones/texts", headers, sender=STRANGER, body="hello")

    assert answer.status_code == 403
    assert "That may not be done" in answer.text
    assert (front.heard, replies(front)) == ([], 0)


def test_a_browser_that_only_names_its_origin_is_believed(front: Front) -> None:
    assert front.post("/phones/texts", {"Origin": front.url}, sender=STRANGER, body="hello").status_code == 303


@pytest.fixture
def dry() -> FastAPI:
    """The application without a database: a form that is refused needs none."""
    return create_app(dry_parts(), shows_phones=True, hear=nothing)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_a_post_writes(dry: FastAPI, method: str) -> None:
    answer = requesting(dry, method, "/phones/texts", headers=OURS)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("options", [{"base_url": "http://visits.example.com"}, {"client": ("192.168.1.9", 40000)}])
def test_a_form_does_not_exist_for_another_machine(dry: FastAPI, options: dict[str, Any]) -> None:
    answer = requesting(dry, "POST", "/phones/texts", data={"body": "hello"}, headers=OURS, **options)

    assert answer.status_code == 404


def test_a_form_does_not_exist_behind_a_proxy(dry: FastAPI) -> None:
    headers = OURS | {"X-Forwarded-For": "127.0.0.1"}

    assert requesting(dry, "POST", "/phones/texts", data={"body": "x"}, headers=headers).status_code == 404


def test_another_kind_of_body_is_no_form(dry: FastAPI) -> None:
    assert requesting(dry, "POST", "/phones/texts", json={"body": "x"}, headers=OURS).status_code == 415


def test_a_page_may_post_to_itself_and_nowhere_else(front: Front) -> None:
    policy = httpx.get(f"{front.url}/phones").headers["Content-Security-Policy"]

    assert "form-action 'self'" in policy
    assert "default-src 'none'" in policy
    assert "form-action 'none'" in getting(create_app(dry_parts()), "/health/live").headers["Content-Security-Policy"]


def test_two_hosts_of_this_machine_are_two_origins() -> None:
    headers = [(b"host", b"127.0.0.1:8000"), (b"origin", b"http://localhost:8000")]
    scope = {"type": "http", "scheme": "http", "path": "/", "query_string": b"", "headers": headers}

    assert not is_from_our_page(Request(scope))
