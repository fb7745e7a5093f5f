"""Coming back after an outage: it is noticed by who takes the vacant lease, and summed up once for ops.

What waited goes or expires by the steps that always do that. When nothing that was due in the
outage waits any more, or half an hour after the return, each clinic that felt it gets one
work item with the counts.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from reminders.domain.downtime import Aftermath
from reminders.domain.reasons import Reason
from reminders.domain.words import WorkKind
from reminders.pipeline.parts import Parts
from reminders.store import outages, work
from reminders.store.leases import Tenure
from reminders.store.now import read
from reminders.store.outages import Past
from reminders.store.work import NewWork

SHORTEST = timedelta(minutes=10)
"""A shorter time without a scheduler, in clinic time, is a restart and no outage."""

AT_THE_LATEST = timedelta(minutes=30)
"""How long after the return ops wait for the summary, whatever still waits then."""

_log = structlog.get_logger(__name__)


def notice(session: Session, tenure: Tenure) -> None:
    """Write down an outage, if nobody had worked for long when *tenure* began."""
    now_at = tenure.now.clinic_at
    if tenure.vacant_since_at is None or now_at - tenure.vacant_since_at <= SHORTEST:
        return
    outages.note(session, tenure.vacant_since_at, now_at)
    _log.error("outage.ended", seconds=int((now_at - tenure.vacant_since_at).total_seconds()))


def sum_up(parts: Parts) -> int:
    """Sum up the outages whose messages have all gone or expired; return how many."""
    with parts.transaction() as session:
        now_at = read(session).clinic_at
        over = [
            outage
            for outage in outages.past(session)
            if now_at - outage.ended_at >= AT_THE_LATEST or not outages.is_anything_left(session, outage)
        ]
        for outage in over:
            _sum_up(session, outage, now_at)
    return len(over)


def _sum_up(session: Session, outage: Past, now_at: datetime) -> None:
    found = outages.aftermath(session, outage, now_at)
    items = [_item(clinic_id, outage, left, now_at) for clinic_id, left in found.items() if left.is_felt]
    work.open_items(session, items, now=now_at)
    outages.close(session, outage.id, at=now_at)
    for clinic_id, left in found.items():
        _log.warning("outage.summed_up", clinic_id=clinic_id, **left.counts())


def _item(clinic_id: UUID, outage: Past, left: Aftermath, now_at: datetime) -> NewWork:
    return NewWork(
        clinic_id=clinic_id,
        key=f"{WorkKind.DOWNTIME}/{outage.id}",
        kind=WorkKind.DOWNTIME,
        due_at=now_at,
        reason=Reason.OUTAGE,
        escalate_at=now_at,
        detail=left.detail(),
    )
