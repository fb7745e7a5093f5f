"""A row whose stamp cannot be read: it is moved like the others, and stops none of them."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func

from reminders.channels.base import Outgoing
from reminders.domain.answers import Fault, Refused, Unknown
from reminders.domain.states import State
from reminders.pipeline.inquiring import inquire
from reminders.store.tables.messages import Message
from tests.pipeline.two_patients import BEAS, states, two
from tests.scripted_inquirer import ScriptedInquirer
from tests.working_clinic import DUE, PHONE, WEDNESDAY, WorkingClinic

TOO_LATE = "2026-09-29 13:00"


def damage(clinic: WorkingClinic, message_id: UUID) -> None:
    clinic.set(Message, Message.id == message_id, stamp={})


def test_what_is_too_late_expires(clinic: WorkingClinic) -> None:
    ana, bea = two(clinic)
    damage(clinic, ana)
    clinic.clock(TOO_LATE)

    clinic.sweep()

    assert states(clinic, ana, bea) == [(State.EXPIRED, "too_late")] * 2


def test_what_kills_its_workers_is_parked(clinic: WorkingClinic) -> None:
    ana, bea = two(clinic)
    damage(clinic, ana)
    clinic.set(Message, Message.id.in_([ana, bea]), crashes=3)

    clinic.sweep()

    assert states(clinic, ana, bea) == [(State.PARKED, "crashed")] * 2
    assert {item.message_id for item in clinic.work() if item.kind == "parked"} == {ana, bea}


def test_a_carrier_is_stopped_and_its_rider_set_free(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    for starts in (WEDNESDAY, "2026-10-14 10:30"):
        clinic.visit(patient_id, starts, service="consultation")
    clinic.plan()
    (rider,) = clinic.messages(Message.state == State.MERGED)
    assert rider.carrier_id is not None
    damage(clinic, rider.id)
    clinic.set(Message, Message.id == rider.carrier_id, crashes=3)

    clinic.sweep()

    assert states(clinic, rider.carrier_id, rider.id) == [(State.PARKED, "crashed"), (State.SCHEDULED, None)]


def test_receipts_move_their_messages(clinic: WorkingClinic) -> None:
    ana, bea = two(clinic)
    clinic.send_due()
    damage(clinic, ana)
    clinic.receipt(ana, "undelivered", "30005")
    clinic.receipt(bea, "delivered")

    clinic.settle()

    assert states(clinic, ana, bea) == [(State.UNDELIVERED, "twilio_30005"), (State.DELIVERED, None)]


def test_outcomes_are_written_down(clinic: WorkingClinic) -> None:
    ana, bea = two(clinic)
    clinic.channel.answers[PHONE] = [Refused("twilio_30005", Fault.UNREACHABLE)]
    clinic.channel.looks.append(_damaging(clinic, ana))

    clinic.send_due()

    assert states(clinic, ana, bea) == [(State.UNDELIVERED, "twilio_30005"), (State.SENT, None)]


def _damaging(clinic: WorkingClinic, message_id: UUID) -> Callable[[Outgoing], None]:
    return lambda _: damage(clinic, message_id)


@pytest.mark.parametrize("text", [True, False], ids=["text", "email"])
def test_what_the_provider_never_had_is_concluded(clinic: WorkingClinic, text: bool) -> None:  # noqa: FBT001
    clinic.parts = replace(clinic.parts, inquirers={"sandbox": ScriptedInquirer()})
    phones = (PHONE, BEAS) if text else ("", "")
    ids = clinic.reminder(phone=phones[0]), clinic.reminder("Bea", phone=phones[1])
    for to in (PHONE, BEAS, "ana@example.com", "bea@example.com"):
        clinic.channel.answers[to] = [Unknown("timeout")]
    clinic.send_at(DUE)
    damage(clinic, ids[0])

    for _ in range(2):
        clinic.set(Message, Message.check_at.is_not(None), check_at=func.clock_timestamp())
        inquire(clinic.parts)

    assert states(clinic, *ids) == [(State.SCHEDULED, None) if text else (State.PARKED, "untold")] * 2
