"""A fault of ours while a batch is judged and put into words: one row is parked, the others go at once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from reminders.domain.facts import Standing
from reminders.domain.judgement import judge
from reminders.domain.states import State
from reminders.domain.wording import Template, Values, render_sms
from reminders.pipeline import claiming, judging, noticing
from reminders.pipeline.speaking import Speaker
from reminders.store.tables.messages import Message
from tests.help_wanted import cry, notice
from tests.pipeline.two_patients import BEAS, states, two
from tests.working_clinic import WEDNESDAY, WorkingClinic

SECRET = "what nobody may read in a log"
FAULT = "something of ours went wrong with it; ops has to look at it"


def stumbling(sound: Callable[..., Any], message_id: UUID, over: Exception | None = None) -> Callable[..., Any]:
    """Return *sound*, which raises whenever it is about *message_id*."""

    def stumble(*given: Any, **named: Any) -> Any:
        if any(isinstance(one, Standing) and one.id == message_id for one in given):
            raise over or ValueError(SECRET)
        return sound(*given, **named)

    return stumble


@pytest.mark.parametrize(("room", "step"), [(judging, "judge"), (claiming, "may_leave"), (Speaker, "speak")])
def test_a_row_that_makes_the_claim_stumble_is_parked_and_the_others_go(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch, room: Any, step: str
) -> None:
    ana, bea = two(clinic)
    monkeypatch.setattr(room, step, stumbling(getattr(room, step), ana))

    with capture_logs() as logs:
        clinic.send(clinic.dispatch())

    assert states(clinic, ana, bea) == [(State.PARKED, "fault"), (State.SENT, None)]
    assert [(item.kind, item.because) for item in clinic.work()] == [("parked", FAULT)]
    failed = [(log["message_id"], log["error"]) for log in logs if log["event"] == "claim.failed"]
    assert failed == [(str(ana), "ValueError")]
    assert SECRET not in str(logs)


def test_a_rider_that_makes_the_claim_stumble_leaves_its_carrier(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient_id = clinic.patient()
    for starts in (WEDNESDAY, "2026-10-14 10:30"):
        clinic.visit(patient_id, starts, service="consultation")
    clinic.plan()
    (rider,) = clinic.messages(Message.state == State.MERGED)
    assert rider.carrier_id is not None
    monkeypatch.setattr(Speaker, "phrase", stumbling(Speaker.phrase, rider.id))

    clinic.send(clinic.dispatch())

    assert clinic.get(rider.carrier_id).state == State.SENT
    assert clinic.get(rider.id).state == State.SCHEDULED


def test_a_batch_whose_claim_fails_comes_back_at_once_and_goes_one_by_one(clinic: WorkingClinic) -> None:
    ana, bea = two(clinic)
    clinic.set(Message, Message.id == ana, stamp={})

    with capture_logs() as logs:
        clinic.send_due()
        before = states(clinic, ana, bea)
        clinic.set(Message, Message.id == ana, not_before=func.clock_timestamp())
        clinic.send_due()
    clinic.sweep()

    assert before == [(State.SCHEDULED, None), (State.SENT, None)]
    assert states(clinic, ana) == [(State.PARKED, "crashed")]
    assert [(item.kind, item.message_id) for item in clinic.work() if item.kind == "parked"] == [("parked", ana)]
    assert {log["error"] for log in logs if log["event"] == "send.claim_failed"} == {"KeyError"}


def test_a_transaction_that_is_broken_is_not_gone_on_with(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, bea = two(clinic)
    broken = IntegrityError("insert", {}, Exception())
    monkeypatch.setattr(judging, "judge", stumbling(judge, ana, broken))

    clinic.send(clinic.dispatch())

    assert states(clinic, ana, bea) == [(State.SCHEDULED, None)] * 2
    assert [clinic.get(one).crashes for one in (ana, bea)] == [1, 1]


def test_an_answer_that_makes_the_claim_stumble_is_parked_and_the_others_go(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = clinic.patient("Ana", language="es"), clinic.patient("Bea", phone=BEAS)
    ana = notice(clinic, people[0], cry(clinic, people[0], escalate_at=None))
    bea = notice(clinic, people[1], cry(clinic, people[1], escalate_at=None), address_id=clinic.address("sms", BEAS))

    def render(template: Template, values: Values) -> str:
        if template.language == "es":
            raise ValueError(SECRET)
        return render_sms(template, values)

    monkeypatch.setattr(noticing, "render_sms", render)

    clinic.send(clinic.dispatch())

    assert states(clinic, ana, bea) == [(State.PARKED, "fault"), (State.SENT, None)]
    assert [one.because for one in clinic.work() if one.message_id == ana] == [FAULT]
