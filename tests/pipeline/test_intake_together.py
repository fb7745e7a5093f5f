"""Intake beside whoever else is at work: other imports, planning, opt-outs."""

from collections.abc import Callable
from datetime import datetime
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import select

from reminders.domain.taken import Change
from reminders.pipeline.intake import CHUNK, Order, Report
from reminders.store import ledger
from reminders.store.engine import Transaction
from reminders.store.locks import lock_people, retrying
from reminders.store.tables.people import ContactPoint, Person
from reminders.store.tables.visits import Appointment
from tests.intakes import NOW, Desk, visits

DRY = Order(dry_run=True)


@pytest.fixture
def desk(transaction: Transaction) -> Desk:
    return Desk(transaction)


def in_threads(*jobs: Callable[[], object]) -> None:
    """Run *jobs* at once; what one raises is raised."""
    raised: list[BaseException] = []
    start = Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        start.wait()
        try:
            job()
        except BaseException as error:  # noqa: BLE001  told to the test
            raised.append(error)

    threads = [Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []


def test_two_imports_of_one_file_at_once_make_every_visit_once(desk: Desk) -> None:
    text, reports = visits(2 * CHUNK + 100, driver_phone="312 555 0143"), list[Report]()

    in_threads(*[lambda: reports.append(desk.bring(text))] * 2)

    counts = reports[0].counts + reports[1].counts
    assert counts == {Change.NEW: 2 * CHUNK + 100, Change.UNCHANGED: 2 * CHUNK + 100}
    assert desk.count(Appointment) == 2 * CHUNK + 100


def test_imports_of_different_orders_do_not_wait_in_a_circle(desk: Desk) -> None:
    header, *rows = visits(300).splitlines()
    there, back = ("\n".join([header, *some, ""]) for some in (rows, rows[::-1]))

    in_threads(lambda: desk.bring(there), lambda: desk.bring(back), lambda: desk.bring(there, DRY))

    assert desk.count(Appointment) == 300
    assert desk.count(ContactPoint) == 150


def test_whoever_locks_patients_meanwhile_neither_waits_in_a_circle_nor_holds_the_import_up(desk: Desk) -> None:
    desk.bring(visits(CHUNK))
    with desk.transaction() as session:
        person_ids = session.scalars(select(Person.id).order_by(Person.id.desc())).all()
    done = Event()

    def lock_all() -> None:
        while not done.is_set():
            retrying(desk.transaction, lambda session: lock_people(session, person_ids))

    def move_all() -> None:
        try:
            for day in range(10, 13):
                desk.bring(visits(CHUNK, starts_at=f"2026-11-{day}T10:30", phone=f"312 555 01{day}"))
        finally:
            done.set()

    in_threads(lock_all, move_all)

    assert desk.visit("A7").starts_local == datetime.fromisoformat("2026-11-12T10:30")


def test_an_opt_out_between_two_chunks_goes_through_and_stands(desk: Desk) -> None:
    desk.bring(visits(CHUNK + 5))
    address_id = desk.point(desk.patient("P0")).address_id
    assert address_id is not None

    def stop(stage: str, done: int, _of: int) -> None:
        if stage == "writing" and done == CHUNK:
            with desk.transaction() as session:
                ledger.opt_out(session, address_id, source="person", how="STOP", now=NOW)

    desk.bring(visits(CHUNK + 5, sms_consent="no"), progress=stop)
    desk.bring(visits(CHUNK + 5))

    assert desk.point(desk.patient("P0")).opted_out_at == NOW
    assert desk.address(address_id).opted_out_at == NOW
