"""Lateness: from due to handed over, with the real clockwork, real workers and a provider that takes 100 ms.

Messages become due one after the other at a steady rate, as they do on a busy morning. Late
is counted from `due_at` to the moment at which the acceptance is recorded, so the provider's
100 ms are in it. For the lanes, thousands of nudges are released at once at a pace that they
fill for the whole run, and safety and prep messages become due among them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg

from bench import clinic
from bench.clinic import NUDGE, PREP, REMINDER, SAFETY, Kind
from bench.in_flight import provider, setups_for
from bench.measure import Finding, MeasurementError, Spread, at_most, check_equal
from bench.progress import Connection, are_left, release
from bench.stage import Stage, plain
from reminders import tasks
from reminders.cli.machine import WORKERS

RATES = {"quick": (50, 200), "usual": (1, 50, 200), "full": (1, 50, 200)}
FLOOD_PACE = 150
"""Messages a second of the sender while the nudges flood it."""
URGENT_PACE = 5
"""Safety and prep messages a second, each, among them."""
_WARM = 50
_AHEAD = 2.0
"""Seconds before the first message is due."""


@dataclass(frozen=True, slots=True)
class Late:
    """How late messages were, in seconds."""

    half: float
    most: float
    """Of 99 in a hundred."""


def run(stage: Stage, scale: str, rounds: int) -> Iterator[Finding]:
    """Measure, and yield what was found."""
    seconds = {"quick": 6, "usual": 20, "full": 60}[scale]
    times = rounds if scale == "full" else 1
    for rate in RATES[scale]:
        found = [_steady(stage, rate, max(seconds, 15 // rate)) for _ in range(times)]
        stage.report(f"late at {rate} a second: {found}")
        yield from _findings(f"late at {rate} a second", found, "from due to recorded as accepted")
    lanes = [_flooded(stage, seconds) for _ in range(times)]
    stage.report(f"late in a flood: {lanes}")
    for lane in ("safety", "prep"):
        text = f"{URGENT_PACE} a second become due while nudges fill the sender's {FLOOD_PACE} a second"
        yield from _findings(f"late in lane {lane} behind a flood of nudges", [one[lane] for one in lanes], text)


def _findings(what: str, found: list[Late], means: str) -> Iterator[Finding]:
    p50 = Spread.of([late.half for late in found])
    yield Finding(
        section="lateness",
        what=f"{what}, p99",
        found=Spread.of([late.most for late in found]),
        unit="s",
        target=at_most(2),
        means=means,
        figures={"p50, s": p50.middle},
    )


def _steady(stage: Stage, rate: int, seconds: int) -> Late:
    count = rate * seconds
    with _running(stage, {REMINDER: count}, pace=int(clinic.PACE)) as connection:
        _spread(connection, REMINDER, rate)
        release(connection)
        stage.await_that(lambda: _all_gone(connection, REMINDER), "the messages to go", step=0.2)
        return _late(connection, REMINDER, count)


def _flooded(stage: Stage, seconds: int) -> Mapping[str, Late]:
    urgent = URGENT_PACE * seconds
    flood = int(FLOOD_PACE * (seconds + 2 * _AHEAD))
    with _running(stage, {SAFETY: urgent, PREP: urgent, NUDGE: flood}, pace=FLOOD_PACE) as connection:
        for kind in (SAFETY, PREP):
            _spread(connection, kind, URGENT_PACE)
        release(connection)
        stage.await_that(
            lambda: _all_gone(connection, SAFETY) and _all_gone(connection, PREP), "the urgent messages", step=0.2
        )
        if not are_left(connection, NUDGE.lane):
            raise MeasurementError("the nudges were gone before the last urgent message: there was no flood")
        return {kind.lane: _late(connection, kind, urgent) for kind in (SAFETY, PREP)}


@contextmanager
def _running(stage: Stage, kinds: Mapping[Kind, int], *, pace: int) -> Iterator[Connection]:
    """Yield a connection to a clinic whose messages are held; all that sends there runs and is warm."""
    stage.empty_broker()
    _make(stage, kinds)
    url = stage.url_of("lateness")
    environment = stage.environment(url, REMINDERS_PRACTICE="yes")
    with (
        provider(stage, environment) as standing_in,
        psycopg.connect(plain(url), autocommit=True) as connection,
    ):
        standing_in.point(connection)
        connection.execute("UPDATE senders SET per_second = %s", [pace])
        stage.start_workers(WORKERS, environment)
        for queue in tasks.LANE_QUEUES.values():  # a batch that is nobody's: it only opens connections
            stage.celery.send_task("reminders.send", [str(uuid4()), [str(uuid4())]], queue=queue)
        stage.start("scheduler", "-m", "reminders", "scheduler", environment=environment)
        warm = _warm(kinds)
        stage.await_that(lambda: not are_left(connection, warm.lane), "the processes to be warm", step=0.05)
        yield connection
    stage.drop("lateness")


def _warm(kinds: Mapping[Kind, int]) -> Kind:
    """Return a kind of message that is not measured."""
    return next(kind for kind in (NUDGE, REMINDER) if kind not in kinds)


def _make(stage: Stage, kinds: Mapping[Kind, int]) -> None:
    parts = clinic.open_clinic(stage, "lateness", setups_for(1, 1))
    for kind, count in kinds.items():
        clinic.book_planned(parts, kind, count)
        clinic.pause(parts, kind.lane)
    clinic.book_planned(parts, _warm(kinds), _WARM)
    clinic.close(parts)


def _spread(connection: Connection, kind: Kind, rate: int) -> None:
    """Let the messages of *kind* become due one after the other, *rate* a second, from a moment ahead."""
    connection.execute(
        """
        WITH numbered AS (
            SELECT id, row_number() OVER (ORDER BY id) AS n FROM messages WHERE rule = %s AND state = 'scheduled'
        )
        UPDATE messages SET due_at = clock_timestamp() + (%s + n / %s::float) * interval '1 second'
        FROM numbered WHERE numbered.id = messages.id
        """,
        [kind.rule, _AHEAD, rate],
    )


def _all_gone(connection: Connection, kind: Kind) -> bool:
    row = connection.execute(
        "SELECT NOT EXISTS (SELECT 1 FROM messages WHERE rule = %s AND state IN ('scheduled', 'queued', 'sending'))",
        [kind.rule],
    ).fetchone()
    return bool(row and row[0])


def _late(connection: Connection, kind: Kind, count: int) -> Late:
    row = connection.execute(
        """
        SELECT count(*), count(DISTINCT message_id),
               percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - due_at)),
               percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - due_at))
        FROM messages JOIN attempts ON attempts.message_id = messages.id
        WHERE rule = %s AND outcome = 'accepted' AND state = 'sent'
        """,
        [kind.rule],
    ).fetchone() or (0, 0, 0, 0)
    check_equal(row[:2], (count, count), f"messages of the rule {kind.rule} that were accepted")
    return Late(float(row[2]), float(row[3]))
