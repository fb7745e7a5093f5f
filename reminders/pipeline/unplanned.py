"""What follows when a patient cannot be planned: a person phones them, for no text goes, and it is tried again.

The to-do closes when planning succeeds. Who was phoned about one visit is phoned
again when it is moved, and about the next one.
"""

from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from reminders.domain.reasons import Reason
from reminders.domain.words import WorkKind
from reminders.pipeline import needing
from reminders.pipeline.parts import Parts
from reminders.store import correspondents, debts, work
from reminders.store.correspondents import Ahead
from reminders.store.locks import lock_people, retrying
from reminders.store.now import read
from reminders.store.work import NewWork

AFTER_FAILURE = timedelta(seconds=30)
"""How long a patient who could not be planned waits for the next try; dispatch leaves them alone meanwhile."""

_log = structlog.get_logger(__name__)


def put_off(parts: Parts, patient_id: UUID, error: str) -> None:
    """Try again later to plan a patient whom an *error* kept from being planned, and ask a person to phone them."""
    _log.error("plan.failed", patient_id=str(patient_id), error=error)
    with parts.transaction() as session:
        debts.put_off(session, patient_id, by=AFTER_FAILURE)
    retrying(parts.transaction, partial(_ask, parts, patient_id))


def _ask(parts: Parts, patient_id: UUID, session: Session) -> None:
    lock_people(session, [patient_id])
    if work.is_asked(session, patient_id, WorkKind.PHONE_PATIENT, Reason.UNPLANNED):
        return
    now_at = read(session).clinic_at
    clinic_id = debts.clinic_of(session, patient_id)
    if clinic_id is None:
        return
    ahead = (visit for visit in correspondents.visits_of(session, [patient_id], [], now_at) if visit.starts_at > now_at)
    visit = next(ahead, None)
    book = parts.library.read(session, {clinic_id})[clinic_id].book
    due = needing.deadline(WorkKind.PHONE_PATIENT, visit, book, now_at)
    item = NewWork(
        clinic_id=clinic_id,
        key="/".join((WorkKind.PHONE_PATIENT, Reason.UNPLANNED, str(patient_id), *_about(visit))),
        kind=WorkKind.PHONE_PATIENT,
        due_at=due.due_at,
        is_after_hours=due.after_hours,
        person_id=patient_id,
        reason=Reason.UNPLANNED,
        escalate_at=due.due_at,
    )
    work.open_items(session, [item], now=now_at)


def _about(visit: Ahead | None) -> tuple[str, ...]:
    """Return what makes another call of it: the next visit, or its new start."""
    return (str(visit.id), visit.starts_at.isoformat()) if visit else ()
