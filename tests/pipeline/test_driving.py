"""Drivers as patients and drivers answer: who is listed, asked, said yes, and what that leaves to do."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.domain.states import State
from reminders.domain.words import WorkKind
from reminders.pipeline import driving
from reminders.pipeline.driving import Named
from reminders.store import work
from reminders.store.base import new_id
from reminders.store.tables.messages import Message, Reply, WorkItem
from reminders.store.tables.people import Consent, ContactPoint, Person
from reminders.store.tables.visits import Driver
from reminders.store.work import NewWork
from tests.clinics import VAULT
from tests.domain.planning_clinic import at
from tests.driven_clinic import DAN, EVE, called, driver_of, driver_says, heard, name_driver
from tests.working_clinic import PHONE, WEDNESDAY, WorkingClinic

ASKED = "2026-10-05 10:30"
"""Two days before `WEDNESDAY`: the patient is asked."""


def visit_of_ana(clinic: WorkingClinic, **columns: object) -> UUID:
    """Return a visit of Ana, to whom the clock has come near enough to ask for a driver."""
    visit_id = clinic.told_visit(clinic.patient(), **columns)  # type: ignore[arg-type]
    clinic.plan()
    clinic.clock(ASKED)
    clinic.send_due()
    return visit_id


def to_dan(clinic: WorkingClinic) -> list[str]:
    """Return the texts that Dan got."""
    return [outgoing.text for outgoing in clinic.channel.given if outgoing.to == DAN]


def plan_and_send(clinic: WorkingClinic) -> list[str]:
    clinic.plan()
    return clinic.send_due()


def test_a_named_driver_gets_one_text_with_time_place_and_phone_and_nothing_else(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)

    assert name_driver(clinic, visit_id) is Named.OK
    plan_and_send(clinic)
    plan_and_send(clinic)

    (text,) = to_dan(clinic)
    assert text == (
        "Cedar Clinic: can you take someone home Wed Oct 7 1:20 PM? Midtown office, 250 Linden Avenue, New York. "
        "Reply Y/N or call 212-555-0142. STOP opts out."
    )
    message = clinic.message("driver-person")
    assert message.recipient_person_id == driver_of(clinic, visit_id).driver_id != message.patient_id
    assert message.state == State.SENT


def test_a_driver_reads_the_name_only_where_the_patient_agreed_to_that(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)
    clinic.set(Person, Person.kind == "patient", agreed_name_to_driver=True)

    name_driver(clinic, visit_id)
    plan_and_send(clinic)

    assert "can you take Ana home" in to_dan(clinic)[0]


def test_a_named_driver_is_a_person_with_a_phone_and_a_consent_in_the_ledger(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)

    name_driver(clinic, visit_id)

    driver = driver_of(clinic, visit_id)
    assert (driver.state, driver.agreed_at) == ("listed", at(ASKED))
    assert called(clinic, driver.driver_id) == "Dan Roe"
    entry = clinic.scalar(select(Consent).where(Consent.person_id == driver.driver_id))
    assert (entry.purpose, entry.granted, entry.source, entry.how) == ("visits", True, "person", "named by the patient")


def test_naming_the_same_driver_again_changes_the_name_and_asks_nobody_twice(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)
    name_driver(clinic, visit_id)
    plan_and_send(clinic)
    driver_says(clinic, visit_id, yes=True)

    name_driver(clinic, visit_id, "Daniel Roe")
    plan_and_send(clinic)

    driver = driver_of(clinic, visit_id)
    assert (driver.state, called(clinic, driver.driver_id), len(to_dan(clinic))) == ("yes", "Daniel Roe", 1)
    assert clinic.scalar(select(func.count()).select_from(Consent).where(Consent.person_id == driver.driver_id)) == 1


def test_the_phone_of_two_patients_drivers_are_two_persons(clinic: WorkingClinic) -> None:
    ana = clinic.told_visit(clinic.patient("Ana"))
    bea = clinic.told_visit(clinic.patient("Bea", phone="+13125550143"))

    for visit_id in (ana, bea):
        name_driver(clinic, visit_id)

    assert driver_of(clinic, ana).driver_id != driver_of(clinic, bea).driver_id
    addresses = select(ContactPoint.address_id).join(Person, Person.id == ContactPoint.person_id)
    with clinic.parts.transaction() as session:
        assert len(set(session.scalars(addresses.where(Person.kind == "driver")))) == 1


def test_the_patients_own_phone_is_nobody_elses(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)

    assert name_driver(clinic, visit_id, phone=PHONE) is Named.SAME_AS_PATIENT

    assert clinic.scalar(select(func.count()).select_from(Driver)) == 0


def test_a_name_alone_is_the_patients_word(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)

    assert name_driver(clinic, visit_id, "Dan", phone=None) is Named.NO_PHONE
    plan_and_send(clinic)

    driver = driver_of(clinic, visit_id)
    assert (driver.state, called(clinic, driver.driver_id), to_dan(clinic)) == ("patient says so", "Dan", [])


def test_a_phone_where_the_clinic_may_not_text_is_the_patients_word(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)

    assert name_driver(clinic, visit_id, "Dan", phone="+351912345678") is Named.NO_PHONE

    assert driver_of(clinic, visit_id).state == "patient says so"


@pytest.mark.parametrize("name", ["Dan", "dan roe"])
def test_the_name_of_a_driver_whom_we_know_is_enough(clinic: WorkingClinic, name: str) -> None:
    visit_id = visit_of_ana(clinic)
    name_driver(clinic, visit_id, agreed=False)

    assert name_driver(clinic, visit_id, name, phone=None) is Named.OK
    plan_and_send(clinic)

    assert (driver_of(clinic, visit_id).state, len(to_dan(clinic))) == ("listed", 1)


def test_a_driver_whom_nobody_agreed_to_is_not_written_to(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)

    name_driver(clinic, visit_id, agreed=False)
    plan_and_send(clinic)

    assert to_dan(clinic) == []


def test_a_stopped_phone_is_not_written_to_and_the_patient_hears_on(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)
    name_driver(clinic, visit_id)
    clinic.opt_out(DAN)

    plan_and_send(clinic)
    texts = clinic.send_at("2026-10-06 17:00")

    assert (clinic.message("driver-person").reason, to_dan(clinic)) == ("opted_out", [])
    assert len(texts) == 1


def test_a_stop_after_the_claim_was_planned_holds_the_text(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)
    name_driver(clinic, visit_id)
    clinic.plan()
    batches = clinic.dispatch()

    clinic.opt_out(DAN)
    clinic.send(batches)

    assert to_dan(clinic) == []


def test_another_driver_who_is_named_before_the_first_was_asked_is_asked_alone(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)
    name_driver(clinic, visit_id)
    clinic.plan()

    name_driver(clinic, visit_id, "Eve", EVE)
    plan_and_send(clinic)

    assert to_dan(clinic) == []
    assert [outgoing.to for outgoing in clinic.channel.given if outgoing.to == EVE] == [EVE]


def test_d_is_the_patients_word_and_asks_nobody(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)

    heard(clinic, visit_id, lambda session, now: driving.arranged(session, visit_id, now))

    driver = driver_of(clinic, visit_id)
    assert (driver.state, driver.driver_id, driver.said_at) == ("patient says so", None, at(ASKED))


def test_d_does_not_outdo_a_drivers_own_yes(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)
    name_driver(clinic, visit_id)
    driver_says(clinic, visit_id, yes=True)

    heard(clinic, visit_id, lambda session, now: driving.arranged(session, visit_id, now))

    assert driver_of(clinic, visit_id).state == "yes"


def test_d_after_a_drivers_no_means_somebody_else(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)
    name_driver(clinic, visit_id)
    driver_says(clinic, visit_id, yes=False)

    heard(clinic, visit_id, lambda session, now: driving.arranged(session, visit_id, now))

    driver = driver_of(clinic, visit_id)
    assert (driver.state, driver.driver_id) == ("patient says so", None)


def test_who_needs_a_driver_after_all_has_none(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)
    heard(clinic, visit_id, lambda session, now: driving.arranged(session, visit_id, now))

    heard(clinic, visit_id, lambda session, _now: driving.needed(session, visit_id))

    assert clinic.scalar(select(func.count()).select_from(Driver)) == 0


@pytest.mark.parametrize(("yes", "state"), [(True, "yes"), (False, "no")])
def test_a_drivers_answer_is_about_their_visit(clinic: WorkingClinic, state: str, *, yes: bool) -> None:
    visit_id = visit_of_ana(clinic)
    name_driver(clinic, visit_id)

    assert driver_says(clinic, visit_id, yes=yes) == [visit_id]

    driver = driver_of(clinic, visit_id)
    assert (driver.state, driver.said_at, driver.agreed_at) == (state, at(ASKED), at(ASKED))


def test_the_answer_of_who_drives_no_more_counts_for_nothing(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)
    name_driver(clinic, visit_id)
    dan = driver_of(clinic, visit_id).driver_id
    name_driver(clinic, visit_id, "Eve", EVE)

    assert driver_says(clinic, visit_id, yes=True, driver_id=dan) == []

    assert driver_of(clinic, visit_id).state == "listed"


def test_the_same_driver_again_is_for_the_rest_of_the_course_and_asked_visit_by_visit(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    course_id = clinic.course(ana)
    numbered = {"course_id": course_id}
    first = clinic.told_visit(ana, "2026-10-02 10:30", visit_number=1, **numbered)
    name_driver(clinic, first)
    driver_says(clinic, first, yes=True)
    clinic.clock("2026-10-02 14:00")
    clinic.change(first, status="fulfilled", fulfilled_at=clinic.now_at, arrived_at=clinic.now_at)
    second = clinic.told_visit(ana, WEDNESDAY, visit_number=2, **numbered)
    third = clinic.told_visit(ana, "2026-10-21 10:30", visit_number=3, **numbered)
    clinic.plan()
    assert {row.rule for row in clinic.messages(Message.rule.startswith("driver-a"))} == {"driver-again"}
    clinic.clock(ASKED)
    before = len(to_dan(clinic))

    assert heard(clinic, second, lambda session, now: driving.again(session, second, now))
    plan_and_send(clinic)

    asks = clinic.messages(Message.rule == "driver-person", Message.appointment_id.in_([second, third]))
    assert {row.appointment_id: row.due_at for row in asks} == {second: at(ASKED), third: at("2026-10-18 10:30")}
    assert len(to_dan(clinic)) == before + 1


def test_a_no_for_one_visit_leaves_the_others_of_the_course(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    course_id = clinic.course(ana)
    first, second = (clinic.told_visit(ana, starts, course_id=course_id) for starts in (WEDNESDAY, "2026-10-14 10:30"))
    dan = clinic.patient("Dan", phone=DAN, email=None, kind="driver", patient_id=ana, source_id=None)
    with clinic.parts.transaction() as session:
        listed = Driver(clinic_id=clinic.id, driver_id=dan, course_id=course_id, state="listed", agreed_at=at(ASKED))
        session.add(listed)

    driver_says(clinic, first, yes=False, driver_id=dan)

    assert driver_of(clinic, first).state == "no"
    clinic.plan()
    assert {row.appointment_id for row in clinic.messages(Message.rule == "driver-person")} == {second}


def test_a_listed_driver_is_agreed_to_by_the_same_yes(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)
    name_driver(clinic, visit_id, agreed=False)

    assert heard(clinic, visit_id, lambda session, now: driving.again(session, visit_id, now))
    plan_and_send(clinic)

    assert len(to_dan(clinic)) == 1


def test_there_is_nobody_to_ask_again_where_nobody_drove(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)

    assert not heard(clinic, visit_id, lambda session, now: driving.again(session, visit_id, now))


def test_the_patient_is_asked_whether_we_may_write_to_a_driver_of_an_import(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    visit_id = clinic.told_visit(patient_id, course_id=clinic.course(patient_id), visit_number=1)
    name_driver(clinic, visit_id, agreed=False)
    clinic.plan()

    texts = clinic.send_at(ASKED)

    assert [text for text in texts if "may we text your driver about Wed Oct 7 1:20 PM?" in text]


def no_driver_items(clinic: WorkingClinic) -> list[str]:
    with clinic.parts.transaction() as session:
        kinds = (WorkItem.kind == WorkKind.NO_DRIVER,)
        return list(session.scalars(select(WorkItem.state).where(*kinds).order_by(WorkItem.opened_at, WorkItem.id)))


def test_a_missing_driver_is_found_by_the_answer_itself(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)
    name_driver(clinic, visit_id)
    clinic.clock("2026-10-06 14:30")
    clinic.owe(clinic.scalar(select(Person.id).where(Person.kind == "patient")))
    clinic.plan()
    assert no_driver_items(clinic) == ["open"]

    driver_says(clinic, visit_id, yes=True)

    assert no_driver_items(clinic) == ["done"]
    clinic.plan()
    assert no_driver_items(clinic) == ["done"]


def test_what_an_answer_asked_people_to_find_is_not_closed_by_a_plan(clinic: WorkingClinic) -> None:
    visit_id = visit_of_ana(clinic)
    patient_id = clinic.scalar(select(Person.id).where(Person.kind == "patient"))
    item = NewWork(
        clinic_id=clinic.id,
        key="no_driver/reply",
        kind=WorkKind.NO_DRIVER,
        due_at=clinic.now_at,
        person_id=patient_id,
        appointment_id=visit_id,
    )
    reply_id = a_reply(clinic)
    with clinic.parts.transaction() as session:
        work.open_items(session, [item], now=clinic.now_at)
    clinic.set(WorkItem, WorkItem.key == "no_driver/reply", reply_id=reply_id)
    clinic.owe(patient_id)

    clinic.plan()

    assert no_driver_items(clinic) == ["open"]


def a_reply(clinic: WorkingClinic) -> UUID:
    reply_id, address_id = new_id(), clinic.address("sms", PHONE)
    with clinic.parts.transaction() as session:
        session.add(
            Reply(
                id=reply_id,
                clinic_id=clinic.id,
                provider_id="SM1",
                address_id=address_id,
                body=VAULT.seal(Reply.body, reply_id, "N"),
                received_at=clinic.now_at,
            )
        )
    return reply_id


def with_drivers(clinic: WorkingClinic, count: int, first: int = 0) -> list[UUID]:
    """Return visits of *count* patients, each with a driver who is to be asked now."""
    visits = []
    for number in range(first, first + count):
        patient_id = clinic.patient(f"Ana{number}", phone=f"+1312555{number:04}", email=f"ana{number}@example.com")
        visits.append(clinic.told_visit(patient_id))
        name_driver(clinic, visits[-1], f"Dan{number}", f"+1312556{number:04}")
    return visits


def test_drivers_of_many_take_as_many_statements_as_of_few(clinic: WorkingClinic) -> None:
    clinic.clock(ASKED)
    counts = []
    with_drivers(clinic, 1, first=90)
    plan_and_send(clinic)  # what a process reads once is not of the batch

    for first, count in ((0, 2), (10, 12)):
        with_drivers(clinic, count, first=first)
        with clinic.statements() as statements:
            clinic.plan()
            batches = clinic.dispatch()
            clinic.send(batches)
        counts.append((len(statements), sum(len(batch.message_ids) for batch in batches), len(batches)))

    (few, two, of_two), (many, twelve, of_twelve) = counts
    assert (two, twelve, of_two) == (2, 12, of_twelve)
    assert abs(many - few) <= 2
