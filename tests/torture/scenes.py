"""Small scenes, each made so that one safeguard decides: they pass, and a mutant without it is found.

waves   people opt out while the first wave of a long batch is being sent
drops   the provider accepts and hangs up, and reports nothing
sleeper a worker falls asleep between its claim and its first call, until its batch was sent by another
holds   one number is due several texts at once, from several workers
dusk    night falls between the first and the second wave of a batch
belated reports come only when the texts were proven absent and wait to be sent again
limit   ten processes plan and send to the same people at once (`crowd`)
mail    a mail server goes wrong at every step, and a worker is killed (`mail`)
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, func, select, update

from reminders.store.now import read
from reminders.store.tables.clinic import Clinic, Pause
from reminders.store.tables.messages import Message
from tests.torture import clinic, twilio
from tests.torture.book import Book, plain
from tests.torture.clinic import PREP_BEFORE
from tests.torture.desk import Desk
from tests.torture.evidence import Ledger, Tables
from tests.torture.fleet import OTHERS, ROOT, Crew, signal_group
from tests.torture.judge import Judge
from tests.torture.quiet import await_quiet
from tests.torture.ready import await_ready
from tests.torture.run import Outcome
from tests.torture.stage import Order, Stage, Teller, fall, staged
from tests.torture.standin.ledger import lines

_GOOD = {"ok": 1}
_DESK = {"worker-desk": (("receipts", "plan", "ask"), 1)}
_PATIENCE = 60.0


def waves(order: Order, folder: Path, say: Teller) -> Outcome:
    """Opt people out, and cancel visits, of the later waves of a batch while the first is under way."""
    slow = Order(seed=order.seed, factor=0.2, package=order.package)
    options = twilio.Options(seed=order.seed, times=slow.times, pause=2.0, mix=_GOOD, calling=_GOOD)
    with staged(slow, folder, say, options) as stage:
        scene = _Scene(slow, stage, say, Crew(workers={**_DESK, "worker-send": (OTHERS, 1)}, schedulers=1))
        book = scene.book(100)
        scene.desk.bring(book.visits)
        _wait_for(lambda: bool(_heard(stage)))
        waiting = [visit for visit in book.visits if visit.patient.phone not in _heard(stage)]
        scene.desk.cancel(waiting[:25], "clinic")
        for visit in waiting[25:]:
            visit.patient.opted_out_at = scene.desk.opt_out(visit.patient.phone)
        return scene.judge(book)


def drops(order: Order, folder: Path, say: Teller) -> Outcome:
    """Let the provider accept and hang up without a word, then or later."""
    options = twilio.Options(
        seed=order.seed,
        times=order.times,
        pause=0.1,
        mix={"ok": 40, "dropped_after": 40, "late": 20},
        calling={"lost": 1},
    )
    with staged(order, folder, say, options) as stage:
        scene = _Scene(order, stage, say, Crew(workers={**_DESK, "worker-send": (OTHERS, 2)}, schedulers=1))
        book = scene.book(40)
        scene.desk.bring(book.visits)
        return scene.judge(book)


def sleeper(order: Order, folder: Path, say: Teller) -> Outcome:
    """Let a worker sleep until what it claimed has been proven not accepted and was sent again; then wake it."""
    options = twilio.Options(seed=order.seed, times=order.times, mix=_GOOD, calling=_GOOD)
    with staged(order, folder, say, options) as stage:
        asleep = stage.fleet.folder.path / "asleep"
        workers = {**_DESK, "worker-send-1": (OTHERS, 1), "worker-send-2": (OTHERS, 1)}
        crew = Crew(workers=workers, schedulers=1, through={"worker-send-1": ("tests.torture.nap", str(asleep))})
        scene = _Scene(order, stage, say, crew)
        book = scene.book(40)
        for start in range(0, 40, 5):
            if not asleep.exists():
                scene.desk.bring(book.visits[start : start + 5])
                stage.fleet.wait(timedelta(seconds=1.5))
        _wait_for(asleep.exists)
        say("it sleeps")
        stage.fleet.wait(order.times.lease + order.times.settle_again + timedelta(seconds=8))
        signal_group(stage.fleet.pid("worker-send-1") or 0, signal.SIGCONT)
        return scene.judge(book)


def holds(order: Order, folder: Path, say: Teller) -> Outcome:
    """Let three texts for each of several numbers come due at once."""
    options = twilio.Options(seed=order.seed, times=order.times, pause=0.5, mix=_GOOD, calling=_GOOD)
    with staged(order, folder, say, options) as stage:
        workers = {f"worker-send-{number}": (OTHERS, 1) for number in range(2)}
        scene = _Scene(order, stage, say, Crew(workers={**_DESK, **workers}, schedulers=1))
        book = scene.book(12, visits=3)
        for place in range(3):
            scene.desk.bring([visit for visit in book.visits if visit.place == place])
        return scene.judge(book)


def dusk(order: Order, folder: Path, say: Teller) -> Outcome:
    """Let what may ring at night come due in two waves, with nightfall between them."""
    slow = replace(order, factor=0.2)
    options = twilio.Options(seed=order.seed, times=slow.times, pause=3.0, mix=_GOOD, calling=_GOOD)
    with staged(slow, folder, say, options) as stage:
        scene = _Scene(slow, stage, say, Crew(workers={**_DESK, "worker-send": (OTHERS, 1)}, schedulers=1))
        falls_at = clinic.now().replace(microsecond=0) + timedelta(seconds=25)  # files give whole seconds
        scene.night = stage.night.falling(falls_at)
        fall(stage.parts, scene.night)
        book = scene.book(100)
        for visit in book.visits:
            visit.patient.zone, visit.patient.is_night = scene.night.falls_in, True
            visit.starts_at = falls_at + PREP_BEFORE - timedelta(seconds=2)
        scene.desk.bring(book.visits)
        stage.fleet.wait(falls_at + timedelta(seconds=10) - clinic.now())
        return scene.judge(book)


def belated(order: Order, folder: Path, say: Teller) -> Outcome:
    """Let texts be accepted without a word, proven absent, and reported while a pause keeps them from going again."""
    options = twilio.Options(seed=order.seed, times=order.times, mix={"dropped_after": 1}, calling={"belated": 1})
    with staged(order, folder, say, options) as stage:
        scene = _Scene(order, stage, say, Crew(workers={**_DESK, "worker-send": (OTHERS, 1)}, schedulers=1))
        book = scene.book(8)
        scene.desk.bring(book.visits)
        _wait_for(lambda: bool(_heard(stage)))
        with _paused(stage):
            _wait_for(lambda: _count(stage, Message.resends > 0) > 0)
            _wait_for(lambda: _count(stage, Message.state.in_(["sending", "unknown"])) == 0)
            say("they were proven absent; their reports are awaited")
            _wait_for(lambda: not stage.fleet.order()["on_the_way"])
            stage.fleet.wait(timedelta(seconds=3))
        return scene.judge(book)


@contextmanager
def _paused(stage: Stage) -> Iterator[None]:
    """Keep everything of the clinic from going."""
    with stage.parts.transaction() as session:
        now_at, clinic_id = read(session).clinic_at, session.scalars(select(Clinic.id)).one()
        session.add(
            Pause(clinic_id=clinic_id, scope="clinic", value="", reason="a scene", started_by="ops", started_at=now_at)
        )
    yield
    with stage.parts.transaction() as session:
        session.execute(update(Pause).values(ended_at=read(session).clinic_at))


def _count(stage: Stage, *conditions: ColumnElement[bool]) -> int:
    with stage.parts.transaction() as session:
        return session.scalar(select(func.count()).select_from(Message).where(*conditions)) or 0


class _Scene:
    """A stage with its processes, and what every scene does."""

    def __init__(self, order: Order, stage: Stage, say: Teller, crew: Crew) -> None:
        self._order = order
        self._stage = stage
        self._say = say
        self.night = stage.night
        self.desk = Desk(stage.parts, say)
        stage.fleet.start(crew)
        await_ready(stage.fleet, stage.parts, crew)
        say("they work")

    def book(self, patients: int, *, visits: int = 1) -> Book:
        """Return patients for whom it is day, with visits some days ahead."""
        return plain(self._stage.night, clinic.now(), patients=patients, visits=visits)

    def judge(self, book: Book) -> Outcome:
        """Wait until it is quiet, and judge."""
        # What a mutant does wrong it does at once, and it may never come to rest.
        at_most = None if self._order.package == ROOT else timedelta(seconds=12)
        is_quiet = await_quiet(self._stage.fleet, self._stage.parts, self._say, at_most=at_most)
        now = clinic.now()
        ledger, tables = Ledger.read(self._stage.ledger), Tables.read(self._stage.parts, now)
        judge = Judge(book, self.night, ledger, tables, self._order.times, now)
        judge.judge()
        restless = [] if is_quiet else ["it did not become quiet in time"]
        return Outcome([*restless, *judge.violations], {"provider": ledger.faults, "messages": judge.counts})


def _heard(stage: Stage) -> set[str]:
    return {line["to"] for line in lines(stage.ledger) if line["what"] == "heard"}


def _wait_for(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > give_up:
            raise AssertionError("nothing was sent")
        time.sleep(0.02)
