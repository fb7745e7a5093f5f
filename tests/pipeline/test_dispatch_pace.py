"""How fast a sender goes, how deep its queues are, and what its day still pays for."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.domain.words import Lane
from reminders.pipeline.dispatch import dispatch
from reminders.pipeline.times import BATCH, WAVE
from reminders.store.engine import connect, transactions
from reminders.store.tables.clinic import Pace, Sender
from reminders.store.tables.messages import Message
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, WorkingClinic


def handed(clinic: WorkingClinic) -> list[UUID]:
    return [message_id for batch in clinic.dispatch() for message_id in batch.message_ids]


def test_a_sender_sends_no_faster_than_its_pace(clinic: WorkingClinic) -> None:
    clinic.reminders(8)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", per_second=2)
    burst = len(handed(clinic))

    at_once = len(handed(clinic))
    _grow_older(clinic, timedelta(seconds=1))
    a_second_later = len(handed(clinic))

    assert (burst, at_once, a_second_later) == (4, 0, 2)


def test_a_sender_that_rested_saves_up_no_more_than_its_burst(clinic: WorkingClinic) -> None:
    clinic.reminders(8)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", per_second=2)
    handed(clinic)

    _grow_older(clinic, timedelta(days=1))

    assert len(handed(clinic)) == 4


def test_a_slow_sender_still_sends_one(clinic: WorkingClinic) -> None:
    clinic.reminders(2)
    clinic.clock(DUE)

    clinic.set(Sender, Sender.channel == "sms", per_second="0.10")

    assert [len(handed(clinic)), len(handed(clinic))] == [1, 0]


def test_a_lane_holds_no_deeper_stock_than_a_wave(clinic: WorkingClinic) -> None:
    clinic.reminders(WAVE + 5)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", per_second=30)
    first = len(handed(clinic))
    _grow_older(clinic, timedelta(minutes=1))

    assert (first, len(handed(clinic))) == (WAVE + 5, 0)


def test_the_segments_of_a_day_are_spent_until_the_day_ends_at_the_carriers(clinic: WorkingClinic) -> None:
    clinic.reminders(5)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=2)
    today = len(clinic.send_due())

    clinic.set(Message, Message.channel == "sms", useful_until=at("2026-09-30 12:00"))
    clinic.clock("2026-09-29 02:59")
    before_midnight = len(handed(clinic))
    clinic.clock("2026-09-29 03:00")
    after_midnight = len(handed(clinic))

    assert (today, before_midnight, after_midnight) == (2, 0, 2)


def test_a_message_of_two_segments_spends_two(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(2)
    clinic.clock(DUE)
    clinic.set(Message, Message.id.in_(ids), expected_segments=2)

    clinic.set(Sender, Sender.channel == "sms", segments_per_day=3)

    assert len(handed(clinic)) == 1


def test_safety_is_never_held_back_by_the_budget(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(3)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=0)

    clinic.set(Message, Message.id == ids[1], lane=Lane.SAFETY)

    assert handed(clinic) == [ids[1]]


def test_safety_goes_when_the_bucket_is_empty_and_takes_no_more_ahead_than_a_burst(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(12)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", per_second=2)
    handed(clinic)
    clinic.set(Message, Message.id.in_(ids), lane=Lane.SAFETY)

    ahead, at_once = len(handed(clinic)), len(handed(clinic))
    _grow_older(clinic, timedelta(seconds=1))

    assert (ahead, at_once, len(handed(clinic))) == (4, 0, 2)


def test_what_safety_took_ahead_the_others_wait_for(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(9)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", per_second=2)
    clinic.set(Message, Message.id.in_(ids[:8]), lane=Lane.SAFETY)
    handed(clinic)

    _grow_older(clinic, timedelta(seconds=1.9))
    too_early = handed(clinic)
    _grow_older(clinic, timedelta(seconds=1))

    assert too_early == []
    assert handed(clinic) == [ids[8]]


def test_a_lower_lane_that_is_full_does_not_delay_safety(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(WAVE + 2)
    clinic.clock(DUE)
    clinic.set(Message, Message.id == ids[0], due_at=at(DUE) + timedelta(hours=1))
    full = handed(clinic)
    clinic.set(Message, Message.id == ids[0], due_at=at(DUE), lane=Lane.SAFETY)

    assert len(full) == WAVE + 1
    assert handed(clinic) == [ids[0]]


def test_what_is_past_its_use_is_left_to_the_sweep(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)

    clinic.set(Message, Message.id == message_id, useful_until=at(DUE))

    assert handed(clinic) == []


def test_a_message_that_is_too_long_for_the_rest_of_the_day_does_not_keep_the_others_back(
    clinic: WorkingClinic,
) -> None:
    ids = clinic.reminders(3)
    clinic.clock(DUE)
    clinic.set(Message, Message.id == ids[0], expected_segments=3)

    clinic.set(Sender, Sender.channel == "sms", segments_per_day=2)

    assert handed(clinic) == ids[1:]


def test_what_waits_in_the_broker_is_reserved(clinic: WorkingClinic) -> None:
    clinic.reminders(5)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=3)

    released = [len(handed(clinic)), len(handed(clinic))]

    assert released == [3, 0]
    assert clinic.scalar(select(func.sum(Pace.segments))) == 0


def test_pace_and_day_survive_a_restart(clinic: WorkingClinic) -> None:
    clinic.reminders(5)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=3, per_second="0.10")
    clinic.send_due()
    clinic.set(Sender, Sender.channel == "sms", per_second=50)
    clinic.set(Pace, tokens=50)  # as after a second, which a quick machine does not take here
    clinic.send_due()
    engine = connect(clinic.engine.url.render_as_string(hide_password=False))

    released = dispatch(replace(clinic.parts, transaction=transactions(engine)), lambda *_: None)

    engine.dispose()
    assert (released, clinic.scalar(select(func.sum(Pace.segments)))) == (0, 3)


def test_dispatchers_side_by_side_spend_a_day_only_once(clinic: WorkingClinic) -> None:
    clinic.reminders(12)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=7)

    released = _side_by_side(clinic)

    assert len(released) == len(set(released)) == 7


@pytest.mark.parametrize("rate", [0.5, 2])
def test_dispatchers_side_by_side_go_no_faster_than_one(clinic: WorkingClinic, rate: float) -> None:
    clinic.reminders(12)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", per_second=rate)
    began = time.monotonic()

    released = _side_by_side(clinic)

    saved_up = max(1, 2 * rate)
    assert saved_up <= len(released) <= saved_up + rate * (time.monotonic() - began)


def _side_by_side(clinic: WorkingClinic) -> list[UUID]:
    """Let four dispatchers run together three times each; return what they released."""
    released: list[UUID] = []

    def run(_: int) -> None:
        dispatch(clinic.parts, lambda _lane, _batch_id, ids: released.extend(ids))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(12)))
    return released


def test_a_task_carries_no_more_than_a_batch(clinic: WorkingClinic) -> None:
    clinic.reminders(BATCH + 3)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", per_second=500)

    assert sorted(len(batch.message_ids) for batch in clinic.dispatch()) == [3, BATCH]


def _grow_older(clinic: WorkingClinic, by: timedelta) -> None:
    """Let machine time pass for the senders' paces."""
    clinic.set(Pace, Pace.clinic_id == clinic.id, filled_at=Pace.filled_at - by)
