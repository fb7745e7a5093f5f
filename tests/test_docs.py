"""The documents are held against the code: states, moves, queues and commands."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from reminders import tasks
from reminders.cli.app import app
from reminders.domain.states import MOVES, State
from reminders.pipeline.times import Times
from reminders.tasks import QUEUES
from tests.brokers import another_broker

DOCS = Path(__file__).parent.parent / "docs"
LIFECYCLE = (DOCS / "lifecycle.md").read_text()
OPERATING = (DOCS / "operating.md").read_text()


def drawn_moves() -> dict[State | None, frozenset[State]]:
    """Return the table of moves as the page on the lifecycle draws it."""
    table = LIFECYCLE.partition("## Allowed moves")[2].partition("##")[0]
    moves: dict[State | None, frozenset[State]] = {}
    for old, new in re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)[1:]:
        targets = frozenset(State(word) for word in re.findall(r"[a-z]+", new))
        for name in old.split(", "):
            moves[None if name == "(new)" else State(name)] = targets
    return moves


def test_the_drawn_moves_are_the_moves_in_the_code() -> None:
    assert drawn_moves() == dict(MOVES)


@pytest.mark.parametrize("state", State)
def test_every_state_is_explained_on_the_page_of_the_lifecycle(state: State) -> None:
    assert f"\n| {state} | " in LIFECYCLE


@pytest.mark.parametrize("queue", QUEUES)
def test_every_queue_is_in_the_operators_page(queue: str) -> None:
    assert f"`{queue}`" in OPERATING


def commands() -> list[str]:
    """Return every word that `reminders` knows."""
    words = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    return sorted([*words, *(str(group.name) for group in app.registered_groups)])


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_operators_page(command: str) -> None:
    listed = OPERATING.partition("## Commands")[2]

    assert f"`{command}`" in listed or f"`reminders {command}`" in listed


def celery_settings() -> set[str]:
    """Return what we tell Celery and its transports, as the operators' page writes it."""
    told: dict[str, object] = {}
    with another_broker():
        for url in ("redis://localhost", "amqp://localhost"):
            tasks.use_broker(url, Times())
            conf: Any = tasks.app.conf
            told |= conf.changes | conf.broker_transport_options
    return {f"{name}={_written(value)}" for name, value in told.items() if name not in _NO_CHOICES}


_NO_CHOICES = {"broker_url", "broker_transport_options", "deprecated_settings"}


def _written(value: object) -> str:
    if isinstance(value, float):
        return str(int(value))
    return json.dumps(value) if isinstance(value, str | list) else str(value)


def test_the_operators_page_gives_a_reason_for_each_of_celerys_settings_and_no_other() -> None:
    table = OPERATING.partition("## Celery's settings, and why")[2].partition("\n\n##")[0]
    rows = re.findall(r"^\| (.+?) \| .+ \|$", table, re.MULTILINE)

    written = {setting for row in rows for setting in re.findall(r"`(\w+=[^`]+)`", row)}

    assert written == celery_settings()
