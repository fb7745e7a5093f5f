"""Drain: messages a second from due to accepted and recorded, against what a user would pick instead.

Ours are real processes: a scheduler dispatches, two children of one Celery worker claim,
judge, open, render, write the attempt, call a provider that accepts at once, and record.
Half the messages are `prep`, half `reminder`, each to a patient of its own. The clock
starts when the pause that holds them ends, and stops when the last is recorded.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg

from bench import clinic
from bench.clinic import NUDGE, PREP, REMINDER
from bench.measure import Finding, MeasurementError, Rounds, Spread, at_least, check_equal, interleave, middles, ratios
from bench.processes import Effort
from bench.progress import Connection, are_left, numbers_of, release
from bench.rivals import notes, procrastinate_jobs
from bench.stage import Stage, plain
from reminders import tasks
from reminders.pipeline.times import BATCH

OURS, ALONE = "ours", "one a task"
NOTHING = "Celery, doing nothing"
ETA, JOBS, DEFERRED = "Celery, an eta each", "APScheduler, a job each", "procrastinate, a job each"

AT_ONCE = 2
WARM = 2 * BATCH
_LOOK = 0.05
_LANES = ("prep", "routine")


@dataclass(frozen=True, slots=True)
class Size:
    """How many messages each contender gets in a round: some seconds of work."""

    ours: int
    alone: int
    nothing: int
    rivals: int


SIZES = {
    "quick": Size(4_000, 200, 1_500, 400),
    "usual": Size(10_000, 400, 3_000, 800),
    "full": Size(40_000, 1_000, 6_000, 2_000),
}


def run(stage: Stage, scale: str, rounds: int) -> Iterator[Finding]:
    """Measure, and yield what was found."""
    size, contest = SIZES[scale], Contest(stage)
    _make_pool(stage, "pool", size.ours)
    _make_pool(stage, "pool_alone", size.alone)
    found = interleave(
        {
            OURS: lambda _number: contest.ours(OURS, "pool", size.ours, batch=BATCH),
            NOTHING: lambda _number: contest.nothing(size.nothing),
            ALONE: lambda _number: contest.ours(ALONE, "pool_alone", size.alone, batch=1),
            ETA: lambda _number: contest.eta(size.rivals),
            JOBS: lambda _number: contest.jobs(size.rivals),
            DEFERRED: lambda _number: contest.deferred(size.rivals),
        },
        rounds,
        report=stage.report,
        before=stage.await_quiet,
    )
    stage.drop("pool", "pool_alone", "drain", "rival")
    yield from _findings(found, contest.effort)


def _findings(found: Rounds, effort: Effort) -> Iterator[Finding]:
    means = {
        NOTHING: (
            "Celery's own no-op tasks a second, its queue filled beforehand, same worker processes",
            at_least(10),
        ),
        ALONE: ("the same work with one message in a task", at_least(20)),
        ETA: ("a Celery task with an eta for each reminder, which does two committed writes and nothing else", None),
        JOBS: ("an APScheduler job in a SQLAlchemy store for each reminder, which does the same two writes", None),
        DEFERRED: ("a procrastinate job deferred for each reminder, same two writes, two worker processes", None),
    }
    for other, (text, target) in means.items():
        yield Finding(
            section="drain",
            what=f"drained, to {other}",
            found=ratios(found, OURS, other),
            target=target,
            means=text,
            figures={f"{name}, a second": figure for name, figure in middles(found).items() if name in {OURS, other}},
        )
    spent = effort.rounds(list(found))
    for name in found:
        yield Finding(
            section="drain",
            what=f"processor time for a message: {name}",
            found=Spread.of(spent[name]),
            unit="ms",
            means="of all processes, servers included",
            figures={f"{process}, ms": figure for process, figure in effort.each(name).items()},
        )


def _make_pool(stage: Stage, name: str, count: int) -> None:
    stage.report(f"booking {count} patients")
    parts = clinic.open_clinic(stage, name)
    for kind, share in ((PREP, count - count // 2), (REMINDER, count // 2), (NUDGE, WARM)):
        clinic.book_planned(parts, kind, share)
        clinic.check_waiting(parts, kind, share)
    for lane in _LANES:
        clinic.pause(parts, lane)
    clinic.close(parts)
    with psycopg.connect(plain(stage.url_of(name)), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


@dataclass
class Contest:
    """What is compared, each with processes and a database of its own."""

    stage: Stage
    effort: Effort = field(init=False)

    def __post_init__(self) -> None:
        self.effort = Effort(self.stage.pids)

    def ours(self, name: str, pool: str, count: int, *, batch: int) -> float:
        """Drain *count* messages with warm processes; return how many that was a second."""
        self.stage.empty_broker()
        url = self.stage.create("drain", template=pool)
        environment = self.stage.environment(url)
        clockwork = ("-m", "bench.clockwork", str(batch)) if batch != BATCH else ("-m", "reminders", "scheduler")
        queues = ",".join(tasks.LANE_QUEUES.values())
        self.stage.start_worker("sender", "bench.worker", queues, at_once=AT_ONCE, environment=environment)
        self.stage.start("scheduler", *clockwork, environment=environment)
        with psycopg.connect(plain(url), autocommit=True) as connection:
            self.stage.await_that(lambda: not are_left(connection, "nudge"), "the processes to be warm", step=_LOOK)
            with self.effort.of(name, count):
                started = time.perf_counter()
                release(connection)
                self.stage.await_that(lambda: not are_left(connection, *_LANES), "the queue to be drained", step=_LOOK)
                seconds = time.perf_counter() - started
            _check(connection, count, batch)
        self.stage.stop_all()
        return count / seconds

    def nothing(self, count: int) -> float:
        """Let Celery run *count* empty tasks that wait already; return how many that was a second."""
        stage = self.stage
        stage.empty_broker()
        environment = _rival(stage, "")
        stage.start_worker("nothing", "bench.rivals.celery_tasks", "other", at_once=AT_ONCE, environment=environment)
        for _ in range(count):
            stage.celery.send_task("rivals.nothing", queue="nothing")
        with stage.broker() as broker, self.effort.of(NOTHING, count):
            started = time.perf_counter()
            stage.celery.control.add_consumer("nothing", destination=["nothing@bench"])
            stage.await_that(lambda: not broker.exists("nothing", "unacked"), "empty tasks to be done")
            seconds = time.perf_counter() - started
        stats = stage.celery.control.inspect(["nothing@bench"], timeout=5).stats() or {}
        check_equal(stats["nothing@bench"]["total"], {"rivals.nothing": count}, "tasks that ran")
        stage.stop_all()
        return count / seconds

    def eta(self, count: int) -> float:
        """Let Celery send *count* reminders of one eta, which the worker holds in its memory until then."""
        stage = self.stage
        with self._notes(count) as url:
            environment = _rival(stage, url)
            stage.start_worker("eta", "bench.rivals.celery_tasks", "eta", at_once=AT_ONCE, environment=environment)
            due = time.time() + 3 + count / 300
            for note_id in range(1, count + 1):
                stage.celery.send_task("rivals.remind", [note_id], queue="eta", eta=datetime.fromtimestamp(due, UTC))
            with stage.broker() as broker:
                stage.await_that(lambda: not broker.exists("eta"), "the worker to hold its tasks")
            return self._rate(ETA, url, count, due)

    def jobs(self, count: int) -> float:
        """Let APScheduler send *count* reminders that it has stored as jobs of one minute."""
        with self._notes(count) as url:
            due = time.time() + 3 + count / 200
            arguments = ("-m", "bench.rivals.apscheduler_jobs", url, str(count), str(due))
            self.stage.start("jobs", *arguments, environment=_rival(self.stage, url))
            return self._rate(JOBS, url, count, due)

    def deferred(self, count: int) -> float:
        """Let two workers of procrastinate send *count* reminders that were deferred to one minute."""
        with self._notes(count) as url:
            due_at = datetime.now(UTC) + timedelta(seconds=6)  # noqa: TID251  machine time
            asyncio.run(procrastinate_jobs.defer(plain(url), count, due_at))
            for number in range(AT_ONCE):
                arguments = ("-m", "bench.rivals.procrastinate_jobs", plain(url))
                self.stage.start(f"deferred-{number}", *arguments, environment=_rival(self.stage, url))
            return self._rate(DEFERRED, url, count, due_at.timestamp())

    @contextmanager
    def _notes(self, count: int) -> Iterator[str]:
        """Yield the URL of a database with *count* notes."""
        self.stage.empty_broker()
        url = self.stage.create("rival")
        notes.lay_down(plain(url), count)
        yield url
        self.stage.stop_all()
        check_equal(notes.recorded(plain(url)), count, "reminders of a rival that are recorded")

    def _rate(self, name: str, url: str, count: int, due: float) -> float:
        """Wait until every note is sent; return how many that was a second since *due* (seconds since 1970)."""
        if time.time() > due:
            raise MeasurementError(f"{name}: the jobs were due before all of them were there")
        time.sleep(due - time.time())
        with self.effort.of(name, count), psycopg.connect(plain(url), autocommit=True) as connection:
            self.stage.await_that(lambda: not notes.left(connection), "a rival's reminders", step=_LOOK)
        return count / (time.time() - due)


def _rival(stage: Stage, url: str) -> dict[str, str]:
    return stage.environment(url, BENCH_NOTES_URL=plain(url))


def _check(connection: Connection, count: int, batch: int) -> None:
    """Raise unless every message was accepted once, and in batches of the size that is measured."""
    query = """
        SELECT count(*), count(DISTINCT message_id), count(DISTINCT provider_id), count(finished_at),
               count(DISTINCT attempts.made_at)
        FROM attempts JOIN messages ON messages.id = message_id
        WHERE outcome = 'accepted' AND state = 'sent' AND lane = ANY (%s)
    """
    row = connection.execute(query, [numbers_of(_LANES)]).fetchone() or ()
    check_equal(row[:4], (count,) * 4, "accepted, messages, provider's ids, recorded")
    tries = connection.execute("SELECT count(*) FROM attempts").fetchone()
    check_equal(tries, (count + WARM,), "attempts")
    # A claim stamps its attempts with one reading of the clock.
    most = count if batch == 1 else count // batch + 2 * len(_LANES)
    least = count * 9 // 10 if batch == 1 else count // batch
    if not least <= row[4] <= most:
        check_equal(row[4], f"{least} to {most}", f"batches of {batch}")
