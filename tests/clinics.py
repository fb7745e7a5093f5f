"""Clinics for tests: those of the starter file, with sandbox senders, and the keys of a test."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.clinic_file import read_clinic
from reminders.domain.clinic_setup import ClinicSetup
from reminders.pipeline.parts import Parts
from reminders.store import senders
from reminders.store.engine import Transaction
from reminders.store.senders import SenderSetup
from reminders.store.starters import seed_clinic
from reminders.store.vault import Vault

CLINIC_FILE = Path(__file__).parent.parent / "config" / "clinic.yaml"
SANDBOX = tuple(SenderSetup(channel=channel, provider="sandbox") for channel in ("sms", "email", "call", "pager"))

VAULT = Vault([("test", bytes(32))], lookup_key=bytes(range(32)))


def cedar() -> ClinicSetup:
    """Return the clinic of the starter file: two locations in two zones, five services, two kinds of course."""
    return read_clinic(CLINIC_FILE.read_text(encoding="utf-8"), str(CLINIC_FILE))


def make_clinic(session: Session, vault: Vault = VAULT, *, slug: str = "cedar") -> UUID:
    """Write a clinic like `cedar` under *slug*, with a sandbox sender for each channel; return its id."""
    clinic_id, _ = seed_clinic(session, vault, replace(cedar(), slug=slug))
    session.flush()
    senders.follow(session, vault, clinic_id, SANDBOX)
    return clinic_id


def parts_for(transaction: Transaction, vault: Vault = VAULT) -> Parts:
    """Return parts without channels on a test's database."""
    return Parts(transaction=transaction, vault=vault, public_url="http://127.0.0.1:8000", token_key=b"a key for tests")
