from pathlib import Path

import pytest
import redis
from kombu import Connection

from reminders.embedded import datadir, valkey
from reminders.embedded.supervisor import Supervisor

pytestmark = pytest.mark.system


def connected(supervisor: Supervisor) -> Connection:
    return Connection(valkey.start(supervisor).url)


def test_no_task_is_dropped_for_want_of_memory_and_each_is_written_down(supervisor: Supervisor) -> None:
    server = valkey.start(supervisor)

    with redis.Redis(unix_socket_path=str(server.socket), decode_responses=True) as client:
        settings = client.config_get("maxmemory-policy", "appendonly", "port")

    assert settings == {"maxmemory-policy": "noeviction", "appendonly": "yes", "port": "0"}


@pytest.mark.parametrize("name", ["a space", "long " * 30])
def test_a_queue_outlives_a_restart_on_any_path(data_path: Path, name: str) -> None:
    path = data_path / name
    with (
        datadir.opened(path) as folder,
        Supervisor(folder) as supervisor,
        connected(supervisor) as broker,
    ):
        broker.SimpleQueue("lane").put({"id": 42})

    with (
        datadir.opened(path) as folder,
        Supervisor(folder) as supervisor,
        connected(supervisor) as broker,
    ):
        message = broker.SimpleQueue("lane").get(timeout=5)

    assert message.payload == {"id": 42}


def test_a_queue_that_cannot_be_loaded_is_put_aside(data_path: Path) -> None:
    with datadir.opened(data_path) as folder, Supervisor(folder) as supervisor:
        valkey.start(supervisor)
    (data_path / "valkey" / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")

    with datadir.opened(data_path) as folder, Supervisor(folder) as supervisor:
        server = valkey.start(supervisor)
        with redis.Redis(unix_socket_path=str(server.socket)) as client:
            answers = client.ping()

    assert answers
    assert (data_path / "valkey.broken").is_dir()
