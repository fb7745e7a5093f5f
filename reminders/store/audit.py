"""The record of who did what; entries are inserted unsealed and never changed here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.store.tables.machinery import Audit


def note(
    session: Session,
    *,
    at: datetime,
    who: str,
    what: str,
    clinic_id: UUID | None = None,
    subject: tuple[str, str] | None = None,
    **detail: str | int | None,
) -> None:
    """Record that *who* did *what* to *subject* (kind, id); *detail* holds codes and ids only."""
    kind, subject_id = subject or (None, None)
    session.add(
        Audit(clinic_id=clinic_id, at=at, who=who, what=what, subject_kind=kind, subject_id=subject_id, detail=detail)
    )
