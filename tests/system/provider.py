"""A stand-in for Twilio's create call with a ledger, in a thread: it writes down what it took before it answers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs
from uuid import uuid4

PATIENCE = 60
"""Seconds after which a closed gate lets go of whoever still waits at it."""


class Provider:
    """What it took, and the gate behind which its answers wait while it is closed."""

    def __init__(self) -> None:
        self.url = ""
        self.took: list[str] = []
        """The number of each text, in the order in which they came."""
        self._gate = threading.Event()
        self._gate.set()
        self._lock = threading.Lock()

    def close_gate(self) -> None:
        self._gate.clear()

    def open_gate(self) -> None:
        self._gate.set()

    def take(self, to: str) -> str:
        with self._lock:
            self.took.append(to)
        self._gate.wait(PATIENCE)
        return f"SM{uuid4().hex}"


@contextmanager
def standing_in() -> Iterator[Provider]:
    """Serve until the block ends."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            body = json.dumps({"sid": provider.take(form["To"][0]), "status": "queued", "num_segments": "1"}).encode()
            self.send_response(201)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, *_caller: object) -> None:
            """Callers that are killed hang up in the middle: that is what these tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        provider.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield provider
        finally:
            provider.open_gate()
            server.shutdown()
            thread.join()
