"""What follows when a message that no plan made came to rest without reaching anybody.

an alert to staff    ─▶ the next level is told at once
a safe reply         ─▶ its work item says so, and somebody is told at once: a person phones
parked, whatever     ─▶ a work item, for a person decides
"""

from collections.abc import Collection
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from reminders.domain.notices import ALERT, FIRST, SAFE_REPLY
from reminders.domain.states import State
from reminders.domain.words import WorkKind
from reminders.store import escalations, notice_facts, work
from reminders.store.notice_facts import Ended
from reminders.store.now import Now
from reminders.store.work import NewWork

_log = structlog.get_logger(__name__)

_LOST = {State.UNDELIVERED, State.PARKED, State.SUPPRESSED, State.EXPIRED}
"""A cancelled one was not needed any more."""


def follow(session: Session, message_ids: Collection[UUID], now: Now) -> None:
    """Let what *message_ids* were for go on by another way, where they reached nobody; planned ones are left out."""
    if not message_ids:
        return
    for one in notice_facts.ended(session, message_ids):
        if one.state not in _LOST:
            continue
        if one.rule.startswith(ALERT):
            _alert(session, one, now)
        elif one.rule == SAFE_REPLY:
            _safe_reply(session, one, now)
        if one.state is State.PARKED and not one.rule.startswith(ALERT):
            _ask(session, one, now)


def _alert(session: Session, one: Ended, now: Now) -> None:
    _log.error("alert.lost", message_id=one.id, state=one.state, reason=one.reason)
    if one.item_id is not None and one.rule.startswith(FIRST):
        escalations.hasten(session, one.item_id, failed_round=one.occurrence, now=now)


def _safe_reply(session: Session, one: Ended, now: Now) -> None:
    _log.error("safe_reply.lost", message_id=one.id, state=one.state, reason=one.reason)
    items = escalations.of_reply(session, one.reply_id) if one.reply_id else [one.item_id] if one.item_id else []
    escalations.note(session, items, safe_reply=one.reason or one.state)
    escalations.at_once(session, items, now)


def _ask(session: Session, one: Ended, now: Now) -> None:
    kind = WorkKind.UNKNOWN_OUTCOME if one.was_launched else WorkKind.PARKED
    item = NewWork(
        clinic_id=one.clinic_id,
        key=f"{kind}/{one.id}",
        kind=kind,
        due_at=now.clinic_at,
        person_id=one.person_id,
        message_id=one.id,
        reason=one.reason,
        escalate_at=now.clinic_at,
    )
    work.open_items(session, [item], now=now.clinic_at)
