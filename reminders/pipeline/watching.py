"""The watch: messages that are due and do not go are told to ops, though nothing else looks wrong.

With workers or broker away the scheduler ticks on and every step of its own succeeds. So it
looks at the message that each sender should hand over first. While that stays the same one,
long past its time, nothing moves.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from reminders.domain.reasons import Reason
from reminders.domain.words import WorkKind
from reminders.pipeline.parts import Parts
from reminders.store import lateness, work
from reminders.store.lateness import Late
from reminders.store.now import Now, read
from reminders.store.work import NewWork

LATE = timedelta(minutes=15)
"""How far behind its time, in clinic time, a message is late."""

STILL = timedelta(minutes=5)
"""How long, in machine time, it has to be the first in line before somebody is told: a backlog moves."""

_log = structlog.get_logger(__name__)


class Watch:
    """What one process knows about which message is the first in line, and since when."""

    def __init__(self, parts: Parts, *, still: timedelta = STILL) -> None:
        self._parts = parts
        self._still = still
        self._since: Mapping[UUID, float] = {}
        """By message that is the first in line of its sender, when it was first seen there."""
        self._told: Collection[UUID] = ()

    def look(self) -> None:
        """Tell ops of what does not move, and take that back when nothing is late any more."""
        with self._parts.transaction() as session:
            now = read(session)
            late = lateness.first_late(session, now, since_at=now.clinic_at - LATE)
            stuck = self._stuck(late)
            _tell(session, [one for one in stuck if one.message_id not in self._told], now)
            work.close_of_kind(
                session,
                WorkKind.DOWNTIME,
                Reason.DELIVERY_LATE,
                but=[one.clinic_id for one in late],
                now=now.clinic_at,
            )
        self._told = {one.message_id for one in stuck}

    def _stuck(self, late: Sequence[Late]) -> list[Late]:
        at = time.monotonic()
        self._since = {one.message_id: self._since.get(one.message_id, at) for one in late}
        return [one for one in late if at - self._since[one.message_id] >= self._still.total_seconds()]


def _tell(session: Session, stuck: Sequence[Late], now: Now) -> None:
    told = work.clinics_with(session, WorkKind.DOWNTIME, Reason.DELIVERY_LATE) if stuck else set()
    for one in stuck:
        count = lateness.count(session, now, one.sender_id, since_at=now.clinic_at - LATE)
        seconds = int((now.clinic_at - one.due_at).total_seconds())
        _log.error("delivery.late", sender_id=one.sender_id, channel=one.channel, count=count, seconds=seconds)
        if one.clinic_id not in told:
            work.open_items(session, [_item(one, count, now)], now=now.clinic_at)
            told.add(one.clinic_id)


def _item(late: Late, count: int, now: Now) -> NewWork:
    return NewWork(
        clinic_id=late.clinic_id,
        key=f"{WorkKind.DOWNTIME}/{Reason.DELIVERY_LATE}/{late.message_id}",
        kind=WorkKind.DOWNTIME,
        due_at=now.clinic_at,
        is_urgent=True,
        reason=Reason.DELIVERY_LATE,
        escalate_at=now.clinic_at,
        detail={"channel": late.channel, "count": count, "oldest_at": late.due_at.isoformat()},
    )
