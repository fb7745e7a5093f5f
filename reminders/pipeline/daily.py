"""Daily work: what is done once a day for each clinic, at an hour of its own clock.

A row says when each is due next, so a day's work that was missed is done on return, once. The
row moves on before the step runs, because a step may call a provider and no transaction is
open then: one that fails or dies is due again soon. One that has failed for a day is a person's question.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as hour_of_day
from uuid import UUID

import structlog

from reminders.domain.reasons import Reason
from reminders.domain.words import WorkKind
from reminders.pipeline.comparing import compare
from reminders.pipeline.owing import Sign
from reminders.pipeline.parts import Parts
from reminders.store import daily
from reminders.store import work as work_items
from reminders.store.daily import Due
from reminders.store.now import read
from reminders.store.work import NewWork

AGAIN = timedelta(minutes=30)
"""How much later, in clinic time, a day's work that failed is tried again."""

PATIENCE = timedelta(days=2)
"""How long ago, in clinic time, it was done last when a person is told: it has failed for a day then."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Daily:
    """One kind of work, for one clinic at a time; it may run twice."""

    at: hour_of_day
    """By the clock of the clinic's first location."""
    step: Callable[[Parts, UUID, datetime], object]
    """Given the clinic, and the clinic time at which this was done last."""
    alert: tuple[WorkKind, Reason]
    """What a person is told when it fails day after day."""


Works = Mapping[str, Daily]

WORKS: Works = {"compare": Daily(hour_of_day(5), compare, alert=(WorkKind.ORPHAN, Reason.NOT_COMPARED))}
"""By name, which the rows keep."""


def anything_to_do(parts: Parts, works: Works = WORKS) -> Sign:
    """Return a sign of the days' work that waits; a clinic that is new here gets its rows first."""
    with parts.transaction() as session:
        now = read(session)
        daily.ensure(session, {name: work.at for name, work in works.items()}, now)
        next_at = daily.next_at(session)
    return None if next_at is None or next_at > now.clinic_at else (next_at,)


def do_due(parts: Parts, works: Works = WORKS) -> int:
    """Do the work of the day that is due; return how much of it succeeded."""
    done, stop_at = 0, time.monotonic() + parts.times.turn.total_seconds()
    while time.monotonic() < stop_at and (due := _take(parts)):
        done += _do(parts, due, works)
    return done


def _take(parts: Parts) -> Due | None:
    with parts.transaction() as session:
        return daily.take(session, read(session), again=AGAIN)


def _do(parts: Parts, due: Due, works: Works) -> bool:
    work = works.get(due.name)
    if work is None:
        _log.warning("daily.unknown", job=due.name)  # a newer version's: it comes again when that one runs
        return False
    try:
        work.step(parts, due.clinic_id, due.done_at)
    except Exception as failed:  # noqa: BLE001  whatever one step meets, the others are done
        _log.error("daily.failed", job=due.name, clinic_id=due.clinic_id, error=type(failed).__name__)
        _alert(parts, due, work)
        return False
    with parts.transaction() as session:
        now = read(session)
        daily.finish(session, due, work.at, now)
        work_items.close_moot(session, _key(due, work), now=now.clinic_at)
    return True


def _alert(parts: Parts, due: Due, work: Daily) -> None:
    """Tell a person, once, of a day's work that has failed for a day."""
    kind, reason = work.alert
    with parts.transaction() as session:
        now = read(session)
        if now.clinic_at - due.done_at >= PATIENCE:
            item = NewWork(
                clinic_id=due.clinic_id,
                key=_key(due, work),
                kind=kind,
                due_at=now.clinic_at,
                reason=reason,
                escalate_at=now.clinic_at,
            )
            work_items.open_items(session, [item], now=now.clinic_at)


def _key(due: Due, work: Daily) -> str:
    kind, reason = work.alert
    return f"{kind}/{due.clinic_id}/{reason}/{due.done_at.isoformat()}"
