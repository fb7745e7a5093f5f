"""Planning: a big import beside other writers, rows into their table, and a protocol that changes.

The import is the real command and the plan is the real worker's, while this process does
what a front desk does: it changes a visit of somebody who is just being planned, and
enters an opt-out. What it waits for is the time in which a person would watch a spinner.
"""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bench import appointments, clinic, replanning, writing
from bench.measure import Finding, MeasurementError, Spread, at_most, check_equal
from bench.stage import Stage, plain
from reminders.pipeline.parts import Parts
from reminders.store import debts
from reminders.store.locks import lock_people, retrying
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Address, ContactPoint, Person
from reminders.store.tables.visits import Appointment, PlanningDebt

SIZES = {"quick": 2_000, "usual": 20_000, "full": 100_000}
GOAL = 100_000
_PAUSE = 0.05


def run(stage: Stage, scale: str, rounds: int) -> Iterator[Finding]:
    """Measure, and yield what was found."""
    count = SIZES[scale]
    parts = clinic.open_clinic(stage, "planning")
    path = stage.supervisor.folder.path / "appointments.csv"
    appointments.write(path, count, datetime.now(UTC))  # noqa: TID251  visits lie ahead of the machine's clock
    desk = FrontDesk(parts)
    with desk.at_work():
        imported, planned = _import(stage, path, count)
    stage.report(f"{count} appointments: imported in {imported:.0f} s, planned {planned:.0f} s later")
    yield Finding(
        section="planning",
        what=f"{GOAL:,} appointments imported and planned",
        found=_single((imported + planned) * GOAL / count),
        unit="s",
        target=at_most(300),
        means=f"`reminders import` and one planning worker; measured with {count:,}, times {GOAL / count:g}",
        figures={"imported a second": count / imported, "planned after the import, s": planned},
    )
    yield Finding(
        section="planning",
        what="longest wait of another writer meanwhile",
        found=_single(max(desk.waits)),
        unit="s",
        target=at_most(1),
        means="changes a visit of a patient who is about to be planned, or enters an opt-out, 20 times a second",
        figures={"writes": len(desk.waits), "p50, s": sorted(desk.waits)[len(desk.waits) // 2]},
    )
    clinic.plan(parts)
    yield from replanning.run(parts)
    yield from writing.run(stage, parts, rounds, rows_planned_a_second=_messages(parts) / (imported + planned))
    clinic.close(parts)
    stage.drop("planning")


def _messages(parts: Parts) -> int:
    with parts.transaction() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


def _single(figure: float) -> Spread:
    return Spread(figure, figure, figure)


def _import(stage: Stage, path: Path, count: int) -> tuple[float, float]:
    """Import the file and plan it; return the seconds that the command took, and those until the last plan stood."""
    stage.empty_broker()
    url = stage.url_of("planning")
    environment = stage.environment(url)
    stage.start_worker("planner", "worker", "plan,receipts", at_once=1, environment=environment)
    stage.start("scheduler", "-m", "reminders", "scheduler", environment=environment)
    began = time.monotonic()
    pid = stage.start("import", "-m", "reminders", "import", str(path), environment=environment)
    with psycopg.connect(plain(url), autocommit=True) as connection:
        finished = "SELECT count(*) FROM imports WHERE finished_at IS NOT NULL"
        stage.await_that(
            lambda: connection.execute(finished).fetchone() == (1,) or not stage.is_running("import"),
            f"the import, process {pid}",
            patience=1800,
            step=0.1,
        )
        check_equal(connection.execute("SELECT count(*) FROM appointments").fetchone(), (count,), "appointments")
        imported = time.monotonic() - began
        # The other writer owes a few plans at any moment.
        owed = "SELECT count(*) <= 20 FROM planning_debts"
        stage.await_that(
            lambda: connection.execute(owed).fetchone() == (True,), "everybody to be planned", patience=3600, step=0.2
        )
        planned = time.monotonic() - began - imported
        unplanned = """
            SELECT count(*) FROM persons
            WHERE kind = 'patient' AND NOT EXISTS (SELECT 1 FROM messages WHERE patient_id = persons.id)
              AND NOT EXISTS (SELECT 1 FROM planning_debts WHERE planning_debts.id = persons.id)
        """
        check_equal(connection.execute(unplanned).fetchone(), (0,), "patients without a plan")
    stage.stop_all()
    return imported, planned


@dataclass
class FrontDesk:
    """Somebody who works while others import: writes what a person would write, and notes how long that took."""

    parts: Parts
    waits: list[float] = field(default_factory=list)
    _is_over: threading.Event = field(default_factory=threading.Event)
    _failed: list[BaseException] = field(default_factory=list)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Work in a thread until the block ends."""
        thread = threading.Thread(target=self._work)
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join()
        if self._failed or len(self.waits) < 10:
            raise MeasurementError(f"the other writer wrote {len(self.waits)} times") from next(
                iter(self._failed), None
            )

    def _work(self) -> None:
        try:
            while not self._is_over.wait(_PAUSE):
                self._write()
        except Exception as error:  # noqa: BLE001  told by `at_work`
            self._failed.append(error)

    def _write(self) -> None:
        with self.parts.transaction() as session:
            owed = session.scalars(select(PlanningDebt.id).order_by(PlanningDebt.owed_at).limit(200)).all()
            anybody = session.scalars(select(Person.id).where(Person.kind == "patient").limit(500)).all()
        if not anybody:
            return
        person_id = random.choice(owed or anybody)  # noqa: S311  whom it meets decides nothing else
        started = time.perf_counter()
        retrying(self.parts.transaction, lambda session: _change(session, person_id))
        self.waits.append(time.perf_counter() - started)


def _change(session: Session, person_id: UUID) -> None:
    """Touch a patient's visits and enter a STOP that is taken back, under the locks that the product takes."""
    lock_people(session, [person_id])
    address = select(ContactPoint.address_id).where(ContactPoint.person_id == person_id, ContactPoint.channel == "sms")
    for opted_out_at in (func.now(), None):
        session.execute(
            update(Address)
            .where(Address.id.in_(address))
            .values(opted_out_at=opted_out_at)
            .execution_options(synchronize_session=False)
        )
    session.execute(
        update(Appointment)
        .where(Appointment.person_id == person_id)
        .values(changed_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )
    debts.owe_all(session, [person_id])
