"""The documents are held against the code: states, moves, queues and commands."""

import re
from pathlib import Path

import pytest

from reminders.cli.app import app
from reminders.domain.states import MOVES, State
from reminders.tasks import QUEUES

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
