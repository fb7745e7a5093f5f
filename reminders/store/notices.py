"""Messages that no plan makes: answers to texts, alerts to staff, what follows a button. `patient_id` is empty in them.

A plan leaves them alone. They have the same key, states, attempts and receipts as every
other message; the claim judges them by themselves (`pipeline.noticing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.facts import Stamp
from reminders.domain.states import State
from reminders.domain.words import Category, Channel, Lane, RecipientKind, SubjectKind
from reminders.store import outbox, stamps
from reminders.store.base import new_id
from reminders.store.now import Now
from reminders.store.plans import subject_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message to one person or member of staff, about a reply, a work item, a person or a visit."""

    clinic_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    rule: str
    """What it is: with subject and recipient it is the message's key, so it is the same however often it is noticed."""
    recipient_kind: RecipientKind
    recipient_id: UUID
    channel: Channel
    address_id: UUID | None
    sender_id: UUID | None
    template: str
    """The key of its wording."""
    lane: Lane
    category: Category
    due_at: datetime
    useful_until: datetime
    step: int = 1
    occurrence: int = 1
    state: State = State.SCHEDULED
    columns: dict[str, Any] = field(default_factory=dict)
    """Further columns of a message that is handed over in the same breath."""
    id: UUID = field(default_factory=new_id)


def add(session: Session, notices: Sequence[Notice], now: Now) -> None:
    """Insert *notices*; a key that is taken is a fault: whoever calls holds the lock of their subject."""
    outbox.add(session, [_row(one, now) for one in notices])


def _row(one: Notice, now: Now) -> dict[str, Any]:
    is_person = one.recipient_kind is RecipientKind.PERSON
    return {
        "id": one.id,
        "clinic_id": one.clinic_id,
        "patient_id": None,
        "subject_kind": one.subject_kind,
        "subject_id": one.subject_id,
        **subject_columns(one.subject_kind, one.subject_id),
        "rule": one.rule,
        "occurrence": one.occurrence,
        "step": one.step,
        "recipient_kind": one.recipient_kind,
        "recipient_id": one.recipient_id,
        "recipient_person_id": one.recipient_id if is_person else None,
        "recipient_staff_id": None if is_person else one.recipient_id,
        "channel": one.channel,
        "address_id": one.address_id,
        "sender_id": one.sender_id,
        "lane": one.lane,
        "category": one.category,
        "template": one.template,
        "protocol_version_id": None,
        "limited": False,
        "asks": False,
        "rescue": False,
        "expected_segments": 1,
        "due_at": one.due_at,
        "useful_until": one.useful_until,
        "stamp": stamps.to_json(Stamp(anchor_at=one.due_at, starts_at=None, zone="UTC")),
        "state": one.state,
        "reason": None,
        "planned_at": now.clinic_at,
        "moved_at": now.clinic_at,
        **one.columns,
    }
