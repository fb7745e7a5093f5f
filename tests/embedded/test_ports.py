import socket
from collections.abc import Iterator

import pytest

from reminders.embedded.ports import LOOPBACK, free_port

pytestmark = pytest.mark.system


@pytest.fixture(params=[LOOPBACK, "0.0.0.0"])  # noqa: S104  a server of the test
def taken(request: pytest.FixtureRequest) -> Iterator[int]:
    with socket.create_server((request.param, 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_is_taken_is_passed_over(taken: int) -> None:
    port = free_port(taken)

    assert port != taken
    socket.create_server((LOOPBACK, port)).close()


def test_a_free_port_is_kept() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]

    assert free_port(port) == port
