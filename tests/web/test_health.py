"""Health: alive is not ready, and ready says what is missing without saying where it is."""

import threading

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from reminders.store.engine import connect
from reminders.web.app import create_app
from reminders.web.health import AWAY, OK, Check, broker_check, database_check
from tests.handed_over import Scene
from tests.web.visiting import getting, requesting


def ready(clinic: Scene, **checks: Check) -> tuple[int, object]:
    answer = getting(create_app(clinic.parts, checks=checks), "/health/ready")
    return answer.status_code, answer.json()


def test_a_process_that_answers_is_live(app: FastAPI) -> None:
    answer = getting(app, "/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


def test_a_process_whose_parts_answer_is_ready(clinic: Scene) -> None:
    answer = ready(clinic, database=lambda: OK, broker=lambda: OK)

    assert answer == (200, {"status": "ready", "database": "ok", "broker": "ok"})


def test_one_that_does_not_answer_makes_it_unready(clinic: Scene) -> None:
    answer = ready(clinic, database=lambda: OK, broker=lambda: AWAY)

    assert answer == (503, {"status": "not ready", "database": "ok", "broker": "unreachable"})


def test_one_that_hangs_is_not_waited_for(clinic: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reminders.web.health.PATIENCE", type(clinic.parts.times.call)(seconds=0.05))
    release = threading.Event()

    def hang() -> str:
        release.wait(10)
        return OK

    threading.Timer(0.5, release.set).start()
    answer = ready(clinic, broker=hang)

    assert answer == (503, {"status": "not ready", "broker": "unreachable"})


def test_a_head_request_is_answered_like_a_get(app: FastAPI) -> None:
    answer = requesting(app, "HEAD", "/health/live")

    assert (answer.status_code, answer.content) == (200, b"")


def test_a_migrated_database_is_ok(engine: Engine) -> None:
    assert database_check(engine)() == "ok"


def test_a_database_without_this_codes_schema_is_behind(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("delete from schema_history"))

    assert database_check(engine)() == "schema behind"


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_database_that_is_away_is_unreachable() -> None:
    engine = connect("postgresql+psycopg://nobody@127.0.0.1:1/none")

    assert database_check(engine)() == "unreachable"


def test_a_broker_that_is_away_is_unreachable() -> None:
    def call() -> None:
        raise ConnectionError

    assert broker_check(call)() == "unreachable"


def test_a_broker_that_answers_is_ok() -> None:
    assert broker_check(lambda: None)() == "ok"
