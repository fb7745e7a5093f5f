"""Receipts in the store: kept raw and sealed, matched by our token, waiting while their message is handed over."""

from sqlalchemy import select

from reminders.domain.states import State
from reminders.pipeline.receiving import Report, receive
from reminders.store import receipts
from reminders.store.tables.messages import Attempt, Message, Receipt
from tests.clinics import VAULT
from tests.working_clinic import DUE, WorkingClinic


def sent(clinic: WorkingClinic) -> Attempt:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    return clinic.attempts(message_id)[0]


def waiting(clinic: WorkingClinic) -> list[receipts.Waiting]:
    with clinic.parts.transaction() as session:
        return receipts.waiting(session, limit=9)


def test_a_report_is_kept_sealed_with_the_clinic_of_its_attempt(clinic: WorkingClinic) -> None:
    attempt = sent(clinic)

    receive(
        clinic.parts,
        [Report(attempt_id=attempt.id, provider_id="SM1", status="delivered", code=None, raw="To=%2B13125550142")],
    )

    row = clinic.scalar(select(Receipt))
    assert row.clinic_id == clinic.id
    assert b"13125550142" not in row.raw
    assert VAULT.open(Receipt.raw, row.id, row.raw) == "To=%2B13125550142"


def test_a_report_is_matched_with_its_message(clinic: WorkingClinic) -> None:
    attempt = sent(clinic)

    clinic.receipt(attempt.message_id, "undelivered", "30006")

    (one,) = waiting(clinic)
    row = clinic.get(attempt.message_id)
    assert (one.message_id, one.patient_id, one.sender_id) == (row.id, row.patient_id, row.sender_id)
    assert (one.status, one.code) == ("undelivered", "30006")


def test_while_its_message_is_handed_over_a_report_waits(clinic: WorkingClinic) -> None:
    attempt = sent(clinic)
    clinic.receipt(attempt.message_id, "delivered")

    clinic.set(Message, Message.id == attempt.message_id, state=State.SENDING)

    assert waiting(clinic) == []


def test_the_providers_id_of_a_call_is_not_replaced_by_a_receipts(clinic: WorkingClinic) -> None:
    attempt = sent(clinic)

    with clinic.parts.transaction() as session:
        receipts.learn_provider_ids(session, {attempt.id: "SM-another"})

    assert clinic.attempts(attempt.message_id)[0].provider_id == attempt.provider_id


def test_a_call_without_an_answer_gets_its_id_from_the_receipt(clinic: WorkingClinic) -> None:
    attempt = sent(clinic)
    clinic.set(Attempt, Attempt.id == attempt.id, provider_id=None)

    with clinic.parts.transaction() as session:
        receipts.learn_provider_ids(session, {attempt.id: "SM1"})

    assert clinic.attempts(attempt.message_id)[0].provider_id == "SM1"
