"""Consenting: a STOP silences a phone at once, whoever tells of it; patients in mid-course are on the call list."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.openings import Deadline
from reminders.domain.reasons import Reason
from reminders.domain.words import WorkKind
from reminders.pipeline.needing import deadline
from reminders.pipeline.parts import Parts
from reminders.store import correspondents, ledger, work
from reminders.store.correspondents import Ahead, Correspondent
from reminders.store.now import Now
from reminders.store.work import NewWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A STOP: from which address, who told of it and how."""

    address_id: UUID
    source: str
    """`person` or `provider`."""
    how: str
    reply_id: UUID | None = None


def silence(session: Session, parts: Parts, stop: Stop, now: Now) -> None:
    """Enter *stop* for everybody at its address, which must be locked.

    Each patient whom it reached, and who has a visit ahead or is in a treatment plan, becomes
    a work item: somebody has to phone what we may not write any more.
    """
    reached = ledger.opt_out(session, stop.address_id, source=stop.source, how=stop.how, now=now.clinic_at)
    people = [one for one in correspondents.at_address(session, stop.address_id) if one.kind == "patient"]
    patients = [one for one in people if one.id in reached]
    if not patients:
        return
    clinic_id = correspondents.clinic_of(session, stop.address_id)
    book = parts.library.read(session, {clinic_id})[clinic_id].book
    for patient in patients:
        visit = next(iter(correspondents.visits_of(session, [patient.id], (), now.clinic_at)), None)
        if visit is not None or correspondents.has_open_course(session, patient.id):
            due = deadline(WorkKind.OPTED_OUT, visit, book, now.clinic_at)
            work.open_items(session, [_item(stop, clinic_id, patient, visit, due)], now=now.clinic_at)


def _item(stop: Stop, clinic_id: UUID, patient: Correspondent, visit: Ahead | None, due: Deadline) -> NewWork:
    return NewWork(
        clinic_id=clinic_id,
        key=f"{WorkKind.OPTED_OUT}/{patient.id}/{due.due_at.isoformat()}",
        kind=WorkKind.OPTED_OUT,
        due_at=due.due_at,
        is_after_hours=due.after_hours,
        person_id=patient.id,
        appointment_id=visit.id if visit else None,
        reply_id=stop.reply_id,
        reason=Reason.OPTED_OUT,
        escalate_at=due.due_at,
    )
