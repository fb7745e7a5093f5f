"""Seeding: the configuration folder becomes rows; from then on the database rules."""

from pathlib import Path

from reminders.pipeline.parts import Parts
from reminders.sources.config_folder import read_folder
from reminders.store import audit, senders, starters
from reminders.store.now import read
from reminders.store.senders import SenderSetup
from reminders.store.starters import Finding, Seeded


def seed(parts: Parts, folder: Path, setups: list[SenderSetup]) -> list[Finding]:
    """Add to the database what *folder* lays down and is missing there; return what became of each thing.

    *setups* are the senders that the settings describe: they become those of the only
    clinic, and follow the settings from then on.
    """
    laid_down = read_folder(folder)
    with parts.transaction() as session:
        now = read(session)
        clinic_id, found = starters.seed_clinic(session, parts.vault, laid_down.clinic)
        session.flush()
        found += starters.seed_protocols(session, clinic_id, laid_down.protocols, now)
        found += starters.seed_templates(session, clinic_id, laid_down.templates, now)
        senders.follow(session, parts.vault, clinic_id, setups)
        added = sum(one.seeded is Seeded.ADDED for one in found)
        audit.note(session, at=now.clinic_at, who="seed", what="seed", clinic_id=clinic_id, added=added)
    return found
