"""The stepped clock: it goes from due moment to due moment, and only when nothing is in flight."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from reminders.domain.errors import RefusedError
from reminders.pipeline import deadlines
from reminders.pipeline.clockwork import advance, set_clock
from reminders.pipeline.escalating import escalate
from reminders.store.engine import Transaction
from reminders.store.now import read
from reminders.store.tables.messages import Message
from tests.clinics import parts_for
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, WorkingClinic

PATIENT, IMPATIENT = timedelta(seconds=30), timedelta()


def play(clinic: WorkingClinic, until: str, **options: object) -> list[datetime]:
    """Advance the clock while one process does all the work."""

    def work(_at: datetime) -> None:
        deadlines.notice(clinic.parts)
        clinic.plan()
        clinic.sweep()
        escalate(clinic.parts)
        clinic.send_due()
        clinic.settle()

    given: dict[str, object] = {"patience": IMPATIENT, "arrived": work, **options}
    return list(advance(clinic.parts, at(until), **given))  # type: ignore[arg-type]


def test_it_halts_wherever_something_is_due_and_ends_where_it_should(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient())
    clinic.plan()

    moments = play(clinic, "2026-10-07 12:00")

    no_driver_since = at("2026-10-06 14:30")
    assert moments == [
        at("2026-10-04 10:00"),
        at("2026-10-05 10:30"),
        no_driver_since,
        at("2026-10-06 17:00"),
        at("2026-10-07 12:00"),
    ]
    sent = clinic.messages(Message.launched_at.is_not(None))
    planned, alerts = ([row.due_at for row in sent if (row.patient_id is None) is alert] for alert in (False, True))
    assert planned == [moment for moment in moments[:-1] if moment != no_driver_since]
    assert alerts == [at("2026-10-06 17:00")]
    assert clinic.now_at == at("2026-10-07 12:00")


def test_it_halts_where_it_is_asked_to_as_well(clinic: WorkingClinic) -> None:
    halts = [at("2026-09-28 12:00"), at("2026-09-29 12:00"), at("2026-09-28 09:00")]

    moments = play(clinic, "2026-09-29 15:00", stops=halts)

    assert moments == [at("2026-09-28 12:00"), at("2026-09-29 12:00"), at("2026-09-29 15:00")]


def test_what_comes_up_on_the_way_is_waited_for(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    first = at("2026-09-28 12:00")

    def arrive(moment: datetime) -> None:
        if moment == first:
            clinic.told_visit(ana, "2026-09-30 14:00", service="consultation")
        clinic.plan()
        clinic.send_due()

    moments = play(clinic, "2026-09-29 12:00", stops=[first], arrived=arrive)

    assert moments == [first, at("2026-09-29 10:00"), at("2026-09-29 12:00")]


def test_a_clock_that_stands_at_its_end_does_not_move(clinic: WorkingClinic) -> None:
    assert play(clinic, "2026-09-28 09:30") == []


@pytest.mark.parametrize("patience", [IMPATIENT, timedelta(milliseconds=50)])
def test_while_something_is_in_flight_it_says_what_and_stays(clinic: WorkingClinic, patience: timedelta) -> None:
    clinic.reminder()
    clinic.clock(DUE)

    with pytest.raises(RefusedError, match="messages due") as stuck:
        next(advance(clinic.parts, at("2026-09-30 10:00"), patience=patience))

    assert stuck.value.code == "clock_stuck"
    assert clinic.now_at == at(DUE)


def test_it_moves_on_when_what_was_in_flight_has_come_to_rest(clinic: WorkingClinic) -> None:
    clinic.owe(clinic.patient())

    with ThreadPoolExecutor(1) as pool:
        moment = pool.submit(lambda: next(advance(clinic.parts, at("2026-09-28 12:00"), patience=PATIENT)))
        clinic.plan()

    assert moment.result() == at("2026-09-28 12:00")


def test_set_moves_the_clock_without_halting(clinic: WorkingClinic) -> None:
    clinic.reminder()

    set_clock(clinic.parts, at("2026-09-30 10:00"))

    assert clinic.now_at == at("2026-09-30 10:00")


def test_set_starts_a_clock_that_was_the_systems(transaction: Transaction) -> None:
    set_clock(parts_for(transaction), at(DUE))

    with transaction() as session:
        assert read(session).clinic_at == at(DUE)
