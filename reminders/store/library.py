"""What clinics laid down, as a process remembers it: read again only when something of it was written since.

Each reading asks in one statement which versions of which rows are in force. PostgreSQL gives
every written row a new place and a new transaction, so nothing that was published, signed or
changed in whatever way can be missed, and nobody who writes has to think of this.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.orm import Session

from reminders.store import clinics, signatures, templates
from reminders.store.clinics import ClinicBook
from reminders.store.templates import Shelf


@dataclass(frozen=True, slots=True)
class Content:
    """All that one clinic laid down."""

    book: ClinicBook
    shelf: Shelf
    signed_versions: frozenset[UUID]
    """Versions of protocols that a clinician signed."""
    unsigned: frozenset[str]
    """Keys of what is in force that nobody signed as it is now."""


Edition = tuple[tuple[str, str], ...]
"""For each table which rows are in force; different as soon as one of them is."""


class Library:
    """The content of clinics; what was committed before a reading is in it."""

    def __init__(self) -> None:
        self._known: dict[UUID, tuple[Edition, Content]] = {}

    def read(self, session: Session, clinic_ids: Collection[UUID]) -> dict[UUID, Content]:
        """Return the content of each of *clinic_ids*."""
        return {clinic_id: self._content(session, clinic_id, one) for clinic_id, one in _editions(session, clinic_ids)}

    def _content(self, session: Session, clinic_id: UUID, edition: Edition) -> Content:
        known = self._known.get(clinic_id)
        if known is not None and known[0] == edition:
            return known[1]
        content = _read(session, clinic_id)
        # What is published while this is read may be in it already: the next edition differs, and is read again.
        self._known[clinic_id] = (edition, content)
        return content


def _read(session: Session, clinic_id: UUID) -> Content:
    book = clinics.read_books(session, [clinic_id])[clinic_id]
    return Content(
        book=book,
        shelf=templates.read_shelf(session, clinic_id, book.policy.language),
        signed_versions=signatures.signed_versions(session, clinic_id),
        unsigned=frozenset(signatures.unsigned(session, clinic_id)),
    )


_SOURCES = {
    "clinics": "id = any(:ids)",
    **dict.fromkeys(
        ("locations", "closed_dates", "services", "course_kinds", "protocols", "templates", "signatures"),
        "clinic_id = any(:ids)",
    ),
    "protocol_versions": "id in (select published_id from protocols where clinic_id = any(:ids))",
    "template_versions": "id in (select published_id from templates where clinic_id = any(:ids))",
}
"""Which rows of which tables content is read from."""

_EDITIONS = text(
    " union all ".join(
        f"select {'id' if table == 'clinics' else 'clinic_id'}, '{table}', "  # noqa: S608  of the names above
        f"string_agg(xmin::text || ctid::text, ' ' order by id) from {table} where {rows} group by 1"
        for table, rows in _SOURCES.items()
    )
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def _editions(session: Session, clinic_ids: Collection[UUID]) -> list[tuple[UUID, Edition]]:
    found: dict[UUID, list[tuple[str, str]]] = {}
    for clinic_id, table, rows in session.execute(_EDITIONS, {"ids": list(clinic_ids)}):
        found.setdefault(clinic_id, []).append((table, rows))
    return [(clinic_id, tuple(sorted(rows))) for clinic_id, rows in found.items()]
