"""Which port of this machine the web process can have."""

import socket
from contextlib import closing

LOOPBACK = "127.0.0.1"  # never IPv6: a machine may have none


def free_port(preferred: int = 8000) -> int:
    """Return *preferred*, or any other port of the loopback address when that one is taken."""
    return preferred if _is_free(preferred) else _any_port()


def _is_free(port: int) -> bool:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as uvicorn does, so both see the same
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _any_port() -> int:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
