"""Attending: somebody takes a work item, writes down what is known, and reads what was written before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.errors import RefusedError
from reminders.domain.wallclock import local
from reminders.pipeline.parts import Parts
from reminders.store import audit, clinics, escalations, threads, work
from reminders.store.now import Now, read
from reminders.store.threads import Line, Note

PATIENCE = timedelta(minutes=30)
"""How long whoever took a cry for help has for an outcome, in clinic time."""

FEWEST = 4
"""Characters of an id that tell which item is meant."""


@dataclass(frozen=True, slots=True)
class Story:
    """What was written about a work item, in the clinic's local time, newest last."""

    notes: Sequence[Note] = field(repr=False)
    thread: Sequence[Line] = field(repr=False)


def named(parts: Parts, name: str) -> UUID:
    """Return the work item whose id is *name*, or begins or ends so; raise `RefusedError` where none or several do."""
    wanted = name.strip().lower().replace("-", "")
    with parts.transaction() as session:
        found = work.named(session, wanted) if len(wanted) >= FEWEST and _is_hex(wanted) else []
    if not found:
        raise RefusedError(f"{name!r} is not the id of a work item. See: reminders work list", code="no_such_item")
    if len(found) > 1:
        raise RefusedError(
            f"Several work items begin or end with {name!r}. Give all of the id. See: reminders work list",
            code="several_items",
        )
    return found[0]


def _is_hex(text: str) -> bool:
    return all(character in "0123456789abcdef" for character in text)


def take(parts: Parts, item_id: UUID, *, by: str) -> None:
    """Let *by* have an item, which acknowledges it; raise `RefusedError` when it is closed.

    Whoever has it already has it for another `PATIENCE`; somebody else takes it over.
    """
    who = _name(by)
    with parts.transaction() as session:
        now = read(session)
        if not escalations.acknowledge(session, item_id, by=who, patience=PATIENCE, now=now):
            raise RefusedError("This work item is closed already.", code="already_done")
        _note(session, item_id, who, "work_item.taken", now)


def note(parts: Parts, item_id: UUID, *, by: str, text: str) -> None:
    """Write down *text* about an item, closed or not."""
    who, said = _name(by), text.strip()
    if not said:
        raise RefusedError("A note needs words.", code="empty_note")
    with parts.transaction() as session:
        now = read(session)
        clinic_id = work.clinic_of(session, item_id)
        threads.add_note(session, parts.vault, (item_id, clinic_id), by=who, text=said, at=now.clinic_at)
        _note(session, item_id, who, "work_item.noted", now)


def story(parts: Parts, item_id: UUID) -> Story:
    """Return what was written about an item."""
    with parts.transaction() as session:
        zone = clinics.zones(session)[work.clinic_of(session, item_id)]
        notes = threads.notes(session, parts.vault, item_id)
        thread = threads.thread(session, parts.vault, item_id)
    return Story(
        notes=[Note(local(one.at, zone), one.by, one.text) for one in notes],
        thread=[Line(local(one.at, zone), one.is_theirs, one.text) for one in thread],
    )


def _name(by: str) -> str:
    if not by.strip():
        raise RefusedError("It has to be known who does this: --by NAME.", code="no_name")
    return by.strip()


def _note(session: Session, item_id: UUID, by: str, what: str, now: Now) -> None:
    audit.note(session, at=now.clinic_at, who=by, what=what, subject=("work_item", str(item_id)))
