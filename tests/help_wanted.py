"""A clinic in which somebody has written of a crisis, and what its staff hear of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from reminders.domain.notices import SAFE_REPLY
from reminders.domain.words import Category, Channel, Lane, RecipientKind, SubjectKind, WorkKind
from reminders.pipeline.escalating import escalate
from reminders.store import notices, plans
from reminders.store.base import new_id
from reminders.store.notices import Notice
from reminders.store.now import read
from reminders.store.tables.messages import Message, WorkItem
from tests.working_clinic import PHONE, WorkingClinic

NURSE, DIRECTOR, DUTY_LINE = "+12125550144", "+12125550145", "+12125550199"
DIRECTOR_MAIL = "director@cedar.example"
LEVEL = timedelta(minutes=10)


def cry(clinic: WorkingClinic, patient_id: UUID | None = None, **columns: Any) -> UUID:
    """Open the work item of a cry for help, as the hearing of replies does; return it."""
    item_id = new_id()
    with clinic.parts.transaction() as session:
        now_at = read(session).clinic_at
        values: dict[str, Any] = {
            "id": item_id,
            "clinic_id": clinic.id,
            "key": f"safety/{item_id}",
            "kind": WorkKind.SAFETY,
            "person_id": patient_id,
            "due_at": now_at,
            "escalate_at": now_at,
            "opened_at": now_at,
        }
        session.add(WorkItem(**(values | columns)))
    return item_id


def item(clinic: WorkingClinic, item_id: UUID) -> WorkItem:
    found: WorkItem = clinic.scalar(select(WorkItem).where(WorkItem.id == item_id))
    return found


def tick(clinic: WorkingClinic) -> list[tuple[str, str]]:
    """Tell who must be told now; return to whom what went, by channel and recipient."""
    before = len(clinic.channel.given)
    escalate(clinic.parts)
    clinic.send_due()
    return sorted((one.by.value, one.to) for one in clinic.channel.given[before:])


def later(clinic: WorkingClinic, by: timedelta = LEVEL) -> list[tuple[str, str]]:
    """Let time pass, and tell who must be told then."""
    clinic.clock_to(clinic.now_at + by)
    return tick(clinic)


def rounds(clinic: WorkingClinic) -> int:
    """Return how often somebody was told."""
    return clinic.scalar(select(func.max(Message.occurrence)).where(Message.work_item_id.is_not(None))) or 0


def notice(clinic: WorkingClinic, patient_id: UUID, item_id: UUID, **changed: Any) -> UUID:
    """Write a notice to a person about an item, due now; return the message."""
    address_id = clinic.address("sms", PHONE)
    with clinic.parts.transaction() as session:
        now = read(session)
        senders = plans.senders_in_use(session, [clinic.id])
        values: dict[str, Any] = {
            "clinic_id": clinic.id,
            "subject_kind": SubjectKind.WORK_ITEM,
            "subject_id": item_id,
            "rule": SAFE_REPLY,
            "recipient_kind": RecipientKind.PERSON,
            "recipient_id": patient_id,
            "channel": Channel.SMS,
            "address_id": address_id,
            "sender_id": senders[clinic.id, "sms"],
            "template": "answer-crisis",
            "lane": Lane.SAFETY,
            "category": Category.SAFETY,
            "due_at": now.clinic_at,
            "useful_until": now.clinic_at + timedelta(hours=1),
        }
        one = Notice(**(values | changed))
        notices.add(session, [one], now)
    return one.id


def escalate_at(clinic: WorkingClinic, item_id: UUID) -> datetime | None:
    return item(clinic, item_id).escalate_at
