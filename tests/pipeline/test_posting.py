"""Posting: the sandbox's receipts reach the real webhook, signed, and come again until somebody answers."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select, text, update

from reminders.channels.sandbox import Step
from reminders.channels.signature import HEADER, is_signed
from reminders.pipeline.posting import post
from reminders.store import kept as shelf
from reminders.store.engine import Transaction
from reminders.store.tables.machinery import KeptCallback, KeptMessage
from reminders.store.tables.messages import Receipt
from reminders.web.app import create_app
from tests.handed_over import ACCOUNT, PHONE, TOKEN, Scene, scene
from tests.web.browsing import served_on

NOW = timedelta()
SENT, DELIVERED, FAILED = Step(NOW, "sent"), Step(NOW, "delivered"), Step(NOW, "undelivered", 30003)


@pytest.fixture
def clinic(transaction: Transaction, webhook: "Listener") -> Scene:
    """A clinic on the sandbox, whose web process is the *webhook*."""
    found = scene(transaction)
    return replace(found, parts=replace(found.parts, public_url=webhook.url))


@pytest.fixture
def webhook() -> Iterator["Listener"]:
    """A place to post to that answers as it is told."""
    with listening() as listener:
        yield listener


class Listener:
    """Takes posts and answers them with a status."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.status = 204
        self.posts: list[tuple[str, str, dict[str, list[str]]]] = []
        """Path, signature and form of each."""
        self.meanwhile: Callable[[], None] = lambda: None
        """What happens before a post is answered."""


@contextmanager
def listening() -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            listener.posts.append((self.path, self.headers[HEADER], parse_qs(body)))
            listener.meanwhile()
            self.send_response(listener.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    listener = Listener(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def callbacks(clinic: Scene) -> list[KeptCallback]:
    with clinic.parts.transaction() as session:
        return list(session.scalars(select(KeptCallback).order_by(KeptCallback.id)))


def status_of(clinic: Scene, kept_id: object) -> str:
    with clinic.parts.transaction() as session:
        return str(session.scalar(select(KeptMessage.status).where(KeptMessage.id == kept_id)))


def seconds_until(clinic: Scene) -> float:
    """Return how long the only callback is put off."""
    with clinic.parts.transaction() as session:
        wait = session.scalar(text("select extract(epoch from post_at - clock_timestamp()) from kept_callbacks"))
        assert wait is not None
        return float(wait)


def come_due(clinic: Scene) -> None:
    with clinic.parts.transaction() as session:
        session.execute(text("update kept_callbacks set post_at = clock_timestamp()"))


def test_a_receipt_passes_the_real_webhook_and_is_stored(clinic: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        parts = replace(clinic.parts, public_url=url)
        kept_id = clinic.text("see you", FAILED, webhook=url)

        with served_on(listener, create_app(parts)):
            posted = post(parts)

    with clinic.parts.transaction() as session:
        receipt = session.scalars(select(Receipt)).one()
        kept = session.scalars(select(KeptMessage).where(KeptMessage.id == kept_id)).one()
    assert posted == 1
    assert (receipt.attempt_id, receipt.status, receipt.code) == (kept.attempt_id, "undelivered", "30003")
    assert kept.status == "undelivered"
    assert callbacks(clinic)[0].posted_at is not None


def test_a_receipt_is_posted_and_signed_as_a_provider_would(clinic: Scene, webhook: Listener) -> None:
    clinic.text("see you", DELIVERED, webhook=webhook.url)

    post(clinic.parts)

    [(path, signature, form)] = webhook.posts
    assert path.startswith("/webhooks/twilio/status?t=")
    assert {name: form[name] for name in ("AccountSid", "MessageStatus", "To")} == {
        "AccountSid": [ACCOUNT],
        "MessageStatus": ["delivered"],
        "To": [PHONE],
    }
    fields = [(name, value) for name, values in form.items() for value in values]
    assert is_signed(webhook.url + path, fields, signature, [TOKEN])


def test_a_receipt_waits_for_its_moment(clinic: Scene, webhook: Listener) -> None:
    clinic.text("see you", Step(timedelta(hours=1), "delivered"), webhook=webhook.url)

    assert post(clinic.parts) == 0
    assert webhook.posts == []


def test_a_receipt_that_was_taken_is_not_posted_again(clinic: Scene, webhook: Listener) -> None:
    clinic.text("see you", DELIVERED, webhook=webhook.url)

    counts = [post(clinic.parts), post(clinic.parts)]

    assert counts == [1, 0]
    assert len(webhook.posts) == 1


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_is_an_answer_too(clinic: Scene, webhook: Listener, status: int) -> None:
    webhook.status = status
    kept_id = clinic.text("see you", DELIVERED, webhook=webhook.url)

    counts = [post(clinic.parts), post(clinic.parts)]

    assert counts == [1, 0]
    assert status_of(clinic, kept_id) == "delivered"


@pytest.mark.parametrize("status", [500, 503, 302])
def test_a_receipt_that_was_not_taken_comes_again(clinic: Scene, webhook: Listener, status: int) -> None:
    webhook.status = status
    kept_id = clinic.text("see you", DELIVERED, webhook=webhook.url)

    counts = [post(clinic.parts)]
    put_off, before = seconds_until(clinic), status_of(clinic, kept_id)
    webhook.status = 204
    come_due(clinic)
    counts.append(post(clinic.parts))

    assert counts == [0, 1]
    assert put_off <= 0.25
    assert (before, status_of(clinic, kept_id)) == ("queued", "delivered")
    assert callbacks(clinic)[0].tries == 2


def test_a_receipt_for_a_process_that_is_down_comes_again(clinic: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    clinic.text("see you", DELIVERED, webhook=url)

    assert post(replace(clinic.parts, public_url=url)) == 0
    assert callbacks(clinic)[0].posted_at is None


def test_it_comes_again_later_each_time_but_never_much_later(clinic: Scene, webhook: Listener) -> None:
    webhook.status = 503
    clinic.text("see you", DELIVERED, webhook=webhook.url)
    waits = []

    for tries in (0, 3, 40):
        with clinic.parts.transaction() as session:
            session.execute(update(KeptCallback).values(tries=tries, post_at=text("clock_timestamp()")))
        post(clinic.parts)
        waits.append(seconds_until(clinic))

    assert waits[0] < waits[1] < waits[2] <= 15


def test_the_last_word_stays_when_receipts_are_posted_the_wrong_way_round(clinic: Scene, webhook: Listener) -> None:
    kept_id = clinic.text("see you", SENT, DELIVERED, webhook=webhook.url)
    with clinic.parts.transaction() as session:
        later = text("clock_timestamp() + interval '1 hour'")
        session.execute(update(KeptCallback).where(KeptCallback.status == "sent").values(post_at=later))

    post(clinic.parts)
    come_due(clinic)
    post(clinic.parts)

    assert [form["MessageStatus"] for _, _, form in webhook.posts] == [["delivered"], ["sent"]]
    assert status_of(clinic, kept_id) == "delivered"


def test_no_transaction_is_open_while_posting(clinic: Scene, webhook: Listener) -> None:
    open_ones: list[int] = []

    def count() -> None:
        question = (
            "select count(*) from pg_stat_activity "
            "where datname = current_database() and state like 'idle in transaction%'"
        )
        with clinic.parts.transaction() as session:
            open_ones.append(int(session.scalar(text(question)) or 0))

    webhook.meanwhile = count
    clinic.text("see you", DELIVERED, webhook=webhook.url)

    post(clinic.parts)

    assert open_ones == [0]


def test_two_posters_share_the_work(clinic: Scene, webhook: Listener) -> None:
    for _ in range(3):
        clinic.text("see you", DELIVERED, webhook=webhook.url)
    others: list[int] = []
    webhook.meanwhile = lambda: others.append(post(clinic.parts))

    posted = post(clinic.parts)

    assert posted == 3
    assert others == [0, 0, 0]
    assert len(webhook.posts) == 3


def test_what_a_dead_poster_had_taken_is_free_again_after_its_lease(clinic: Scene, webhook: Listener) -> None:
    clinic.text("see you", DELIVERED, webhook=webhook.url)
    with clinic.parts.transaction() as session:
        taken = shelf.take_due(session, clinic.parts.vault, limit=10, lease=timedelta(hours=1))

    during = post(clinic.parts)
    come_due(clinic)
    after = post(clinic.parts)

    assert (len(taken), during, after) == (1, 0, 1)


def test_many_receipts_are_posted_in_one_tick(clinic: Scene, webhook: Listener) -> None:
    for _ in range(20):
        clinic.text("see you", SENT, DELIVERED, webhook=webhook.url)

    assert post(clinic.parts) == 40
    assert len(webhook.posts) == 40
