"""What the steps must know of messages that no plan made: one statement for any number of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from reminders.domain.notices import Occasion
from reminders.domain.states import State
from reminders.domain.words import Channel, PersonStatus, RecipientKind
from reminders.store.bulk import among
from reminders.store.tables.messages import Message, WorkItem
from reminders.store.tables.people import Address, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """One notice as it stands."""

    occasion: Occasion
    template: str
    channel: Channel
    language: str | None
    """Of the person it goes to; None: that of the clinic."""
    item_id: UUID | None
    item_kind: str | None
    address: bytes | None
    """Sealed."""
    due_at: datetime


def read(session: Session, message_ids: Collection[UUID]) -> dict[UUID, NoticeFacts]:
    """Return each notice of *message_ids*, which must be locked."""
    patient = aliased(Person)
    rows = session.execute(
        select(
            Message.id,
            Message.rule,
            Message.template,
            Message.channel,
            Message.recipient_kind,
            Message.work_item_id,
            Message.due_at,
            Message.useful_until,
            Address.value,
            Address.opted_out_at,
            Address.dead_at,
            Person.language,
            Person.status,
            patient.status.label("patient_status"),
            WorkItem.state.label("item_state"),
            WorkItem.kind.label("item_kind"),
        )
        .outerjoin(Address, Address.id == Message.address_id)
        .outerjoin(Person, Person.id == Message.recipient_person_id)
        .outerjoin(patient, patient.id == Person.patient_id)
        .outerjoin(WorkItem, WorkItem.id == Message.work_item_id)
        .where(among(Message.id, message_ids), Message.patient_id.is_(None))
    )
    return {
        row.id: NoticeFacts(
            occasion=Occasion(
                rule=row.rule,
                recipient=RecipientKind(row.recipient_kind),
                useful_until=row.useful_until,
                is_opted_out=row.opted_out_at is not None,
                is_dead=row.dead_at is not None,
                item_state=row.item_state,
                statuses=frozenset(PersonStatus(one) for one in (row.status, row.patient_status) if one),
            ),
            template=row.template,
            channel=Channel(row.channel),
            language=row.language,
            item_id=row.work_item_id,
            item_kind=row.item_kind,
            address=row.value,
            due_at=row.due_at,
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Where one notice stands, and what it was about."""

    id: UUID
    clinic_id: UUID
    rule: str
    occurrence: int
    state: State
    reason: str | None
    was_launched: bool
    item_id: UUID | None
    reply_id: UUID | None
    person_id: UUID | None
    """Of the person it was for; None: it was for staff."""


def ended(session: Session, message_ids: Collection[UUID]) -> list[Ended]:
    """Return those of *message_ids* that no plan made."""
    rows = session.execute(
        select(
            Message.id,
            Message.clinic_id,
            Message.rule,
            Message.occurrence,
            Message.state,
            Message.reason,
            Message.launched_at,
            Message.work_item_id,
            Message.reply_id,
            Message.recipient_person_id,
        )
        .where(among(Message.id, message_ids), Message.patient_id.is_(None))
        .order_by(Message.id)
    )
    return [
        Ended(
            id=row.id,
            clinic_id=row.clinic_id,
            rule=row.rule,
            occurrence=row.occurrence,
            state=State(row.state),
            reason=row.reason,
            was_launched=row.launched_at is not None,
            item_id=row.work_item_id,
            reply_id=row.reply_id,
            person_id=row.recipient_person_id,
        )
        for row in rows
    ]
