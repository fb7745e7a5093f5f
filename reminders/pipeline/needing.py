"""Needing: what a person must do about a text, by when, and whether somebody is told of it at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from reminders.domain.fasting import first_stop
from reminders.domain.openings import Deadline, after_open_time, fit_deadline
from reminders.domain.replies.intents import Intent
from reminders.domain.words import WorkKind
from reminders.pipeline.thread import Thread
from reminders.store import work
from reminders.store.clinics import ClinicBook
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


_NOT_COMING = frozenset({Intent.DECLINE, Intent.CHANGE})
_LATE = frozenset({Intent.RUNNING_LATE, Intent.DRIVER_LATE})
"""What is as urgent once the visit has begun: the room waits, or the patient who was to be fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something a person must do because of a text."""

    kind: WorkKind
    person_id: UUID | None
    """Whom it is about: a patient, or whoever wrote; None: nobody knows which of those who share the phone."""
    visit: Ahead | None = None
    reason: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def ask(thread: Thread, need: Need, *, key: str | None = None) -> None:
    """Open the work item of *need*: one text opens one of a kind for a person, or the one of *key*."""
    now, urgent = thread.now.clinic_at, is_urgent(thread, need)
    due = Deadline(now, after_hours=False) if urgent else deadline(need.kind, need.visit, thread.content.book, now)
    item = NewWork(
        clinic_id=thread.line.clinic_id,
        key=key or f"{need.kind}/reply/{thread.reply_id}/{need.person_id or ''}",
        kind=need.kind,
        due_at=due.due_at,
        is_after_hours=due.after_hours,
        is_urgent=urgent,
        person_id=need.person_id,
        appointment_id=need.visit.id if need.visit else None,
        reply_id=thread.reply_id,
        reason=need.reason,
        detail=need.detail,
        escalate_at=due.due_at,
    )
    work.open_items(thread.session, [item], now=now)


def is_urgent(thread: Thread, need: Need) -> bool:
    """Whether somebody must be told now: a cry for help, or what changes a visit of today."""
    if need.kind is WorkKind.SAFETY:
        return True
    visit, now = need.visit, thread.now.clinic_at
    if visit is None or not visit.is_today(now):
        return False
    if need.reason in _LATE:
        return visit.is_current(now)
    if need.reason in _NOT_COMING:
        return need.kind is WorkKind.CHANGE and visit.is_awaited(now)
    return need.kind is WorkKind.CHANGE and visit.starts_at > now


def deadline(kind: WorkKind, visit: Ahead | None, book: ClinicBook, now: datetime) -> Deadline:
    """Return until when an item of *kind* must be done: within its open hours, and while it still helps *visit*."""
    hours = book.hours_at(visit.location_id if visit else None)
    due_at, latest = after_open_time(now, WITHIN[kind], hours), _latest(visit, book, now)
    if latest is None or due_at <= latest:
        return Deadline(due_at, after_hours=False)
    return fit_deadline(latest, hours, now)


def _latest(visit: Ahead | None, book: ClinicBook, now: datetime) -> datetime | None:
    """Return the last moment at which acting still helps *visit*: before the fast begins, or else before it starts."""
    if visit is None or visit.starts_at <= now:
        return None
    begins_at = first_stop(book.services[visit.service_id], visit.starts_at)
    return begins_at if begins_at is not None and begins_at > now else visit.starts_at
