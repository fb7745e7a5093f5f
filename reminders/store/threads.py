"""Threads: what a person wrote and what we wrote to the same phone, and what staff wrote down about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from reminders.domain.errors import BrokenSealError
from reminders.store.base import new_id
from reminders.store.tables.messages import Attempt, Message, Reply, WorkItem, WorkNote
from reminders.store.tables.people import ContactPoint
from reminders.store.vault import Vault

BEFORE = timedelta(days=7)
"""How far back a thread begins before its work item was opened."""

UNREADABLE = "(cannot be decrypted)"


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote down about a work item."""

    at: datetime
    by: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One text of a thread."""

    at: datetime
    is_theirs: bool
    text: str = field(repr=False)


def add_note(session: Session, vault: Vault, item: tuple[UUID, UUID], *, by: str, text: str, at: datetime) -> None:
    """Write down *text* about an item (id, clinic); a note is never changed."""
    note_id = new_id()
    body = vault.seal(WorkNote.body, note_id, text)
    session.add(WorkNote(id=note_id, clinic_id=item[1], item_id=item[0], at=at, by=by, body=body))


def notes(session: Session, vault: Vault, item_id: UUID) -> list[Note]:
    """Return what was written down about an item, oldest first."""
    rows = session.scalars(select(WorkNote).where(WorkNote.item_id == item_id).order_by(WorkNote.at, WorkNote.id))
    return [Note(row.at, row.by, _open(vault, WorkNote.body, row.id, row.body)) for row in rows]


def thread(session: Session, vault: Vault, item_id: UUID, *, limit: int = 30) -> list[Line]:
    """Return the newest texts to and from the phone that an item is about, oldest first; none where it has no phone."""
    item = session.execute(
        select(WorkItem.opened_at, WorkItem.person_id, Reply.address_id)
        .outerjoin(Reply, Reply.id == WorkItem.reply_id)
        .where(WorkItem.id == item_id)
    ).one()
    address_id = item.address_id or _phone_of(session, item.person_id)
    if address_id is None:
        return []
    since = item.opened_at - BEFORE
    lines = [*_theirs(session, vault, address_id, since, limit), *_ours(session, vault, address_id, since, limit)]
    return sorted(lines, key=lambda line: (line.at, not line.is_theirs))[-limit:]


def _phone_of(session: Session, person_id: UUID | None) -> UUID | None:
    if person_id is None:
        return None
    return session.scalar(
        select(ContactPoint.address_id).where(ContactPoint.person_id == person_id, ContactPoint.channel == "sms")
    )


def _theirs(session: Session, vault: Vault, address_id: UUID, since: datetime, limit: int) -> Iterator[Line]:
    rows = session.execute(
        select(Reply.id, Reply.received_at, Reply.body)
        .where(Reply.address_id == address_id, Reply.received_at >= since)
        .order_by(Reply.received_at.desc())
        .limit(limit)
    )
    for row in rows:
        yield Line(row.received_at, is_theirs=True, text=_open(vault, Reply.body, row.id, row.body))


def _ours(session: Session, vault: Vault, address_id: UUID, since: datetime, limit: int) -> Sequence[Line]:
    rows = session.execute(
        select(Attempt.id, Attempt.made_at, Attempt.body)
        .join(Message, Message.id == Attempt.message_id)
        .where(Message.address_id == address_id, Attempt.made_at >= since, Attempt.launched_at.is_not(None))
        .order_by(Attempt.made_at.desc())
        .limit(limit)
    )
    return [Line(row.made_at, is_theirs=False, text=_open(vault, Attempt.body, row.id, row.body)) for row in rows]


def _open(vault: Vault, column: InstrumentedAttribute[bytes], row_id: UUID, sealed: bytes) -> str:
    try:
        return vault.open(column, row_id, sealed)
    except BrokenSealError:
        return UNREADABLE
