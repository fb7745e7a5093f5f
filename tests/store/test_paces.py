"""Paces: the last lock of every transaction but dispatch's, which waits for nobody; and a day's count that holds."""

from sqlalchemy import func, select

from reminders.domain.answers import Accepted, Unknown
from reminders.domain.states import State
from reminders.domain.words import Lane
from reminders.pipeline.times import CRASHES
from reminders.store import dispatching, paces
from reminders.store.dispatching import Gate
from reminders.store.locks import lock_messages
from reminders.store.now import read
from reminders.store.tables.clinic import Pace, Sender
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
