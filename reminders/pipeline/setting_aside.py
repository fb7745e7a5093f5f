"""Setting aside: a message with which something of ours goes wrong stays where a person sees it, and stops nothing.

Nothing of it is read but its row: whatever is wrong with it may be wrong here too.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.openings import fit_deadline
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.words import WorkKind
from reminders.pipeline.parts import Parts
from reminders.store import claims, debts, outbox, stopped, work
from reminders.store.now import Now, read
from reminders.store.stopped import Stopped
from reminders.store.work import NewWork


def set_aside(session: Session, parts: Parts, message_id: UUID) -> None:
    """Park a message that has not gone, or may not have; ask a person about it, whatever its state."""
    claims.lock_all_of(session, [message_id])
    now = read(session)
    at = now.clinic_at
    unmerge = [claims.carrier_waits()]
    outbox.advance(session, [message_id], start=[State.MERGED], to=State.SCHEDULED, at=at, only=unmerge)
    waited = outbox.advance(
        session,
        [message_id],
        start=[State.SCHEDULED, State.QUEUED],
        to=State.PARKED,
        at=at,
        reason=Reason.FAULT,
        crashes=0,
    )
    outbox.advance(session, claims.ids_of_riders(session, waited), start=[State.MERGED], to=State.SCHEDULED, at=at)
    outbox.advance(session, [message_id], start=[State.UNKNOWN], to=State.PARKED, at=at, reason=Reason.FAULT)
    found = stopped.one(session, message_id)
    _ask(session, parts, found, now)
    debts.owe_all(session, [one.patient_id for one in found if one.patient_id])


def ask_about_parked(session: Session, parts: Parts, patient_ids: Collection[UUID], now: Now) -> None:
    """Ask a person about the parked messages of patients who cannot be planned: planning would have asked."""
    _ask(session, parts, stopped.parked(session, patient_ids), now)


def _ask(session: Session, parts: Parts, found: Sequence[Stopped], now: Now) -> None:
    contents = parts.library.read(session, {one.clinic_id for one in found}) if found else {}
    items = []
    for one in found:
        hours = contents[one.clinic_id].book.hours_at(one.location_id)
        deadline = fit_deadline(one.useful_until, hours, now.clinic_at)
        kind = WorkKind.UNKNOWN_OUTCOME if one.was_launched else WorkKind.PARKED
        items.append(
            NewWork(
                clinic_id=one.clinic_id,
                key=f"{kind}/{one.id}",
                kind=kind,
                due_at=deadline.due_at,
                is_after_hours=deadline.after_hours,
                person_id=one.patient_id or one.reader_id,
                appointment_id=one.visit_id,
                message_id=one.id,
                reason=one.reason or Reason.FAULT,
                escalate_at=deadline.due_at,
            )
        )
    work.open_items(session, items, now=now.clinic_at)
