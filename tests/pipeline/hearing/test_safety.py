"""A cry for help wins over every other meaning, is answered at once and told to people."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reminders.domain.words import Context
from reminders.store import prompts
from reminders.store.prompts import NewPrompt
from reminders.store.safety import crying
from reminders.store.tables.messages import Reply, WorkItem
from reminders.store.tables.people import ContactPoint, Person
from tests.driven_clinic import DAN, name_driver
from tests.pipeline.hearing.telephone import Telephone, answers
from tests.working_clinic import PHONE, WEDNESDAY, WorkingClinic


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("I want to die", "988"),
        ("STOP. I want to kill myself", "988"),
        ("1 but I dont want to live anymore", "988"),
        ("i cant breathe", "911"),
        ("ya no quiero vivir", "oprima 2"),
    ],
)
def test_it_is_answered_at_once_with_the_numbers_that_help(
    clinic: WorkingClinic, ana: Telephone, text: str, number: str
) -> None:
    said = ana.writes(text)

    (item,) = ana.items()
    (row,) = answers(clinic)
    assert said is not None
    assert number in said
    assert row.rule == "safe-reply"
    assert (item.kind, item.due_at, item.escalate_at) == ("safety", clinic.now_at, clinic.now_at)


def test_a_stop_in_a_cry_for_help_silences_nobody(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("STOP. I want to kill myself")

    assert ana.address.opted_out_at is None


def test_several_texts_of_one_person_are_one_item(clinic: WorkingClinic, ana: Telephone) -> None:
    for text in ("I want to die", "nobody would miss me, I want to kill myself", "hello?", "I have pills"):
        ana.writes(text)

    safety = [item for item in ana.items() if item.kind == "safety"]
    assert len(safety) == 1
    assert safety[0].detail["texts"] >= 2


def test_a_cry_after_somebody_took_the_item_is_told_again(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("I want to die")
    later = clinic.now_at + timedelta(minutes=30)
    clinic.set(WorkItem, WorkItem.kind == "safety", state="taken", owner="Nia", escalate_at=later)

    ana.writes("I want to kill myself")

    (item,) = [item for item in ana.items() if item.kind == "safety"]
    assert item.escalate_at == clinic.now_at


def test_a_cry_after_the_item_is_done_is_a_new_item(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("I want to die")
    clinic.set(WorkItem, WorkItem.kind == "safety", state="done")

    ana.writes("I want to kill myself")

    assert [item.state for item in ana.items() if item.kind == "safety"] == ["done", "open"]


@pytest.mark.parametrize("status", ["discharged", "deceased"])
def test_who_is_no_longer_treated_is_answered_too(clinic: WorkingClinic, ana: Telephone, status: str) -> None:
    clinic.set(Person, Person.kind == "patient", status=status)

    cry, else_ = ana.writes("I want to die"), ana.writes("where do I park?")

    assert cry is not None
    assert else_ is None
    assert "safety" in ana.kinds()


def test_one_that_was_only_found_in_the_providers_list_is_told_to_people_and_not_answered_again(
    clinic: WorkingClinic, ana: Telephone
) -> None:
    said = ana.writes("I want to die", was_listed=True)

    assert said is None
    assert ana.kinds() == ["safety"]
    assert answers(clinic) == []


def test_a_strangers_cry_is_told_to_people_too(clinic: WorkingClinic) -> None:
    stranger = Telephone(clinic, number="+13125559876")

    said = stranger.writes("I want to kill myself")

    assert said is not None
    assert "988" in said
    assert stranger.kinds() == ["safety"]


def test_two_strangers_are_two_items(clinic: WorkingClinic) -> None:
    one, other = (Telephone(clinic, number=number) for number in ("+13125559876", "+13125559877"))

    one.writes("I want to kill myself")
    other.writes("I want to kill myself")

    assert one.kinds() == ["safety", "safety"]


def test_a_driver_who_cries_for_help_is_whom_the_item_is_about(clinic: WorkingClinic) -> None:
    visit_id = clinic.told_visit(clinic.patient("Ana"), WEDNESDAY)
    name_driver(clinic, visit_id)
    driver = Telephone(clinic, number=DAN)

    driver.writes("I want to die")

    (item,) = driver.items()
    with clinic.parts.transaction() as session:
        assert session.scalars(select(Person.kind).where(Person.id == item.person_id)).one() == "driver"
    assert item.appointment_id is None


def test_a_cry_is_answered_after_many_other_answers(ana: Telephone) -> None:
    for _ in range(8):
        ana.writes("HELP")

    assert ana.writes("I want to die") is not None


def test_as_many_cries_within_minutes_are_a_machine_s(ana: Telephone) -> None:
    said = [ana.writes("I want to die") for _ in range(8)]

    assert [one is not None for one in said] == [True] * 6 + [False] * 2


def test_a_cry_in_three_parts_is_read_as_one(ana: Telephone) -> None:
    for part in ("I do not", "want to", "live anymore"):
        ana.writes(part)

    assert "safety" in ana.kinds()


def test_a_cry_whose_handling_fails_is_told_all_the_same(ana: Telephone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reminders.pipeline.hearing.read_in", _fail)

    said = ana.writes("I want to die")

    assert said is not None
    assert ana.kinds() == ["safety"]


@pytest.mark.parametrize("text", ["I feel so alone", "this is unbearable", "Yes. I feel so alone"])
def test_a_cry_after_a_check_in_that_had_its_answer_is_heard(clinic: WorkingClinic, ana: Telephone, text: str) -> None:
    ask_how_she_is(clinic)
    ana.writes("2")
    clinic.set(Reply, stored_at=Reply.stored_at - timedelta(minutes=5))

    ana.writes(text)

    assert "safety" in ana.kinds()


def test_the_lost_answer_to_a_second_cry_is_noted_and_told(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("I want to die")
    ana.receives()
    ana.writes("I want to kill myself")
    clinic.set(WorkItem, escalate_at=clinic.now_at + timedelta(minutes=9))

    clinic.receipt(answers(clinic)[-1].id, "undelivered", "30003")
    clinic.settle()

    (item,) = ana.items()
    assert "safe_reply" in item.detail
    assert item.escalate_at == clinic.now_at


def test_a_phone_of_a_patient_who_also_drives_rests_for_both(clinic: WorkingClinic) -> None:
    hers = clinic.told_visit(clinic.patient("Ana", phone="+13125550199", email="ana@example.com"), WEDNESDAY)
    clinic.patient("Ben")
    name_driver(clinic, hers, "Ben", PHONE)
    phone = Telephone(clinic)

    phone.writes("I want to die")

    with clinic.parts.transaction() as session:
        here = session.scalars(select(ContactPoint.person_id).where(ContactPoint.address_id == phone.address.id)).all()
        assert len(here) == 2
        assert crying(session, here) == set(here)


def ask_how_she_is(clinic: WorkingClinic) -> None:
    message = clinic.message("reminder")
    visit_id = clinic.visit_of(message.id)
    assert message.address_id is not None
    asked = NewPrompt(
        clinic_id=clinic.id,
        message_id=message.id,
        address_id=message.address_id,
        person_id=message.recipient_id,
        patient_id=message.recipient_id,
        kind=Context.CHECKIN,
        visit_id=visit_id,
        course_id=None,
        starts_at=None,
        expires_at=clinic.now_at + timedelta(days=4),
    )
    with clinic.parts.transaction() as session:
        prompts.open_all(session, [asked], now=clinic.now_at)


def _fail(*_args: object) -> None:
    raise ValueError
