"""The ride home, from the question to the driver's own yes."""

from uuid import UUID

import pytest
from sqlalchemy import select

from reminders.pipeline.working import finish
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Driver
from tests.pipeline.hearing.telephone import Telephone, visit
from tests.working_clinic import WEDNESDAY, WorkingClinic

MARIA = "+13125550777"
ASKED = "2026-10-05 10:30"


@pytest.fixture
def asked(clinic: WorkingClinic) -> Telephone:
    """The phone of a patient who has just been asked who takes her home on Wednesday."""
    patient_id = clinic.patient(email=None)
    clinic.told_visit(patient_id, WEDNESDAY)
    clinic.plan()
    clinic.clock("2026-10-04 12:00")
    clinic.send_due()
    texts = clinic.send_at(ASKED)
    assert any("who takes you home" in text for text in texts)
    return Telephone(clinic)


def go_on(phone: Telephone, at: str | None = None) -> list[str]:
    """Let receipts come and plans be made; return what is sent then, with the phone it went to."""
    phone.receives()
    phone.clinic.plan()
    if at:
        phone.clinic.clock(at)
    before = len(phone.clinic.channel.given)
    phone.clinic.send_due()
    return [f"{one.to}: {one.text}" for one in phone.clinic.channel.given[before:]]


def driver(clinic: WorkingClinic) -> Driver | None:
    with clinic.parts.transaction() as session:
        return session.scalars(select(Driver)).one_or_none()


def named(phone: Telephone, text: str = "my sister Maria, 312 555 0777") -> list[str]:
    phone.writes(text)
    return go_on(phone)


def test_a_driver_who_is_named_gets_one_text_about_nothing_but_the_ride(
    clinic: WorkingClinic, asked: Telephone
) -> None:
    texts = named(asked)

    (text,) = texts
    assert text.startswith(MARIA)
    assert "250 Linden Avenue" in text
    assert "212-555-0142" in text
    assert "STOP" in text
    assert not any(word in text for word in ("Ana", "visit", "patient", "ketamine"))
    assert asked.reply.effect == "driver_named"
    assert asked.items() == []


def test_the_drivers_yes_comes_back(clinic: WorkingClinic, asked: Telephone) -> None:
    named(asked)
    maria = Telephone(clinic, number=MARIA)

    said = maria.writes("Y")

    standing = driver(clinic)
    assert said is not None
    assert "noted" in said
    assert standing is not None
    assert standing.state == "yes"
    assert maria.reply.intent == "driver_yes"


def test_a_drivers_no_is_work_for_a_person(clinic: WorkingClinic, asked: Telephone) -> None:
    named(asked)
    maria = Telephone(clinic, number=MARIA)

    maria.writes("sorry I can't that day")
    clinic.plan()

    (item,) = maria.items()
    patient_id = clinic.scalar(select(Person.id).where(Person.kind == "patient"))
    assert (item.kind, item.person_id, item.state) == ("no_driver", patient_id, "open")
    standing = driver(clinic)
    assert standing is not None
    assert standing.state == "no"


def test_d_is_the_patients_word_and_texts_nobody(clinic: WorkingClinic, asked: Telephone) -> None:
    said = asked.writes("D")

    standing = driver(clinic)
    assert said is not None
    assert standing is not None
    assert (standing.state, standing.driver_id) == ("patient says so", None)
    assert not any(text.startswith(MARIA) for text in go_on(asked))


@pytest.mark.parametrize("text", ["I'll drive myself", "Uber", "N", "taking the bus"])
def test_driving_oneself_and_a_taxi_are_no_driver(clinic: WorkingClinic, asked: Telephone, text: str) -> None:
    asked.writes(text)

    assert asked.kinds() == ["no_driver"]
    assert driver(clinic) is None


def test_the_patients_own_number_is_no_drivers(clinic: WorkingClinic, asked: Telephone) -> None:
    said = asked.writes("Maria 312 555 0142")

    assert said is not None
    assert "A person will read this" in said
    assert asked.kinds() == ["no_driver"]
    assert driver(clinic) is None


def test_a_move_asks_the_driver_again(clinic: WorkingClinic, asked: Telephone) -> None:
    named(asked)
    maria = Telephone(clinic, number=MARIA)
    maria.writes("Y")
    moved_to(clinic, "2026-10-07 15:00")

    texts = [text for text in go_on(maria) if text.startswith(MARIA)]
    stale = maria.writes("Y")

    assert len(texts) == 1
    assert "5:50 PM" in texts[0] or "6:00 PM" in texts[0] or "PM" in texts[0]
    assert stale is not None
    standing = driver(clinic)
    assert standing is not None
    assert standing.state == "yes"


def moved_to(clinic: WorkingClinic, starts: str) -> None:
    visit_id = the_visit(clinic)
    clinic.move(visit_id, starts)
    clinic.set(Driver, Driver.appointment_id == visit_id, state="listed", said_at=None)


def the_visit(clinic: WorkingClinic) -> UUID:
    found = clinic.message("driver-ask").appointment_id
    assert found is not None
    return found


def test_a_cancelled_visit_is_told_to_the_driver_too(clinic: WorkingClinic, asked: Telephone) -> None:
    named(asked)
    maria = Telephone(clinic, number=MARIA)
    maria.writes("Y")
    clinic.cancel(the_visit(clinic))

    texts = go_on(maria)

    assert len([text for text in texts if text.startswith(MARIA)]) == 1


def test_a_driver_who_says_stop_gets_no_text_more_and_the_patient_does(clinic: WorkingClinic, asked: Telephone) -> None:
    named(asked)
    maria = Telephone(clinic, number=MARIA)
    maria.writes("STOP")
    moved_to(clinic, "2026-10-07 15:00")

    texts = go_on(maria)

    assert not any(text.startswith(MARIA) for text in texts)
    assert any("MOVED" in text for text in texts)


def test_a_driver_writes_as_a_driver_even_when_asked_nothing(clinic: WorkingClinic, asked: Telephone) -> None:
    named(asked)
    maria = Telephone(clinic, number=MARIA)
    maria.writes("Y")
    clinic.clock("2026-10-07 12:00")

    maria.writes("running late, 20 minutes")

    item = maria.items()[-1]
    assert maria.reply.intent == "driver_late"
    assert (item.kind, item.reason) == ("no_driver", "driver_late")
    assert item.escalate_at == clinic.now_at or visit(clinic, the_visit(clinic)).starts_at < clinic.now_at


def test_whoever_shares_the_drivers_phone_is_not_taken_for_the_driver(clinic: WorkingClinic, asked: Telephone) -> None:
    named(asked)
    clinic.patient("Ben", phone=MARIA, email="ben@example.com")
    shared = Telephone(clinic, number=MARIA)

    shared.writes("Y")

    standing = driver(clinic)
    assert standing is not None
    assert standing.state == "yes"
    assert clinic.messages(Message.rule == "driver-person")[0].recipient_person_id == standing.driver_id


def test_while_a_driver_s_cry_for_help_is_open_they_are_asked_nothing(clinic: WorkingClinic, asked: Telephone) -> None:
    maria = Telephone(clinic, number=MARIA)
    asked.writes("my sister Maria, 312 555 0777")
    maria.writes("I want to die")

    while_open = go_on(asked)
    finish(clinic.parts, maria.items()[-1].id, by="Rosa", outcome="safe")
    afterwards = go_on(asked)

    assert while_open == []
    assert [text.split(":")[0] for text in afterwards] == [MARIA]
