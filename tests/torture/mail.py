"""The scene `mail`: emails through a mail server that goes wrong at every step, and a worker that is killed meanwhile.

The server's ledger decides: no email twice, by its Message-ID or by its recipient; and whoever
got none got the text that follows a refusal, or stands parked with a work item.
"""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from reminders.store.now import read
from reminders.store.tables.messages import Message
from tests.torture import clinic, twilio
from tests.torture.book import Book, Patient, plain
from tests.torture.desk import Desk
from tests.torture.evidence import Ledger, Row, Tables
from tests.torture.fleet import OTHERS, ROOT, Crew, signal_group
from tests.torture.post import Mailbag
from tests.torture.quiet import await_quiet
from tests.torture.ready import await_ready
from tests.torture.run import Outcome
from tests.torture.stage import Order, Stage, Teller, staged

PEOPLE = 60
PAUSE = 0.25
"""Seconds between a final dot and its reply: what a worker that is killed leaves open."""
_SENDER = "worker-send"
_LONG = timedelta(minutes=1)
"""What waits longer than that, waits as a greylist asks."""
_PATIENCE = 60.0


def mail(order: Order, folder: Path, say: Teller) -> Outcome:
    """Send emails, kill the worker in the middle, let the greylist's time pass, and judge."""
    options = twilio.Options(seed=order.seed, times=order.times, mix={"ok": 1}, calling={"ok": 1})
    crew = Crew(workers={"worker-desk": (("receipts", "plan", "ask"), 1), _SENDER: (OTHERS, 1)}, schedulers=1)
    with staged(order, folder, say, options, mail_pause=PAUSE) as stage:
        book = plain(stage.night, clinic.now(), patients=PEOPLE, service="letters")
        stage.fleet.start(crew)
        await_ready(stage.fleet, stage.parts, crew)
        Desk(stage.parts, say).bring(book.visits)
        _await_one_in_the_middle(stage)
        signal_group(stage.fleet.pid(_SENDER) or 0, signal.SIGKILL)
        say("the worker is killed")
        _await_greylisted_only(stage)
        passed_at = clinic.now()
        _let_the_greylist_pass(stage)
        say("the greylist's time is over")
        at_most = None if order.package == ROOT else timedelta(seconds=12)
        is_quiet = await_quiet(stage.fleet, stage.parts, say, at_most=at_most)
        restless = [] if is_quiet else ["it did not become quiet in time"]
        outcome = _Judge.of(stage, book, passed_at).judge()
        return Outcome([*restless, *outcome.violations], outcome.counts)


def _await_one_in_the_middle(stage: Stage) -> None:
    """Wait until the server has taken an email and has not answered yet."""
    give_up = time.monotonic() + _PATIENCE
    while time.monotonic() < give_up:
        bag = Mailbag.read(stage.fleet.folder.path)
        late = [line for line in bag.accepted[8:] if time.time() - line["at"] < PAUSE / 3]
        if any(bag.fates[line["to"]] == "ok" for line in late):
            return
        time.sleep(0.01)
    raise AssertionError("no email was sent")


def _await_greylisted_only(stage: Stage) -> None:
    """Wait until nothing is under way and what is due waits for long."""
    give_up = time.monotonic() + _PATIENCE
    while _under_way(stage):
        if time.monotonic() > give_up:
            raise AssertionError("the emails did not come to rest")
        stage.fleet.wait(timedelta(seconds=0.3))


def _under_way(stage: Stage) -> int:
    with stage.parts.transaction() as session:
        now = read(session)
        is_long = func.coalesce(Message.not_before > now.machine_at + _LONG, False)
        due = (Message.state == "scheduled") & (Message.due_at <= now.clinic_at) & ~is_long
        moving = due | Message.state.in_(["queued", "sending", "unknown"])
        return session.scalar(select(func.count()).select_from(Message).where(moving)) or 0


def _let_the_greylist_pass(stage: Stage) -> None:
    with stage.parts.transaction() as session:
        session.execute(update(Message).where(Message.not_before.is_not(None)).values(not_before=None))


@dataclass(frozen=True)
class _Judge:
    """What both ledgers say happened, held against the book and what our tables claim."""

    book: Book
    bag: Mailbag
    texts: Ledger
    tables: Tables
    passed_at: datetime

    @classmethod
    def of(cls, stage: Stage, book: Book, passed_at: datetime) -> "_Judge":
        tables = Tables.read(stage.parts, clinic.now())
        return cls(book, Mailbag.read(stage.fleet.folder.path), Ledger.read(stage.ledger), tables, passed_at)

    def judge(self) -> Outcome:
        """Return what is wrong, and the counts."""
        wrong = [*self._doubles(), *self._hasty(), *self._left()]
        ends: Counter[str] = Counter()
        for patient in self.book.patients:
            end = self._end_of(patient)
            ends[end] += 1
            if end.startswith(("lost", "told twice")):
                wrong.append(f"{end}: {patient.email}, {self._fate(patient)}, our table: {self._rows(patient)}")
        kinds = {"hangs_up", "drops_before_dot", "drops_after_dot", "greylists", "is_busy", "refuses", "crowded"}
        wrong += [f"the scene has not played: {kind}" for kind in sorted(kinds - self.bag.faults.keys())]
        if not ends["accepted, parked: its worker was killed"]:
            wrong.append("the scene has not played: a worker killed between the dot and its reply")
        emails = Counter({"accepted": len(self.bag.accepted), "recipients": len(self.bag.fates)})
        return Outcome(wrong, {"faults of the mail server": self.bag.faults, "emails": emails, "patients": ends})

    def _doubles(self) -> Iterator[str]:
        for name in ("message_id", "to"):
            found = Counter(line[name] for line in self.bag.accepted)
            yield from (f"delivered twice, by {name}: {value}" for value, count in found.items() if count > 1)

    def _hasty(self) -> Iterator[str]:
        """Find who came back to a greylist before its time."""
        for line in self.bag.heard:
            at = datetime.fromtimestamp(line["at"], UTC)
            if self.bag.fates[line["to"]] == "greylists" and line["turn"] > 1 and at < self.passed_at:
                yield f"came back to a greylist too soon: {line}"

    def _left(self) -> Iterator[str]:
        for row in self.tables.rows:
            is_due = row.state == "scheduled" and row.due_at <= self.tables.read_at
            if is_due or row.state in {"queued", "sending", "unknown"}:
                yield f"left in the middle: {row}"
            if row.state == "parked" and not (row.has_open_item and row.reason):
                yield f"parked without a reason or a work item: {row}"

    def _end_of(self, patient: Patient) -> str:
        """Return what became of a patient's message."""
        accepted = sum(line["to"] == patient.email for line in self.bag.accepted)
        texts = sum(one.to == patient.phone for one in self.texts.taken)
        is_parked = any(row.state == "parked" and row.channel == "email" for row in self._rows(patient))
        if accepted and texts:
            return "told twice: by email, and by text without proof"
        if accepted and is_parked:
            return f"accepted, parked: {'its worker was killed' if self._fate(patient) == 'ok' else 'no reply'}"
        if accepted:
            return "accepted"
        if texts:
            return "refused, told by text" if self._fate(patient) == "refuses" else "told twice, perhaps: no proof"
        return "not accepted, parked" if is_parked else "lost"

    def _fate(self, patient: Patient) -> str:
        return self.bag.fates.get(patient.email, "never heard of")

    def _rows(self, patient: Patient) -> list[Row]:
        return [row for row in self.tables.rows if row.patient == patient.id]
