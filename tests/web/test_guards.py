"""Every answer is safe, and the phones are for this machine alone."""

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from reminders.web.app import create_app
from tests.web.visiting import PATH, dry_parts, getting, requesting

PLACES = ["/phones", "/health/live", "/static/page.css", "/nowhere", PATH]


@pytest.fixture
def dry() -> FastAPI:
    """The application without a database: a page that is refused needs none."""
    return create_app(dry_parts(), shows_phones=True)


@pytest.mark.parametrize("path", PLACES)
def test_every_answer_has_its_security_headers(dry: FastAPI, path: str) -> None:
    headers = getting(dry, path).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


def test_browsers_are_told_to_stay_with_https_where_there_is_https() -> None:
    assert getting(create_app(dry_parts()), "/health/live").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_what_goes_wrong_tells_nothing_and_is_safe_too(dry: FastAPI) -> None:
    def fail(_request: Request) -> Response:
        raise ValueError("+13125550142 is Ana's")

    dry.add_route("/fails", fail)

    answer = getting(dry, "/fails")

    assert answer.status_code == 500
    assert "Ana" not in answer.text
    assert "5550142" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_without_its_database_a_page_asks_to_come_again(dry: FastAPI) -> None:
    answer = getting(dry, "/phones")

    assert answer.status_code == 503
    assert "Not just now" in answer.text


@pytest.mark.parametrize("path", ["/nowhere", "/phones/nobody", "/docs", "/openapi.json"])
def test_what_is_not_there_is_a_plain_404(dry: FastAPI, path: str) -> None:
    answer = getting(dry, path)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Nothing is here" in answer.text


@pytest.mark.parametrize("path", ["/health/nothing", "/api/v1/nothing", "/webhooks/nothing"])
def test_machines_are_told_in_their_own_language(dry: FastAPI, path: str) -> None:
    answer = getting(dry, path)

    assert (answer.status_code, answer.json()) == (404, {"error": "not_found"})


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/", "/static"])
def test_only_the_pages_own_files_are_static(dry: FastAPI, path: str) -> None:
    assert getting(dry, path).status_code == 404


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000", "http://127.8.9.1"]
)
def test_the_phones_open_on_this_machine(app: FastAPI, base_url: str) -> None:
    assert getting(app, "/phones", base_url=base_url).status_code == 200


@pytest.mark.parametrize(
    "base_url",
    ["http://visits.example.com", "http://192.168.1.7:8000", "http://localhost.evil.example", "http://0.0.0.0:8000"],
)
def test_the_phones_do_not_exist_under_another_name(dry: FastAPI, base_url: str) -> None:
    assert is_plain_404(getting(dry, "/phones", base_url=base_url))


@pytest.mark.parametrize(
    "host", ["", "[", "127.0.0.1:8000@evil.example", "evil.example:127.0.0.1", "localhost, evil.example"]
)
def test_the_phones_do_not_exist_under_a_name_that_is_none(dry: FastAPI, host: str) -> None:
    assert is_plain_404(getting(dry, "/phones", headers={"Host": host}))


def test_the_phones_do_not_exist_for_another_machine(dry: FastAPI) -> None:
    assert is_plain_404(getting(dry, "/phones", client=("192.168.1.9", 40000)))


@pytest.mark.parametrize(
    "name", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "x-forwarded-proto", "Via", "X-Real-IP"]
)
@pytest.mark.parametrize("path", ["/phones", "/", "/phones/00000000-0000-0000-0000-000000000000/mail"])
def test_the_phones_do_not_exist_behind_a_proxy(dry: FastAPI, name: str, path: str) -> None:
    assert is_plain_404(getting(dry, path, headers={name: "127.0.0.1"}))


@pytest.mark.parametrize("path", ["/phones", "/", "/phones/00000000-0000-0000-0000-000000000000"])
def test_there_are_no_phones_without_the_sandbox(path: str) -> None:
    assert is_plain_404(getting(create_app(dry_parts(), shows_phones=False), path))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_phones_take_nothing(dry: FastAPI, method: str) -> None:
    here = requesting(dry, method, "/phones")
    elsewhere = requesting(dry, method, "/phones", base_url="http://visits.example.com")

    assert (here.status_code, here.headers["Allow"]) == (405, "GET, HEAD")
    assert is_plain_404(elsewhere)


def is_plain_404(answer: httpx.Response) -> bool:
    return answer.status_code == 404 and "Nothing is here" in answer.text and "Phones" not in answer.text
