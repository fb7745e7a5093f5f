"""The sweep: what was left behind is brought back, what is too late expires, what kills its workers is parked."""

from datetime import timedelta

from sqlalchemy import func, select

from reminders.domain.states import State
from reminders.store.tables.messages import Message
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, WEDNESDAY, WorkingClinic


def test_with_nothing_left_behind_it_does_nothing(clinic: WorkingClinic) -> None:
    clinic.reminder()

    assert clinic.sweep() == 0


def test_a_lease_that_holds_is_left_alone(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    clinic.dispatch()

    assert (clinic.sweep(), clinic.get(message_id).state) == (0, State.QUEUED)


def test_a_queued_message_whose_lease_is_out_waits_again(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    clinic.dispatch()
    clinic.set(Message, Message.id == message_id, lease_until=func.clock_timestamp() - timedelta(seconds=1))

    clinic.sweep()

    row = clinic.get(message_id)
    assert (row.state, row.batch_id, row.lease_until) == (State.SCHEDULED, None, None)
    assert len(clinic.dispatch()) == 1


def test_a_row_that_somebody_works_on_is_left_for_the_next_sweep(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    clinic.dispatch()
    clinic.set(Message, Message.id == message_id, lease_until=func.clock_timestamp() - timedelta(seconds=1))

    with clinic.parts.transaction() as session:
        session.execute(select(Message.id).with_for_update())
        meanwhile = clinic.sweep()

    assert (meanwhile, clinic.sweep()) == (0, 1)


def test_a_message_goes_until_the_end_of_its_use_and_not_after(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock_to(at("2026-09-29 13:00") - timedelta(seconds=1))
    before = clinic.sweep()

    clinic.clock("2026-09-29 13:00")
    clinic.sweep()

    row = clinic.get(message_id)
    assert (before, row.state, row.reason, row.moved_at) == (0, State.EXPIRED, "too_late", at("2026-09-29 13:00"))


def test_after_days_of_silence_nothing_stale_goes_and_one_call_is_left(clinic: WorkingClinic) -> None:
    clinic.visit(clinic.patient())
    clinic.visit(clinic.patient("Bea", phone="+13125550143"), "2026-10-14 10:30")
    clinic.plan()
    clinic.clock("2026-10-07 09:05")

    clinic.sweep()
    texts = clinic.send_due()

    assert clinic.message("prep", Message.due_at < clinic.now_at).state == State.EXPIRED
    assert [text for text in texts if "Oct 7" in text] == []
    assert sorted(item.kind for item in clinic.work()) == ["no_driver", "phone_patient"]


def test_a_prep_that_expires_in_the_queue_becomes_a_call(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient())
    clinic.plan()
    clinic.clock("2026-10-07 08:00")
    clinic.dispatch()
    clinic.clock("2026-10-07 08:30")

    clinic.sweep()

    assert clinic.message("prep").state == State.EXPIRED
    assert sorted(item.kind for item in clinic.work()) == ["no_driver", "phone_patient"]


def test_a_rider_that_went_with_its_carrier_never_expires(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    for starts in (WEDNESDAY, "2026-10-14 10:30"):
        clinic.visit(ana, starts, service="consultation")
    clinic.plan()
    clinic.send_due()

    clinic.clock("2026-11-20 10:00")
    clinic.sweep()

    assert sorted(row.state for row in clinic.messages(Message.rule == "booked")) == [State.MERGED, State.SENT]


def test_a_rider_whose_use_ends_before_its_carrier_goes_is_not_said(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    for starts in (WEDNESDAY, "2026-10-14 10:30"):
        clinic.visit(ana, starts, service="consultation")
    clinic.plan()
    rider = next(row for row in clinic.messages() if row.state == State.MERGED)
    clinic.set(Message, Message.id == rider.id, useful_until=clinic.now_at - timedelta(minutes=1))

    (text,) = clinic.send_due()

    assert "Oct 14" not in text
    assert clinic.get(rider.id).state == State.EXPIRED


def test_a_message_whose_batch_died_three_times_is_parked_and_is_work(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.set(Message, Message.id == message_id, crashes=3)

    clinic.sweep()

    row = clinic.get(message_id)
    (item,) = clinic.work()
    assert (row.state, row.reason, row.crashes) == (State.PARKED, "crashed", 0)
    assert (item.kind, item.due_at) == ("parked", row.useful_until)
