"""What planning loads: the same few statements for one patient and for fifty, and nothing that does not matter."""

from datetime import timedelta
from uuid import UUID

import pytest

from reminders.domain.errors import BrokenSealError
from reminders.domain.facts import PatientFacts
from reminders.domain.states import State
from reminders.domain.words import Channel
from reminders.store import clinics, facts
from reminders.store.base import new_id
from reminders.store.now import read
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Address, ContactPoint, Person
from reminders.store.tables.visits import Appointment, Driver
from tests.clinics import VAULT
from tests.domain.planning_clinic import at
from tests.working_clinic import PHONE, WorkingClinic

OTHER = "2026-10-14 10:30"


def load(clinic: WorkingClinic, *patient_ids: UUID) -> dict[UUID, PatientFacts]:
    with clinic.parts.transaction() as session:
        books = clinics.read_books(session, [clinic.id])
        return facts.load(session, VAULT, books, patient_ids, now=read(session).clinic_at)


def facts_of(clinic: WorkingClinic, patient_id: UUID) -> PatientFacts:
    return load(clinic, patient_id)[patient_id]


def with_all_there_is(clinic: WorkingClinic, number: int) -> UUID:
    patient_id = clinic.patient(f"Ana{number}", phone=f"+1312555{number:04}", email=f"ana{number}@example.com")
    clinic.visit(patient_id, course_id=clinic.course(patient_id), visit_number=7)
    clinic.told_visit(patient_id, OTHER)
    return patient_id


def test_fifty_patients_take_as_many_statements_as_one(clinic: WorkingClinic) -> None:
    patients = [with_all_there_is(clinic, number) for number in range(50)]
    clinic.plan()

    with clinic.statements() as for_one:
        load(clinic, patients[0])
    with clinic.statements() as for_all:
        found = load(clinic, *patients)

    assert len(found) == 50
    assert all(one.visits and one.standing and one.courses for one in found.values())
    assert len(for_all) == len(for_one)


def test_a_message_older_than_anything_counts_while_its_visit_is_ahead(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.visit(ana, "2026-12-16 10:30")
    clinic.plan()
    clinic.send_due()

    clinic.clock("2026-12-01 10:00")

    assert [row.slot.rule for row in facts_of(clinic, ana).standing if row.state is State.SENT] == ["booked"]


def test_old_visits_and_their_messages_are_left_out(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.visit(ana)
    clinic.plan()

    clinic.clock_to(at(OTHER) + facts.PAST)
    clinic.set(Message, Message.clinic_id == clinic.id, state=State.EXPIRED)

    assert (facts_of(clinic, ana).visits, facts_of(clinic, ana).standing) == ([], [])


def test_the_last_fulfilled_visit_of_an_open_course_is_kept_however_old(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    course_id = clinic.course(ana)
    clinic.told_visit(ana, course_id=course_id, visit_number=6, status="fulfilled")
    last = clinic.told_visit(ana, OTHER, course_id=course_id, visit_number=7, status="fulfilled")

    clinic.clock_to(at(OTHER) + facts.PAST * 2)

    (visit,) = facts_of(clinic, ana).visits
    assert visit.id == last
    assert visit.phase is not None
    assert visit.phase.slug == "maintenance"


@pytest.mark.parametrize(
    ("table", "column", "mark"),
    [
        (ContactPoint, "opted_out_at", "opted_out"),
        (Address, "opted_out_at", "opted_out"),
        (Address, "dead_at", "dead"),
    ],
)
def test_a_mark_on_the_person_or_on_the_address_shuts_the_channel(
    clinic: WorkingClinic, table: type[ContactPoint | Address], column: str, mark: str
) -> None:
    ana = clinic.patient()

    clinic.set(table, table.channel == "sms", **{column: clinic.now_at})

    contacts = facts_of(clinic, ana).person.contacts
    assert (getattr(contacts[Channel.SMS], mark), getattr(contacts[Channel.EMAIL], mark)) == (True, False)


def test_a_patient_who_named_no_zone_lives_where_the_latest_visit_is(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient("Ana"), clinic.patient("Bea", time_zone="America/Los_Angeles")
    clinic.told_visit(ana, location="midtown")
    clinic.told_visit(ana, OTHER, location="lakeside")
    clinic.told_visit(bea)

    assert facts_of(clinic, ana).person.zone == "America/Chicago"
    assert facts_of(clinic, bea).person.zone == "America/Los_Angeles"


def test_a_visits_own_driver_outranks_the_courses(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    course_id = clinic.course(ana)
    own, other = (clinic.told_visit(ana, starts, course_id=course_id) for starts in ("2026-10-07 10:30", OTHER))
    driver_id = clinic.patient("Dan", phone="+13125550177", kind="driver", patient_id=ana, source_id=None)
    with clinic.parts.transaction() as session:
        session.add(Driver(clinic_id=clinic.id, driver_id=driver_id, course_id=course_id, state="listed"))
        session.add(Driver(clinic_id=clinic.id, driver_id=driver_id, appointment_id=own, state="yes"))

    drivers = {visit.id: visit.driver_state for visit in facts_of(clinic, ana).visits}

    assert drivers == {own: "yes", other: "listed"}


def test_columns_of_the_source_come_along_and_a_broken_seal_hurts_only_its_reader(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient("Ana"), clinic.patient("Bea", phone="+13125550143")
    good, bad = clinic.told_visit(ana), clinic.told_visit(bea)
    sealed = VAULT.seal_map(Appointment.extra, good, {"consent_form": "outstanding"})
    clinic.set(Appointment, Appointment.id.in_([good, bad]), extra=sealed)

    found = load(clinic, ana, bea)

    assert dict(found[ana].visits[0].extra) == {"consent_form": "outstanding"}
    with pytest.raises(BrokenSealError):
        dict(found[bea].visits[0].extra)


def test_a_patient_who_is_not_there_has_no_facts(clinic: WorkingClinic) -> None:
    assert load(clinic, new_id()) == {}


def test_a_rider_that_went_long_ago_is_not_loaded_for_ever(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    for starts in ("2026-10-07 10:30", OTHER):
        clinic.visit(ana, starts, service="consultation")
    clinic.plan()
    clinic.send_due()
    merged = [row for row in clinic.messages() if row.state == State.MERGED]

    clinic.clock_to(at(OTHER) + facts.PAST + timedelta(days=1))

    assert len(merged) == 1
    assert merged[0].id not in {row.id for row in facts_of(clinic, ana).standing}


def test_the_phone_of_two_patients_shuts_for_both(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient("Ana"), clinic.patient("Bea")

    clinic.opt_out(PHONE)

    opted_out = [one.person.contacts[Channel.SMS].opted_out for one in load(clinic, ana, bea).values()]
    assert opted_out == [True, True]


def test_a_persons_status_comes_along(clinic: WorkingClinic) -> None:
    ana = clinic.patient()

    clinic.set(Person, Person.id == ana, status="discharged")

    assert facts_of(clinic, ana).person.status == "discharged"
