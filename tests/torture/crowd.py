"""The scene `limit`: ten processes plan and send to the same people at once, while news of them comes from two sides.

An email that did not arrive becomes a text, and a new visit brings another: both want today, and
the limit leaves room for one. Who plans the one must not miss the other. What the provider was
given is counted in its ledger; what is planned for another day only our tables can tell.
"""

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, insert, literal, select, text, update

from reminders import bootstrap, settings
from reminders.pipeline import planning
from reminders.pipeline.parts import Parts
from reminders.store import receipts
from reminders.store.base import new_id
from reminders.store.now import read
from reminders.store.tables.clinic import Sender
from reminders.store.tables.messages import Attempt, Message, Receipt
from reminders.store.tables.people import Person
from reminders.store.tables.visits import PlanningDebt
from tests.torture import clinic, hammer, twilio
from tests.torture.book import Book, Visit, plain
from tests.torture.clinic import TEXTS_PER_DAY
from tests.torture.desk import Desk
from tests.torture.evidence import Ledger
from tests.torture.fleet import ROOT, signal_group
from tests.torture.run import Outcome
from tests.torture.stage import Order, Stage, Teller, staged

PROCESSES = 10
PEOPLE = 60
_HELD_UP = 4.0
"""Seconds that a plan is held up half-way; without locks others are done with theirs by then."""
_PATIENCE = 60.0


def limit(order: Order, folder: Path, say: Teller) -> Outcome:
    """Let ten processes plan the same people, round after round."""
    order = replace(order, factor=1)  # nothing here waits for a time-out
    options = twilio.Options(seed=order.seed, times=order.times, pause=0.05, mix={"ok": 1}, calling={"lost": 1})
    with staged(order, folder, say, options) as stage:
        desk = Desk(stage.parts, say)
        books = [
            plain(stage.night, clinic.now(), patients=PEOPLE, service="letters", first=number * PEOPLE)
            for number in range(2)
        ]
        _quicken(stage.parts)
        for book in books:
            _send_letters(stage, desk, book)
        with _crowd(stage, order.package, "plan"):
            say(f"{PROCESSES} processes plan")
            _round(stage, desk, books[0], _held_up)
            _round(stage, desk, books[1], lambda _: nullcontext())
        planned = _judge_plans(stage.parts)
        with _crowd(stage, order.package, "send"):
            say(f"{PROCESSES} processes send")
            _wait_for(lambda: not _left_today(stage.parts), "the texts did not go")
        went = _judge_ledger(Ledger.read(stage.ledger), books)
        return Outcome([*planned.violations, *went.violations], planned.counts | went.counts)


def _quicken(parts: Parts) -> None:
    with parts.transaction() as session:
        session.execute(update(Sender).values(per_second=1000))


def _send_letters(stage: Stage, desk: Desk, book: Book) -> None:
    """Bring the visits and send their emails, without any help."""
    desk.bring(book.visits)
    planning.plan_owed(stage.parts)

    sent, give_up = 0, time.monotonic() + _PATIENCE
    while sent < len(book.visits) and time.monotonic() < give_up:
        sent += hammer.send(stage.parts)
        time.sleep(0.1)  # a sender has its pace


def _round(stage: Stage, desk: Desk, book: Book, hindered: Callable[[Book], AbstractContextManager[None]]) -> None:
    """Plan for those whose emails failed, *hindered* half-way, and bring new visits meanwhile."""
    notes = [Visit(one.patient, 7, "notes", one.starts_at, wave=0) for one in book.visits]
    bringing = threading.Thread(target=lambda: desk.bring(notes))
    with hindered(book):
        _fail_letters(stage.parts, book)
        if hindered is _held_up:
            _wait_for(_somebody_waits, "nobody planned")
        bringing.start()
        _come_to_an_end(stage.parts, bringing)
    bringing.join()
    _wait_for(lambda: not _owed(stage.parts), "the plans were not made")


@contextmanager
def _held_up(book: Book) -> Iterator[None]:
    """Let whoever inserts the text after the first patient's email wait, by half inserting one of its key."""
    table: Any = Message.__table__
    instead: dict[str, ColumnElement[Any]] = {
        "id": literal(new_id()),
        "step": literal(2),
        "state": literal("suppressed"),
        "reason": literal("held"),
    }
    columns = [instead.get(column.name, column).label(column.name) for column in table.columns]
    first = select(Person.id).where(Person.source_id == book.visits[0].patient.id).scalar_subquery()
    row = select(*columns).where(Message.patient_id == first, Message.channel == "email")
    with bootstrap.engine().connect() as connection:
        connection.execute(insert(table).from_select([column.name for column in table.columns], row))
        yield
        connection.rollback()


def _somebody_waits() -> bool:
    with bootstrap.engine().connect() as connection:
        waiting = text("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~* 'messages'")
        return connection.execute(waiting).first() is not None


def _come_to_an_end(parts: Parts, bringing: threading.Thread) -> None:
    """Wait until the new visits are planned; with locks they are not, for their patients are being planned."""
    give_up = time.monotonic() + _HELD_UP
    while time.monotonic() < give_up and (bringing.is_alive() or _owed(parts, with_receipts=False)):
        time.sleep(0.05)


def _wait_for(holds: Callable[[], bool], otherwise: str) -> None:
    give_up = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > give_up:
            raise AssertionError(f"{otherwise} in {_PATIENCE:g} s")
        time.sleep(0.05)


def _fail_letters(parts: Parts, book: Book) -> None:
    people = [visit.patient.id for visit in book.visits]
    with parts.transaction() as session:
        sent = session.execute(
            select(Attempt.id, Attempt.clinic_id, Attempt.provider_id)
            .join(Message, Message.id == Attempt.message_id)
            .join(Person, Person.id == Message.patient_id)
            .where(Message.channel == "email", Person.source_id.in_(people))
        ).all()
        session.add_all(_bounce(parts, *one) for one in sent)


def _bounce(parts: Parts, attempt_id: UUID, clinic_id: UUID, provider_id: str | None) -> Receipt:
    receipt_id = new_id()
    return Receipt(
        id=receipt_id,
        clinic_id=clinic_id,
        attempt_id=attempt_id,
        provider_id=provider_id or "none",
        status="undelivered",
        code="30007",
        raw=parts.vault.seal(Receipt.raw, receipt_id, "bounced"),
    )


def _owed(parts: Parts, *, with_receipts: bool = True) -> int:
    with parts.transaction() as session:
        owed = session.scalar(select(func.count()).select_from(PlanningDebt)) or 0
        unread = select(func.count()).select_from(Receipt).where(receipts.is_unsettled())
        return owed + ((session.scalar(unread) or 0) if with_receipts else 0)


@contextmanager
def _crowd(stage: Stage, package: Path, work: str) -> Iterator[None]:
    environment = settings.environment(stage.fleet.environment) | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.hammer", str(PROCESSES), work],
        cwd=package,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=(stage.fleet.folder.logs / f"hammer-{work}.log").open("w"),
        start_new_session=True,
    )
    try:
        for _ in range(PROCESSES):
            if process.stdout is None or not process.stdout.readline():
                raise AssertionError(f"a process did not start; see {stage.fleet.folder.logs}")
        yield
    finally:
        signal_group(process.pid, signal.SIGKILL)
        process.communicate()


def _left_today(parts: Parts) -> int:
    """Return how many texts are due or under way."""
    with parts.transaction() as session:
        due = (Message.state == "scheduled") & (Message.due_at <= read(session).clinic_at)
        left = select(func.count()).where(Message.channel == "sms", due | Message.state.in_(["queued", "sending"]))
        return (session.scalar(left) or 0) + (session.scalar(select(func.count()).select_from(PlanningDebt)) or 0)


def _judge_ledger(ledger: Ledger, books: Sequence[Book]) -> Outcome:
    """Count what the provider was given for each person and day: one text for everybody, and none twice."""
    zones = {(one.phone, one.first_name): one.zone for book in books for one in book.patients}
    days = Counter(
        (one.to, one.name, one.heard_at.astimezone(ZoneInfo(zones[one.to, one.name])).date()) for one in ledger.taken
    )
    over = [f"sent over the limit: {count} texts for {key}" for key, count in days.items() if count > TEXTS_PER_DAY]
    told = {(to, name) for to, name, _ in days}
    silent = [f"got no text at all: {phone}" for phone, name in zones.keys() - told]
    twice = [f"sent twice: {key}" for key, count in Counter(one.identity for one in ledger.taken).items() if count > 1]
    counts = Counter({"accepted by the provider": len(ledger.taken), "people": len(zones), "people told": len(told)})
    return Outcome([*over, *silent, *twice], {"ledger": counts})


def _judge_plans(parts: Parts) -> Outcome:
    """Count what is planned for each person and day."""
    days: Counter[tuple[str, object]] = Counter()
    with parts.transaction() as session:
        found = session.execute(
            select(Person.source_id, Person.time_zone, Message.due_at)
            .join(Message, Message.patient_id == Person.id)
            .where(Message.channel == "sms", Message.state.in_(["scheduled", "queued"]))
        ).all()
        states = session.execute(
            select(Message.channel, Message.rule, Message.state, func.count()).group_by(
                Message.channel, Message.rule, Message.state
            )
        ).all()
    for patient, zone, due_at in found:
        days[patient or "", due_at.astimezone(ZoneInfo(zone or "UTC")).date()] += 1
    over = [f"planned over the limit: {count} texts for {key}" for key, count in days.items() if count > TEXTS_PER_DAY]
    ends = Counter({f"{rule} by {channel}: {state}": count for channel, rule, state, count in states})
    return Outcome(over, {"plans": Counter({"texts planned": len(found), "days with a text": len(days)}), "ends": ends})
