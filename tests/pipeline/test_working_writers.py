"""Whom to phone about a text: whoever wrote it, by the phone they wrote from."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reminders.pipeline.working import item, items, words
from reminders.store.tables.messages import Reply, WorkItem
from reminders.store.tables.people import Address, Person
from tests.driven_clinic import DAN, name_driver
from tests.pipeline.hearing.telephone import Telephone
from tests.working_clinic import PHONE, WorkingClinic

CRY = "I want to die"
STRANGE = "+13125559876"


def shown(clinic: WorkingClinic) -> dict[str, str]:
    """Return the screen of the only item."""
    (found,) = items(clinic.parts, with_done=True)
    return dict(words(found))


@pytest.mark.parametrize("text", [CRY, "I ate breakfast", "purple monkey"])
def test_what_a_patient_wrote_shows_her_and_her_phone(clinic: WorkingClinic, text: str) -> None:
    clinic.patient()

    Telephone(clinic).writes(text)

    screen = shown(clinic)
    assert screen["wrote from"] == f"{PHONE}, Ana (P-Ana)"
    assert (screen["patient"], screen["phone"]) == ("Ana (P-Ana)", PHONE)


def test_what_came_from_a_shared_phone_shows_the_phone_and_everybody_on_it(clinic: WorkingClinic) -> None:
    clinic.patient()
    clinic.patient("Ben", email="ben@example.com")

    Telephone(clinic).writes(CRY)

    assert shown(clinic)["wrote from"] == f"{PHONE}, one of: Ana (P-Ana); Ben (P-Ben)"


def test_who_was_understood_to_write_stands_before_who_else_has_the_phone(clinic: WorkingClinic) -> None:
    clinic.patient()
    ben = clinic.patient("Ben", email="ben@example.com")
    Telephone(clinic).writes(CRY)
    clinic.set(Reply, person_id=ben)

    assert shown(clinic)["wrote from"] == f"{PHONE}, Ben (P-Ben); the phone is also that of: Ana (P-Ana)"


@pytest.mark.parametrize("text", [CRY, "purple monkey"])
def test_what_a_stranger_wrote_shows_their_phone(clinic: WorkingClinic, text: str) -> None:
    Telephone(clinic, number=STRANGE).writes(text)

    screen = shown(clinic)
    assert screen["wrote from"] == f"{STRANGE}, nobody we know"
    assert "patient" not in screen
    assert "phone" not in screen


@pytest.mark.parametrize("is_about_driver", [False, True])
def test_what_a_driver_wrote_shows_the_drivers_phone_and_whom_they_drive(
    clinic: WorkingClinic, *, is_about_driver: bool
) -> None:
    name_driver(clinic, clinic.told_visit(clinic.patient()))
    Telephone(clinic, number=DAN).writes(CRY)
    if is_about_driver:
        clinic.set(WorkItem, person_id=clinic.scalar(select(Person.id).where(Person.kind == "driver")))

    (found,) = items(clinic.parts, with_done=True)

    screen = dict(words(found))
    assert screen["wrote from"] == f"{DAN}, Dan Roe, who drives Ana (P-Ana)"
    assert (screen["patient"], screen["phone"]) == ("Ana (P-Ana)", f"{PHONE} (the patient's)")
    assert (found.wrote_from, found.is_of_driver, found.patient_id) == (DAN, True, "P-Ana")


def test_what_could_not_be_handled_shows_who_wrote_too(clinic: WorkingClinic) -> None:
    clinic.patient()
    Telephone(clinic).writes("purple monkey")
    clinic.set(Reply, person_id=None, heard_at=None)

    assert shown(clinic)["wrote from"] == f"{PHONE}, Ana (P-Ana)"


def test_a_phone_that_a_patient_got_since_is_the_patients_and_no_strangers(clinic: WorkingClinic) -> None:
    Telephone(clinic, number=STRANGE).writes("purple monkey")
    clinic.patient(phone=STRANGE)

    assert shown(clinic)["wrote from"] == f"{STRANGE}, Ana (P-Ana)"


def test_a_phone_that_cannot_be_decrypted_hides_nobody(clinic: WorkingClinic) -> None:
    clinic.patient()
    Telephone(clinic).writes("purple monkey")
    clinic.set(Address, value=b"broken")

    assert shown(clinic)["wrote from"] == "(cannot be decrypted), Ana (P-Ana)"


def test_what_no_text_began_says_nothing_of_a_writer(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient(consented=False))
    clinic.plan()

    screen = shown(clinic)
    assert "wrote from" not in screen
    assert screen["phone"] == PHONE


def test_no_name_and_no_phone_stands_in_a_repr(clinic: WorkingClinic) -> None:
    clinic.patient()
    phone = Telephone(clinic)
    phone.writes(CRY)
    (opened,) = phone.items()

    told = repr(item(clinic.parts, opened.id))

    assert "Ana" not in told.replace("P-Ana", "")
    assert PHONE not in told


def test_a_cry_stands_above_what_is_overdue_and_then_what_is_for_today(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient(), "2026-09-28 15:00", service="consultation")
    phone = Telephone(clinic)
    for text in ("purple monkey dishwasher", "I can't come today", "I want to die"):
        phone.writes(text)
    clinic.set(WorkItem, WorkItem.kind == "not_understood", due_at=clinic.now_at - timedelta(days=1))

    assert [one.kind for one in items(clinic.parts, with_done=False)] == ["safety", "change", "not_understood"]
