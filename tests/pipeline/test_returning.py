"""An outage is noticed by who takes the vacant lease, and summed up once what waited has gone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reminders.pipeline.leadership import Leadership
from reminders.pipeline.returning import AT_THE_LATEST, SHORTEST, sum_up
from reminders.store.tables.clinic import Pause
from reminders.store.tables.machinery import Lease, Outage
from reminders.store.tables.messages import Message
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, WorkingClinic

MINUTE = timedelta(minutes=1)


def scheduler(clinic: WorkingClinic, name: str = "a") -> Leadership:
    return Leadership(clinic.parts, holder=name)


def away(clinic: WorkingClinic, gap: timedelta, *, back: str = "b") -> None:
    """Let a scheduler lead and go, and another come after *gap*."""
    first = scheduler(clinic)
    first.renew()
    first.resign()
    clinic.clock_to(clinic.now_at + gap)
    scheduler(clinic, back).renew()


def outages(clinic: WorkingClinic) -> list[Outage]:
    with clinic.parts.transaction() as session:
        return list(session.scalars(select(Outage)))


def test_a_long_time_without_a_scheduler_is_an_outage(clinic: WorkingClinic) -> None:
    began_at = clinic.now_at

    away(clinic, timedelta(hours=72))

    (outage,) = outages(clinic)
    assert (outage.began_at, outage.ended_at) == (began_at, began_at + timedelta(hours=72))
    assert outage.summed_up_at is None


def test_a_restart_is_none(clinic: WorkingClinic) -> None:
    away(clinic, SHORTEST)

    assert outages(clinic) == []


def test_the_first_start_ever_is_none(clinic: WorkingClinic) -> None:
    clinic.clock("2026-09-30 10:00")

    scheduler(clinic).renew()

    assert outages(clinic) == []


def test_a_clock_that_jumps_while_a_scheduler_works_is_none(clinic: WorkingClinic) -> None:
    leader = scheduler(clinic)
    leader.renew()

    clinic.clock("2026-10-05 10:00")
    leader.renew()

    assert outages(clinic) == []


def test_a_killed_scheduler_that_comes_back_itself_notices_it(clinic: WorkingClinic) -> None:
    leader = scheduler(clinic)
    leader.renew()
    clinic.set(Lease, until=func.clock_timestamp() - MINUTE)
    clinic.clock("2026-09-28 11:00")

    leader.renew()

    assert len(outages(clinic)) == 1


def test_two_schedulers_that_come_back_at_once_note_one_outage(clinic: WorkingClinic) -> None:
    first = scheduler(clinic)
    first.renew()
    first.resign()
    clinic.clock("2026-10-01 10:00")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: scheduler(clinic, name).renew(), "bcde"))

    assert len(outages(clinic)) == 1


def test_it_is_summed_up_when_nothing_due_in_it_waits_any_more(clinic: WorkingClinic) -> None:
    clinic.reminder()
    away(clinic, timedelta(hours=1))
    early = sum_up(clinic.parts)
    clinic.send_due()

    late, again = sum_up(clinic.parts), sum_up(clinic.parts)

    (item,) = clinic.work()
    assert (early, late, again) == (0, 1, 0)
    assert (item.kind, item.detail["went_late"], item.detail["expired"], item.detail["still_waiting"]) == (
        "downtime",
        1,
        0,
        0,
    )
    assert outages(clinic)[0].summed_up_at == clinic.now_at


def test_what_is_held_back_by_people_keeps_the_summary_waiting_half_an_hour_at_most(clinic: WorkingClinic) -> None:
    clinic.reminder()
    away(clinic, timedelta(hours=1))
    with clinic.parts.transaction() as session:
        pause = Pause(clinic_id=clinic.id, scope="channel", value="sms", reason="", started_by="", started_at=at(DUE))
        session.add(pause)
    clinic.clock_to(clinic.now_at + AT_THE_LATEST - MINUTE)
    early = sum_up(clinic.parts)

    clinic.clock_to(clinic.now_at + MINUTE)
    late = sum_up(clinic.parts)

    assert (early, late) == (0, 1)
    assert [item.detail["still_waiting"] for item in clinic.work()] == [1]


def test_what_comes_back_at_night_is_counted_as_put_off(clinic: WorkingClinic) -> None:
    clinic.reminder()
    away(clinic, timedelta(hours=12))

    clinic.send_due()
    sum_up(clinic.parts)

    (item,) = clinic.work()
    assert (item.detail["put_off"], item.detail["went_late"]) == (1, 0)
    assert clinic.channel.given == []


def test_where_nothing_was_due_nobody_has_to_look_at_anything(clinic: WorkingClinic) -> None:
    away(clinic, timedelta(hours=5))

    summed_up = sum_up(clinic.parts)

    assert (summed_up, clinic.work()) == (1, [])


def test_a_held_up_summary_is_written_once_by_two_at_a_time(clinic: WorkingClinic) -> None:
    clinic.reminder()
    away(clinic, timedelta(hours=1))
    clinic.send_due()

    with ThreadPoolExecutor(2) as pool:
        done = sum(pool.map(lambda _: sum_up(clinic.parts), range(2)))

    assert (done, len(clinic.work())) == (1, 1)


@pytest.mark.parametrize("stored", [1, 20])
def test_looking_whether_something_is_left_asks_the_same_few_questions_however_much_waits(
    clinic: WorkingClinic, stored: int
) -> None:
    clinic.reminders(stored)
    away(clinic, timedelta(hours=1))

    with clinic.statements() as seen:
        sum_up(clinic.parts)

    assert len([one for one in seen if one.startswith("SELECT")]) == 4
    assert len(clinic.messages(Message.due_at <= clinic.now_at)) == stored
