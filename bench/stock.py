"""Standing stock: what a tick and the processes cost with little and with much stored.

The same clinic is made twice: with ten thousand messages of the past and of the coming
month, and with a million (ten million in a full run). On both, in turn, the product's own
dispatch claims exactly a thousand due messages, and polls with nothing due; so do the other
steps that a scheduler takes about each second. Then scheduler, worker and web run there and
work off the same few hundred, and their memory is read.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg
from sqlalchemy import text

from bench import clinic, history
from bench.clinic import PREP, REMINDER
from bench.measure import Finding, Rounds, Spread, at_most, check_equal, interleave, middles, ratios
from bench.processes import memory_of_tree
from bench.ready import ReadyProvider
from bench.stage import Stage, plain
from reminders import tasks
from reminders.pipeline import deadlines, escalating, owing, posting, returning, settling, sweeping
from reminders.pipeline.dispatch import dispatch
from reminders.pipeline.parts import Parts
from reminders.pipeline.sending import send
from reminders.pipeline.watching import Watch

FEW, MANY, MOST = 10_000, 1_000_000, 10_000_000
"""Messages stored, less what is over when each patient has all of theirs."""
CLAIM = 1_000
TRIES = 7
POLLS = 40
WORKED_OFF = 300
SETTLING = 3.0
"""Seconds that processes get to come to rest before their memory is read."""
STEPS: Sequence[Callable[[Parts], object]] = (
    posting.post,
    owing.anything_to_settle,
    owing.anything_to_plan,
    owing.anything_to_ask,
    owing.anything_to_list,
    sweeping.sweep,
    escalating.escalate,
    deadlines.notice,
    returning.sum_up,
    settling.take_up_orphans,
    lambda parts: Watch(parts).look(),
)
"""The steps of the clockwork but dispatch."""
_PROCESSES = ("scheduler", "worker", "web")


@dataclass(frozen=True, slots=True)
class Shelf:
    """One of the clinics."""

    name: str
    stored: int
    parts: Parts


def run(stage: Stage, scale: str, rounds: int) -> Iterator[Finding]:
    """Measure, and yield what was found."""
    sizes = {"quick": (FEW, MANY // 5), "usual": (FEW, MANY), "full": (FEW, MANY, MOST)}[scale]
    shelves = [_make(stage, stored, rounds) for stored in sizes]
    claims = _measure(stage, shelves, rounds, lambda shelf, _number: _fastest_claim(shelf.parts))
    for shelf in shelves:
        with psycopg.connect(plain(stage.url_of(shelf.name)), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE messages")  # as the server does by itself, some time or other
    polls = _measure(stage, shelves, rounds, lambda shelf, _number: _fastest_poll(shelf.parts))
    steps = _measure(stage, shelves, rounds, lambda shelf, _number: _fastest_steps(shelf.parts))
    few = shelves[0].name
    for shelf in shelves[1:]:
        yield _finding(f"claim 1,000 due, {shelf.name} stored to {few}", claims, shelf, few, 1.5, "min of 7, ms")
        yield _finding(f"empty poll, {shelf.name} stored to {few}", polls, shelf, few, 2, "min of 40, ms")
        yield _finding(f"other steps of a tick, {shelf.name} stored to {few}", steps, shelf, few, 2, "min of 7, ms")
    yield from _memory(stage, shelves, rounds)
    for shelf in shelves:
        clinic.close(shelf.parts)
        stage.drop(shelf.name)


def _measure(stage: Stage, shelves: Sequence[Shelf], rounds: int, work: Callable[[Shelf, int], float]) -> Rounds:
    def of(shelf: Shelf) -> Callable[[int], float]:
        return lambda number: work(shelf, number)

    return interleave(
        {shelf.name: of(shelf) for shelf in shelves}, rounds, report=stage.report, before=stage.await_quiet
    )


def _finding(what: str, found: Rounds, shelf: Shelf, few: str, bound: float, unit: str) -> Finding:
    figures = {f"{name}, {unit}": 1000 * figure for name, figure in middles(found).items() if name in {few, shelf.name}}
    return Finding(
        section="stock",
        what=what,
        found=ratios(found, shelf.name, few),
        target=at_most(bound),
        means="the product's own steps, without the broker; the stored messages have patients, visits and attempts",
        figures=figures,
    )


def _make(stage: Stage, stored: int, rounds: int) -> Shelf:
    name = f"{stored // 1000}k" if stored < MANY else f"{stored // MANY}M"
    started = time.monotonic()
    parts = clinic.open_clinic(stage, name)
    clinic.book(parts, REMINDER, 1)
    clinic.plan(parts)
    pattern = send_all(parts)
    with psycopg.connect(plain(stage.url_of(name)), autocommit=True) as connection:
        whole = stored - stored % history.PER_PATIENT
        history.fill(connection, str(pattern[0]), whole)
        row = connection.execute("SELECT count(*) FROM messages").fetchone()
        check_equal(row, (whole + 1,), "messages stored")
    clinic.book_planned(parts, REMINDER, TRIES * CLAIM * rounds, first=1)
    stage.report(f"{name} messages stored in {time.monotonic() - started:.0f} s")
    return Shelf(name, stored, parts)


def send_all(parts: Parts) -> list[UUID]:
    """Dispatch what is due and send it in this process to a provider that is no work; return the messages."""
    sent: list[UUID] = []
    with_provider = Parts(
        transaction=parts.transaction,
        vault=parts.vault,
        public_url=parts.public_url,
        token_key=parts.token_key,
        channels={"sandbox": ReadyProvider()},
    )

    def hand_over(_lane: str, batch_id: UUID, message_ids: Sequence[UUID]) -> None:
        send(with_provider, batch_id, message_ids)
        sent.extend(message_ids)

    dispatch(parts, hand_over)
    return sent


def _fastest_claim(parts: Parts) -> float:
    return min(_claim(parts) for _ in range(TRIES))


def _claim(parts: Parts) -> float:
    """Let dispatch take exactly a thousand; return how long that took, and let them be sent."""
    with parts.transaction() as session:
        # A pace of exactly one claim, and nothing on its way: what dispatch may take is what is measured.
        session.execute(text("UPDATE senders SET per_second = :pace"), {"pace": CLAIM / 2})
        session.execute(text("UPDATE paces SET tokens = :tokens, filled_at = now()"), {"tokens": CLAIM})
    taken: list[UUID] = []
    started = time.perf_counter()
    dispatch(parts, lambda _lane, _batch, message_ids: taken.extend(message_ids))
    seconds = time.perf_counter() - started
    check_equal(len(taken), CLAIM, "messages claimed")
    with parts.transaction() as session:
        session.execute(
            text("UPDATE messages SET state = 'delivered', batch_id = NULL, lease_until = NULL WHERE state = 'queued'")
        )
    return seconds


def _fastest_poll(parts: Parts) -> float:
    return min(_poll(parts) for _ in range(POLLS))


def _poll(parts: Parts) -> float:
    started = time.perf_counter()
    found = dispatch(parts, lambda *_: None)
    seconds = time.perf_counter() - started
    check_equal(found, 0, "messages that a poll with nothing due released")
    return seconds


def _fastest_steps(parts: Parts) -> float:
    return sum(min(_seconds(step, parts) for _ in range(TRIES)) for step in STEPS)


def _seconds(step: Callable[[Parts], object], parts: Parts) -> float:
    started = time.perf_counter()
    step(parts)
    return time.perf_counter() - started


def _memory(stage: Stage, shelves: Sequence[Shelf], rounds: int) -> Iterator[Finding]:
    found: dict[str, dict[str, list[float]]] = {process: {} for process in _PROCESSES}
    for number in range(min(rounds, 2)):
        for shelf in shelves:
            for process, size in _sizes(stage, shelf, number).items():
                found[process].setdefault(shelf.name, []).append(size)
            stage.report(f"memory at {shelf.name}, MB: { {p: round(found[p][shelf.name][-1]) for p in found} }")
    few = shelves[0].name
    for shelf in shelves[1:]:
        for process, sizes in found.items():
            yield Finding(
                section="stock",
                what=f"memory of the {process}, {shelf.name} stored to {few}",
                found=ratios(sizes, shelf.name, few),
                target=at_most(1.1),
                means="resident memory of the process and its children, after the same 300 messages",
                figures={f"{name}, MB": Spread.of(values).middle for name, values in sizes.items()},
            )


def _sizes(stage: Stage, shelf: Shelf, number: int) -> dict[str, float]:
    """Let the processes work off some messages; return the megabytes that each then holds."""
    stage.empty_broker()
    clinic.book_planned(shelf.parts, PREP, WORKED_OFF, first=number * (WORKED_OFF + 1))
    with shelf.parts.transaction() as session:
        session.execute(text("UPDATE senders SET per_second = :pace"), {"pace": clinic.PACE})
    environment = stage.environment(stage.url_of(shelf.name))
    queues = ",".join(tasks.QUEUES)
    ids = {
        "worker": stage.start_worker("worker", "bench.worker", queues, environment=environment),
        "web": stage.start("web", "-m", "reminders", "web", "--port", "0", environment=environment),
        "scheduler": stage.start("scheduler", "-m", "reminders", "scheduler", environment=environment),
    }
    with psycopg.connect(plain(stage.url_of(shelf.name)), autocommit=True) as connection:
        query = "SELECT count(*) FROM messages WHERE rule = %s AND state = 'sent'"
        goal = (number + 1) * WORKED_OFF
        stage.await_that(lambda: connection.execute(query, [PREP.rule]).fetchone() == (goal,), "messages", step=0.2)
    time.sleep(SETTLING)
    sizes = {process: memory_of_tree(pid) for process, pid in ids.items()}
    stage.stop_all()
    return sizes
