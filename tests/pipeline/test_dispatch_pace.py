"""How fast a sender goes, how deep its queues are, and what its day still pays for."""

from datetime import timedelta
from uuid import UUID

from reminders.domain.words import Lane
from reminders.pipeline.times import BATCH, WAVE
from reminders.store.tables.clinic import Pace, Sender
from reminders.store.tables.messages import Message
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
    today = len(handed(clinic))

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


def test_a_task_carries_no_more_than_a_batch(clinic: WorkingClinic) -> None:
    clinic.reminders(BATCH + 3)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", per_second=500)

    assert sorted(len(batch.message_ids) for batch in clinic.dispatch()) == [3, BATCH]


def _grow_older(clinic: WorkingClinic, by: timedelta) -> None:
    """Let machine time pass for the senders' paces."""
    clinic.set(Pace, Pace.clinic_id == clinic.id, filled_at=Pace.filled_at - by)
