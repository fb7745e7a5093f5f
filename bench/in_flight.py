"""In flight: how many messages one sender process has on their way to a provider that takes 100 ms.

The provider is another process with a count of its own. Ours is one child of one Celery
worker with the product's channels; it also claims, judges, renders and records. The rival
is one Celery task a message with the provider's synchronous client, and records nothing.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.request import urlopen

import psycopg

from bench import clinic
from bench.clinic import NUDGE, REMINDER, Kind
from bench.measure import Finding, Rounds, Spread, at_least, check_equal, interleave, middles, ratios
from bench.processes import Effort
from bench.progress import are_left, release
from bench.receipts import listens
from bench.stage import Stage, plain
from reminders import tasks
from reminders.channels.smtp import mail_account
from reminders.embedded.ports import free_port
from reminders.pipeline.times import WAVE
from reminders.store.senders import SenderSetup

LATENCY = 0.1
OURS, RIVAL = "ours", "rival"
CONNECTIONS = 8
"""What `SmtpChannel` keeps to one server."""
WARM = 100
TEXT_THREADS = 64
BY_EMAIL = replace(REMINDER, reach=("email",))
_WARM_BY_EMAIL = replace(NUDGE, reach=("email",))


@dataclass(frozen=True, slots=True)
class Way:
    """One way that messages go, and what it is compared with."""

    name: str
    kind: Kind
    warm: Kind
    most: int
    """Calls that may be in flight at once."""
    rival: str
    threads: int
    rival_is: str
    counts: Mapping[str, tuple[int, int]]
    """By scale: how many messages for us, and for the rival."""
    target: float | None


TEXTS = Way(
    name="texts",
    kind=REMINDER,
    warm=NUDGE,
    most=WAVE,
    rival="texts.text",
    threads=TEXT_THREADS,
    rival_is=f"{TEXT_THREADS} Celery threads with Twilio's synchronous client, a task a text",
    counts={"quick": (800, 300), "usual": (2_000, 800), "full": (6_000, 2_000)},
    target=4,
)
EMAILS = Way(
    name="emails",
    kind=BY_EMAIL,
    warm=_WARM_BY_EMAIL,
    most=CONNECTIONS,
    rival="texts.email",
    threads=CONNECTIONS,
    rival_is=f"{CONNECTIONS} Celery threads with smtplib, a task and a connection an email",
    counts={"quick": (200, 80), "usual": (400, 200), "full": (1_500, 600)},
    target=None,
)


def run(stage: Stage, scale: str, rounds: int) -> Iterator[Finding]:
    """Measure, and yield what was found."""
    for way in (TEXTS, EMAILS):
        ours, theirs = way.counts[scale]
        _make(stage, way, ours)
        effort = Effort(stage.pids)
        found = interleave(
            {
                OURS: partial(_ours, stage, way, ours, effort),
                RIVAL: partial(_rival, stage, way, theirs, effort),
            },
            rounds,
            report=stage.report,
            before=stage.await_quiet,
        )
        stage.drop(f"{way.name}_pool", "in_flight")
        yield from _findings(way, found, effort)


def _findings(way: Way, found: Rounds, effort: Effort) -> Iterator[Finding]:
    ceiling = way.most / LATENCY
    figures = {f"{name}, {way.name} a second": figure for name, figure in middles(found).items()}
    figures |= {f"{name}, ms of the process": effort.each(name)[name] for name in found}
    yield Finding(
        section="in-flight",
        what=f"{way.name} of one sender process, to {way.most} in flight ÷ 100 ms",
        found=Spread.of([rate / ceiling for rate in found[OURS]]),
        target=at_least(0.35),
        means="from due to recorded, with one child of one worker",
        figures={**figures, "ceiling, a second": ceiling},
    )
    yield Finding(
        section="in-flight",
        what=f"{way.name} of one sender process, to {way.threads} threads",
        found=ratios(found, OURS, RIVAL),
        target=at_least(way.target) if way.target else None,
        means=way.rival_is,
        figures=figures,
    )


def _make(stage: Stage, way: Way, count: int) -> None:
    parts = clinic.open_clinic(stage, f"{way.name}_pool", setups_for(1, 1))
    clinic.book_planned(parts, way.kind, count)
    clinic.book_planned(parts, way.warm, WARM)
    clinic.check_waiting(parts, way.kind, count)
    clinic.pause(parts, way.kind.lane)
    clinic.close(parts)


def setups_for(http_port: int, smtp_port: int) -> Sequence[SenderSetup]:
    """Return senders whose provider is the stand-in on these ports."""
    mail = mail_account(f"smtp://127.0.0.1:{smtp_port}", "Cedar <visits@cedar.example>")
    return (
        SenderSetup(
            channel="sms",
            provider="twilio",
            account="AC" + "0" * 32,
            token="0" * 32,
            from_address="+15005550006",
            api_url=f"http://127.0.0.1:{http_port}",
        ),
        SenderSetup(
            channel="email",
            provider="smtp",
            account=mail.account,
            token=mail.token,
            from_address=mail.from_address,
            api_url=mail.api_url,
        ),
    )


@dataclass(frozen=True, slots=True)
class Provider:
    """The stand-in, running."""

    http_port: int
    smtp_port: int

    def count(self) -> dict[str, int]:
        """Return what it accepted, in its own count."""
        with urlopen(f"http://127.0.0.1:{self.http_port}/count", timeout=10) as answer:
            found: dict[str, int] = json.load(answer)
        return found

    def point(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        """Let the senders of a database send here."""
        for provider, address in (
            ("twilio", f"http://127.0.0.1:{self.http_port}"),
            ("smtp", f"smtp://127.0.0.1:{self.smtp_port}"),
        ):
            connection.execute("UPDATE senders SET api_url = %s WHERE provider = %s", [address, provider])


@contextmanager
def provider(stage: Stage, environment: Mapping[str, str]) -> Iterator[Provider]:
    """Yield the stand-in, running; every process of the stage is stopped afterwards."""
    running = Provider(free_port(18_001), free_port(18_002))
    ports = (running.http_port, running.smtp_port)
    stage.start("provider", "-m", "bench.provider", *map(str, ports), str(LATENCY * 1000), environment=environment)
    stage.await_that(lambda: all(map(listens, ports)), "the provider to listen")
    yield running
    stage.stop_all()


def _ours(stage: Stage, way: Way, count: int, effort: Effort, _number: int) -> float:
    stage.empty_broker()
    url = stage.create("in_flight", template=f"{way.name}_pool")
    environment = stage.environment(url, REMINDERS_PRACTICE="yes")
    queues = ",".join(tasks.LANE_QUEUES.values())
    with (
        provider(stage, environment) as standing_in,
        psycopg.connect(plain(url), autocommit=True) as connection,
    ):
        standing_in.point(connection)
        stage.start_worker(OURS, "worker", queues, at_once=1, environment=environment)
        stage.start("scheduler", "-m", "reminders", "scheduler", environment=environment)
        stage.await_that(lambda: not are_left(connection, way.warm.lane), "the process to be warm", step=0.05)
        with effort.of(OURS, count):
            started = time.perf_counter()
            release(connection)
            stage.await_that(lambda: not are_left(connection, way.kind.lane), "the messages to go", step=0.05)
            seconds = time.perf_counter() - started
        counted = standing_in.count()
        check_equal((counted["accepted"], counted["different"]), (count + WARM,) * 2, "messages at the provider")
        row = connection.execute("SELECT count(*) FROM attempts WHERE outcome = 'accepted'").fetchone()
        check_equal(row, (count + WARM,), "messages recorded as accepted")
    return count / seconds


def _rival(stage: Stage, way: Way, count: int, effort: Effort, _number: int) -> float:
    stage.empty_broker()
    with provider(stage, stage.environment("")) as standing_in:
        environment = stage.environment(
            "", BENCH_HTTP=f"http://127.0.0.1:{standing_in.http_port}", BENCH_SMTP_PORT=str(standing_in.smtp_port)
        )
        pool = ("-P", "threads")
        stage.start_worker(RIVAL, "bench.rivals.texts", "other", *pool, at_once=way.threads, environment=environment)
        for number in range(count):
            stage.celery.send_task(way.rival, [number], queue="texts")
        with effort.of(RIVAL, count):
            started = time.perf_counter()
            stage.celery.control.add_consumer("texts", destination=[f"{RIVAL}@bench"])
            stage.await_that(lambda: standing_in.count()["accepted"] >= count, "the rival", step=0.05)
            seconds = time.perf_counter() - started
        check_equal(standing_in.count()["different"], count, "messages at the provider")
    return count / seconds
