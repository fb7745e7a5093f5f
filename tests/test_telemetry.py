import io
import json
import logging
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import structlog

from reminders import telemetry
from reminders.domain.errors import RefusedError

Lines = Callable[[], list[dict[str, Any]]]
ID = UUID("6938d99a-0e85-4f79-895e-2c3145eca9f6")


@pytest.fixture(autouse=True)
def kept_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)  # noqa: FBT003  its only argument
    structlog.reset_defaults()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    telemetry.start("json")
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error):
        return error


def test_ids_and_machine_words_are_kept(lines: Lines) -> None:
    structlog.get_logger("here").info("claimed", message_id=ID, lane="prep", count=3)

    (line,) = lines()

    assert (line["event"], line["message_id"], line["lane"], line["count"]) == ("claimed", str(ID), "prep", 3)
    assert (line["level"], line["logger"]) == ("info", "here")


def test_a_key_that_is_not_on_the_list_is_dropped(lines: Lines) -> None:
    structlog.get_logger().info("claimed", first_name="Anna", phone="+13125550142", body="hello")

    (line,) = lines()

    assert set(line) == {"event", "level", "logger", "timestamp"}


@pytest.mark.parametrize("value", ["Anna Berg", "+13125550142", "312-555-0142", "anna@example.com", ["Anna"], {"a": 1}])
def test_a_value_that_could_be_personal_is_withheld_under_any_key(lines: Lines, value: object) -> None:
    structlog.get_logger().info("claimed", reason=value)

    (line,) = lines()

    assert line["reason"] == "(withheld)"


def test_numbers_and_mailboxes_are_masked_in_the_sentence_itself(lines: Lines) -> None:
    structlog.get_logger().info("told anna@example.com at +1 312 555 0142\nand more")

    (line,) = lines()

    assert line["event"] == "told (withheld) at (withheld)"


def test_of_an_exception_only_its_kind_and_its_way_are_kept(lines: Lines) -> None:
    structlog.get_logger().error("failed", exc_info=raised(ValueError("Key (phone)=(+13125550142) already exists")))

    (line,) = lines()

    assert line["exception"].startswith("builtins.ValueError at test_telemetry.py:")
    assert "phone" not in str(line)


def test_our_own_refusals_keep_their_text(lines: Lines) -> None:
    structlog.get_logger().error("failed", exc_info=raised(RefusedError("The clinic has no time zone.")))

    (line,) = lines()

    assert "RefusedError: The clinic has no time zone. at" in line["exception"]


def test_lines_of_other_libraries_pass_the_same_sieve(lines: Lines) -> None:
    log = logging.getLogger("celery.app.trace")

    log.error("Task %(name)s raised %(exc)s", {"name": "reminders.send", "exc": "ValueError('Anna')"})
    log.error("%d of %s", 3, "Anna")
    log.error("%d for %s", Decimal(5), "Anna")

    assert [line["event"] for line in lines()] == [
        "Task reminders.send raised (withheld)",
        "3 of (withheld)",
        "%d for %s",
    ]


@pytest.mark.parametrize(
    "name", ["twilio.http_client", "twilio.async_http_client", "uvicorn.access", "sqlalchemy.engine"]
)
def test_libraries_that_print_bodies_or_paths_are_silent_below_a_warning(lines: Lines, name: str) -> None:
    logging.getLogger(name).info("Body: hello Anna")

    assert lines() == []


def test_people_get_a_line_they_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    telemetry.start("console")

    structlog.get_logger().warning("tick.failed", step="dispatch what is due")

    assert "step='dispatch what is due'" in written.getvalue()
