"""What follows a failure: it is written down whatever else goes wrong, and somebody is told."""

import pytest

from reminders.domain.answers import Deferred, Fault, Hold, Refused
from reminders.domain.states import State
from reminders.pipeline import planning
from reminders.pipeline.dispatch import dispatch
from reminders.store import senders
from reminders.store.tables.messages import Message
from tests.clinics import SANDBOX, VAULT
from tests.working_clinic import DUE, PHONE, WorkingClinic

OTHER_PHONE = "+13125550143"


def break_planning(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(planning, "_plan_one", fail)


def test_outcomes_are_kept_when_a_patient_of_the_batch_cannot_be_planned(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, accepted = clinic.reminder(), clinic.reminder("Bea", OTHER_PHONE)
    clinic.channel.answers[PHONE] = [Refused("twilio_30005", Fault.UNREACHABLE)]
    clinic.clock(DUE)
    batches = clinic.dispatch()
    break_planning(monkeypatch)

    clinic.send(batches)

    assert [clinic.get(one).state for one in (refused, accepted)] == [State.UNDELIVERED, State.SENT]
    monkeypatch.undo()
    clinic.plan()
    assert [row.channel for row in clinic.messages() if row.step == 2] == ["email"]


def test_receipts_are_kept_when_a_patient_cannot_be_planned(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed, arrived = clinic.reminder(), clinic.reminder("Bea", OTHER_PHONE)
    clinic.send_at(DUE)
    clinic.receipt(failed, "undelivered", "30003")
    clinic.receipt(arrived, "delivered")
    break_planning(monkeypatch)

    clinic.settle()

    assert [clinic.get(one).state for one in (failed, arrived)] == [State.UNDELIVERED, State.DELIVERED]


def test_a_held_sender_is_work_for_a_person(clinic: WorkingClinic) -> None:
    clinic.reminder()
    clinic.channel.answers[PHONE] = [Deferred("twilio_20003", Hold.CONFIGURATION)]

    clinic.send_at(DUE)

    assert [(item.kind, item.what) for item in clinic.work()] == [
        ("sender_held", "mend the sender's set-up, then run: reminders seed")
    ]


def test_seeding_releases_a_held_sender(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.channel.answers[PHONE] = [Deferred("twilio_20003", Hold.CONFIGURATION)]
    clinic.send_at(DUE)

    with clinic.parts.transaction() as session:
        senders.follow(session, VAULT, clinic.id, SANDBOX)

    assert clinic.sender().held_at is None
    clinic.set(Message, Message.id == message_id, not_before=None)
    assert len(clinic.send_due()) == 1


def test_a_broker_that_is_away_costs_no_lease(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)

    def publish(*_args: object) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        dispatch(clinic.parts, publish)

    assert clinic.get(message_id).state == State.SCHEDULED
    assert len(clinic.send_due()) == 1
