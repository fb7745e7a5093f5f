"""Paces: the last lock of every transaction but dispatch's, which waits for nobody; and a day's count that holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reminders.domain.answers import Accepted, Unknown
from reminders.domain.states import State
from reminders.domain.words import Lane
from reminders.pipeline.breaking import use_up
from reminders.pipeline.times import CRASHES
from reminders.store import dispatching, paces
from reminders.store.dispatching import Gate
from reminders.store.locks import lock_messages
from reminders.store.now import Now, read, step_to
from reminders.store.tables.clinic import Pace, Sender
from tests.domain.planning_clinic import at
from tests.waiting import meanwhile
from tests.working_clinic import DUE, PHONE, WorkingClinic


def booked(clinic: WorkingClinic) -> int:
    segments = clinic.scalar(select(Pace.segments).where(Pace.sender_id == clinic.sender().id))
    assert isinstance(segments, int)
    return segments


def book(clinic: WorkingClinic, segments: int) -> None:
    with clinic.parts.transaction() as session:
        paces.book(session, [(clinic.sender().id, segments)], read(session))


def capped(clinic: WorkingClinic) -> None:
    """Give the sender a pace and a day that ends."""
    clinic.reminder()
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=0)
    clinic.dispatch()


def test_dispatch_does_not_wait_for_messages_that_are_being_recorded(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(2)
    clinic.clock(DUE)

    with clinic.parts.transaction() as session:
        lock_messages(session, [ids[0]])
        released = clinic.dispatch()

    assert [list(batch.message_ids) for batch in released] == [[ids[1]]]


def test_recording_waits_for_a_dispatcher_that_has_the_pace_and_that_one_goes_on_meanwhile(
    clinic: WorkingClinic,
) -> None:
    message_id, batches = clinic.queued()
    clinic.channel.answers[PHONE] = [Unknown("timeout")]

    with clinic.parts.transaction() as session:
        ((sender, _),) = [one for one in paces.open_senders(session) if one[0].channel == "sms"]
        with meanwhile(clinic.engine, lambda: clinic.send(batches)):
            gate = Gate(read(session), [], deadly=CRASHES)
            found = [dispatching.due(session, sender.id, lane, gate, limit=50) for lane in Lane]
            session.commit()

    assert found == [[]] * len(Lane)
    assert clinic.get(message_id).state == State.UNKNOWN
    assert clinic.scalar(select(Pace.faults).where(Pace.sender_id == sender.id)) == 1


def test_a_claim_that_books_waits_for_a_dispatcher_and_not_the_other_way_round(clinic: WorkingClinic) -> None:
    message_id, batches = clinic.queued()
    clinic.channel.answers[PHONE] = [Accepted("SM1")]
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=10)

    with clinic.parts.transaction() as session:
        paces.open_senders(session)
        with meanwhile(clinic.engine, lambda: clinic.send(batches)):
            beside = clinic.dispatch()
            session.commit()

    assert beside == []
    assert (clinic.get(message_id).state, booked(clinic)) == (State.SENT, 1)


def test_what_is_booked_adds_up_until_midnight_pacific(clinic: WorkingClinic) -> None:
    capped(clinic)
    book(clinic, 3)
    book(clinic, 2)
    today = booked(clinic)

    clinic.clock("2026-09-29 03:00")
    book(clinic, 1)

    assert (today, booked(clinic)) == (5, 1)


BEFORE_MIDNIGHT, MIDNIGHT = "2026-09-29 02:59", "2026-09-29 03:00"
"""Of the Pacific day."""


@pytest.fixture
def late(clinic: WorkingClinic) -> Now:
    """What a transaction read just before midnight that comes to the pace when the new day has taken 40 of its 50."""
    capped(clinic)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=50)
    clinic.clock(BEFORE_MIDNIGHT)
    with clinic.parts.transaction() as session:
        before = read(session)
    clinic.clock(MIDNIGHT)
    book(clinic, 40)
    return before


def test_a_claim_that_read_the_clock_before_midnight_and_books_after_it_books_on_the_new_day(
    clinic: WorkingClinic,
) -> None:
    message_id = clinic.reminder(time_zone="Asia/Tokyo")
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=50)
    clinic.clock(BEFORE_MIDNIGHT)
    batches = clinic.dispatch()

    with clinic.parts.transaction() as session:
        paces.open_senders(session)
        with meanwhile(clinic.engine, lambda: clinic.send(batches)):
            step_to(session, at(MIDNIGHT))
            paces.book(session, [(clinic.sender().id, 40)], read(session))
            session.commit()

    assert (clinic.get(message_id).state, booked(clinic)) == (State.SENT, 41)


def test_who_read_the_clock_before_midnight_and_releases_after_it_spends_the_new_day(
    clinic: WorkingClinic, late: Now
) -> None:
    with of_texts(clinic) as (sender, pace):
        left = paces.allow(sender, pace, late, reserved=0).left

    assert (left, booked(clinic)) == (10, 40)


def test_a_day_that_the_provider_ended_is_not_opened_by_who_read_the_clock_before_midnight(
    clinic: WorkingClinic, late: Now
) -> None:
    with of_texts(clinic) as (_, pace), clinic.parts.transaction() as session:
        use_up(pace, "twilio_30023", read(session))

    with of_texts(clinic) as (_, pace):
        use_up(pace, "twilio_30023", late)

    assert pace.used_up_on == paces.day_on(clinic.now_at)


def test_a_day_that_was_counted_by_a_wrong_clock_is_not_kept(clinic: WorkingClinic, late: Now) -> None:
    next_year = replace(late, clinic_at=late.clinic_at + timedelta(days=365))
    with clinic.parts.transaction() as session:
        paces.book(session, [(clinic.sender().id, 50)], next_year)

    with of_texts(clinic) as (sender, pace):
        left = paces.allow(sender, pace, late, reserved=0).left

    assert left == 50


@contextmanager
def of_texts(clinic: WorkingClinic) -> Iterator[tuple[Sender, Pace]]:
    """Lock the sender of texts and its pace, as dispatch does."""
    with clinic.parts.transaction() as session:
        ((sender, pace),) = [one for one in paces.open_senders(session) if one[0].channel == "sms"]
        yield sender, pace


def test_of_a_sender_whose_day_has_no_end_nothing_is_counted(clinic: WorkingClinic) -> None:
    capped(clinic)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=None)

    book(clinic, 3)

    assert booked(clinic) == 0


def test_a_shut_sender_is_not_open_until_its_time_has_come(clinic: WorkingClinic) -> None:
    capped(clinic)

    def is_open() -> bool:
        with clinic.parts.transaction() as session:
            return "sms" in [sender.channel for sender, _ in paces.open_senders(session)]

    clinic.set(Pace, Pace.sender_id == clinic.sender().id, shut_until=func.clock_timestamp() + paces.BURST)
    shut = is_open()
    clinic.set(Pace, Pace.sender_id == clinic.sender().id, shut_until=func.clock_timestamp())

    assert (shut, is_open()) == (False, True)


def test_a_rest_is_only_ever_made_longer(clinic: WorkingClinic) -> None:
    capped(clinic)
    with clinic.parts.transaction() as session:
        at = read(session).machine_at
        pace = paces.lock(session, clinic.sender().id)
        assert pace is not None

        paces.rest(pace, at + paces.BURST, because="http_429")
        paces.rest(pace, at, because="twilio_20429")

        assert (pace.shut_until, pace.shut_because) == (at + paces.BURST, "http_429")
