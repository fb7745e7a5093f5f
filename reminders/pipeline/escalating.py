"""Escalating: a cry for help is told to one level of staff after the other, until somebody takes it.

Other to-dos are told of once: at once where they change a visit of today, else when they are overdue.
What only ops can do is told to ops: at once where messages do not go, else when the clinic is open.

Each item is told of in a transaction of its own, under its lock: of several schedulers one tells
a level. One that cannot be told of keeps no other waiting. Nothing is held back: the notices go by
the safety lane, past pace, pauses and quiet hours.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from reminders.domain.facts import OpenHours
from reminders.domain.openings import is_open, opens_at
from reminders.domain.safety import (
    FOR_OPS,
    UNACKNOWLEDGED,
    SafetyPlan,
    Telling,
    is_exhausted,
    tell,
    tell_once,
    tell_ops,
)
from reminders.domain.words import Category, Channel, Lane, RecipientKind, SubjectKind, WorkKind
from reminders.pipeline.isolating import together
from reminders.pipeline.parts import Parts
from reminders.store import audit, escalations, notices, plans, senders, staff
from reminders.store.escalations import Waiting
from reminders.store.intake_addresses import Addresses
from reminders.store.notices import Notice
from reminders.store.now import Now, read

USEFUL = timedelta(hours=4)
"""How long an alert may still be handed over; one about a taken item never is."""

ITEMS = 100
"""Items that one tick tells of: the rest waits for the next."""

AFTER_FAILURE = timedelta(minutes=1)
"""How long, in clinic time, an item waits that could not be told of."""

_BY = "reminders"
_NO_PLAN = SafetyPlan()
_log = structlog.get_logger(__name__)


def escalate(parts: Parts) -> int:
    """Tell of every item whose time has come; return how many levels were told."""
    told = 0
    for _ in range(ITEMS):
        found = together(parts.transaction, _take, partial(_escalate, parts), partial(_put_off, parts))
        if found is None:
            break
        told += found
    return told


def _take(session: Session) -> list[tuple[Waiting, Now]]:
    now = read(session)
    item = escalations.take(session, now)
    return [(item, now)] if item else []


def _put_off(parts: Parts, taken: tuple[Waiting, Now]) -> int:
    """Try again later to tell of an item with which something of ours goes wrong: the others must not wait for it."""
    item, now = taken
    _log.error("escalation.failed", work_item_id=str(item.id))
    with parts.transaction() as session:
        escalations.put_off(session, item.id, until=now.clinic_at + AFTER_FAILURE)
    return 0


def _escalate(parts: Parts, taken: Sequence[tuple[Waiting, Now]], session: Session) -> int:
    ((item, now),) = taken
    plan = staff.plan_of(session, item.clinic_id) or _NO_PLAN
    if item.kind in FOR_OPS:
        return _tell_ops(session, parts, item, plan, now)
    if item.kind != WorkKind.SAFETY:
        _tell_once(session, parts, item, plan, now)
        return 1
    is_day = _is_open(session, parts, item.clinic_id, now)
    told = _told(item, is_day=is_day)
    tellings = tell(plan, told=told, is_open=is_day, ops_knows=item.is_ops_told)
    alerts = _notices(session, parts, item, tellings, now)
    notices.add(session, alerts, now)
    if not alerts:
        _log.error("escalation.nobody_told", work_item_id=item.id, level=told + 1)
    is_last = is_exhausted(plan, told=told, is_open=is_day)
    at = now.clinic_at + (plan.acknowledge_within if alerts or is_last else timedelta())
    _note(session, item, told + 1, now)
    knows = {
        "told_after_hours": not is_day,
        "is_ops_told": item.is_ops_told or any(one.template == UNACKNOWLEDGED for one in alerts),
    }
    escalations.next_at(session, item.id, told=told + 1, at=at, state="open", owner=None, taken_at=None, **knows)
    return 1


def _told(item: Waiting, *, is_day: bool) -> int:
    """Return how many levels of the chain of now know: none when somebody gave it back, or the hours have changed."""
    has_changed = item.told_after_hours is not None and item.told_after_hours == is_day
    return 0 if item.state == "taken" or has_changed else item.told


def _tell_once(session: Session, parts: Parts, item: Waiting, plan: SafetyPlan, now: Now) -> None:
    """Tell of what changes a visit of today, or of what nobody took in time; then it is only on the list.

    What else is overdue at this moment is told of by the same alert: after an outage it is many.
    """
    tellings = tell_once(plan, is_urgent=item.is_urgent, is_open=_is_open(session, parts, item.clinic_id, now))
    _send(session, parts, item, tellings, now)
    others = [] if item.is_urgent else escalations.others_overdue(session, item, now)
    for one in (item, *others):
        _end(session, one, now)


def _tell_ops(session: Session, parts: Parts, item: Waiting, plan: SafetyPlan, now: Now) -> bool:
    """Tell ops of what is theirs, once; what is not urgent waits for the morning. Return whether they were told."""
    morning_at = None if item.is_urgent else _opens_at(session, parts, item.clinic_id, now)
    if morning_at is not None:
        escalations.put_off(session, item.id, until=morning_at)
        return False
    working = senders.working(session, item.clinic_id)
    tellings = tell_ops(plan, is_open=_is_open(session, parts, item.clinic_id, now), working=working)
    _send(session, parts, item, tellings, now)
    _end(session, item, now)
    return True


def _send(session: Session, parts: Parts, item: Waiting, tellings: Sequence[Telling], now: Now) -> None:
    alerts = _notices(session, parts, item, tellings, now)
    notices.add(session, alerts, now)
    if not alerts:
        _log.error("escalation.nobody_told", work_item_id=item.id, level=item.told + 1)


def _end(session: Session, item: Waiting, now: Now) -> None:
    """Note that *item* was told of; from now on it is only on the list."""
    _note(session, item, item.told + 1, now)
    escalations.next_at(session, item.id, told=item.told + 1, at=None)


def _hours(session: Session, parts: Parts, clinic_id: UUID) -> list[OpenHours]:
    """Return the opening hours of the clinic's locations."""
    return [place.hours for place in parts.library.read(session, [clinic_id])[clinic_id].book.places.values()]


def _is_open(session: Session, parts: Parts, clinic_id: UUID, now: Now) -> bool:
    """Whether somebody is at one of the clinic's locations."""
    return any(is_open(now.clinic_at, hours) for hours in _hours(session, parts, clinic_id))


def _opens_at(session: Session, parts: Parts, clinic_id: UUID, now: Now) -> datetime | None:
    """Return when somebody is there next; None: now, or nobody ever is."""
    if _is_open(session, parts, clinic_id, now):
        return None
    opening = [opens_at(now.clinic_at, hours) for hours in _hours(session, parts, clinic_id)]
    return min((at for at in opening if at is not None), default=None)


def _note(session: Session, item: Waiting, level: int, now: Now) -> None:
    subject = ("work_item", str(item.id))
    if item.state == "taken":
        audit.note(
            session, at=now.clinic_at, who=_BY, what="work_item.given_back", clinic_id=item.clinic_id, subject=subject
        )
    audit.note(
        session,
        at=now.clinic_at,
        who=_BY,
        what="work_item.escalated",
        clinic_id=item.clinic_id,
        subject=subject,
        level=level,
    )
    _log.warning("escalation.told", work_item_id=item.id, level=level)


def _notices(session: Session, parts: Parts, item: Waiting, tellings: Sequence[Telling], now: Now) -> list[Notice]:
    """Return what goes out; a route without a contact point or a sender is left out, for there are others."""
    contacts = staff.contacts(session, parts.vault, item.clinic_id)
    in_use = plans.senders_in_use(session, {item.clinic_id})
    wanted = [
        (one, contacts[one.staff], contacts[one.staff].routes[one.by])
        for one in tellings
        if one.staff in contacts and one.by in contacts[one.staff].routes and (item.clinic_id, one.by) in in_use
    ]
    addresses = Addresses(session, parts.vault, item.clinic_id)
    addresses.find((one.by, where) for one, _, where in wanted)
    found = [
        Notice(
            clinic_id=item.clinic_id,
            subject_kind=SubjectKind.WORK_ITEM,
            subject_id=item.id,
            rule=one.rule,
            occurrence=item.rounds + 1,
            recipient_kind=RecipientKind.STAFF,
            recipient_id=contact.id,
            channel=Channel(one.by),
            address_id=addresses.id_of(one.by, where),
            sender_id=in_use[item.clinic_id, one.by],
            template=one.wording,
            lane=Lane.SAFETY,
            category=Category.SAFETY,
            due_at=now.clinic_at,
            useful_until=now.clinic_at + USEFUL,
        )
        for one, contact, where in wanted
    ]
    addresses.write()
    return found
