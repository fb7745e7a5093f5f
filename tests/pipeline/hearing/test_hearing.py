"""Hearing a text: kept once, understood by the prompt that it answers, answered at once, or read by a person."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.domain.reasons import Reason
from reminders.domain.replies.inbound import Heard
from reminders.domain.states import State
from reminders.pipeline.hearing import hear
from reminders.store.tables.messages import Message, Reply
from reminders.store.tables.people import Person
from tests.clinics import VAULT
from tests.pipeline.hearing.telephone import Telephone, answers, visit
from tests.working_clinic import DUE, PHONE, WorkingClinic


def the_visit(clinic: WorkingClinic) -> bool:
    return visit(clinic, clinic.visit_of(clinic.message("reminder").id)).confirmed


def test_a_yes_confirms_the_visit_that_was_asked_about(clinic: WorkingClinic, ana: Telephone) -> None:
    said = ana.writes("Y")

    assert said is not None
    assert "your yes is noted" in said
    assert the_visit(clinic)
    assert (ana.reply.intent, ana.reply.context, ana.reply.effect) == ("confirm", "confirm", "confirmed")
    assert ana.items() == []


def test_a_no_takes_the_yes_back_and_is_work_for_a_person(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("Y")

    said = ana.writes("N")

    (item,) = ana.items()
    assert said is not None
    assert "not cancelled until we answer" in said
    assert not the_visit(clinic)
    assert (item.kind, item.state) == ("change", "open")
    assert item.appointment_id == clinic.visit_of(clinic.message("reminder").id)


def test_a_text_that_is_told_of_twice_is_heard_once_and_answered_the_same(ana: Telephone) -> None:
    text = ana.text("can't come")
    first = hear(ana.clinic.parts, text)

    again = hear(ana.clinic.parts, text)

    assert again == first
    assert first.answer is not None
    assert ana.kinds() == ["change"]
    assert len(answers(ana.clinic)) == 1


def test_one_text_told_of_ten_times_at_once_is_heard_once(ana: Telephone) -> None:
    text, barrier, heard = ana.text("can't come"), Barrier(6), list[Heard]()

    def tell() -> None:
        barrier.wait()
        heard.append(hear(ana.clinic.parts, text))

    threads = [Thread(target=tell) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {one.answer for one in heard} == {heard[0].answer}
    assert ana.kinds() == ["change"]
    assert len(answers(ana.clinic)) == 1


def test_the_answer_is_a_message_of_which_nobody_knows_yet_whether_it_went(ana: Telephone) -> None:
    said = ana.writes("Y")

    (row,) = answers(ana.clinic)
    (attempt,) = ana.clinic.attempts(row.id)
    assert (row.state, row.reason, row.rule) == (State.UNKNOWN, Reason.ANSWERED, "answer")
    assert row.check_at is not None
    assert ana.last.attempt_id == attempt.id
    assert VAULT.open(type(attempt).body, attempt.id, attempt.body) == said


def test_its_receipt_settles_the_answer(ana: Telephone) -> None:
    ana.writes("Y")
    (row,) = answers(ana.clinic)

    ana.clinic.receipt(row.id, "delivered")
    ana.clinic.settle()

    assert ana.clinic.get(row.id).state == State.DELIVERED


def test_what_nobody_understands_is_read_by_a_person_within_opening_hours(ana: Telephone) -> None:
    said = ana.writes("purple monkey dishwasher")

    (item,) = ana.items()
    assert said is not None
    assert "A person will read this" in said
    assert (item.kind, item.reason) == ("not_understood", "unknown")
    assert item.due_at == ana.clinic.now_at + timedelta(hours=4)


def test_out_of_hours_it_says_when_a_person_will_read_it(ana: Telephone) -> None:
    ana.clinic.clock("2026-09-28 22:00")

    said = ana.writes("purple monkey dishwasher")

    (item,) = ana.items()
    assert said is not None
    assert "from Tue Sep 29 7:00 AM" in said or "from Tue Sep 29 8:00 AM" in said
    assert item.due_at > ana.clinic.now_at + timedelta(hours=9)


def test_twelve_hours_pass_before_the_next_text_that_nobody_understands_is_answered(ana: Telephone) -> None:
    ana.writes("purple monkey")
    second = ana.writes("green elephant?")
    ana.clinic.clock("2026-09-28 23:00")
    third = ana.writes("blue whale")

    assert second is None
    assert third is not None
    assert len(ana.items()) == 3


def test_a_machine_that_answers_every_answer_is_left_alone_in_the_end(ana: Telephone) -> None:
    said = [ana.writes("HELP") for _ in range(12)]

    assert [one is not None for one in said] == [True] * 6 + [False] * 6


@pytest.mark.parametrize("sender", ["72345", "BANK", "+1"])
def test_what_is_no_phone_gets_no_answer(clinic: WorkingClinic, sender: str) -> None:
    machine = Telephone(clinic, number=sender)

    said = machine.writes("purple monkey dishwasher")

    assert said is None
    assert machine.kinds() == ["not_understood"]


def test_thanks_and_reactions_are_neither_answered_nor_work(ana: Telephone) -> None:
    said = [ana.writes(text) for text in ("thanks!", "Liked “Cedar Clinic: your yes is noted”")]

    assert said == [None, None]
    assert ana.items() == []


def test_a_stranger_learns_who_we_are_and_nothing_of_a_patient(clinic: WorkingClinic, ana: Telephone) -> None:
    stranger = Telephone(clinic, number="+13125559876")

    said = stranger.writes("who is this?")

    assert said is not None
    assert said.startswith("This is Cedar Clinic")
    assert "STOP" in said
    assert "visit" not in said.lower()


def test_a_stranger_who_writes_twice_is_one_person(clinic: WorkingClinic) -> None:
    stranger = Telephone(clinic, number="+13125559876")

    stranger.writes("who is this?")
    stranger.writes("hello?")

    assert clinic.scalar(select(func.count()).where(Person.kind == "stranger")) == 1


def test_a_yes_that_answers_nothing_is_read_by_a_person(clinic: WorkingClinic) -> None:
    clinic.patient()
    phone = Telephone(clinic)

    phone.writes("Y")

    assert phone.kinds() == ["not_understood"]


def test_who_says_yes_twice_is_noted_twice_and_nobody_is_bothered(clinic: WorkingClinic, ana: Telephone) -> None:
    said = [ana.writes("Y"), ana.writes("yes")]

    assert said[0] is not None
    assert said[1] == said[0]
    assert ana.items() == []


def test_a_yes_to_a_visit_that_was_moved_since_is_told_so(clinic: WorkingClinic, ana: Telephone) -> None:
    visit_id = clinic.visit_of(clinic.message("reminder").id)
    clinic.move(visit_id, "2026-09-30 16:00")

    said = ana.writes("Y")

    assert said is not None
    assert "was moved since we asked" in said
    assert not visit(clinic, visit_id).confirmed
    assert [(item.kind, item.reason) for item in ana.items()] == [("change", "void_moved")]


def test_a_yes_to_a_visit_that_was_cancelled_since_is_told_so(clinic: WorkingClinic, ana: Telephone) -> None:
    clinic.change(clinic.visit_of(clinic.message("reminder").id), status="cancelled", cancelled_at=clinic.now_at)

    said = ana.writes("Yes")

    assert said is not None
    assert "was cancelled since we asked" in said


def test_a_yes_after_the_visit_has_begun_is_told_that_it_is_late(clinic: WorkingClinic, ana: Telephone) -> None:
    clinic.clock("2026-09-29 18:00")

    said = ana.writes("Y")

    assert said is not None
    assert "came too late" in said
    assert ana.kinds() == ["change"]


def test_one_yes_confirms_the_visits_of_one_text(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    visits = [clinic.visit(patient_id, starts) for starts in ("2026-10-07 10:30", "2026-10-09 10:30")]
    clinic.plan()
    clinic.send_due()
    phone = Telephone(clinic)

    phone.writes("Y")

    assert len(clinic.channel.texts) == 1
    assert [visit(clinic, one).confirmed for one in visits] == [True, True]


def test_a_yes_that_could_be_for_two_visits_is_asked_back_and_its_number_counts(clinic: WorkingClinic) -> None:
    first, second = two_visits_asked_apart(clinic)
    phone = Telephone(clinic)

    asked = phone.writes("Y")
    before = [visit(clinic, one).confirmed for one in (first, second)]
    said = phone.writes("2")

    assert asked is not None
    assert "which one do you mean" in asked
    assert "1 visit " in asked
    assert "2 visit " in asked
    assert before == [False, False]
    assert said is not None
    assert "your yes is noted" in said
    assert sorted(visit(clinic, one).confirmed for one in (first, second)) == [False, True]
    assert [(item.kind, item.reason, item.state) for item in phone.items()] == [
        ("not_understood", "several_prompts", "done")
    ]


def test_a_text_that_stands_for_itself_is_not_asked_back(clinic: WorkingClinic) -> None:
    two_visits_asked_apart(clinic)
    phone = Telephone(clinic)

    said = phone.writes("I need to cancel my Tuesday visit")

    assert said is not None
    assert "Nothing is changed or cancelled until we answer" in said
    assert phone.kinds() == ["change"]


def two_visits_asked_apart(clinic: WorkingClinic) -> tuple[UUID, UUID]:
    patient_id = clinic.patient()
    first = clinic.told_visit(patient_id, "2026-09-29 14:00", service="consultation")
    second = clinic.told_visit(patient_id, "2026-09-30 15:00", service="consultation")
    clinic.set(type(clinic.sender()), per_second=500)
    clinic.plan()
    clinic.send_at(DUE)
    clinic.send_at("2026-09-29 10:00")
    return first, second


def test_on_a_shared_phone_each_answers_for_their_own_visit(clinic: WorkingClinic) -> None:
    clinic.reminder("Ana")
    ben = clinic.patient("Ben", email="ben@example.com")
    his = clinic.told_visit(ben, "2026-10-14 10:30")
    clinic.send_at(DUE)
    phone = Telephone(clinic, number=PHONE)

    phone.writes("Y")

    assert the_visit(clinic)
    assert not visit(clinic, his).confirmed


def test_who_of_several_wrote_is_not_guessed(clinic: WorkingClinic) -> None:
    clinic.patient("Ana")
    clinic.patient("Ben", email="ben@example.com")
    phone = Telephone(clinic, number=PHONE)

    phone.writes("where do I park?")

    (item,) = phone.items()
    assert item.person_id is None
    assert item.reply_id == phone.reply.id


def test_a_text_in_two_parts_is_read_as_one(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("I really do not want to")
    ana.writes("live anymore")

    assert "safety" in ana.kinds()


def test_a_text_whose_handling_fails_is_kept_for_a_person(
    clinic: WorkingClinic, ana: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_values: object) -> None:
        raise ValueError

    monkeypatch.setattr("reminders.pipeline.hearing.heed", fail)

    said = ana.writes("Y")

    assert said is None
    assert [(item.kind, item.reason) for item in ana.items()] == [("not_understood", "not_handled")]
    assert VAULT.open(Reply.body, ana.reply.id, ana.reply.body) == "Y"
    assert ana.reply.heard_at is None


def test_a_text_that_our_rules_stumble_over_is_kept_for_a_person(
    clinic: WorkingClinic, ana: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_args: object) -> None:
        raise RecursionError

    monkeypatch.setattr("reminders.domain.replies.danger.find", stumble)

    ana.writes("Y")

    assert [(item.kind, item.reason) for item in ana.items()] == [("not_understood", "not_handled")]
    assert VAULT.open(Reply.body, ana.reply.id, ana.reply.body) == "Y"


def test_a_text_from_the_providers_list_is_answered_by_a_message_of_its_own(ana: Telephone) -> None:
    said = ana.writes("Y", was_listed=True)

    (row,) = answers(ana.clinic)
    assert said is None
    assert row.state == State.SCHEDULED
    assert (row.template, row.patient_id) == ("answer-confirm", None)


def test_nothing_is_changed_for_a_patient_of_another_clinic_s_text(clinic: WorkingClinic, ana: Telephone) -> None:
    with pytest.raises(LookupError):
        ana.writes("Y", account="AC" + "9" * 32)

    assert not the_visit(clinic)
    assert clinic.messages(Message.reply_id.is_not(None)) == []
