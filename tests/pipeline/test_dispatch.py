"""Dispatch: what is due goes to the workers, in the order of lanes, unless something holds it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from reminders.domain.states import State
from reminders.domain.words import Lane
from reminders.pipeline.dispatch import dispatch
from reminders.store import outbox
from reminders.store.tables.clinic import Pace, Pause, Sender
from reminders.store.tables.messages import Message
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, PHONE, WorkingClinic, lanes


def handed(clinic: WorkingClinic) -> list[UUID]:
    return [message_id for batch in clinic.dispatch() for message_id in batch.message_ids]


def pause(clinic: WorkingClinic, scope: str, value: str, **columns: Any) -> None:
    given = {"reason": "a trial", "started_by": "ops", "started_at": clinic.now_at} | columns
    with clinic.parts.transaction() as session:
        session.add(Pause(clinic_id=clinic.id, scope=scope, value=value, **given))


def lead(clinic: WorkingClinic, message_id: UUID, *states: State) -> None:
    with clinic.parts.transaction() as session:
        for old, new in zip((State.SCHEDULED, *states), states, strict=False):
            outbox.advance(session, [message_id], start=[old], to=new, at=clinic.now_at)


def test_only_what_is_due_goes(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    before = handed(clinic)

    clinic.clock(DUE)

    assert (before, handed(clinic)) == ([], [message_id])


def test_what_was_handed_out_is_not_handed_out_again(clinic: WorkingClinic) -> None:
    clinic.reminder()
    clinic.clock(DUE)

    assert [len(handed(clinic)), len(handed(clinic))] == [1, 0]


def test_a_batch_is_leased_before_anybody_hears_of_it(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    heard: list[Message] = []

    dispatch(clinic.parts, lambda _lane, _batch_id, ids: heard.extend(clinic.get(one) for one in ids))

    (row,) = heard
    leased = row.lease_until is not None and row.lease_until > clinic.scalar(select(func.clock_timestamp()))
    assert (row.id, row.state, leased) == (message_id, State.QUEUED, True)


def test_workers_are_told_ids_and_nothing_else(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    heard: list[tuple[str, UUID, Sequence[UUID]]] = []

    dispatch(clinic.parts, lambda *told: heard.append(told))

    ((lane, batch_id, ids),) = heard
    assert (lane, list(ids), batch_id) == ("routine", [message_id], clinic.get(message_id).batch_id)


def test_what_the_broker_did_not_take_waits_again_and_what_it_took_is_left_alone(clinic: WorkingClinic) -> None:
    first, second = clinic.reminders(2)
    clinic.clock(DUE)
    clinic.set(Message, Message.id == first, lane=Lane.PREP)
    taken: list[str] = []

    def publish(lane: str, *_told: object) -> None:
        if taken:
            raise ConnectionError
        taken.append(lane)

    with pytest.raises(ConnectionError):
        dispatch(clinic.parts, publish)

    assert taken == ["prep"]
    assert [clinic.get(one).state for one in (first, second)] == [State.QUEUED, State.SCHEDULED]


def test_a_dispatcher_that_dies_leaves_its_rows_to_their_lease(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)

    def publish(*_told: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dispatch(clinic.parts, publish)
    before = clinic.get(message_id).state
    clinic.set(Message, Message.id == message_id, lease_until=func.clock_timestamp())
    clinic.sweep()

    assert (before, handed(clinic)) == (State.QUEUED, [message_id])


def test_higher_lanes_go_first(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(4)
    clinic.clock(DUE)
    for lane, message_id in zip([Lane.NUDGE, Lane.PREP, Lane.ROUTINE, Lane.SAFETY], ids, strict=True):
        clinic.set(Message, Message.id == message_id, lane=lane)

    assert lanes(clinic.dispatch()) == ["safety", "prep", "routine", "nudge"]


def test_within_a_lane_what_is_due_longest_goes_first(clinic: WorkingClinic) -> None:
    first, second = clinic.reminders(2)
    clinic.clock(DUE)
    clinic.set(Message, Message.id == second, due_at=at("2026-09-28 09:00"))

    assert handed(clinic) == [second, first]


def test_one_address_gets_one_message_at_a_time(clinic: WorkingClinic) -> None:
    clinic.reminder("Ana", PHONE)
    clinic.reminder("Bea", PHONE)
    clinic.clock(DUE)
    rounds = []

    for _ in range(3):
        batches = clinic.dispatch()
        rounds.append(sum(len(batch.message_ids) for batch in batches))
        clinic.send(batches)

    assert rounds == [1, 1, 0]


@pytest.mark.parametrize("busy", [(State.QUEUED,), (State.QUEUED, State.SENDING, State.UNKNOWN)])
def test_nothing_overtakes_what_is_or_may_be_on_its_way_to_an_address(
    clinic: WorkingClinic, busy: tuple[State, ...]
) -> None:
    ahead, behind = clinic.reminder("Ana", PHONE), clinic.reminder("Bea", PHONE)
    clinic.clock(DUE)

    lead(clinic, ahead, *busy)

    assert handed(clinic) == []
    assert clinic.get(behind).state == State.SCHEDULED


def test_nobody_is_written_to_while_a_plan_is_owed(clinic: WorkingClinic) -> None:
    message = clinic.get(clinic.reminder())
    clinic.clock(DUE)
    assert message.patient_id is not None
    clinic.owe(message.patient_id)
    owed = handed(clinic)

    clinic.plan()

    assert (owed, handed(clinic)) == ([], [message.id])


def test_a_back_off_is_waited_for_in_machine_time(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    clinic.set(Message, Message.id == message_id, not_before=func.clock_timestamp() + timedelta(minutes=1))
    waits = handed(clinic)

    clinic.set(Message, Message.id == message_id, not_before=func.clock_timestamp())

    assert (waits, handed(clinic)) == ([], [message_id])


@pytest.mark.parametrize(
    ("scope", "value", "other"),
    [("clinic", "", None), ("channel", "sms", "email"), ("template", "reminder", "prep"), ("lane", "routine", "prep")],
)
def test_a_pause_holds_what_it_names_and_nothing_else(
    clinic: WorkingClinic, scope: str, value: str, other: str | None
) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    if other is not None:
        pause(clinic, scope, other)
        goes = handed(clinic)
        assert goes == [message_id]
        lead(clinic, message_id)
        clinic.set(Message, Message.id == message_id, lease_until=func.clock_timestamp())
        clinic.sweep()

    pause(clinic, scope, value)

    assert handed(clinic) == []
    assert clinic.get(message_id).state == State.SCHEDULED


def test_a_paused_sender_sends_nothing(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)

    pause(clinic, "sender", str(uuid4()))
    pause(clinic, "sender", str(clinic.sender().id))

    assert handed(clinic) == []
    assert clinic.get(message_id).state == State.SCHEDULED


def test_a_pause_that_ended_holds_nothing(clinic: WorkingClinic) -> None:
    clinic.reminder()
    clinic.clock(DUE)

    pause(clinic, "clinic", "", ended_at=clinic.now_at)

    assert len(handed(clinic)) == 1


def test_a_held_sender_sends_nothing(clinic: WorkingClinic) -> None:
    clinic.reminder()
    clinic.clock(DUE)

    clinic.set(Sender, Sender.channel == "sms", held_at=func.clock_timestamp())

    assert handed(clinic) == []


def test_a_message_whose_batch_died_goes_alone(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(4)
    clinic.clock(DUE)

    clinic.set(Message, Message.id == ids[2], crashes=1)

    assert sorted(len(batch.message_ids) for batch in clinic.dispatch()) == [1, 3]
    assert [ids[2]] in [list(batch.message_ids) for batch in clinic.published]


def test_a_message_whose_batch_died_three_times_goes_no_more_and_spends_nothing(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)

    clinic.set(Message, Message.id == message_id, crashes=3)

    assert handed(clinic) == []
    assert clinic.scalar(select(func.sum(Pace.segments))) == 0


def test_two_dispatchers_hand_out_each_message_once(clinic: WorkingClinic) -> None:
    clinic.reminders(3)
    clinic.clock(DUE)
    inner: list[UUID] = []

    def while_publishing(*_told: object) -> None:
        inner.extend(handed(clinic))

    count = dispatch(clinic.parts, while_publishing)

    assert (count, inner) == (3, [])


def test_a_dispatcher_leaves_alone_what_another_is_just_looking_at(clinic: WorkingClinic) -> None:
    clinic.reminder()
    clinic.clock(DUE)
    clinic.dispatch()
    clinic.reminder("Bea", "+13125550143", "2026-09-29 15:00")

    with clinic.parts.transaction() as session:
        session.execute(select(Pace.id).with_for_update())
        meanwhile = handed(clinic)

    assert meanwhile == []
    assert len(handed(clinic)) == 1


def test_a_quiet_tick_asks_little_and_writes_nothing(clinic: WorkingClinic) -> None:
    clinic.reminder()
    clinic.dispatch()

    with clinic.statements() as statements:
        clinic.dispatch()

    assert len(statements) <= 5
    assert not [statement for statement in statements if not statement.startswith("SELECT")]
