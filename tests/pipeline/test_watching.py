"""The watch: ops hear of messages that are due and do not move, and only then."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.domain.states import State
from reminders.pipeline.watching import LATE, Watch
from reminders.store.tables.clinic import Pace, Pause, Sender
from reminders.store.tables.messages import Message, WorkItem
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, WorkingClinic

AT_ONCE, NEVER = timedelta(), timedelta(hours=1)
LATE_AT = at(DUE) + LATE


def told(clinic: WorkingClinic) -> list[tuple[str, str]]:
    return [(item.state, item.because.partition(" since")[0]) for item in clinic.work() if item.kind == "downtime"]


def late(clinic: WorkingClinic, count: int = 1) -> list[UUID]:
    """Let messages become late, though nobody holds them back."""
    message_ids = clinic.reminders(count)
    clinic.clock_to(LATE_AT)
    return message_ids


def test_what_is_late_and_does_not_move_is_told_once(clinic: WorkingClinic) -> None:
    late(clinic, 3)
    watch = Watch(clinic.parts, still=AT_ONCE)

    watch.look()
    watch.look()
    Watch(clinic.parts, still=AT_ONCE).look()

    assert told(clinic) == [("open", "3 messages have been due")]
    with clinic.parts.transaction() as session:
        assert session.scalars(select(WorkItem.reason)).all() == ["delivery_late"]


def test_it_is_taken_back_when_nothing_is_late_any_more(clinic: WorkingClinic) -> None:
    late(clinic)
    watch = Watch(clinic.parts, still=AT_ONCE)
    watch.look()

    clinic.send_due()
    watch.look()

    assert told(clinic) == [("done", "1 message has been due")]


def test_the_next_time_it_is_told_anew(clinic: WorkingClinic) -> None:
    late(clinic)
    watch = Watch(clinic.parts, still=AT_ONCE)
    watch.look()
    clinic.send_due()
    watch.look()
    clinic.reminder("Zoe", phone="+13125559999")

    clinic.clock_to(clinic.now_at + LATE)
    watch.look()

    assert sorted(state for state, _ in told(clinic)) == ["done", "open"]


@pytest.mark.parametrize("minutes", [0, 14])
def test_what_is_a_little_behind_is_not_late(clinic: WorkingClinic, minutes: int) -> None:
    clinic.reminder()
    clinic.clock_to(at(DUE) + timedelta(minutes=minutes))

    Watch(clinic.parts, still=AT_ONCE).look()

    assert told(clinic) == []


def test_what_is_late_for_a_short_while_of_machine_time_is_not_told(clinic: WorkingClinic) -> None:
    late(clinic)
    watch = Watch(clinic.parts, still=NEVER)

    watch.look()
    watch.look()

    assert told(clinic) == []


def test_a_backlog_that_moves_is_not_told(clinic: WorkingClinic) -> None:
    first, second = late(clinic, 2)
    watch = Watch(clinic.parts, still=timedelta(milliseconds=1))
    watch.look()
    clinic.set(Message, Message.id == first, state=State.SENT)

    watch.look()

    assert told(clinic) == []
    assert clinic.get(second).state == State.SCHEDULED


def test_what_waits_in_a_broker_that_nobody_serves_is_late_too(clinic: WorkingClinic) -> None:
    late(clinic)
    clinic.dispatch()

    Watch(clinic.parts, still=AT_ONCE).look()

    assert told(clinic) == [("open", "1 message has been due")]


def test_a_patient_who_cannot_be_planned_is_late_too(clinic: WorkingClinic) -> None:
    (message_id,) = late(clinic)
    patient_id = clinic.get(message_id).patient_id
    assert patient_id
    clinic.owe(patient_id)

    Watch(clinic.parts, still=AT_ONCE).look()

    assert len(told(clinic)) == 1


def pause(clinic: WorkingClinic) -> None:
    with clinic.parts.transaction() as session:
        one = Pause(clinic_id=clinic.id, scope="channel", value="sms", reason="", started_by="", started_at=at(DUE))
        session.add(one)


def hold(clinic: WorkingClinic) -> None:
    clinic.set(Sender, held_at=func.clock_timestamp())


def spend_the_day(clinic: WorkingClinic) -> None:
    clinic.dispatch()
    clinic.set(Message, Message.state == State.QUEUED, state=State.SCHEDULED)
    clinic.set(Pace, used_up_on=at(DUE).date())


def open_a_question(clinic: WorkingClinic) -> None:
    """Let another message to the same address have an unknown outcome."""
    clinic.set(Message, Message.rule == "reminder", useful_until=LATE_AT + timedelta(hours=1))
    clinic.told_visit(
        clinic.patient("Bea", phone="+13125550000", email=None), "2026-09-29 15:00", service="consultation"
    )
    clinic.plan()
    newest = clinic.messages(Message.rule == "reminder")[-1]
    clinic.set(Message, Message.id == newest.id, state=State.UNKNOWN)


@pytest.mark.parametrize("hold_back", [pause, hold, spend_the_day, open_a_question])
def test_what_is_held_back_for_a_reason_is_not_told(
    clinic: WorkingClinic, hold_back: Callable[[WorkingClinic], None]
) -> None:
    late(clinic)
    hold_back(clinic)

    Watch(clinic.parts, still=AT_ONCE).look()

    assert told(clinic) == []


def test_looking_costs_the_same_few_statements_however_much_is_late(clinic: WorkingClinic) -> None:
    late(clinic, 20)
    watch = Watch(clinic.parts, still=NEVER)

    with clinic.statements() as seen:
        watch.look()

    assert len(seen) == 5
