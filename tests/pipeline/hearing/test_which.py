"""Which visit a text is about: today's before a later one, what waits for an answer before what had one."""

from uuid import UUID

import pytest
from sqlalchemy import select

from reminders.store.tables.messages import WorkItem
from reminders.store.tables.visits import Driver
from tests.driven_clinic import driver_of, name_driver
from tests.pipeline.hearing.telephone import Telephone, visit
from tests.working_clinic import DUE, PHONE, WorkingClinic

TODAY, NEXT_WEEK = "2026-09-29 14:00", "2026-10-06 14:00"


def the_visit(clinic: WorkingClinic) -> UUID:
    return clinic.visit_of(clinic.message("reminder").id)


def said_yes(clinic: WorkingClinic) -> tuple[UUID, UUID, Telephone]:
    """Let a patient confirm today's visit; return her, the visit and her phone."""
    patient_id = clinic.patient()
    visit_id = clinic.told_visit(patient_id, TODAY, service="consultation")
    clinic.plan()
    clinic.send_at(DUE)
    phone = Telephone(clinic)
    phone.writes("Y")
    phone.receives()
    return patient_id, visit_id, phone


def newest(phone: Telephone) -> WorkItem:
    return phone.items()[-1]


def test_words_about_today_are_about_todays_visit_though_a_later_one_was_asked(clinic: WorkingClinic) -> None:
    patient_id, today, phone = said_yes(clinic)
    later = clinic.visit(patient_id, "2026-10-14 10:30", booked_at=clinic.now_at, service="consultation")
    clinic.plan()
    clinic.send_at("2026-09-29 09:05")

    phone.writes("I can't make it today, I'm sick")

    item = newest(phone)
    assert (item.kind, item.appointment_id, item.due_at) == ("change", today, clinic.now_at)
    assert not visit(clinic, today).confirmed
    assert not visit(clinic, later).confirmed


def test_on_a_shared_phone_a_no_for_today_is_urgent_whoever_wrote(clinic: WorkingClinic) -> None:
    for name in ("Ana", "Ben"):
        patient_id = clinic.patient(name, email=f"{name}@example.com")
        clinic.told_visit(patient_id, "2026-09-28 15:00", service="consultation")
    phone = Telephone(clinic)

    phone.writes("we can't come today")

    item = newest(phone)
    assert (item.kind, item.person_id, item.due_at) == ("change", None, clinic.now_at)
    assert item.appointment_id is not None


def a_visit_that_is_over(clinic: WorkingClinic) -> tuple[UUID, UUID]:
    patient_id, over, _ = said_yes(clinic)
    clinic.clock("2026-09-30 10:00")
    clinic.change(over, status="fulfilled")
    coming = clinic.told_visit(patient_id, NEXT_WEEK, service="consultation")
    return over, coming


def test_a_visit_that_is_over_is_not_what_somebody_is_late_for(clinic: WorkingClinic) -> None:
    _, coming = a_visit_that_is_over(clinic)
    phone = Telephone(clinic)
    clinic.clock("2026-10-06 09:20")

    phone.writes("running late")

    assert (newest(phone).appointment_id, newest(phone).due_at) == (coming, clinic.now_at)


def test_a_driver_is_named_for_the_coming_visit(clinic: WorkingClinic) -> None:
    _, coming = a_visit_that_is_over(clinic)

    Telephone(clinic).writes("my sister Maria will drive me, 312 555 0190")

    with clinic.parts.transaction() as session:
        assert session.scalars(select(Driver.appointment_id)).all() == [coming]


@pytest.mark.parametrize("text", ["running late", "I'm running 20 minutes late"])
def test_who_is_late_is_heard_at_once_also_after_the_start(clinic: WorkingClinic, ana: Telephone, text: str) -> None:
    clinic.clock("2026-09-29 14:10")

    ana.writes(text)

    assert newest(ana).appointment_id == the_visit(clinic)
    assert newest(ana).due_at == clinic.now_at


@pytest.mark.parametrize("text", ["Sorry, I can't make it", "N"])
def test_who_said_yes_may_say_no_in_other_words(clinic: WorkingClinic, ana: Telephone, text: str) -> None:
    ana.writes("Y")

    ana.writes(text)

    assert not visit(clinic, the_visit(clinic)).confirmed
    assert newest(ana).appointment_id == the_visit(clinic)


def test_an_ok_after_a_no_does_not_make_it_a_yes(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("N")

    said = ana.writes("ok")

    assert said is None
    assert ana.reply.intent == "thanks"
    assert not visit(clinic, the_visit(clinic)).confirmed


@pytest.mark.parametrize("text", ["ok", "👍"])
def test_an_ok_to_the_news_of_a_cancelled_visit_is_no_answer_to_the_question(
    clinic: WorkingClinic, ana: Telephone, text: str
) -> None:
    clinic.cancel(the_visit(clinic))
    clinic.plan()
    clinic.send_due()

    said = ana.writes(text)

    assert said is None
    assert ana.items() == []


def test_one_yes_to_two_visits_of_which_one_was_moved_confirms_the_other_and_says_so(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    moved, kept = (clinic.visit(patient_id, starts) for starts in ("2026-10-07 10:30", "2026-10-09 10:30"))
    clinic.plan()
    clinic.send_due()
    phone = Telephone(clinic)
    clinic.move(moved, "2026-10-08 15:00")

    said = phone.writes("Y")

    assert said is not None
    assert "was moved since we asked" in said
    assert [visit(clinic, one).confirmed for one in (moved, kept)] == [False, True]
    assert (newest(phone).kind, newest(phone).reason, newest(phone).appointment_id) == ("change", "void_moved", moved)


def test_a_question_that_never_came_does_not_take_the_place_of_the_one_before(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient(email=None)
    visit_id = clinic.visit(patient_id, "2026-10-07 10:30", booked_at=clinic.now_at)
    clinic.plan()
    clinic.send_due()
    clinic.move(visit_id, "2026-10-12 16:30")
    clinic.plan()
    clinic.send_at("2026-09-28 11:00")
    clinic.receipt(clinic.message("moved").id, "undelivered", "30003")
    clinic.settle()

    said = Telephone(clinic).writes("Y")

    assert said is not None
    assert "was moved since we asked" in said
    assert not visit(clinic, visit_id).confirmed


def test_a_yes_in_words_that_could_be_for_two_visits_is_asked_back(clinic: WorkingClinic) -> None:
    first, second = two_visits(clinic)
    phone = Telephone(clinic)

    said = phone.writes("Yes, I'll be there")

    assert said is not None
    assert "which one do you mean" in said
    assert [visit(clinic, one).confirmed for one in (first, second)] == [False, False]


def test_a_no_that_nobody_explains_is_work_at_once_where_it_may_be_todays(clinic: WorkingClinic) -> None:
    first, _ = two_visits(clinic)
    phone = Telephone(clinic)

    phone.writes("N")

    item = newest(phone)
    assert (item.kind, item.reason, item.state) == ("change", "several_prompts", "open")
    assert (item.appointment_id, item.due_at) == (first, clinic.now_at)


def test_a_number_after_another_question_answers_that_question(clinic: WorkingClinic) -> None:
    first, second = two_visits(clinic)
    phone = Telephone(clinic)
    phone.writes("Y")
    phone.receives()
    third = clinic.visit(visit(clinic, first).person_id, "2026-10-20 10:30", booked_at=clinic.now_at)
    clinic.plan()
    assert clinic.send_at("2026-09-30 10:00")

    phone.writes("1")

    assert [visit(clinic, one).confirmed for one in (first, second, third)] == [False, False, False]


@pytest.mark.parametrize("between", ["grr", "No I can't"])
def test_the_number_that_was_asked_for_counts_whatever_was_written_between(clinic: WorkingClinic, between: str) -> None:
    first, second = two_visits(clinic)
    phone = Telephone(clinic)
    for text in ("N", between, "1"):
        phone.writes(text)
        phone.receives()

    assert newest(phone).appointment_id == second
    assert [visit(clinic, one).confirmed for one in (first, second)] == [False, False]
    assert {item.state for item in phone.items() if item.reason == "several_prompts"} == {"done"}


def test_who_says_it_again_is_one_to_do(clinic: WorkingClinic) -> None:
    two_visits(clinic)
    phone = Telephone(clinic)
    for text in ("Y", "Y"):
        phone.writes(text)
        phone.receives()

    assert [item.state for item in phone.items()] == ["done", "open"]


def test_on_a_shared_phone_a_no_that_may_be_anybodys_is_nobodys(clinic: WorkingClinic) -> None:
    visits = [
        clinic.told_visit(clinic.patient(name, email=f"{name}@example.com"), starts, service="consultation")
        for name, starts in (("Ana", TODAY), ("Ben", "2026-09-30 15:00"))
    ]
    ask_all(clinic)
    phone = Telephone(clinic)

    phone.writes("N")

    assert (newest(phone).person_id, newest(phone).appointment_id) == (None, visits[0])


def test_words_about_tomorrow_are_not_about_today(clinic: WorkingClinic) -> None:
    first, second = a_yes_for_today(clinic)

    phone = Telephone(clinic)
    phone.writes("I can't make it tomorrow")

    assert newest(phone).appointment_id == second
    assert visit(clinic, first).confirmed


def test_a_visit_that_has_begun_long_since_is_not_the_one_that_is_declined(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    clinic.told_visit(patient_id, "2026-09-29 09:00", service="consultation")
    later = clinic.told_visit(patient_id, "2026-09-29 15:00", service="consultation")
    clinic.clock("2026-09-29 11:00")
    phone = Telephone(clinic)

    phone.writes("I can't come this afternoon")

    assert (newest(phone).appointment_id, newest(phone).is_urgent) == (later, True)


def test_a_no_just_after_the_start_is_urgent(clinic: WorkingClinic, ana: Telephone) -> None:
    clinic.clock("2026-09-29 14:05")

    ana.writes("sorry I can't make it")

    assert newest(ana).is_urgent


@pytest.mark.parametrize("text", ["no puedo ir hoy", "no puedo ir", "hoy no puedo"])
def test_a_spanish_no_is_one_without_a_question(clinic: WorkingClinic, text: str) -> None:
    clinic.told_visit(clinic.patient(), "2026-09-28 15:00", service="consultation")
    phone = Telephone(clinic)

    phone.writes(text)

    assert (newest(phone).kind, newest(phone).is_urgent) == ("change", True)


def test_a_patient_who_also_drives_is_asked_which_visit_is_meant(clinic: WorkingClinic) -> None:
    hers = clinic.told_visit(clinic.patient("Ana", phone="+13125550199", email="ana@example.com"), "2026-10-01 16:00")
    clinic.told_visit(clinic.patient("Ben"), "2026-09-30 15:00", service="consultation")
    name_driver(clinic, hers, "Ben", PHONE)
    ask_all(clinic)
    phone = Telephone(clinic)

    said = phone.writes("I need to cancel, I can't make it to my appointment on Wednesday")

    assert said is not None
    assert "which one do you mean" in said
    assert driver_of(clinic, hers).state != "no"


def a_yes_for_today(clinic: WorkingClinic) -> tuple[UUID, UUID]:
    patient_id, first, _ = said_yes(clinic)
    second = clinic.told_visit(patient_id, "2026-09-30 15:00", service="consultation")
    clinic.set(type(clinic.sender()), per_second=500)
    clinic.plan()
    clinic.send_at("2026-09-29 10:00")
    return first, second


def two_visits(clinic: WorkingClinic) -> tuple[UUID, UUID]:
    patient_id = clinic.patient()
    first = clinic.told_visit(patient_id, TODAY, service="consultation")
    second = clinic.told_visit(patient_id, "2026-09-30 15:00", service="consultation")
    ask_all(clinic)
    return first, second


def ask_all(clinic: WorkingClinic) -> None:
    clinic.set(type(clinic.sender()), per_second=500)
    clinic.plan()
    clinic.send_at(DUE)
    clinic.send_at("2026-09-29 10:00")
