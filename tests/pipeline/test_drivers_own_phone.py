"""A driver whose phone is the patient's own: nobody is asked by it, and a person finds out who drives."""

import io
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from reminders.domain.words import WorkKind
from reminders.pipeline import driving
from reminders.pipeline.driving import Named
from reminders.pipeline.intake import Order, take_in
from reminders.pipeline.working import finish
from reminders.store.tables.messages import Message
from reminders.store.tables.people import ContactPoint, Person
from reminders.store.tables.visits import Appointment
from tests.driven_clinic import DAN, EVE, driver_of, driver_says, heard, name_driver
from tests.pipeline.hearing.telephone import Telephone
from tests.visit_files import file_of
from tests.working_clinic import PHONE, WEDNESDAY, WorkingClinic

ASKED = "2026-10-05 10:30"
TO_THE_DRIVER = Message.rule.startswith("driver-p")
COURSE = {"course": "iv-ketamine-course", "visit_number": "1"}


def imported(clinic: WorkingClinic, *, driver: str = PHONE, phone: str = PHONE) -> UUID:
    """Import a visit of Ana's with a driver; return it."""
    cells = {"service": "iv-ketamine", "starts_at": "2026-10-07T10:30", "phone": phone, **COURSE}
    text = file_of(cells | {"driver_name": "Sam Roe", "driver_phone": driver})
    report = take_in(clinic.parts, io.BytesIO(text.encode()), name="visits.csv", order=Order())
    assert not report.is_refused
    clinic.plan()
    visit_id: UUID = clinic.scalar(select(Appointment.id))
    return visit_id


def no_driver(clinic: WorkingClinic) -> list[tuple[str, str]]:
    """Return state and reason of what people must find out."""
    return [(one.state, one.because) for one in clinic.work() if one.kind == WorkKind.NO_DRIVER]


OPEN = [("open", "the driver who was named has the patient's own phone")]


def texts_of(clinic: WorkingClinic, phone: str = PHONE) -> list[str]:
    return [one.text for one in clinic.channel.given if one.to == phone]


def test_an_imported_driver_on_the_patients_phone_is_staffs_to_find_out_at_once(clinic: WorkingClinic) -> None:
    imported(clinic)

    assert no_driver(clinic) == OPEN
    clinic.plan()
    assert no_driver(clinic) == OPEN


def test_the_patient_is_asked_who_drives_and_never_whether_she_drives_herself(clinic: WorkingClinic) -> None:
    visit_id = imported(clinic)
    clinic.send_at(ASKED)
    phone = Telephone(clinic)

    phone.writes("Y")
    phone.receives()
    clinic.plan()
    clinic.send_due()
    clinic.send_at("2026-10-06 17:00")

    assert clinic.messages(TO_THE_DRIVER) == []
    assert {row.rule for row in clinic.messages(Message.rule.startswith("driver-"))} == {"driver-ask"}
    assert not any("take someone home" in text for text in texts_of(clinic))
    assert driver_of(clinic, visit_id).state != "yes"


def test_a_patient_who_gets_the_drivers_number_is_staffs_to_find_out(clinic: WorkingClinic) -> None:
    imported(clinic, driver=DAN)
    assert no_driver(clinic) == []

    imported(clinic, driver=DAN, phone=DAN)

    assert no_driver(clinic) == OPEN


def test_who_was_agreed_to_before_the_phones_became_one_is_not_written_to(clinic: WorkingClinic) -> None:
    visit_id = clinic.told_visit(clinic.patient("Ana"), WEDNESDAY)
    name_driver(clinic, visit_id)
    clinic.plan()
    assert clinic.messages(TO_THE_DRIVER)

    share(clinic)
    clinic.plan()
    clinic.send_at(ASKED)

    assert {row.state for row in clinic.messages(TO_THE_DRIVER)} == {"cancelled"}
    assert no_driver(clinic) == OPEN


def share(clinic: WorkingClinic) -> None:
    """Give Ana the phone of whoever drives her."""
    ana = clinic.scalar(select(Person.id).where(Person.kind == "patient"))
    dans = ContactPoint.person_id == ana, ContactPoint.channel == "sms"
    clinic.set(ContactPoint, *dans, address_id=clinic.address("sms", DAN))
    clinic.owe(ana)


def test_a_drivers_yes_stays_and_staff_looks_at_the_phone(clinic: WorkingClinic) -> None:
    visit_id = clinic.told_visit(clinic.patient("Ana"), WEDNESDAY)
    name_driver(clinic, visit_id)
    driver_says(clinic, visit_id, yes=True)

    share(clinic)
    clinic.plan()

    assert driver_of(clinic, visit_id).state == "yes"
    assert no_driver(clinic) == OPEN


def test_another_driver_closes_it(clinic: WorkingClinic) -> None:
    visit_id = imported(clinic)

    assert name_driver(clinic, visit_id, "Eve", EVE) is Named.OK
    clinic.plan()

    assert [state for state, _ in no_driver(clinic)] == ["done"]


def test_what_a_person_has_looked_into_is_not_opened_again(clinic: WorkingClinic) -> None:
    visit_id = imported(clinic)
    (item,) = [one for one in clinic.work() if one.kind == WorkKind.NO_DRIVER]
    finish(clinic.parts, item.id, by="Rosa", outcome="her husband, they share the phone")

    heard(clinic, visit_id, lambda session, now: driving.arranged(session, visit_id, now))
    clinic.plan()

    assert [state for state, _ in no_driver(clinic)] == ["done"]


def test_the_patients_word_that_somebody_drives_counts_and_staff_still_looks(clinic: WorkingClinic) -> None:
    visit_id = imported(clinic)

    heard(clinic, visit_id, lambda session, now: driving.arranged(session, visit_id, now))
    clinic.plan()

    assert driver_of(clinic, visit_id).state == "patient says so"
    assert [state for state, _ in no_driver(clinic)] == ["open"]


def test_yes_to_the_same_driver_does_not_mean_one_on_the_patients_phone(clinic: WorkingClinic) -> None:
    visit_id = imported(clinic)

    assert not heard(clinic, visit_id, lambda session, now: driving.again(session, visit_id, now))

    assert driver_of(clinic, visit_id).agreed_at is None


def test_nor_one_who_drove_last_time(clinic: WorkingClinic) -> None:
    ana = clinic.patient("Ana")
    of_course: dict[str, Any] = {"course_id": clinic.course(ana)}
    first = clinic.told_visit(ana, "2026-10-02 10:30", visit_number=1, **of_course)
    name_driver(clinic, first)
    driver_says(clinic, first, yes=True)
    clinic.clock("2026-10-02 14:00")
    clinic.change(first, status="fulfilled", fulfilled_at=clinic.now_at, arrived_at=clinic.now_at)
    second = clinic.told_visit(ana, WEDNESDAY, visit_number=2, **of_course)

    share(clinic)
    clinic.plan()

    assert not heard(clinic, second, lambda session, now: driving.again(session, second, now))
    asks = clinic.messages(Message.rule.startswith("driver-a"), Message.appointment_id == second)
    assert {row.rule for row in asks if row.state == "scheduled"} == {"driver-ask"}


@pytest.mark.parametrize("name", ["Sam Roe", "Sam"])
def test_a_name_that_we_know_by_the_patients_own_phone_is_nobody_to_ask(clinic: WorkingClinic, name: str) -> None:
    visit_id = imported(clinic)

    assert name_driver(clinic, visit_id, name, phone=None) is Named.SAME_AS_PATIENT


def test_a_visit_that_needs_no_driver_asks_nobody(clinic: WorkingClinic) -> None:
    cells = {"starts_at": "2026-10-07T10:30", "driver_name": "Sam Roe", "driver_phone": PHONE}
    take_in(clinic.parts, io.BytesIO(file_of(cells).encode()), name="visits.csv", order=Order())

    clinic.plan()

    assert no_driver(clinic) == []
