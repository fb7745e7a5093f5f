"""Daily work: once a day for each clinic at an hour of its own clock, and again soon where it failed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from reminders.domain.reasons import Reason
from reminders.domain.words import WorkKind
from reminders.pipeline.clockwork import advance
from reminders.pipeline.daily import AGAIN, Daily, anything_to_do, do_due
from reminders.pipeline.parts import Parts
from reminders.store.base import new_id
from reminders.store.tables.machinery import DailyWork
from tests.domain.planning_clinic import at
from tests.working_clinic import WorkingClinic

ALERT = WorkKind.ORPHAN, Reason.NOT_COMPARED
CHICAGO = "America/Chicago"
"""The zone of the clinic's first location by name."""


@dataclass
class Diary:
    """A step that notes for which clinic it ran, and fails as often as a test wants."""

    clinic: WorkingClinic
    ran: list[datetime] = field(default_factory=list)
    failures: int = 0

    def __call__(self, _parts: Parts, clinic_id: UUID, _done_at: datetime) -> None:
        assert clinic_id == self.clinic.id
        self.ran.append(self.clinic.now_at)
        if self.failures:
            self.failures -= 1
            raise TimeoutError

    def works(self, at_hour: int = 5) -> dict[str, Daily]:
        return {"compare": Daily(time(at_hour), self, ALERT)}


@pytest.fixture
def diary(clinic: WorkingClinic) -> Diary:
    return Diary(clinic)


def next_at(clinic: WorkingClinic, name: str = "compare") -> datetime:
    with clinic.parts.transaction() as session:
        return session.scalars(select(DailyWork.next_at).where(DailyWork.name == name)).one()


def test_it_waits_for_its_hour_at_the_clinic(clinic: WorkingClinic, diary: Diary) -> None:
    waits = anything_to_do(clinic.parts, diary.works())

    done = do_due(clinic.parts, diary.works())

    assert (waits, done, diary.ran) == (None, 0, [])
    assert next_at(clinic) == at("2026-09-29 05:00", CHICAGO)


def test_an_hour_that_is_still_ahead_today_is_today(clinic: WorkingClinic, diary: Diary) -> None:
    anything_to_do(clinic.parts, diary.works(at_hour=22))

    assert next_at(clinic) == at("2026-09-28 22:00", CHICAGO)


def test_it_is_done_once_a_day(clinic: WorkingClinic, diary: Diary) -> None:
    anything_to_do(clinic.parts, diary.works())
    clinic.clock("2026-09-29 05:01", CHICAGO)

    waits = anything_to_do(clinic.parts, diary.works())
    done = [do_due(clinic.parts, diary.works()) for _ in range(2)]

    assert waits is not None
    assert done == [1, 0]
    assert next_at(clinic) == at("2026-09-30 05:00", CHICAGO)


def test_what_was_missed_for_days_is_done_once(clinic: WorkingClinic, diary: Diary) -> None:
    anything_to_do(clinic.parts, diary.works())
    clinic.clock("2026-10-03 09:00", CHICAGO)

    done = [do_due(clinic.parts, diary.works()) for _ in range(2)]

    assert done == [1, 0]
    assert next_at(clinic) == at("2026-10-04 05:00", CHICAGO)


def test_a_day_of_25_hours_keeps_the_hour(clinic: WorkingClinic, diary: Diary) -> None:
    clinic.clock("2026-10-31 05:00", CHICAGO)
    anything_to_do(clinic.parts, diary.works())

    assert next_at(clinic) - clinic.now_at == timedelta(hours=25)


def test_a_step_that_fails_is_tried_again_soon_and_stops_no_other(clinic: WorkingClinic, diary: Diary) -> None:
    diary.failures = 1
    other = Diary(clinic)
    works = {**diary.works(), "tidy": Daily(time(5), other, ALERT)}
    anything_to_do(clinic.parts, works)
    clinic.clock("2026-09-29 05:00", CHICAGO)

    done = do_due(clinic.parts, works)
    again_at = next_at(clinic)
    clinic.clock_to(again_at)
    again = do_due(clinic.parts, works)

    assert (done, len(other.ran)) == (1, 1)
    assert (again_at, again) == (at("2026-09-29 05:00", CHICAGO) + AGAIN, 1)
    assert next_at(clinic) == at("2026-09-30 05:00", CHICAGO)


def try_for(clinic: WorkingClinic, diary: Diary, hours: int) -> list[tuple[str, str]]:
    """Try the day's work whenever it is due for so many *hours*; return what people are told then."""
    until_at = clinic.now_at + timedelta(hours=hours)
    while next_at(clinic) <= until_at:
        clinic.clock_to(next_at(clinic))
        do_due(clinic.parts, diary.works())
    return [(item.what, item.state) for item in clinic.work()]


def test_a_step_that_has_failed_for_a_day_is_a_person_s_question_until_it_succeeds(
    clinic: WorkingClinic, diary: Diary
) -> None:
    anything_to_do(clinic.parts, diary.works())
    diary.failures = 10_000

    told = [try_for(clinic, diary, hours) for hours in (47, 2, 24)]
    diary.failures = 0
    ended = try_for(clinic, diary, 1)

    question = "find out why the provider's list cannot be read"
    assert told == [[], [(question, "open")], [(question, "open")]]
    assert ended == [(question, "done")]


def test_a_step_that_fails_again_a_week_later_is_another_question(clinic: WorkingClinic, diary: Diary) -> None:
    anything_to_do(clinic.parts, diary.works())
    told = []
    for failures in (10_000, 0, 10_000):
        diary.failures = failures
        told.append([state for _, state in try_for(clinic, diary, 72)])

    assert told == [["open"], ["done"], ["done", "open"]]


def test_what_a_database_did_not_note_yet_counts_from_now(clinic: WorkingClinic, diary: Diary) -> None:
    anything_to_do(clinic.parts, diary.works())
    clinic.set(DailyWork, done_at=None)
    diary.failures = 1

    told = try_for(clinic, diary, 24)

    assert (told, len(diary.ran)) == ([], 2)


def test_while_one_does_it_nobody_else_does(clinic: WorkingClinic, diary: Diary) -> None:
    anything_to_do(clinic.parts, diary.works())
    clinic.clock("2026-09-29 05:00", CHICAGO)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: do_due(clinic.parts, diary.works()), range(4)))

    assert (sum(done), len(diary.ran)) == (1, 1)


def test_no_transaction_is_open_while_a_step_runs(clinic: WorkingClinic) -> None:
    def see(_parts: Parts, _clinic_id: UUID, _done_at: datetime) -> None:
        assert clinic.engine.pool.checkedout() == 0  # type: ignore[attr-defined]

    works = {"see": Daily(time(5), see, ALERT)}
    anything_to_do(clinic.parts, works)
    clinic.clock("2026-09-29 05:00", CHICAGO)

    assert do_due(clinic.parts, works) == 1


def test_work_of_a_newer_version_is_left_to_it_and_holds_nothing_up(clinic: WorkingClinic) -> None:
    with clinic.parts.transaction() as session:
        session.add(DailyWork(id=new_id(), clinic_id=clinic.id, name="newer", next_at=clinic.now_at))

    done = do_due(clinic.parts)

    assert (done, next_at(clinic, "newer")) == (0, clinic.now_at + AGAIN)


def test_the_stepped_clock_halts_at_it_and_waits_until_it_is_done(clinic: WorkingClinic, diary: Diary) -> None:
    anything_to_do(clinic.parts, diary.works())

    def work(_at: datetime) -> None:
        do_due(clinic.parts, diary.works())

    moments = list(
        advance(
            clinic.parts,
            at("2026-10-01 00:00", CHICAGO),
            patience=timedelta(),
            arrived=work,
        )
    )

    assert moments[:2] == diary.ran == [at("2026-09-29 05:00", CHICAGO), at("2026-09-30 05:00", CHICAGO)]
