"""`reminders queue`: what waits, what the senders do, and what a person decides about a parked message."""

import json
from uuid import UUID

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from reminders.cli import queues
from reminders.domain.answers import Deferred, Hold
from reminders.domain.errors import RefusedError
from reminders.domain.states import State
from reminders.store.tables.machinery import Audit
from reminders.store.tables.messages import Message
from tests.working_clinic import DUE, PHONE, WorkingClinic


def run(*words: str) -> str:
    result = CliRunner().invoke(queues.app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def parked(clinic: WorkingClinic, *, launched: bool = False) -> UUID:
    """Return a message that killed its workers, or, when *launched*, one that nobody knows the fate of."""
    message_id = clinic.reminder()
    clinic.clock(DUE)
    if launched:
        clinic.send_due()
        clinic.set(Message, Message.id == message_id, state=State.PARKED, check_at=None)
        clinic.owe(clinic.scalar(select(Message.patient_id).where(Message.id == message_id)))
        clinic.plan()
    else:
        clinic.set(Message, Message.id == message_id, crashes=3)
        clinic.sweep()
    assert clinic.get(message_id).state == State.PARKED
    return message_id


def test_a_quiet_system_says_so(commanded: WorkingClinic) -> None:
    assert run("show").startswith("Nothing waits.")


def test_what_is_due_is_counted_by_lane_and_what_is_not_is_not(commanded: WorkingClinic) -> None:
    commanded.reminders(3)
    before = json.loads(run("show", "--json"))["waiting"]

    commanded.clock(DUE)

    (waiting,) = json.loads(run("show", "--json"))["waiting"]
    assert before == []
    assert (waiting["lane"], waiting["state"], waiting["count"]) == ("routine", "scheduled", 3)
    assert "routine  due" in run("show")


def test_a_held_sender_says_why(commanded: WorkingClinic) -> None:
    commanded.reminder()
    commanded.channel.answers[PHONE] = [Deferred("twilio_20003", Hold.CONFIGURATION)]
    commanded.send_at(DUE)

    assert "held, because the log-in at the provider is wrong" in run("show")


def test_a_parked_message_is_named_by_its_work_item_and_can_be_sent_after_all(commanded: WorkingClinic) -> None:
    message_id = parked(commanded)

    said = run("send", str(message_id), "--by", "Mia")

    assert said.strip() == "It is scheduled now."
    assert [(item.message_id, item.state, item.owner) for item in commanded.work()] == [(message_id, "done", "Mia")]
    assert len(commanded.send_due()) == 1
    assert commanded.scalar(select(Audit.what).where(Audit.subject_id == str(message_id))) == "message.sent_on"


def test_one_that_may_have_gone_can_be_sent_again_by_a_person_only(commanded: WorkingClinic) -> None:
    message_id = parked(commanded, launched=True)
    before = commanded.send_due()

    run("send", str(message_id), "--by", "Mia")

    assert (before, len(commanded.send_due())) == ([], 1)


def test_a_parked_message_that_is_not_wanted_any_more_does_not_go(commanded: WorkingClinic) -> None:
    message_id = parked(commanded)
    commanded.cancel(commanded.visit_of(message_id))

    said = run("send", str(message_id), "--by", "Mia")

    assert said.strip() == "It is cancelled now."


def test_a_dropped_message_stays_dropped(commanded: WorkingClinic) -> None:
    message_id = parked(commanded)

    run("drop", str(message_id), "--by", "Mia")

    commanded.plan()
    assert (commanded.get(message_id).state, commanded.get(message_id).reason) == (State.CANCELLED, "staff")
    assert commanded.send_due() == []
    assert [item.state for item in commanded.work()] == ["done"]


@pytest.mark.parametrize("verb", ["send", "drop"])
def test_only_parked_messages_wait_for_a_decision(commanded: WorkingClinic, verb: str) -> None:
    message_id = commanded.reminder()

    with pytest.raises(RefusedError, match="scheduled, not parked"):
        run(verb, str(message_id), "--by", "Mia")


@pytest.mark.parametrize("name", ["7", "01a1fd59-7cc7-7cb6-9838-a70da45bb9af"])
def test_a_message_nobody_knows_is_refused_with_the_cure(commanded: WorkingClinic, name: str) -> None:
    with pytest.raises(RefusedError, match="reminders work list"):
        run("send", name, "--by", "Mia")
