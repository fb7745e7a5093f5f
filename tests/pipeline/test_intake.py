"""Files that come in: whole or not at all, once, whoever else is at work."""

import io
import os
import tracemalloc
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from reminders.domain.errors import RefusedError
from reminders.domain.taken import Change
from reminders.pipeline.intake import CHUNK, LINES_KEPT, PROBLEMS_KEPT, Order, take_in
from reminders.store.engine import Transaction
from reminders.store.tables.clinic import Clinic
from reminders.store.tables.machinery import Audit
from reminders.store.tables.people import Address, Person
from reminders.store.tables.visits import Appointment, Import
from tests.clinics import make_clinic
from tests.intakes import NOW, Desk, visits
from tests.visit_files import CELLS, HEADER, ROW, file_of

SKIP, DRY = Order(skip_bad=True), Order(dry_run=True)
BAD = {"appointment_id": "bad", "location": "uptown"}


@pytest.fixture
def desk(transaction: Transaction) -> Desk:
    return Desk(transaction)


class KilledError(BaseException):
    """The end of a process."""


def die_after_first_chunk(stage: str, done: int, _of: int) -> None:
    if stage == "writing" and done == CHUNK:
        raise KilledError


def test_a_file_comes_in_with_its_record(desk: Desk) -> None:
    report = desk.bring(visits(3))

    assert report.counts == {Change.NEW: 3}
    run, entry = desk.one(select(Import)), desk.one(select(Audit).where(Audit.what == "import"))
    assert (run.started_at, run.finished_at, run.counts) == (NOW, NOW, {"new": 3, "bad": 0})
    assert (entry.who, entry.subject_id, entry.detail) == ("import", str(run.id), run.counts)
    assert desk.first_import_at() == NOW


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    text = visits(20, driver_name="Bo Lee", driver_phone="312 555 0143", course="iv-ketamine-course")
    desk.bring(text)
    before = desk.everything()

    report = desk.bring(text)

    assert report.counts == {Change.UNCHANGED: 20}
    assert desk.everything() == before


@pytest.mark.parametrize(
    "broken",
    [
        file_of({}, BAD),
        file_of({}, {"appointment_id": "A2", "starts_at": "2026-03-08T02:30"}),
        file_of({}, {"appointment_id": "A2", "phone": "555-0142"}),
        file_of({}, {}),
        file_of({}, {"appointment_id": "A2", "first_name": "=1+1"}),
        file_of({}, {"appointment_id": "A2", "last_name": "x" * 1_000_000}),
        f"{ROW}\n{ROW}\n",
        f"{HEADER}\n{ROW}\n{ROW[:-9]}",
        f'{HEADER}\n{ROW}\n"{ROW}\n',
    ],
)
def test_of_a_file_with_a_bad_row_nothing_is_written(desk: Desk, broken: str) -> None:
    before = desk.everything()

    report = desk.bring(broken)

    assert report.is_refused
    assert report.problems
    assert desk.everything() == before
    assert desk.count(Import) == 0


def test_bytes_that_are_not_utf_8_write_nothing(desk: Desk) -> None:
    file = io.BytesIO(file_of({}, {"appointment_id": "A2", "last_name": "Müller"}).encode("latin-1"))

    report = take_in(desk.parts, file, name="visits.csv", order=Order())

    assert report.is_refused
    assert desk.count(Appointment) == 0


def test_bad_rows_can_be_skipped(desk: Desk) -> None:
    report = desk.bring(file_of({}, BAD, {"appointment_id": "A2"}), SKIP)

    assert report.counts == {Change.NEW: 2}
    assert (report.bad_rows, [problem.where for problem in report.problems]) == (1, ["visits.csv:3"])
    assert desk.one(select(Import)).counts == {"new": 2, "bad": 1}


def test_a_file_that_cannot_be_read_to_its_end_is_not_written_even_when_bad_rows_are_skipped(desk: Desk) -> None:
    report = desk.bring(f'{HEADER}\n{ROW}\n"{ROW}\n', SKIP)

    assert (report.is_refused, report.is_unreadable) == (True, True)
    assert desk.count(Appointment) == 0


def test_all_that_is_wrong_with_a_row_makes_one_bad_row(desk: Desk) -> None:
    report = desk.bring(file_of(BAD | {"phone": "1", "sms_consent": "maybe"}, {}))

    assert (report.bad_rows, report.rows, len(report.problems)) == (1, 1, 3)


def test_of_very_many_problems_the_first_are_kept_and_all_are_counted(desk: Desk) -> None:
    report = desk.bring(visits(PROBLEMS_KEPT + 5, location="uptown"))

    assert (len(report.problems), report.more_problems, report.bad_rows) == (PROBLEMS_KEPT, 5, PROBLEMS_KEPT + 5)


@pytest.mark.parametrize(("ahead", "is_refused"), [(timedelta(hours=23), False), (timedelta(hours=25), True)])
def test_a_row_from_the_future_is_bad(desk: Desk, ahead: timedelta, *, is_refused: bool) -> None:
    report = desk.bring(file_of({"updated_at": (NOW + ahead).isoformat(timespec="minutes")}))

    assert report.is_refused is is_refused
    assert ["visits.csv:2: updated_at" in str(problem) for problem in report.problems] == [True] * is_refused


def test_problems_stay_out_of_the_representation_of_a_report(desk: Desk) -> None:
    assert "Xanthippe" not in repr(desk.bring(file_of({"first_name": "=Xanthippe"})))


def test_killed_midway_the_same_command_finishes(desk: Desk) -> None:
    text = visits(CHUNK + 30)
    with pytest.raises(KilledError):
        desk.bring(text, progress=die_after_first_chunk)
    assert (desk.count(Appointment), desk.first_import_at()) == (CHUNK, None)

    report = desk.bring(text)

    assert report.counts == {Change.UNCHANGED: CHUNK, Change.NEW: 30}
    assert desk.count(Appointment) == CHUNK + 30
    with desk.transaction() as session:
        assert set(session.scalars(select(Appointment.seen_after_first_import))) == {False}
        finished = session.scalars(select(Import.finished_at).order_by(Import.id)).all()
    assert finished == [None, NOW]


def test_what_a_later_import_brings_is_new(desk: Desk) -> None:
    desk.bring(file_of({}))
    desk.step_to(NOW + timedelta(days=1))

    desk.bring(file_of({"appointment_id": "A2"}))

    assert (desk.visit("A1").seen_after_first_import, desk.visit("A2").seen_after_first_import) == (False, True)
    assert desk.first_import_at() == NOW


@pytest.mark.parametrize("text", [f"{HEADER}\n", file_of(BAD)])
def test_a_file_without_a_good_row_is_no_first_import(desk: Desk, text: str) -> None:
    report = desk.bring(text, SKIP)

    assert report.counts == {}
    assert desk.first_import_at() is None


def test_a_dry_run_tells_what_would_change_and_writes_nothing(desk: Desk) -> None:
    cancelled, moved, changed = ({"appointment_id": name} for name in ("A1", "A2", "A3"))
    desk.bring(file_of(cancelled, moved, changed, {"appointment_id": "A4"}))
    before, runs = desk.everything(), desk.count(Import)

    report = desk.bring(
        file_of(
            cancelled | {"status": "cancelled"},
            moved | {"starts_at": "2026-10-29T09:00"},
            changed | {"phone": "312 555 0199"},
            {"appointment_id": "A4"},
            {"appointment_id": "A5", "patient_id": "P2"},
        ),
        DRY,
    )

    assert report.counts == dict.fromkeys(set(Change) - {Change.OLDER}, 1)
    assert [line.appointment_id for line in report.lines] == ["A1", "A2", "A3", "A5"]
    assert report.lines[1].started_local == datetime.fromisoformat("2026-10-28T10:30")
    assert report.lines[1].starts_local == datetime.fromisoformat("2026-10-29T09:00")
    assert (desk.everything(), desk.count(Import), desk.count(Audit)) == (before, runs, 1)


def test_a_dry_run_is_no_first_import(desk: Desk) -> None:
    desk.bring(file_of({}), DRY)

    assert desk.first_import_at() is None
    assert desk.everything()["persons"] == []


def test_of_very_many_changes_the_first_are_kept_and_all_are_counted(desk: Desk) -> None:
    report = desk.bring(visits(LINES_KEPT + CHUNK), DRY)

    assert (len(report.lines), report.counts) == (LINES_KEPT, {Change.NEW: LINES_KEPT + CHUNK})


def test_rows_may_be_of_several_clinics(desk: Desk) -> None:
    with desk.transaction() as session:
        make_clinic(session, slug="birch")
    rows = [{"clinic": slug, "appointment_id": name} for name in ("A1", "A2") for slug in ("cedar", "birch")]

    report = desk.bring(file_of(*rows))

    assert report.counts == {Change.NEW: 4}
    assert (desk.count(Import), desk.count(Person), desk.count(Address)) == (2, 2, 4)
    with desk.transaction() as session:
        assert set(session.scalars(select(Clinic.first_import_at))) == {NOW}


def test_progress_is_told_in_bytes_and_then_in_rows(desk: Desk) -> None:
    told: list[tuple[str, int, int]] = []

    desk.bring(visits(CHUNK + 1), progress=lambda *step: told.append(step))

    assert [stage for stage, _, _ in told] == ["checking", "writing", "writing"]
    assert told[1:] == [("writing", CHUNK, CHUNK + 1), ("writing", CHUNK + 1, CHUNK + 1)]
    assert 0 < told[0][1] <= told[0][2]


class Growing(io.BytesIO):
    """A file that somebody else writes to once it was read to its end."""

    def __init__(self, text: str, more: bytes) -> None:
        super().__init__(text.encode())
        self._more = more
        self._ends = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self._ends += not line
        if not line and self._ends == 1:
            self.write(self._more)
        return line


def test_a_file_that_changes_while_it_is_read_is_refused(desk: Desk) -> None:
    file = Growing(file_of({}), f"A2{ROW[2:]}\n".encode())

    with pytest.raises(RefusedError, match="changed while it was read"):
        take_in(desk.parts, file, name="visits.csv", order=Order())

    assert desk.count(Appointment) == 0


def test_a_pipe_is_refused(desk: Desk) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe, os.fdopen(writing, "wb"), pytest.raises(RefusedError, match="pipe"):
        take_in(desk.parts, pipe, name="/dev/stdin", order=Order())


def test_what_staff_set_survives_a_file(desk: Desk) -> None:
    desk.bring(file_of({"updated_at": "2026-10-12T09:00Z"}))
    with desk.transaction() as session:
        session.execute(update(Appointment).values(status="cancelled", staff_status_at=NOW))

    desk.bring(file_of({"updated_at": "2026-10-12T10:00Z", "starts_at": "2026-10-29T10:30"}))

    assert desk.visit().status == "cancelled"


def test_memory_does_not_grow_with_the_file(desk: Desk) -> None:
    desk.bring(visits(CHUNK), DRY)  # what is loaded once is not of the file
    peaks = [peak_of(desk, visits(count)) for count in (CHUNK, 4 * CHUNK)]

    assert peaks[1] < peaks[0] * 1.5


def peak_of(desk: Desk, text: str) -> int:
    tracemalloc.start()
    try:
        desk.bring(text, DRY)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.timeout(60)
def test_five_thousand_rows_come_in_while_somebody_waits(desk: Desk) -> None:
    assert (
        desk.bring(visits(5000, driver_name="Bo Lee", **dict.fromkeys(set(CELLS) & {"last_name"}, "Ray"))).rows == 5000
    )
    assert desk.count(Appointment) == 5000
