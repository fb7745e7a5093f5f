"""Opt-outs and dead addresses: whom they reach, what the ledger keeps, and whose plan they make out of date."""

from uuid import UUID

from sqlalchemy import select

from reminders.store import debts, ledger
from reminders.store.now import read
from reminders.store.tables.people import Address, Consent, ContactPoint
from tests.working_clinic import PHONE, WorkingClinic


def stop(clinic: WorkingClinic, phone: str = PHONE) -> list[UUID]:
    address_id = clinic.address("sms", phone)
    with clinic.parts.transaction() as session:
        return ledger.opt_out(session, address_id, source="person", how="STOP", now=read(session).clinic_at)


def owed(clinic: WorkingClinic) -> set[UUID]:
    with clinic.parts.transaction() as session:
        return set(debts.take(session, limit=99))


def test_a_stop_binds_the_address_for_everyone_on_it(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient("Ana"), clinic.patient("Bea", email="bea@example.com")

    reached = stop(clinic)

    assert set(reached) == {ana, bea}
    assert clinic.scalar(select(Address.opted_out_how).where(Address.channel == "sms")) == "STOP"
    assert owed(clinic) == {ana, bea}


def test_a_stop_follows_each_of_them_to_a_later_address(clinic: WorkingClinic) -> None:
    ana = clinic.patient()

    stop(clinic)

    marks = select(ContactPoint.channel).where(ContactPoint.person_id == ana, ContactPoint.opted_out_at.is_not(None))
    assert clinic.scalar(marks) == "sms"


def test_a_stop_is_an_entry_of_the_ledger(clinic: WorkingClinic) -> None:
    clinic.patient()

    stop(clinic)

    with clinic.parts.transaction() as session:
        (entry,) = session.scalars(select(Consent)).all()
    assert (entry.channel, entry.purpose, entry.granted, entry.how) == ("sms", "all", False, "STOP")


def test_a_second_stop_keeps_the_day_of_the_first(clinic: WorkingClinic) -> None:
    clinic.patient()
    stop(clinic)
    first = clinic.scalar(select(Address.opted_out_at).where(Address.channel == "sms"))
    clinic.clock("2026-10-01 10:00")

    reached = stop(clinic)

    assert reached == []
    assert clinic.scalar(select(Address.opted_out_at).where(Address.channel == "sms")) == first


def test_a_drivers_stop_makes_the_patients_plan_out_of_date(clinic: WorkingClinic) -> None:
    ana = clinic.patient("Ana")
    clinic.patient("Dan", phone="+13125550177", email=None, kind="driver", patient_id=ana, source_id=None)

    stop(clinic, "+13125550177")

    assert owed(clinic) == {ana}


def test_a_dead_address_keeps_the_first_reason(clinic: WorkingClinic) -> None:
    ana, address_id = clinic.patient(), clinic.address("sms", PHONE)

    with clinic.parts.transaction() as session:
        now_at = read(session).clinic_at
        ledger.mark_dead(session, address_id, because="twilio_30006", now=now_at)
        ledger.mark_dead(session, address_id, because="twilio_21211", now=now_at)

    assert clinic.scalar(select(Address.dead_because).where(Address.id == address_id)) == "twilio_30006"
    assert owed(clinic) == {ana}
