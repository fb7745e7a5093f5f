"""The claim: what cannot be said or may not be said parks its own row, and nothing else."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from reminders.domain.states import State
from reminders.pipeline.signoff import sign_off
from reminders.store import senders
from reminders.store.senders import SenderSetup
from reminders.store.tables.clinic import Service, Template, TemplateVersion
from reminders.store.tables.messages import Attempt, Message
from reminders.store.tables.people import Address, Person
from reminders.store.tables.visits import Appointment
from tests.clinics import VAULT
from tests.pipeline.two_patients import states
from tests.working_clinic import DUE, WEDNESDAY, WorkingClinic

TWILIO = SenderSetup(channel="sms", provider="twilio", account="AC1", token="t", from_address="+15005550006")


def write(clinic: WorkingClinic, key: str, language: str = "en", **parts: str) -> None:
    """Change the wording of a text as it stands in the database."""
    wording = (Template.key == key, Template.channel == "sms", Template.language == language)
    version_id = clinic.scalar(select(Template.published_id).where(*wording))
    body = clinic.scalar(select(TemplateVersion.body).where(TemplateVersion.id == version_id))
    clinic.set(TemplateVersion, TemplateVersion.id == version_id, body=body | parts)


def two(clinic: WorkingClinic) -> tuple[UUID, UUID]:
    """Return the messages of Ana and of Bea, both due."""
    ana = clinic.reminder("Ana")
    bea = clinic.reminder("Bea", "+13125550143", language="es")
    clinic.clock(DUE)
    return ana, bea


@pytest.mark.parametrize(
    ("wording", "code"),
    [
        ("{{ visit.colour }}", "unknown_placeholder"),
        ("{{ visit.number }}", "empty_placeholder"),
        ("{% if %}", "bad_syntax"),
        (" ", "wrong_size"),
    ],
)
def test_a_wording_that_cannot_be_filled_in_parks_only_its_own_rows(
    clinic: WorkingClinic, wording: str, code: str
) -> None:
    ana, bea = two(clinic)
    write(clinic, "reminder", body=wording)

    clinic.send(clinic.dispatch())

    assert states(clinic, ana, bea) == [(State.PARKED, code), (State.SENT, None)]
    assert [item.kind for item in clinic.work()] == ["parked"]


def test_a_number_that_cannot_be_opened_parks_only_its_own_row(clinic: WorkingClinic) -> None:
    ana, bea = two(clinic)
    clinic.set(Address, Address.id == clinic.get(ana).address_id, value=b"broken")

    clinic.send(clinic.dispatch())

    assert states(clinic, ana, bea) == [(State.PARKED, "broken_seal"), (State.SENT, None)]


def test_a_name_that_cannot_be_opened_parks_only_its_own_row(clinic: WorkingClinic) -> None:
    ana, bea = two(clinic)
    clinic.set(Person, Person.id == clinic.get(ana).patient_id, first_name=b"broken")

    clinic.send(clinic.dispatch())

    assert states(clinic, ana, bea) == [(State.PARKED, "broken_seal"), (State.SENT, None)]


def test_columns_of_a_visit_that_cannot_be_opened_park_only_its_own_row(clinic: WorkingClinic) -> None:
    ana, bea = two(clinic)
    clinic.set(Appointment, Appointment.id == clinic.get(ana).appointment_id, extra=b"broken")

    clinic.send(clinic.dispatch())

    assert states(clinic, ana, bea) == [(State.PARKED, "broken_seal"), (State.SENT, None)]
    assert [item.because for item in clinic.work()] == ["what it needs could not be decrypted; ops has to look at it"]


def test_a_parked_message_is_work_once_however_often_its_patient_is_planned(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    write(clinic, "reminder", body="{{ visit.colour }}")
    clinic.send(clinic.dispatch())
    patient_id = clinic.get(message_id).patient_id
    assert patient_id is not None

    clinic.owe(patient_id)
    clinic.plan()

    (item,) = clinic.work()
    assert (item.kind, item.state, item.because) == (
        "parked",
        "open",
        "its wording names something that does not exist",
    )
    assert item.due_at == clinic.get(message_id).useful_until


def test_a_rider_that_can_no_longer_be_said_goes_by_itself(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    for starts in (WEDNESDAY, "2026-10-14 10:30"):
        clinic.visit(ana, starts, service="consultation")
    clinic.plan()
    rider = next(row for row in clinic.messages() if row.state == State.MERGED)

    write(clinic, "booked", rides="", together="")
    today, tomorrow = clinic.send_due(), clinic.send_at("2026-09-29 09:30")

    assert clinic.get(rider.id).state == State.SENT
    assert [["Oct 14" in text for text in texts] for texts in (today, tomorrow)] == [[False], [True]]


def test_a_patient_whose_language_has_no_wording_reads_the_clinics_and_it_is_flagged(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder(language="pt")

    clinic.send_at(DUE)

    (attempt,) = clinic.attempts(message_id)
    assert (attempt.language, attempt.is_fallback_language) == ("en", True)


def test_a_patient_reads_in_their_own_language(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder(language="es")

    (text,) = clinic.send_at(DUE)

    assert "su cita" in text
    assert clinic.attempts(message_id)[0].is_fallback_language is False


def test_what_was_said_is_sealed_in_its_attempt(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()

    (text,) = clinic.send_at(DUE)

    (attempt,) = clinic.attempts(message_id)
    assert text.encode() not in attempt.body
    assert VAULT.open(Attempt.body, attempt.id, attempt.body) == text


def test_a_changed_place_is_said_as_it_is_now(clinic: WorkingClinic) -> None:
    clinic.reminder()
    clinic.clock(DUE)
    write(clinic, "reminder", body="{{ clinic.name }}: new words. {{ visit.time }}")

    texts = clinic.send_due()

    assert texts == ["Cedar Clinic: new words. 2:00 PM"]


# signed off or not sent


def on_twilio(clinic: WorkingClinic) -> UUID:
    """Return a message that is due and goes through a real provider."""
    message_id = clinic.reminder()
    with clinic.parts.transaction() as session:
        senders.follow(session, VAULT, clinic.id, [TWILIO])
    clinic.parts = replace(clinic.parts, channels={"twilio": clinic.channel})
    clinic.clock(DUE)
    return message_id


def test_what_nobody_signed_never_reaches_a_real_provider(clinic: WorkingClinic) -> None:
    message_id = on_twilio(clinic)

    clinic.send(clinic.dispatch())

    assert states(clinic, message_id) == [(State.PARKED, "unsigned")]
    assert clinic.channel.given == []
    assert [item.because for item in clinic.work()] == ["no clinician has signed this wording yet"]


def test_what_was_signed_goes(clinic: WorkingClinic) -> None:
    message_id = on_twilio(clinic)
    sign_off(clinic.parts, "all", by="Dr. Reyes")

    clinic.send(clinic.dispatch())

    assert states(clinic, message_id) == [(State.SENT, None)]


@pytest.mark.parametrize("key", ["protocol:consultation", "service:consultation"])
def test_a_protocol_without_its_service_is_not_enough_nor_the_other_way_round(clinic: WorkingClinic, key: str) -> None:
    message_id = on_twilio(clinic)
    sign_off(clinic.parts, key, by="Dr. Reyes")

    clinic.send(clinic.dispatch())

    assert states(clinic, message_id) == [(State.PARKED, "unsigned")]


def test_what_nobody_signed_does_not_ride_in_what_was_signed(clinic: WorkingClinic) -> None:
    on_twilio(clinic)
    ana = clinic.scalar(select(Person.id))
    clinic.told_visit(ana, "2026-09-29 16:00", service="follow-up")
    clinic.plan()
    for key in ("protocol:consultation", "service:consultation"):
        sign_off(clinic.parts, key, by="Dr. Reyes")

    clinic.send(clinic.dispatch())
    clinic.send_due()

    assert [row.state for row in clinic.messages()] == [State.SENT, State.PARKED]
    assert ["4:00 PM" in text for text in clinic.channel.texts] == [False]


def test_a_service_changed_after_its_signature_stops_its_messages(clinic: WorkingClinic) -> None:
    message_id = on_twilio(clinic)
    sign_off(clinic.parts, "all", by="Dr. Reyes")
    body = clinic.scalar(select(Service.body).where(Service.slug == "consultation"))
    clinic.set(Service, Service.slug == "consultation", body=body | {"title": {"en": "Talk"}})

    clinic.send(clinic.dispatch())

    assert states(clinic, message_id) == [(State.PARKED, "unsigned")]


def test_in_practice_everything_goes(clinic: WorkingClinic) -> None:
    message_id = on_twilio(clinic)
    clinic.parts = replace(clinic.parts, is_practice=True)

    clinic.send(clinic.dispatch())

    assert states(clinic, message_id) == [(State.SENT, None)]


def test_the_sandbox_needs_no_signature(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()

    clinic.send_at(DUE)

    assert states(clinic, message_id) == [(State.SENT, None)]


def test_signatures_are_read_once_for_a_batch(clinic: WorkingClinic) -> None:
    on_twilio(clinic)
    clinic.reminder("Bea", "+13125550143")
    sign_off(clinic.parts, "all", by="Dr. Reyes")

    with clinic.statements() as statements:
        clinic.send(clinic.dispatch())

    assert len(clinic.messages(Message.state == State.SENT)) == 2
    assert sum("FROM signatures" in statement or "JOIN signatures" in statement for statement in statements) == 2
