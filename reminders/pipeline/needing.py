"""Needing: what a person must do about a text, by when, and whether somebody is told of it at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from reminders.domain.fasting import first_stop
from reminders.domain.openings import after_open_time, fit_deadline
from reminders.domain.replies.intents import Intent
from reminders.domain.wallclock import local_day
from reminders.domain.words import WorkKind
from reminders.pipeline.thread import Thread
from reminders.store import work
from reminders.store.correspondents import Ahead
from reminders.store.work import NewWork

WITHIN: Mapping[WorkKind, timedelta] = {
    WorkKind.CHANGE: timedelta(hours=2),
    WorkKind.CLINICAL: timedelta(hours=1),
    WorkKind.PHONE_PATIENT: timedelta(hours=2),
    WorkKind.NO_DRIVER: timedelta(hours=4),
    WorkKind.NOT_UNDERSTOOD: timedelta(hours=4),
    WorkKind.WRONG_NUMBER: timedelta(hours=8),
    WorkKind.OPTED_OUT: timedelta(hours=8),
}
"""How long, in open hours, each may wait; what concerns a visit never longer than until it is too late for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something a person must do because of a text."""

    kind: WorkKind
    person_id: UUID | None
    """Whom it is about: a patient, or whoever wrote; None: nobody knows which of those who share the phone."""
    visit: Ahead | None = None
    reason: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def ask(thread: Thread, need: Need) -> None:
    """Open the work item of *need*; one text opens one of a kind for a person."""
    due_at, is_after_hours = _deadline(thread, need)
    item = NewWork(
        clinic_id=thread.line.clinic_id,
        key=f"{need.kind}/reply/{thread.reply_id}/{need.person_id or ''}",
        kind=need.kind,
        due_at=due_at,
        is_after_hours=is_after_hours,
        person_id=need.person_id,
        appointment_id=need.visit.id if need.visit else None,
        reply_id=thread.reply_id,
        reason=need.reason,
        detail=need.detail,
        escalate_at=thread.now.clinic_at if is_urgent(thread, need) else due_at,
    )
    work.open_items(thread.session, [item], now=thread.now.clinic_at)


def is_urgent(thread: Thread, need: Need) -> bool:
    """Whether somebody must be told now: a cry for help, or what changes a visit of today."""
    if need.kind is WorkKind.SAFETY:
        return True
    is_change = need.kind is WorkKind.CHANGE or need.reason == Intent.DRIVER_LATE
    return is_change and need.visit is not None and _is_today(thread, need.visit)


def _is_today(thread: Thread, visit: Ahead) -> bool:
    now = thread.now.clinic_at
    return local_day(visit.starts_at, visit.zone) == local_day(now, visit.zone) and visit.starts_at > now


def _deadline(thread: Thread, need: Need) -> tuple[datetime, bool]:
    now, hours = thread.now.clinic_at, thread.hours_of(need.visit)
    if is_urgent(thread, need):
        return now, False
    due_at = after_open_time(now, WITHIN[need.kind], hours)
    latest = _latest(thread, need.visit)
    if latest is None or due_at <= latest:
        return due_at, False
    fitted = fit_deadline(latest, hours, now)
    return fitted.due_at, fitted.after_hours


def _latest(thread: Thread, visit: Ahead | None) -> datetime | None:
    """Return the last moment at which acting still helps *visit*: before the fast begins, or else before it starts."""
    now = thread.now.clinic_at
    if visit is None or visit.starts_at <= now:
        return None
    begins_at = first_stop(thread.content.book.services[visit.service_id], visit.starts_at)
    return begins_at if begins_at is not None and begins_at > now else visit.starts_at
