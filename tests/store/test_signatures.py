"""Signatures: of exactly one content, so that whatever is changed afterwards is unsigned again."""

from uuid import UUID

from sqlalchemy import select

from reminders.store import signatures
from reminders.store.now import read
from reminders.store.tables.clinic import Protocol, ProtocolVersion, Service
from tests.working_clinic import WorkingClinic

PROTOCOL, SERVICE = "protocol:iv-ketamine", "service:iv-ketamine"


def sign(clinic: WorkingClinic, key: str) -> bool:
    with clinic.parts.transaction() as session:
        return signatures.sign(session, clinic.id, key, by="Dr. Reyes", now=read(session).clinic_at)


def unsigned(clinic: WorkingClinic) -> list[str]:
    with clinic.parts.transaction() as session:
        return signatures.unsigned(session, clinic.id)


def signed_versions(clinic: WorkingClinic) -> frozenset[UUID]:
    with clinic.parts.transaction() as session:
        return signatures.signed_versions(session, clinic.id)


def test_what_was_seeded_is_unsigned(clinic: WorkingClinic) -> None:
    assert {PROTOCOL, SERVICE, "protocol:spravato", "service:consultation"} <= set(unsigned(clinic))
    assert signed_versions(clinic) == frozenset()


def test_a_signature_counts_for_what_was_signed(clinic: WorkingClinic) -> None:
    sign(clinic, PROTOCOL)

    version_id = clinic.scalar(select(Protocol.published_id).where(Protocol.slug == "iv-ketamine"))
    assert PROTOCOL not in unsigned(clinic)
    assert signed_versions(clinic) == {version_id}


def test_signing_the_same_content_again_is_no_news(clinic: WorkingClinic) -> None:
    assert [sign(clinic, SERVICE), sign(clinic, SERVICE)] == [True, False]


def test_a_service_changed_after_its_signature_is_unsigned(clinic: WorkingClinic) -> None:
    sign(clinic, SERVICE)
    body = clinic.scalar(select(Service.body).where(Service.slug == "iv-ketamine"))

    clinic.set(Service, Service.slug == "iv-ketamine", body=body | {"recovery": "PT1H"})

    assert SERVICE in unsigned(clinic)


def test_a_protocol_changed_after_its_signature_is_unsigned(clinic: WorkingClinic) -> None:
    sign(clinic, PROTOCOL)
    version_id = clinic.scalar(select(Protocol.published_id).where(Protocol.slug == "iv-ketamine"))

    clinic.set(ProtocolVersion, ProtocolVersion.id == version_id, digest="another")

    assert PROTOCOL in unsigned(clinic)
    assert signed_versions(clinic) == frozenset()


def test_what_is_changed_back_is_signed_still(clinic: WorkingClinic) -> None:
    sign(clinic, SERVICE)
    body = clinic.scalar(select(Service.body).where(Service.slug == "iv-ketamine"))
    clinic.set(Service, Service.slug == "iv-ketamine", body=body | {"recovery": "PT1H"})

    clinic.set(Service, Service.slug == "iv-ketamine", body=body)

    assert SERVICE not in unsigned(clinic)
