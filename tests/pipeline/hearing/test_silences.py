"""Who is not answered by itself: where somebody of the clinic writes, where a patient is gone, and after STOP."""

import pytest

from reminders.domain.replies.intents import DriverDetails
from reminders.domain.words import PersonStatus
from reminders.pipeline import attending
from reminders.store.tables.clinic import Clinic
from reminders.store.tables.people import Person
from tests.driven_clinic import DAN, driver_of, name_driver
from tests.pipeline.hearing.telephone import Telephone
from tests.working_clinic import WEDNESDAY, WorkingClinic

NOBODY_READS_THIS = "purple monkey"
PARKING = "where do I park?"
LATE = "running late, 10 minutes"


def driven(clinic: WorkingClinic) -> Telephone:
    """Return the phone of somebody who drives Ana home."""
    name_driver(clinic, clinic.told_visit(clinic.patient("Ana"), WEDNESDAY))
    return Telephone(clinic, number=DAN)


def is_taken_up(phone: Telephone) -> None:
    """Let a phone write what nobody understands, and somebody of the clinic take it up."""
    phone.writes(NOBODY_READS_THIS)
    phone.receives()
    attending.take(phone.clinic.parts, phone.items()[-1].id, by="Nia")


def test_a_driver_whose_text_was_taken_up_is_answered_by_people_and_the_patient_by_us(clinic: WorkingClinic) -> None:
    driver, patient = driven(clinic), Telephone(clinic)

    is_taken_up(driver)

    assert (driver.writes(LATE), driver.writes("Y")) == (None, None)
    assert patient.writes(PARKING) is not None


def test_a_patient_whose_text_was_taken_up_does_not_silence_who_drives(clinic: WorkingClinic) -> None:
    driver, patient = driven(clinic), Telephone(clinic)

    is_taken_up(patient)

    assert patient.writes(LATE) is None
    assert driver.writes(PARKING) is not None


def test_a_shared_phone_rests_too(clinic: WorkingClinic) -> None:
    for name in ("Ana", "Ben"):
        clinic.told_visit(clinic.patient(name, email=f"{name}@example.com"))
    phone = Telephone(clinic)

    is_taken_up(phone)

    assert phone.items()[-1].person_id is None
    assert phone.writes(LATE) is None


@pytest.mark.parametrize("status", [PersonStatus.DECEASED, PersonStatus.DISCHARGED])
def test_who_drove_a_patient_who_is_gone_is_answered_nothing_but_help(
    clinic: WorkingClinic, status: PersonStatus
) -> None:
    driver = driven(clinic)
    clinic.set(Person, Person.kind == "patient", status=status)

    said = [driver.writes(text) for text in ("Y", PARKING, "HELP", "STOP")]

    assert said == [None] * 4
    assert driver.address.opted_out_at is not None
    assert driver.writes("I want to die") is not None


def test_who_drives_another_patient_too_is_answered(clinic: WorkingClinic) -> None:
    driver = driven(clinic)
    ben = clinic.told_visit(clinic.patient("Ben", phone="+13125550144", email=None), WEDNESDAY)
    name_driver(clinic, ben)
    clinic.set(Person, Person.source_id == "P-Ana", status=PersonStatus.DECEASED)

    assert driver.writes(PARKING) is not None
    assert driver_of(clinic, ben).state == "listed"


def test_a_stop_that_ends_what_prep_kept_is_confirmed_once(clinic: WorkingClinic, ana: Telephone) -> None:
    clinic.set(Clinic, Clinic.id == clinic.id, answers_stop=True)
    ana.writes("STOP")
    ana.writes("PREP")

    said, again = ana.writes("STOP"), ana.writes("STOP")

    assert said is not None
    assert "START" in said
    assert again is None


def test_a_stop_after_a_wrong_number_is_confirmed_for_it_binds_who_it_is_after_all(ana: Telephone) -> None:
    ana.writes("WRONG NUMBER")

    said, again = ana.writes("STOP"), ana.writes("STOP")

    assert said is not None
    assert again is None


def test_what_a_patient_said_of_a_driver_is_never_printed() -> None:
    assert "Dan" not in repr(DriverDetails(name="Dan", phone=DAN))
    assert DAN not in repr(DriverDetails(name="Dan", phone=DAN))
