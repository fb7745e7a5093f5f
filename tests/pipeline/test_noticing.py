"""Messages that no plan made go through the pipeline like any other, and wait for nothing."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.domain.answers import Fault, Refused, Unknown
from reminders.domain.errors import RefusedError
from reminders.pipeline.inquiring import inquire
from reminders.pipeline.timeline import Question, timeline
from reminders.pipeline.why import why
from reminders.store.tables.clinic import Pause, Sender, Signature
from reminders.store.tables.messages import Message, WorkItem
from reminders.store.tables.people import Address, ContactPoint, Person
from tests.help_wanted import NURSE, cry, escalate_at, item, notice, tick
from tests.scripted_inquirer import ScriptedInquirer
from tests.working_clinic import DUE, PHONE, WorkingClinic

NIGHT = "2026-09-28 23:30"


@pytest.fixture
def ana(clinic: WorkingClinic) -> UUID:
    return clinic.patient("Ana")


@pytest.fixture
def item_id(clinic: WorkingClinic, ana: UUID) -> UUID:
    """The work item of a cry for help, of which nobody is told in these tests."""
    return cry(clinic, ana, escalate_at=None)


def test_a_notice_goes_in_the_words_of_the_clinic_and_is_settled_like_any_other(
    clinic: WorkingClinic, ana: UUID, item_id: UUID
) -> None:
    message_id = notice(clinic, ana, item_id)

    (text,) = clinic.send_due()
    clinic.receipt(message_id, "delivered")
    clinic.settle()

    assert text.startswith("Cedar Clinic: we may not read this soon. Please call or text 988")
    assert clinic.get(message_id).state == "delivered"
    assert clinic.attempts(message_id)[0].segments == 1


def test_it_speaks_the_persons_language(clinic: WorkingClinic, ana: UUID, item_id: UUID) -> None:
    clinic.set(Person, language="es")
    notice(clinic, ana, item_id)

    (text,) = clinic.send_due()

    assert "988" in text
    assert "we may" not in text


def test_it_goes_at_night_under_a_pause_and_past_a_message_whose_fate_is_unknown(
    clinic: WorkingClinic, ana: UUID, item_id: UUID
) -> None:
    reminder_id = clinic.reminder("Bea")
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    clinic.send_at(DUE)
    assert clinic.get(reminder_id).state == "unknown"
    clinic.clock(NIGHT)
    with clinic.parts.transaction() as session:
        paused = {"scope": "clinic", "value": "", "reason": "test", "started_by": "ops", "started_at": clinic.now_at}
        session.add(Pause(clinic_id=clinic.id, **paused))

    message_id = notice(clinic, ana, item_id)
    clinic.send_due()

    assert clinic.get(message_id).state == "sent"


def test_what_is_not_urgent_waits_for_its_pause(clinic: WorkingClinic, ana: UUID, item_id: UUID) -> None:
    with clinic.parts.transaction() as session:
        paused = {"scope": "channel", "value": "sms", "reason": "test", "started_by": "ops"}
        session.add(Pause(clinic_id=clinic.id, started_at=clinic.now_at, **paused))

    notice(clinic, ana, item_id, rule="thanks", lane=2)

    assert clinic.send_due() == []


@pytest.mark.parametrize("rule", ["safe-reply", "opt-out-answer"])
def test_a_safe_reply_and_the_answer_to_an_opt_out_go_to_who_said_stop(
    clinic: WorkingClinic, ana: UUID, item_id: UUID, rule: str
) -> None:
    clinic.opt_out()
    clinic.set(ContactPoint, opted_out_at=clinic.now_at, consented=False)
    message_id = notice(clinic, ana, item_id, rule=rule)

    clinic.send_due()

    assert clinic.get(message_id).state == "sent"


def test_another_answer_does_not_go_to_who_said_stop(clinic: WorkingClinic, ana: UUID, item_id: UUID) -> None:
    clinic.opt_out()
    message_id = notice(clinic, ana, item_id, rule="answer")

    assert clinic.send_due() == []
    assert (clinic.get(message_id).state, clinic.get(message_id).reason) == ("suppressed", "opted_out")


def test_an_opt_out_between_claim_and_wave_stops_an_answer_and_no_safe_reply(
    clinic: WorkingClinic, ana: UUID, item_id: UUID
) -> None:
    numbers = [f"+1312555{number:04}" for number in range(60)]
    for number in numbers:
        rule = "safe-reply" if number == numbers[-1] else "answer"
        notice(
            clinic, ana, item_id, rule=rule, occurrence=int(number[-4:]) + 1, address_id=clinic.address("sms", number)
        )
    clinic.channel.looks.append(lambda _: clinic.set(Address, opted_out_at=clinic.now_at))

    clinic.send(clinic.dispatch())

    went = {one.to for one in clinic.channel.given}
    assert set(numbers[:50]) <= went
    assert not went & set(numbers[50:59])
    assert numbers[-1] in went


@pytest.mark.parametrize(("status", "reason"), [("deceased", "deceased"), ("discharged", "discharged")])
def test_nothing_but_a_safe_reply_goes_to_who_is_gone(
    clinic: WorkingClinic, ana: UUID, item_id: UUID, status: str, reason: str
) -> None:
    clinic.set(Person, status=status)
    safe_id = notice(clinic, ana, item_id)
    other_id = notice(clinic, ana, item_id, rule="answer")

    clinic.send_due()

    assert clinic.get(safe_id).state == "sent"
    assert (clinic.get(other_id).state, clinic.get(other_id).reason) == ("cancelled", reason)


def test_a_late_one_expires_whether_it_waits_or_is_just_claimed(
    clinic: WorkingClinic, ana: UUID, item_id: UUID
) -> None:
    soon = clinic.now_at + timedelta(seconds=5)
    claimed_id = notice(clinic, ana, item_id, rule="answer", useful_until=soon)
    clinic.send_due()
    swept_id = notice(clinic, ana, item_id, rule="other", due_at=clinic.now_at + timedelta(hours=2), useful_until=soon)
    clinic.clock_to(clinic.now_at + timedelta(hours=1))
    clinic.sweep()

    assert {clinic.get(one).state for one in (claimed_id, swept_id)} == {"expired"}


def test_a_batch_of_both_kinds_sends_both(clinic: WorkingClinic, ana: UUID, item_id: UUID) -> None:
    reminder_id = clinic.reminder("Bea", phone="+13125550177")
    clinic.clock(DUE)
    message_id = notice(clinic, ana, item_id, rule="answer", lane=2)

    (batch,) = clinic.dispatch()
    clinic.send([batch])

    assert set(batch.message_ids) == {reminder_id, message_id}
    assert {clinic.get(one).state for one in (reminder_id, message_id)} == {"sent"}


def test_a_worker_that_dies_leaves_it_to_the_provider_to_say(clinic: WorkingClinic, ana: UUID, item_id: UUID) -> None:
    message_id = notice(clinic, ana, item_id)
    clinic.channel.answers[PHONE] = [KeyboardInterrupt()]
    batches = clinic.dispatch()
    with pytest.raises(KeyboardInterrupt):
        clinic.send(batches)

    clinic.lease_runs_out()

    assert clinic.get(message_id).state == "unknown"


def test_one_that_kills_its_worker_is_parked_with_work_for_a_person(
    clinic: WorkingClinic, ana: UUID, item_id: UUID
) -> None:
    message_id = notice(clinic, ana, item_id, rule="answer")
    clinic.set(Message, crashes=3)

    clinic.sweep()

    assert clinic.get(message_id).state == "parked"
    assert [one.message_id for one in clinic.work() if one.kind == "parked"] == [message_id]


def test_one_that_has_no_wording_is_parked_with_work_for_a_person(
    clinic: WorkingClinic, ana: UUID, item_id: UUID
) -> None:
    message_id = notice(clinic, ana, item_id, rule="answer", template="answer-nothing")

    clinic.send_due()

    (parked,) = (one for one in clinic.work() if one.kind == "parked")
    assert (parked.message_id, parked.patient_name) == (message_id, "Ana")
    assert clinic.get(message_id).reason == "no_wording"
    assert escalate_at(clinic, parked.id) == clinic.now_at


def test_an_answer_that_nobody_signed_never_reaches_a_real_channel(
    clinic: WorkingClinic, ana: UUID, item_id: UUID
) -> None:
    clinic.set(Sender, provider="twilio")
    unsigned_id = notice(clinic, ana, item_id, rule="answer")

    clinic.send_due()

    assert (clinic.get(unsigned_id).state, clinic.get(unsigned_id).reason) == ("parked", "unsigned")
    assert clinic.scalar(select(func.count()).select_from(Signature)) == 0


def test_a_safe_reply_that_is_refused_is_noted_and_a_person_is_told_at_once(clinic: WorkingClinic, ana: UUID) -> None:
    item_id = cry(clinic, ana)
    tick(clinic)
    notice(clinic, ana, item_id)
    clinic.channel.answers[PHONE] = [Refused("twilio_21610", Fault.OPTED_OUT)]

    clinic.send_due()

    assert item(clinic, item_id).detail == {"safe_reply": "twilio_21610"}
    assert tick(clinic) != []


def test_a_safe_reply_that_never_arrived_is_noted_and_a_person_is_told_at_once(
    clinic: WorkingClinic, ana: UUID
) -> None:
    item_id = cry(clinic, ana)
    tick(clinic)
    message_id = notice(clinic, ana, item_id)
    clinic.send_due()

    clinic.receipt(message_id, "undelivered", "30005")
    clinic.settle()

    assert item(clinic, item_id).detail == {"safe_reply": "twilio_30005"}
    assert tick(clinic) != []


def test_an_unknown_answer_that_the_provider_proves_it_has_not_goes_once_more(
    clinic: WorkingClinic, ana: UUID, item_id: UUID
) -> None:
    inquirer = ScriptedInquirer()
    object.__setattr__(clinic.parts, "inquirers", {"sandbox": inquirer})
    clinic.undo.append(lambda: object.__setattr__(clinic.parts, "inquirers", {}))
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    message_id = notice(clinic, ana, item_id)
    clinic.send_due()

    for _ in range(2):
        clinic.set(Message, check_at=func.clock_timestamp())
        inquire(clinic.parts)

    assert clinic.get(message_id).state == "scheduled"
    clinic.send_due()
    assert clinic.get(message_id).state == "sent"


def test_why_explains_one(clinic: WorkingClinic, ana: UUID, item_id: UUID) -> None:
    message_id = notice(clinic, ana, item_id)
    clinic.send_due()

    first, *_, last = why(clinic.parts, str(message_id))

    assert first.startswith(f"safe-reply by sms about work item {item_id}: due ")
    assert last.strip() == "The provider has it; no delivery report came yet."


def test_a_timeline_shows_plans_only(clinic: WorkingClinic, ana: UUID, item_id: UUID) -> None:
    notice(clinic, ana, item_id)

    assert timeline(clinic.parts, Question()) == []


def test_an_id_of_nothing_is_still_refused(clinic: WorkingClinic, item_id: UUID) -> None:
    with pytest.raises(RefusedError):
        why(clinic.parts, str(item_id))


def test_planned_messages_wait_while_a_notice_is_under_way_to_the_same_phone(
    clinic: WorkingClinic, item_id: UUID
) -> None:
    reminder_id = clinic.reminder("Bea")
    clinic.clock(DUE)
    notice(clinic, clinic.get(reminder_id).recipient_id, item_id)

    (batch,) = clinic.dispatch()

    assert reminder_id not in batch.message_ids


def test_a_pager_is_sent_data_that_names_nobody(clinic: WorkingClinic, ana: UUID) -> None:
    item_id = cry(clinic, ana)
    notice(
        clinic,
        ana,
        item_id,
        rule="alert-level-1-pager",
        channel="pager",
        address_id=clinic.address("pager", "https://pager.example/hook"),
        sender_id=clinic.sender("pager").id,
    )

    clinic.send_due()

    (page,) = clinic.channel.given
    assert (page.by, page.to) == ("pager", "https://pager.example/hook")
    message_id = clinic.messages()[0].id
    assert page.text == (
        f'{{"event_id": "{message_id}", "clinic": "cedar", "kind": "safety", "item": "{str(item_id)[-8:]}", '
        f'"at": "{clinic.now_at.isoformat()}"}}'
    )
    assert clinic.scalar(select(WorkItem.state)) == "open"
    assert NURSE not in page.text
