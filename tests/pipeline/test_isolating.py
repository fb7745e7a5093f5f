"""A fault of ours in one row: the others go on, and a person sees the one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from reminders.domain.answers import Fault, Refused, Unknown
from reminders.domain.states import State
from reminders.pipeline import aftermath
from reminders.pipeline.inquiring import inquire
from reminders.store import open_ends, stopped
from reminders.store.tables.messages import Attempt, Message, Receipt
from reminders.store.tables.visits import PlanningDebt
from tests.help_wanted import cry, notice
from tests.pipeline.two_patients import BEAS, states, two
from tests.scripted_inquirer import ScriptedInquirer
from tests.working_clinic import PHONE, WorkingClinic

TOO_LATE = "2026-09-29 13:00"
SECRET = "what nobody may read in a log"


@pytest.fixture
def logs() -> Any:
    with capture_logs() as caught:
        yield caught


def stumble(monkeypatch: pytest.MonkeyPatch, room: Any, step: str, message_id: UUID) -> None:
    """Let a step of *room* raise whenever it is about *message_id*."""
    sound: Callable[..., Any] = getattr(room, step)

    def stumbling(*given: Any, **named: Any) -> Any:
        if any(_is_about(one, message_id) for one in given):
            raise ZeroDivisionError(SECRET)
        return sound(*given, **named)

    monkeypatch.setattr(room, step, stumbling)


def _is_about(given: Any, message_id: UUID) -> bool:
    if isinstance(given, list):
        return any(_is_about(one, message_id) for one in given)
    return message_id == (given if isinstance(given, UUID) else getattr(given, "id", None))


def effects(clinic: WorkingClinic) -> list[str | None]:
    with clinic.parts.transaction() as session:
        return list(session.scalars(select(Receipt.effect).order_by(Receipt.id)))


def asked(clinic: WorkingClinic, message_id: UUID) -> list[tuple[str, str]]:
    """Return what people are asked about a message, and why."""
    return [(item.kind, item.because) for item in clinic.work() if item.message_id == message_id]


FAULT = "something of ours went wrong with it; ops has to look at it"


def test_a_message_that_cannot_be_swept_is_parked_and_the_others_are_swept(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch, logs: list[Any]
) -> None:
    ana, bea = two(clinic)
    stumble(monkeypatch, aftermath, "stop_all", ana)
    clinic.clock(TOO_LATE)

    clinic.sweep()

    assert states(clinic, ana, bea) == [(State.PARKED, "fault"), (State.EXPIRED, "too_late")]
    assert asked(clinic, ana) == [("parked", FAULT)]
    assert clinic.sweep() == 0
    failed = [log for log in logs if log["event"] == "sweep.failed"]
    assert [(log["message_id"], log["error"]) for log in failed] == [(str(ana), "ZeroDivisionError")]
    assert SECRET not in str(logs)


def test_a_message_that_no_plan_made_is_parked_and_asked_about_too(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = clinic.patient()
    message_id = notice(clinic, ana, cry(clinic, ana, escalate_at=None))
    stumble(monkeypatch, aftermath, "stop_all", message_id)
    clinic.clock(TOO_LATE)

    clinic.sweep()

    assert states(clinic, message_id) == [(State.PARKED, "fault")]
    assert asked(clinic, message_id) == [("parked", FAULT)]
    assert clinic.scalar(select(func.count()).select_from(PlanningDebt)) == 0


def test_one_that_cannot_even_be_set_aside_stops_no_other(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch, logs: list[Any]
) -> None:
    ana, bea = two(clinic)
    for room, step in ((aftermath, "stop_all"), (stopped, "one")):
        stumble(monkeypatch, room, step, ana)
    clinic.clock(TOO_LATE)

    clinic.sweep()

    assert states(clinic, ana, bea) == [(State.SCHEDULED, None), (State.EXPIRED, "too_late")]
    assert [log["error"] for log in logs if log["event"] == "isolating.not_set_aside"] == ["ZeroDivisionError"]


def test_a_receipt_that_cannot_be_settled_is_set_aside_and_the_others_are_settled(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch, logs: list[Any]
) -> None:
    ana, bea = two(clinic)
    clinic.send_due()
    stumble(monkeypatch, aftermath, "learn", ana)
    clinic.receipt(ana, "undelivered", "30005")
    clinic.receipt(bea, "delivered")

    clinic.settle()

    assert states(clinic, ana, bea) == [(State.SENT, None), (State.DELIVERED, None)]
    assert effects(clinic) == ["fault", "delivered"]
    assert asked(clinic, ana) == [("unknown_outcome", FAULT)]
    assert clinic.settle() == 0
    assert [log["error"] for log in logs if log["event"] == "settle.failed"] == ["ZeroDivisionError"]


def test_what_a_receipt_may_prove_gone_that_cannot_be_settled_does_not_go_again(clinic: WorkingClinic) -> None:
    clinic.parts = replace(clinic.parts, inquirers={"sandbox": ScriptedInquirer()})
    ana, bea = two(clinic)
    clinic.channel.answers = {PHONE: [Unknown("timeout")], BEAS: [Unknown("timeout")]}
    clinic.send_due()
    ask_twice(clinic)
    clinic.set(Attempt, Attempt.message_id == ana, stamp={})
    clinic.receipt(ana, "delivered")
    clinic.receipt(bea, "delivered")

    clinic.settle()

    assert states(clinic, ana, bea) == [(State.PARKED, "fault"), (State.DELIVERED, None)]
    assert clinic.send_due() == []
    assert asked(clinic, ana) == [("parked", FAULT)]


@pytest.mark.parametrize(
    ("carrier_is", "state"), [(State.SCHEDULED, State.PARKED), (State.SENT, State.MERGED)], ids=["waits", "has gone"]
)
def test_nor_does_it_go_again_as_part_of_another(clinic: WorkingClinic, carrier_is: State, state: State) -> None:
    clinic.parts = replace(clinic.parts, inquirers={"sandbox": ScriptedInquirer()})
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    ana, bea = two(clinic)
    clinic.send_due()
    ask_twice(clinic)
    clinic.set(Attempt, Attempt.message_id == ana, stamp={})
    clinic.set(Message, Message.id == bea, state=carrier_is)
    clinic.set(Message, Message.id == ana, state=State.MERGED, carrier_id=bea)
    clinic.receipt(ana, "delivered")

    clinic.settle()

    assert clinic.get(ana).state == state


def test_what_rides_in_a_message_that_is_set_aside_goes_by_itself(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, bea = two(clinic)
    clinic.set(Message, Message.id == bea, state=State.MERGED, carrier_id=ana)
    clinic.set(Message, Message.id == ana, crashes=3)
    stumble(monkeypatch, aftermath, "stop_all", ana)

    clinic.sweep()

    assert states(clinic, ana, bea) == [(State.PARKED, "fault"), (State.SCHEDULED, None)]


def ask_twice(clinic: WorkingClinic) -> None:
    for _ in range(2):
        clinic.set(Message, Message.check_at.is_not(None), check_at=func.clock_timestamp())
        inquire(clinic.parts)


def test_an_outcome_that_cannot_be_written_down_is_left_to_its_lease_and_the_others_are_kept(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch, logs: list[Any]
) -> None:
    ana, bea = two(clinic)
    dead = Refused("twilio_30005", Fault.UNREACHABLE)
    clinic.channel.answers = {PHONE: [dead], BEAS: [dead]}
    stumble(monkeypatch, aftermath, "learn", ana)

    clinic.send_due()
    before = states(clinic, ana, bea)
    clinic.lease_runs_out()

    assert before == [(State.SENDING, None), (State.UNDELIVERED, "twilio_30005")]
    assert states(clinic, ana) == [(State.UNKNOWN, "lease_out")]
    assert [log["error"] for log in logs if log["event"] == "record.failed"] == ["ZeroDivisionError"]


def test_a_message_about_which_nothing_can_be_concluded_is_parked_and_the_others_are_not(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch, logs: list[Any]
) -> None:
    clinic.parts = replace(clinic.parts, inquirers={"sandbox": ScriptedInquirer()})
    ana, bea = two(clinic)
    clinic.channel.answers = {PHONE: [Unknown("timeout")], BEAS: [Unknown("timeout")]}
    clinic.send_due()
    stumble(monkeypatch, open_ends, "send_again", ana)

    ask_twice(clinic)

    assert states(clinic, ana, bea) == [(State.PARKED, "fault"), (State.SCHEDULED, None)]
    assert asked(clinic, ana) == [("unknown_outcome", FAULT)]
    assert [log["error"] for log in logs if log["event"] == "conclude.failed"] == ["ZeroDivisionError"]
