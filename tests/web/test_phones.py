"""The sandbox's phones and mailboxes: everything that was kept, read like a phone, and nothing changed by reading."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event, update

from reminders.channels.sandbox import Step
from reminders.store.now import step_to
from reminders.store.tables.machinery import KeptCallback, KeptMessage
from reminders.web import phones
from tests.handed_over import MAILBOX, NOON, PHONE, Scene
from tests.web.visiting import getting, requesting


def shown(app: FastAPI, path: str) -> str:
    answer = getting(app, path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def at(clinic: Scene, later: timedelta) -> None:
    with clinic.parts.transaction() as session:
        step_to(session, NOON + later)


def end(clinic: Scene, kept_id: UUID, status: str) -> None:
    """Let every receipt of a kept message be posted, the last of which said *status*."""
    with clinic.parts.transaction() as session:
        session.execute(update(KeptMessage).where(KeptMessage.id == kept_id).values(status=status))
        session.execute(update(KeptCallback).where(KeptCallback.kept_id == kept_id).values(posted_at=NOON))


def test_an_empty_page_says_what_to_do_next(app: FastAPI) -> None:
    page = shown(app, "/phones")

    assert "No messages yet" in page
    assert "reminders demo" in page
    assert "reminders import FILE" in page


def test_the_bare_address_leads_to_the_phones(app: FastAPI) -> None:
    answer = getting(app, "/")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/phones")


def test_every_phone_and_mailbox_is_listed_with_its_owner_and_newest_message(clinic: Scene, app: FastAPI) -> None:
    clinic.text("the first text")
    at(clinic, timedelta(hours=1))
    clinic.text("the second text")
    clinic.email("Dear Ana", subject="Getting ready")

    page = shown(app, "/phones")

    for expected in ("Ana Lee", PHONE, MAILBOX, "the second text", "Getting ready", "2 messages", "1 message"):
        assert expected in page
    assert "the first text" not in page
    assert "Wed Oct 28, 1:00 PM EDT" in page


def test_a_shared_phone_is_one_phone_with_both_names(clinic: Scene, app: FastAPI) -> None:
    clinic.text("for Ana")
    clinic.text("for Ben", person_id=clinic.person("Ben", last_name="Lee"))

    page = shown(app, "/phones")

    assert "Ana Lee · Ben Lee" in page
    assert page.count("<li id=") == 1


def test_a_driver_is_marked_as_one(clinic: Scene, app: FastAPI) -> None:
    sam = clinic.person("Sam", kind="driver", patient_id=clinic.ana, source_id=None, driver_lookup=b"x")
    clinic.text("Can you take a patient home?", to="+13125550143", person_id=sam)

    assert "Sam, driver" in shown(app, "/phones")


def test_a_phone_is_called_by_its_address_and_nothing_personal(clinic: Scene, app: FastAPI) -> None:
    address_id = clinic.address(PHONE)
    clinic.text("hello")

    page = shown(app, "/phones")

    assert f'href="/phones/{address_id}#latest"' in page
    assert "hello" in shown(app, f"/phones/{address_id}")


def test_a_phone_without_an_address_of_its_own_can_be_opened_too(clinic: Scene, app: FastAPI) -> None:
    kept_id = clinic.text("hello")

    assert f'href="/phones/{kept_id}#latest"' in shown(app, "/phones")
    assert "hello" in shown(app, f"/phones/{kept_id}")


def test_a_phone_that_nobody_has_is_not_there(app: FastAPI) -> None:
    assert getting(app, "/phones/00000000-0000-0000-0000-000000000000").status_code == 404


def test_an_address_that_got_nothing_has_no_page(clinic: Scene, app: FastAPI) -> None:
    assert getting(app, f"/phones/{clinic.address(PHONE)}").status_code == 404


def test_a_phone_shows_its_texts_oldest_first_with_all_we_know(clinic: Scene, app: FastAPI) -> None:
    address_id = clinic.address(PHONE)
    arrived = clinic.text("Get ready: no food after 11:30 PM", Step(timedelta(), "delivered"), segments=2)
    end(clinic, arrived, "delivered")
    at(clinic, timedelta(days=1))
    clinic.text("How are you today?", Step(timedelta(), "sent"), rule="checkin", category="check-in")

    page = shown(app, f"/phones/{address_id}").partition("<main")[2]

    assert page.index("Wed Oct 28") < page.index("no food after") < page.index("Thu Oct 29") < page.index("How are")
    assert "12:00 PM EDT" in page
    assert "Delivered" in page
    assert "getting ready · prep · 2\N{NO-BREAK SPACE}segments" in page
    assert "On its way" in page
    assert "how are you · checkin · 1\N{NO-BREAK SPACE}segment" in page


def test_times_are_those_of_the_patients_own_clock(clinic: Scene, app: FastAPI) -> None:
    luis = clinic.person("Luis", time_zone="America/Los_Angeles")
    kept_id = clinic.text("hola", person_id=luis)

    assert "9:00 AM PDT" in shown(app, f"/phones/{kept_id}")


def test_a_text_that_did_not_arrive_says_why(clinic: Scene, app: FastAPI) -> None:
    kept_id = clinic.text("hello", Step(timedelta(), "undelivered", 30003))
    end(clinic, kept_id, "undelivered")

    assert "Not delivered: the phone was switched off or out of reach" in shown(app, f"/phones/{kept_id}")


def test_a_text_shows_what_rides_in_it(clinic: Scene, app: FastAPI) -> None:
    kept_id = clinic.text("both at once")
    clinic.ride(kept_id, rule="overview")

    assert "prep + overview" in shown(app, f"/phones/{kept_id}")


def test_wording_is_shown_and_never_obeyed(clinic: Scene, app: FastAPI) -> None:
    kept_id = clinic.text("<script>alert(1)</script> & more", person_id=clinic.person("<b>Eve</b>"))

    for path in ("/phones", f"/phones/{kept_id}"):
        page = getting(app, path).text
        assert "<script>alert" not in page
        assert "<b>Eve" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page


def test_a_mailbox_shows_subject_and_plain_text_and_frames_the_html(clinic: Scene, app: FastAPI) -> None:
    kept_id = clinic.email("Dear Ana, no food", subject="Getting ready", html="<p style='color:red'>Dear Ana</p>")

    page = shown(app, f"/phones/{kept_id}")

    assert "Getting ready" in page
    assert "Dear Ana, no food" in page
    assert f'<iframe sandbox src="/phones/{kept_id}/mail"' in page


def test_the_html_of_an_email_may_look_like_itself_and_do_nothing(clinic: Scene, app: FastAPI) -> None:
    kept_id = clinic.email("Dear Ana", subject="Hi", html="<p style='color:red'>Dear Ana</p><script>alert(1)</script>")

    answer = getting(app, f"/phones/{kept_id}/mail")

    policy = answer.headers["Content-Security-Policy"]
    assert answer.text.startswith("<p style='color:red'>")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert policy.endswith("frame-ancestors 'self'; sandbox")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_text_has_no_html(clinic: Scene, app: FastAPI) -> None:
    assert getting(app, f"/phones/{clinic.text('hello')}/mail").status_code == 404


def test_where_nobody_hears_texts_the_pages_have_no_form(clinic: Scene, app: FastAPI) -> None:
    page = shown(app, f"/phones/{clinic.text('hello')}")

    assert "this process takes no texts" in page
    assert "<form" not in page + shown(app, "/phones")


def test_the_clinics_clock_stands_on_every_page(clinic: Scene, app: FastAPI) -> None:
    kept_id = clinic.text("hello")
    at(clinic, timedelta(days=5, hours=3))

    for path in ("/phones", f"/phones/{kept_id}"):
        assert "Mon Nov 2 2:00 PM EST" in shown(app, path)


def test_a_long_conversation_is_paged(clinic: Scene, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phones, "PAGE", 2)
    address_id = clinic.address(PHONE)
    kept = [clinic.text(f"text {number}.") for number in range(5)]

    newest = shown(app, f"/phones/{address_id}")
    older = shown(app, f"/phones/{address_id}?before={kept[3]}")
    oldest = shown(app, f"/phones/{address_id}?before={kept[1]}")

    assert [number for number in range(5) if f"text {number}." in newest] == [3, 4]
    assert f"/phones/{address_id}?before={kept[3]}#latest" in newest
    assert [number for number in range(5) if f"text {number}." in older] == [1, 2]
    assert [number for number in range(5) if f"text {number}." in oldest] == [0]
    assert "?before=" not in oldest
    assert f'href="/phones/{address_id}#latest">Newest' in oldest


def test_a_long_list_is_paged(clinic: Scene, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phones, "PAGE", 2)
    kept = [clinic.text("hello", to=f"+1312555019{number}") for number in range(3)]

    first, second = shown(app, "/phones"), shown(app, f"/phones?before={kept[1]}")

    assert [number for number in range(3) if f"+1312555019{number}" in first] == [1, 2]
    assert f"/phones?before={kept[1]}" in first
    assert [number for number in range(3) if f"+1312555019{number}" in second] == [0]


@pytest.mark.parametrize("before", ["yesterday", "00000000-0000-0000-0000-000000000000'"])
def test_a_page_that_cannot_be_is_not_there(app: FastAPI, before: str) -> None:
    assert getting(app, "/phones", params={"before": before}).status_code == 404


def test_reading_changes_nothing(clinic: Scene, app: FastAPI, engine: Engine) -> None:
    kept_id = clinic.email("Dear Ana", subject="Hi", html="<p>Dear Ana</p>")
    written: list[str] = []
    event.listen(engine, "before_cursor_execute", spy(written))

    for method in ("GET", "HEAD"):
        for path in ("/", "/phones", f"/phones/{kept_id}", f"/phones/{kept_id}/mail"):
            assert requesting(app, method, path).status_code in {200, 303}

    assert written
    assert all(statement.lstrip().upper().startswith("SELECT") for statement in written)


def spy(written: list[str]) -> Callable[..., None]:
    def listen(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        written.append(statement)

    return listen


def test_a_page_takes_few_statements_however_long_it_is(clinic: Scene, app: FastAPI, engine: Engine) -> None:
    address_id = clinic.address(PHONE)
    for number in range(6):
        clinic.text(f"text {number}.")
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", spy(statements))

    shown(app, f"/phones/{address_id}")

    assert len(statements) <= 12
