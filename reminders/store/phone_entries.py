"""What stands in the thread of one phone or mailbox of the sandbox: what it got, and what its owner wrote."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from reminders.store.tables.clinic import Location
from reminders.store.tables.machinery import KeptCallback, KeptMessage
from reminders.store.tables.messages import Attempt, Message, Reply
from reminders.store.tables.people import Address, Person
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault

Owner = tuple[UUID, str, bytes]
"""Clinic, channel and keyed hash: one phone or mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One message as its phone or mailbox shows it, with what we know of it."""

    id: UUID
    at: datetime
    zone: str
    text: str = field(repr=False)
    subject: str | None = field(repr=False)
    has_html: bool
    status: str
    code: str | None
    category: str
    rule: str
    also: tuple[str, ...]
    """Rules of the messages that ride in it."""
    segments: int | None
    language: str
    is_fallback_language: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One text that the phone's owner wrote to us."""

    id: UUID
    at: datetime
    zone: str
    text: str = field(repr=False)
    intent: str | None
    """What it was understood as; None: nobody has heard it yet."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a thread: the newest entries, or those *before* one of them."""

    before: UUID | None
    limit: int


def entries(session: Session, vault: Vault, owner: Owner, page: Page, *, zone: str) -> list[Arrival | Written]:
    """Return one entry more than *page* has, oldest first, if there are as many; *zone* is the device's clock."""
    room = Page(page.before, page.limit + 1)
    found: list[Arrival | Written] = [
        *_arrivals(session, vault, owner, room),
        *_written(session, vault, owner, room, zone),
    ]
    return sorted(found, key=lambda one: (one.at, one.id))[-room.limit :]


def edge(before: UUID) -> Any:
    """Return the moment and the id of the entry *before* which a page ends."""
    got = select(KeptMessage.kept_at).where(KeptMessage.id == before).scalar_subquery()
    wrote = select(Reply.received_at).where(Reply.id == before).scalar_subquery()
    return tuple_(func.coalesce(got, wrote), before)


def is_of(owner: Owner) -> ColumnElement[bool]:
    """Return the condition that a kept message is the *owner*'s."""
    return and_(KeptMessage.clinic_id == owner[0], KeptMessage.channel == owner[1], KeptMessage.lookup == owner[2])


def with_message(query: Select[Any]) -> Select[Any]:
    """Return *query* of kept messages with their attempt, message, recipient and visit."""
    return (
        query.join(Attempt, Attempt.id == KeptMessage.attempt_id)
        .join(Message, Message.id == Attempt.message_id)
        .outerjoin(Person, Person.id == Message.recipient_person_id)
        .outerjoin(Appointment, Appointment.id == Message.appointment_id)
    )


def zone_of(clinic_id: InstrumentedAttribute[UUID], *known: InstrumentedAttribute[Any]) -> Any:
    """Return whose clock something is read by: that of the first of *known* that has one, else a location's."""
    first = (
        select(Location.time_zone)
        .where(Location.clinic_id == clinic_id)
        .order_by(Location.slug)
        .limit(1)
        .scalar_subquery()
    )
    last = aliased(Appointment)
    where_seen_last = (
        select(last.time_zone)
        .where(last.person_id == func.coalesce(Person.patient_id, Person.id))
        .order_by(last.starts_at.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    return func.coalesce(*known, where_seen_last, first, "UTC").label("zone")


def _arrivals(session: Session, vault: Vault, owner: Owner, page: Page) -> list[Arrival]:
    query = _on_page(_arrival_rows().where(is_of(owner)), KeptMessage.kept_at, KeptMessage.id, page)
    rows = session.execute(query).all()
    riders = _riders(session, [row.message_id for row in rows])
    return [_arrival(vault, row, riders.get(row.message_id, ())) for row in rows]


def _written(session: Session, vault: Vault, owner: Owner, page: Page, zone: str) -> list[Written]:
    clinic_id, channel, lookup = owner
    query = (
        select(Reply)
        .join(Address, and_(Address.id == Reply.address_id, Address.clinic_id == Reply.clinic_id))
        .where(Address.clinic_id == clinic_id, Address.channel == channel, Address.lookup == lookup)
    )
    rows = session.scalars(_on_page(query, Reply.received_at, Reply.id, page))
    return [
        Written(
            id=row.id,
            at=row.received_at,
            zone=zone,
            text=vault.open(Reply.body, row.id, row.body),
            intent=row.intent,
        )
        for row in rows
    ]


def _on_page(
    query: Select[Any], at: InstrumentedAttribute[datetime], entry_id: InstrumentedAttribute[UUID], page: Page
) -> Select[Any]:
    if page.before is not None:
        query = query.where(tuple_(at, entry_id) < edge(page.before))
    return query.order_by(at.desc(), entry_id.desc()).limit(page.limit)


def _arrival_rows() -> Select[Any]:
    code = (
        select(func.max(KeptCallback.code))
        .where(KeptCallback.kept_id == KeptMessage.id, KeptCallback.posted_at.is_not(None))
        .scalar_subquery()
    )
    return with_message(
        select(
            KeptMessage,
            Attempt.segments,
            Attempt.language,
            Attempt.is_fallback_language,
            Message.id.label("message_id"),
            Message.category,
            Message.rule,
            code.label("code"),
            zone_of(KeptMessage.clinic_id, Person.time_zone, Appointment.time_zone),
        )
    )


def _riders(session: Session, message_ids: Iterable[UUID]) -> Mapping[UUID | None, tuple[str, ...]]:
    rows = session.execute(
        select(Message.carrier_id, Message.rule)
        .where(Message.carrier_id.in_(list(message_ids)))
        .order_by(Message.due_at, Message.id)
    )
    found: dict[UUID | None, tuple[str, ...]] = {}
    for carrier_id, rule in rows:
        found[carrier_id] = (*found.get(carrier_id, ()), rule)
    return found


def _arrival(vault: Vault, row: Row[Any], also: tuple[str, ...]) -> Arrival:
    kept: KeptMessage = row.KeptMessage
    return Arrival(
        id=kept.id,
        at=kept.kept_at,
        zone=row.zone,
        text=vault.open(KeptMessage.body, kept.id, kept.body),
        subject=vault.open_some(KeptMessage.subject, kept.id, kept.subject),
        has_html=kept.html is not None,
        status=kept.status,
        code=row.code,
        category=row.category,
        rule=row.rule,
        also=also,
        segments=row.segments,
        language=row.language,
        is_fallback_language=row.is_fallback_language,
    )
