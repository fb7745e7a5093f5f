"""Writes what planning decided: new messages, changed ones, and the work they make for people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain.facts import Wanted
from reminders.domain.states import State
from reminders.domain.words import RecipientKind, SubjectKind
from reminders.store import stamps
from reminders.store.base import new_id
from reminders.store.now import Now
from reminders.store.tables.clinic import Sender

_SUBJECT_COLUMN = {
    SubjectKind.APPOINTMENT: "appointment_id",
    SubjectKind.COURSE: "course_id",
    SubjectKind.PERSON: "about_person_id",
    SubjectKind.REPLY: "reply_id",
    SubjectKind.WORK_ITEM: "work_item_id",
}
_SUBJECT_COLUMNS = tuple(_SUBJECT_COLUMN.values())


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A wanted message that has no row yet."""

    wanted: Wanted
    segments: int
    occurrence: int
    step: int
    clinic_id: UUID
    patient_id: UUID


def senders_in_use(session: Session, clinic_ids: Iterable[UUID]) -> dict[tuple[UUID, str], UUID]:
    """Return the sender of each (clinic, channel)."""
    rows = session.execute(
        select(Sender.clinic_id, Sender.channel, Sender.id).where(
            Sender.clinic_id.in_(list(clinic_ids)), Sender.is_active
        )
    )
    return {(clinic_id, channel): sender_id for clinic_id, channel, sender_id in rows}


def rows_of(new: Sequence[NewMessage], senders: Mapping[tuple[UUID, str], UUID], now: Now) -> list[dict[str, Any]]:
    """Return the rows of *new*; one that may not go is suppressed from the start."""
    return [
        {
            "id": new_id(),
            "clinic_id": one.clinic_id,
            "patient_id": one.patient_id,
            **_key(one),
            **planned(one.wanted, senders.get((one.clinic_id, one.wanted.channel)), one.segments),
            "state": State.SUPPRESSED if one.wanted.suppressed else State.SCHEDULED,
            "reason": one.wanted.suppressed,
            "planned_at": now.clinic_at,
            "moved_at": now.clinic_at,
        }
        for one in new
    ]


def _key(one: NewMessage) -> dict[str, Any]:
    slot = one.wanted.slot
    is_person = slot.recipient_kind is RecipientKind.PERSON
    return {
        "subject_kind": slot.subject_kind,
        "subject_id": slot.subject_id,
        **subject_columns(slot.subject_kind, slot.subject_id),
        "rule": slot.rule,
        "occurrence": one.occurrence,
        "step": one.step,
        "recipient_kind": slot.recipient_kind,
        "recipient_id": slot.recipient_id,
        "recipient_person_id": slot.recipient_id if is_person else None,
        "recipient_staff_id": None if is_person else slot.recipient_id,
    }


def subject_columns(kind: SubjectKind, subject_id: UUID) -> dict[str, UUID | None]:
    """Return the foreign keys of a message's subject: one of them is set."""
    return {**dict.fromkeys(_SUBJECT_COLUMNS), _SUBJECT_COLUMN[kind]: subject_id}


def planned(wanted: Wanted, sender_id: UUID | None, segments: int) -> dict[str, Any]:
    """Return the columns that planning owns; they change while a message is unsent."""
    return {
        "channel": wanted.channel,
        "address_id": wanted.address_id,
        "sender_id": sender_id,
        "lane": wanted.lane,
        "category": wanted.category,
        "template": wanted.template,
        "protocol_version_id": wanted.protocol_version_id,
        "limited": wanted.limited,
        "asks": wanted.asks,
        "rescue": wanted.rescue,
        "expected_segments": segments,
        "due_at": wanted.due_at,
        "useful_until": wanted.useful_until,
        "stamp": stamps.to_json(wanted.stamp),
    }
