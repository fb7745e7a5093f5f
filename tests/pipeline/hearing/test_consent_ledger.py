"""What the ledger keeps of START, STOP and PREP: for whom, and which wording they had read."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.store import ledger
from reminders.store.tables.clinic import Clinic
from reminders.store.tables.messages import Attempt, Message
from reminders.store.tables.people import Consent
from tests.pipeline.hearing.telephone import Telephone, answers, point
from tests.working_clinic import DUE, PHONE, WorkingClinic


def entries(clinic: WorkingClinic) -> list[Consent]:
    with clinic.parts.transaction() as session:
        return list(session.scalars(select(Consent).order_by(Consent.entered_at, Consent.id)))


def last(clinic: WorkingClinic) -> Consent:
    return entries(clinic)[-1]


def wording_of(clinic: WorkingClinic, message_id: UUID) -> UUID:
    version_id = clinic.attempts(message_id)[-1].template_version_id
    assert version_id is not None
    return version_id


def two_on_a_phone(clinic: WorkingClinic, **of_ben: Any) -> tuple[UUID, UUID, Telephone]:
    """Return Ana, Ben, who never consented, and the phone that they share."""
    ana = clinic.patient("Ana")
    ben = clinic.patient("Ben", email="ben@example.com", consented=False, **of_ben)
    return ana, ben, Telephone(clinic)


def test_start_on_a_shared_phone_lifts_the_stop_and_consents_for_nobody(clinic: WorkingClinic) -> None:
    ana, ben, phone = two_on_a_phone(clinic)
    phone.writes("STOP")

    assert phone.writes("START") is not None

    assert phone.address.opted_out_at is None
    assert [point(clinic, one).opted_out_at for one in (ana, ben)] == [None, None]
    assert [point(clinic, one).consented for one in (ana, ben)] == [True, False]
    entry = last(clinic)
    assert (entry.purpose, entry.granted, entry.person_id, entry.address_id) == ("all", True, None, phone.address.id)


def test_start_consents_for_the_one_of_several_who_wrote(clinic: WorkingClinic) -> None:
    ana = clinic.patient("Ana", consented=False)
    driver = clinic.patient("Dan", email=None, consented=False, kind="driver", patient_id=ana, source_id=None)
    phone = Telephone(clinic)

    phone.writes("START")

    assert [point(clinic, one).consented for one in (ana, driver)] == [True, False]
    assert (last(clinic).purpose, last(clinic).person_id) == ("visits", ana)


def test_start_consents_for_whoever_is_alone_on_the_phone(clinic: WorkingClinic) -> None:
    ana = clinic.patient("Ana", consented=False)
    phone = Telephone(clinic)

    phone.writes("START")

    assert point(clinic, ana).consented
    assert (last(clinic).purpose, last(clinic).person_id) == ("visits", ana)


def test_a_stranger_who_was_there_before_does_not_share_the_phone(clinic: WorkingClinic) -> None:
    phone = Telephone(clinic)
    phone.writes("hello")
    ana = clinic.patient("Ana", consented=False)

    phone.writes("START")

    assert point(clinic, ana).consented


def test_nobody_consents_for_somebody_who_is_not_at_the_address(clinic: WorkingClinic) -> None:
    ana, ben, phone = two_on_a_phone(clinic)
    eve = clinic.patient("Eve", phone="+13125550199", email=None, consented=False)

    with clinic.parts.transaction() as session:
        ledger.opt_in(session, phone.address.id, source="person", how="text", now=clinic.now_at, writer_id=eve)

    assert [point(clinic, one).consented for one in (ana, ben, eve)] == [True, False, False]


@pytest.mark.parametrize("word", ["STOP", "CANCEL", "START", "WRONG NUMBER"])
def test_an_entry_names_the_wording_that_was_read_last(clinic: WorkingClinic, ana: Telephone, word: str) -> None:
    reminder = clinic.message("reminder")

    ana.writes(word)

    assert last(clinic).wording_version_id == wording_of(clinic, reminder.id)


def test_prep_names_the_wording_that_offered_it(clinic: WorkingClinic, ana: Telephone) -> None:
    clinic.set(Clinic, Clinic.id == clinic.id, answers_stop=True)
    ana.writes("STOP")
    (offer,) = answers(clinic)

    ana.writes("PREP")

    assert [entry.purpose for entry in entries(clinic)] == ["all", "prep"]
    assert last(clinic).wording_version_id == wording_of(clinic, offer.id)


def test_who_was_written_nothing_read_no_wording(clinic: WorkingClinic) -> None:
    clinic.patient()

    Telephone(clinic).writes("STOP")

    assert last(clinic).wording_version_id is None


def test_what_went_to_another_phone_or_never_went_was_not_read(clinic: WorkingClinic) -> None:
    ana = clinic.patient("Ana")
    clinic.told_visit(ana, "2026-09-29 14:00", service="consultation")
    clinic.reminder("Ben", phone="+13125550199")
    clinic.plan()
    clinic.set(Message, Message.patient_id == ana, state="cancelled")
    clinic.send_at(DUE)

    Telephone(clinic, number=PHONE).writes("STOP")

    assert clinic.scalar(select(func.count()).select_from(Attempt)) == 2
    assert entries(clinic)[0].wording_version_id is None


def test_what_the_provider_tells_of_was_said_to_nobody_of_us(clinic: WorkingClinic, ana: Telephone) -> None:
    with clinic.parts.transaction() as session:
        ledger.opt_out(session, ana.address.id, source="provider", how="21610", now=clinic.now_at)

    assert last(clinic).wording_version_id is None
