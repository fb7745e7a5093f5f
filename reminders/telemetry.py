"""What the processes say about themselves: one line an event, and nothing personal in it.

A key that is not on the list below is dropped, and a value that is no number, id or machine
word is withheld, so a name or a number of a patient cannot reach a log by mistake. Of an
exception only its kind and where it came from are kept, unless it is one of ours, whose text
holds nothing personal. Other libraries' lines pass the same sieve.
"""

import contextlib
import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

import structlog

from reminders.domain.errors import RemindersError

ALLOWED = frozenset({
    "event", "exception",
    "appointment_id", "attempt_id", "batch_id", "clinic_id", "course_id", "message_id", "patient_id", "person_id",
    "reply_id", "sender_id", "task_id", "work_item_id",
    "attempt", "audience", "category", "channel", "code", "count", "crashes", "error", "file", "holder", "job", "kind",
    "lane", "line", "outcome", "port", "provider", "queue", "reason", "revision", "rule", "seconds", "segments",
    "signal", "state", "status", "step", "template", "term", "verb", "version", "worker",
    "call_list", "expired", "put_off", "still_waiting", "went_late",
})  # fmt: skip
"""The keys that a line may have."""

QUIET = ("aiohttp", "alembic", "amqp", "apscheduler", "asyncio", "celery", "httpx", "kombu", "sqlalchemy", "urllib3")
SILENT = ("aiosmtplib", "markdown_it", "twilio", "twilio.async_http_client", "twilio.http_client", "uvicorn.access")
"""Below a warning these print bodies of messages, or paths with tokens."""

WRITTEN_BY_US = frozenset({"error", "job", "step", "verb"})
"""Keys whose values stand in the code, so they may be several words."""
MACHINE_WORD = re.compile(r"[A-Za-z0-9_.:/<>\[\]@-]{1,120}")
JOINED = re.compile(r"[._:/]")
"""What a task or module has in its name, and a person has not."""
PERSONAL = re.compile(r"[^\s@<>]+@[^\s@<>]+|\+?\d[\d\s().-]{5,}\d|://[^\s/@]*@")
"""What looks like a mailbox, a phone number or a password in an address."""
WITHHELD = "(withheld)"
LONGEST_EVENT = 300

Event = MutableMapping[str, Any]


def start(log_format: str, *, level: int = logging.INFO) -> None:
    """Send every log line of this process to its standard error, as `console` or `json`."""
    shared: list[structlog.typing.Processor] = [
        _keep_kind_of_exception,
        sieve,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_filled_harmlessly, *shared],
            use_get_message=False,
            pass_foreign_args=True,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)  # noqa: FBT003  its only argument
    _quieten()


def _quieten() -> None:
    for name in (*QUIET, *SILENT):
        logging.getLogger(name).setLevel(logging.WARNING)


def sieve(_logger: Any, _method: str, event: Event) -> Event:
    """Keep of *event* only what cannot be personal."""
    kept = {key: _harmless(value) for key, value in event.items() if key in ALLOWED or key.startswith("_")}
    kept |= {key: _masked(str(event[key])) for key in WRITTEN_BY_US & event.keys()}
    kept["event"] = _masked(str(event.get("event", "")))
    kept["exception"] = event.get("exception")
    return {key: value for key, value in kept.items() if value is not None}


def _harmless(value: Any) -> Any:
    """Return *value* if it is of a kind that holds nothing personal, else a word that says it was withheld."""
    if value is None or isinstance(value, bool | int | float | logging.LogRecord):
        return value
    if isinstance(value, UUID | date | timedelta | Path):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    text = str(value) if isinstance(value, str) else ""
    is_word = MACHINE_WORD.fullmatch(text) and (_is_uuid(text) or not PERSONAL.search(text))
    return text if is_word else WITHHELD


def _is_uuid(text: str) -> bool:
    with contextlib.suppress(ValueError):
        return str(UUID(text)) == text
    return False


def _masked(text: str) -> str:
    """Return the first line of *text* without what looks like a mailbox or a number."""
    line = text.partition("\n")[0][:LONGEST_EVENT]
    return PERSONAL.sub(WITHHELD, line)


def _keep_kind_of_exception(_logger: Any, _method: str, event: Event) -> Event:
    """Replace an exception by its kind and its way: its text may quote a patient, as a unique key's does."""
    found = event.pop("exc_info", None)
    if found:
        error = found if isinstance(found, BaseException) else _raised(found)
        event["exception"] = _described(error) if error else None
    return event


def _raised(found: Any) -> BaseException | None:
    return found[1] if isinstance(found, tuple) else sys.exception()


def _described(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    text = f": {error}" if isinstance(error, RemindersError) else ""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    because = f" because of {_described(cause)}" if cause else ""
    return f"{kind}{text} at {_way(error.__traceback__)}{because}"


def _way(at: TracebackType | None, *, steps: int = 6) -> str:
    """Return the last *steps* of a traceback, innermost first."""
    frames = traceback.extract_tb(at)[-steps:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))


def _filled_harmlessly(_logger: Any, _method: str, event: Event) -> Event:
    """Fill another library's line with those of its arguments that hold nothing personal."""
    args = event.pop("positional_args", None)
    if not args:
        return event
    safe: Any = (
        {key: _of_a_machine(value) for key, value in args.items()}
        if isinstance(args, Mapping)
        else tuple(_of_a_machine(value) for value in args)
    )
    with contextlib.suppress(TypeError, ValueError):  # a %d for something withheld: the bare line will do
        event["event"] = str(event["event"]) % safe
    return event


def _of_a_machine(value: Any) -> Any:
    return WITHHELD if isinstance(value, str) and not (JOINED.search(value) or _is_uuid(value)) else _harmless(value)
