"""Texts to us as rows: kept once however often a provider tells of them, and what was understood."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reminders.domain.replies.inbound import Heard, Inbound
from reminders.store.base import new_id
from reminders.store.now import Now
from reminders.store.senders import SANDBOX
from reminders.store.tables.clinic import Clinic, Sender
from reminders.store.tables.messages import Attempt, Message, Reply
from reminders.store.tables.people import Address
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Line:
    """One of our numbers, by which somebody wrote."""

    sender_id: UUID
    clinic_id: UUID
    provider: str
    region: str
    answers_stop: bool
    """Whether we answer STOP, START and HELP ourselves: the provider is set not to, or is the sandbox."""


def line_of(session: Session, inbound: Inbound) -> Line | None:
    """Return the number that *inbound* was sent to; of an account with one number it is that one."""
    rows = session.execute(
        select(Sender, Clinic.region, Clinic.answers_stop)
        .join(Clinic, Clinic.id == Sender.clinic_id)
        .where(Sender.channel == "sms", Sender.account == inbound.account)
        .order_by(Sender.is_active.desc(), Sender.id)
    ).all()
    for sender, region, answers_stop in sorted(rows, key=lambda row: not _is_of(row.Sender, inbound)):
        return Line(sender.id, sender.clinic_id, sender.provider, region, answers_stop or sender.provider == SANDBOX)
    return None


def _is_of(sender: Sender, inbound: Inbound) -> bool:
    service = sender.messaging_service
    return sender.from_address == inbound.to or (service is not None and service == inbound.messaging_service)


def address_of(session: Session, vault: Vault, clinic_id: UUID, phone: str) -> UUID:
    """Return the address of *phone* within a clinic; one that nobody knew is kept from now on."""
    lookup, address_id = vault.lookup("sms", phone), new_id()
    values = {"id": address_id, "clinic_id": clinic_id, "channel": "sms", "lookup": lookup}
    session.execute(
        insert(Address)
        .values(**values, value=vault.seal(Address.value, address_id, phone))
        .on_conflict_do_nothing(index_elements=["clinic_id", "channel", "lookup"])
    )
    query = select(Address.id).where(Address.clinic_id == clinic_id, Address.channel == "sms", Address.lookup == lookup)
    return session.scalars(query).one()


def keep(session: Session, vault: Vault, line: Line, address_id: UUID, inbound: Inbound, now: Now) -> UUID | None:
    """Keep a text; return its id, or None when it was kept before."""
    reply_id = new_id()
    kept = session.execute(
        insert(Reply)
        .values(
            id=reply_id,
            clinic_id=line.clinic_id,
            provider_id=inbound.provider_id,
            address_id=address_id,
            sender_id=line.sender_id,
            body=vault.seal(Reply.body, reply_id, inbound.body),
            received_at=now.clinic_at,
            was_listed=inbound.was_listed,
        )
        .on_conflict_do_nothing(index_elements=["provider_id"])
        .returning(Reply.id)
    )
    return kept.scalar_one_or_none()


def said_before(session: Session, vault: Vault, provider_id: str) -> Heard:
    """Return what was answered to a text that was kept before, so that a repeat is answered the same."""
    row = session.execute(
        select(Attempt.id, Attempt.body)
        .join(Message, Message.id == Attempt.message_id)
        .join(Reply, Reply.id == Message.reply_id)
        .where(Reply.provider_id == provider_id)
        .order_by(Attempt.number)
        .limit(1)
    ).one_or_none()
    return Heard() if row is None else Heard(vault.open(Attempt.body, row.id, row.body), row.id)


def note(session: Session, reply_id: UUID, **columns: Any) -> None:
    """Write down what was understood of a text and what it did."""
    session.execute(
        update(Reply).where(Reply.id == reply_id).values(**columns).execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A text that came from the same phone before."""

    id: UUID
    age: timedelta
    """By the machine's clock."""
    received_at: datetime
    """By the clinic's."""
    intent: str | None
    answer: str | None
    options: Sequence[UUID]
    sealed: bytes = field(repr=False)


AS_MANY = 40
"""Texts of one phone that are looked back on."""


def earlier(session: Session, address_id: UUID, but: UUID) -> list[Earlier]:
    """Return the last texts from an address, newest first."""
    rows = session.execute(
        select(Reply, (func.clock_timestamp() - Reply.stored_at).label("age"))
        .where(Reply.address_id == address_id, Reply.id != but)
        .order_by(Reply.received_at.desc(), Reply.id.desc())
        .limit(AS_MANY)
    )
    return [
        Earlier(
            id=row.id,
            age=age,
            received_at=row.received_at,
            intent=row.intent,
            answer=row.answer,
            options=[UUID(one) for one in (row.options or {}).get("prompts", ())],
            sealed=row.body,
        )
        for row, age in rows
    ]
