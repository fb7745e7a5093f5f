"""What the stepped clock must know: whether anything is in flight, and what comes next."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func

from reminders.domain.states import State
from reminders.domain.words import Lane
from reminders.store import flight, outbox
from reminders.store.base import new_id
from reminders.store.now import read
from reminders.store.tables.clinic import Pace, Pause, Sender
from reminders.store.tables.machinery import DailyWork
from reminders.store.tables.messages import Message, WorkItem
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, WEDNESDAY, WorkingClinic

BUSY = ["messages being sent"]


def in_flight(clinic: WorkingClinic) -> list[str]:
    with clinic.parts.transaction() as session:
        return flight.in_flight(session, read(session))


def next_moment(clinic: WorkingClinic) -> datetime | None:
    with clinic.parts.transaction() as session:
        return flight.next_moment(session, read(session).clinic_at)


def put(clinic: WorkingClinic, message_id: UUID, *states: State) -> None:
    """Lead a message through *states*."""
    with clinic.parts.transaction() as session:
        for state in states:
            row = session.get_one(Message, (message_id, clinic.id))
            outbox.advance(session, [message_id], start=[State(row.state)], to=state, at=clinic.now_at)
            session.expire_all()


def pause(clinic: WorkingClinic, scope: str, value: str) -> None:
    with clinic.parts.transaction() as session:
        session.add(
            Pause(clinic_id=clinic.id, scope=scope, value=value, reason="", started_by="", started_at=clinic.now_at)
        )


def test_with_nothing_to_do_nothing_is_in_flight(clinic: WorkingClinic) -> None:
    assert in_flight(clinic) == []
    assert next_moment(clinic) is None


def test_an_owed_plan_is_in_flight(clinic: WorkingClinic) -> None:
    clinic.owe(clinic.patient())

    assert in_flight(clinic) == ["planning owed"]


@pytest.mark.parametrize(
    "states", [(State.QUEUED,), (State.QUEUED, State.SENDING), (State.QUEUED, State.SENDING, State.UNKNOWN)]
)
def test_what_a_worker_or_a_provider_has_is_in_flight(clinic: WorkingClinic, states: tuple[State, ...]) -> None:
    message_id = clinic.reminder()

    put(clinic, message_id, *states)

    assert in_flight(clinic) == BUSY


def test_what_is_due_is_in_flight_and_what_is_not_due_yet_is_next(clinic: WorkingClinic) -> None:
    clinic.reminder()
    before, coming = in_flight(clinic), next_moment(clinic)

    clinic.clock(DUE)

    assert (before, coming) == ([], at(DUE))
    assert in_flight(clinic) == ["messages due"]


def test_a_back_off_ahead_holds_the_clock(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)

    clinic.set(Message, Message.id == message_id, not_before=func.clock_timestamp() + timedelta(minutes=5))

    assert in_flight(clinic) == ["messages due"]


def test_what_a_person_holds_does_not_hold_the_clock(clinic: WorkingClinic) -> None:
    clinic.reminder()
    clinic.clock(DUE)

    clinic.set(Sender, Sender.channel == "sms", held_at=func.clock_timestamp())

    assert in_flight(clinic) == []


def test_a_pause_holds_only_what_it_pauses(clinic: WorkingClinic) -> None:
    clinic.reminder()
    clinic.clock(DUE)
    pause(clinic, "template", "prep")
    with_another = in_flight(clinic)

    pause(clinic, "template", "reminder")

    assert with_another == ["messages due"]
    assert in_flight(clinic) == []


def test_what_has_no_use_any_more_is_in_flight_until_it_expires(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock("2026-09-29 13:00")
    stale = in_flight(clinic)

    clinic.sweep()

    assert stale == ["messages due", "messages past their use"]
    assert clinic.get(message_id).state == State.EXPIRED
    assert in_flight(clinic) == []


def test_a_rider_whose_carrier_went_holds_the_clock_no_more(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    for starts in (WEDNESDAY, "2026-10-14 10:30"):
        clinic.visit(ana, starts, service="consultation")
    clinic.plan()
    clinic.send_due()

    clinic.set(Message, Message.rule == "reminder", state=State.CANCELLED)
    clinic.clock("2026-10-20 10:00")

    assert sorted(row.state for row in clinic.messages(Message.rule == "booked")) == [State.MERGED, State.SENT]
    assert (in_flight(clinic), next_moment(clinic)) == ([], None)


def test_receipts_are_in_flight_until_they_are_settled(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    clinic.receipt(message_id, "delivered")
    waiting = in_flight(clinic)

    clinic.settle()

    assert waiting == ["receipts to settle"]
    assert in_flight(clinic) == []


def test_the_end_of_use_the_deadline_of_work_and_daily_work_are_moments_too(clinic: WorkingClinic) -> None:
    clinic.reminder()
    clinic.clock(DUE)
    moments = [next_moment(clinic)]

    with clinic.parts.transaction() as session:
        deadline = clinic.now_at + timedelta(hours=2)
        session.add(WorkItem(clinic_id=clinic.id, key="k", kind="parked", due_at=deadline, opened_at=clinic.now_at))
    moments.append(next_moment(clinic))
    with clinic.parts.transaction() as session:
        session.add(DailyWork(id=new_id(), clinic_id=clinic.id, name="n", next_at=clinic.now_at + timedelta(hours=1)))
    moments.append(next_moment(clinic))

    assert moments == [at("2026-09-29 13:00"), at("2026-09-28 12:00"), at("2026-09-28 11:00")]


def test_daily_work_is_in_flight_until_it_is_done(clinic: WorkingClinic) -> None:
    with clinic.parts.transaction() as session:
        session.add(DailyWork(id=new_id(), clinic_id=clinic.id, name="n", next_at=clinic.now_at))
    waiting = in_flight(clinic)

    clinic.set(DailyWork, next_at=clinic.now_at + timedelta(days=1))

    assert (waiting, in_flight(clinic)) == (["daily work due"], [])


def test_work_that_is_done_has_no_deadline(clinic: WorkingClinic) -> None:
    with clinic.parts.transaction() as session:
        deadline = clinic.now_at + timedelta(hours=2)
        session.add(
            WorkItem(clinic_id=clinic.id, key="k", kind="parked", state="done", due_at=deadline, opened_at=deadline)
        )

    assert next_moment(clinic) is None


@pytest.mark.parametrize("columns", [{"segments_per_day": 0}, {"segments_per_day": 1}, {}])
def test_what_waits_for_the_next_day_of_its_sender_holds_nothing_up_and_midnight_pacific_is_next(
    clinic: WorkingClinic, columns: dict[str, int]
) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    clinic.dispatch()
    clinic.lease_runs_out()
    clinic.set(Message, Message.id == message_id, expected_segments=2)
    if columns:
        clinic.set(Sender, Sender.channel == "sms", **columns)
    else:
        clinic.set(Pace, Pace.sender_id == clinic.sender().id, used_up_on=clinic.now_at.date())

    assert clinic.dispatch() == []
    assert in_flight(clinic) == []
    assert next_moment(clinic) == at("2026-09-29 03:00")


def test_safety_waits_for_no_day(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    clinic.set(Message, Message.id == message_id, lane=Lane.SAFETY)

    clinic.set(Sender, Sender.channel == "sms", segments_per_day=0)

    assert in_flight(clinic) == ["messages due"]
    assert len(clinic.dispatch()) == 1


def test_the_stepped_clock_goes_on_through_a_day_that_is_used_up(clinic: WorkingClinic) -> None:
    clinic.reminders(3)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=2)
    clinic.clock(DUE)
    clinic.send_due()
    clinic.set(Message, Message.state == State.SCHEDULED, useful_until=at("2026-09-30 12:00"))
    waits, midnight = in_flight(clinic), next_moment(clinic)

    assert midnight is not None
    clinic.clock_to(midnight)

    assert waits == []
    assert in_flight(clinic) == ["messages due"]
    assert len(clinic.dispatch()) == 1


def test_a_sender_that_is_shut_for_a_while_holds_the_clock(clinic: WorkingClinic) -> None:
    clinic.reminder()
    clinic.clock(DUE)
    clinic.dispatch()
    clinic.lease_runs_out()

    clinic.set(Pace, Pace.clinic_id == clinic.id, shut_until=func.clock_timestamp() + timedelta(minutes=5), trips=1)

    assert clinic.dispatch() == []
    assert in_flight(clinic) == ["messages due"]
