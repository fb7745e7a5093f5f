"""Whom a clinic tells when something is wrong: its safety plan and its staff contacts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain.errors import BrokenSealError
from reminders.domain.safety import SafetyPlan
from reminders.domain.safety_file import from_body
from reminders.domain.words import Channel
from reminders.store.tables.clinic import Clinic, StaffContact
from reminders.store.vault import Vault

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Contact:
    """One member of staff, and where each route leads."""

    id: UUID
    routes: Mapping[Channel, str] = field(repr=False)


def plan_of(session: Session, clinic_id: UUID) -> SafetyPlan | None:
    """Return the safety plan of a clinic; None: it has none."""
    body = session.execute(select(Clinic.safety).where(Clinic.id == clinic_id)).scalar_one()
    return from_body(body)


def contacts(session: Session, vault: Vault, clinic_id: UUID) -> dict[str, Contact]:
    """Return the staff of a clinic by slug; a contact that cannot be decrypted is logged and left out."""
    found: dict[str, Contact] = {}
    for row in session.scalars(select(StaffContact).where(StaffContact.clinic_id == clinic_id)):
        try:
            found[row.slug] = Contact(row.id, _routes(vault, row))
        except BrokenSealError:
            _log.exception("staff.broken_seal", clinic_id=clinic_id)
    return found


def _routes(vault: Vault, row: StaffContact) -> dict[Channel, str]:
    phone = vault.open_some(StaffContact.phone, row.id, row.phone)
    where = {
        Channel.SMS: phone,
        Channel.EMAIL: vault.open_some(StaffContact.email, row.id, row.email),
        Channel.CALL: phone,
        Channel.PAGER: vault.open_some(StaffContact.pager, row.id, row.pager),
    }
    return {route: value for route, value in where.items() if value}
