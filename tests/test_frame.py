"""What stands around the package agrees with it: containers, verbs, imports."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from reminders import settings, tasks

TOP = Path(__file__).parent.parent
VERBS = re.findall(r"^([a-z]+):.*## ", (TOP / "Makefile").read_text(), re.MULTILINE)


def services() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(TOP / "docker-compose.yml")["services"]
    return found


def queues_of(service: dict[str, Any]) -> list[str]:
    words = [*service.get("entrypoint", []), *service.get("command", [])]
    return [queue for word in words if word.startswith("--queues=") for queue in word[9:].split(",")]


def test_every_queue_has_exactly_one_kind_of_worker_that_empties_it() -> None:
    consumed = [queue for service in services().values() for queue in queues_of(service)]

    assert sorted(consumed) == sorted(tasks.QUEUES)


def test_safety_has_a_worker_of_its_own() -> None:
    assert ["send.safety"] in [queues_of(service) for service in services().values()]


def test_no_worker_needs_room_for_a_banner_to_start() -> None:
    workers = [one["entrypoint"] for one in services().values() if "worker" in one.get("entrypoint", [])]

    assert len(workers) >= 3
    assert all("--quiet" in words for words in workers)


def test_containers_set_only_settings_that_exist() -> None:
    known = {f"REMINDERS_{field.upper()}" for field in settings.Settings.model_fields}

    given = {
        name
        for service in services().values()
        for name in service.get("environment", {})
        if name.startswith("REMINDERS_")
    }

    assert given <= known
    assert {f"REMINDERS_{name.upper()}" for name, field in fields() if field.is_required()} <= given


def fields() -> list[tuple[str, Any]]:
    return list(settings.Settings.model_fields.items())


def test_no_secret_is_written_into_the_containers_file() -> None:
    environments = [service["environment"] for service in services().values() if "REMINDERS_SECRET_KEY" in str(service)]

    values = [environment[f"REMINDERS_{name}"] for environment in environments for name in ("SECRET_KEY", "DATA_KEYS")]

    assert values
    assert all(value.startswith("${REMINDERS_") for value in values)


def test_every_container_that_serves_says_whether_it_is_well() -> None:
    assert [name for name, service in services().items() if "healthcheck" not in service] == ["migrate", "seed"]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_of_make_stands_in_the_readme(verb: str) -> None:
    assert re.search(rf"\bmake {verb}\b", (TOP / "README.md").read_text())


def test_there_are_few_verbs() -> None:
    assert len(VERBS) <= 12
