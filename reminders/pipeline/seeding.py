"""Seeding: the configuration folder becomes rows; from then on the database rules."""

from pathlib import Path

from sqlalchemy.orm import Session

from reminders.pipeline.parts import Parts
from reminders.sources.config_folder import Starters, read_folder
from reminders.store import audit, debts, senders, starters
from reminders.store.locks import retrying
from reminders.store.now import read
from reminders.store.senders import SenderSetup
from reminders.store.starters import Finding, Seeded


def seed(parts: Parts, folder: Path, setups: list[SenderSetup]) -> list[Finding]:
    """Add to the database what *folder* lays down and is missing there; return what became of each thing.

    *setups* are the senders that the settings describe: they become those of the only
    clinic, and follow the settings, and the paces of the clinic file, from then on.
    """
    laid_down = read_folder(folder)
    # Workers go on meanwhile: they lock messages before senders, this step the other way round.
    return retrying(parts.transaction, lambda session: _seed(session, parts, laid_down, setups))


def _seed(session: Session, parts: Parts, laid_down: Starters, setups: list[SenderSetup]) -> list[Finding]:
    now = read(session)
    clinic_id, found = starters.seed_clinic(session, parts.vault, laid_down.clinic)
    session.flush()
    found += starters.seed_protocols(session, clinic_id, laid_down.protocols, now)
    found += starters.seed_templates(session, clinic_id, laid_down.templates, now)
    if any(one.what == "protocol" and one.seeded is Seeded.ADDED for one in found):
        debts.owe_clinic(session, clinic_id)
    senders.follow(session, parts.vault, clinic_id, setups, laid_down.clinic.senders)
    added = sum(one.seeded is Seeded.ADDED for one in found)
    audit.note(session, at=now.clinic_at, who="seed", what="seed", clinic_id=clinic_id, added=added)
    return found
