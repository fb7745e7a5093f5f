"""The sandbox's phones and mailboxes, opened for the pages that show them and for nothing else."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from reminders.store.tables.clinic import Clinic, Location
from reminders.store.tables.machinery import KeptCallback, KeptMessage
from reminders.store.tables.messages import Attempt, Message
from reminders.store.tables.people import Address, Person
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault

Owner = tuple[UUID, str, bytes]
"""Clinic, channel and keyed hash: one phone or mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One phone or mailbox and its newest message."""

    key: UUID
    """Its address, or a message of it where the clinic has none: what its page is called by."""
    channel: str
    clinic: str
    to: str = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    """Of whoever was written to there, drivers marked as such."""
    glimpse: str = field(repr=False)
    """The newest message's subject or text."""
    last_id: UUID
    last_at: datetime
    zone: str
    count: int


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


@dataclass(frozen=True, slots=True)
class Thread:
    """One phone or mailbox with a page of its messages, oldest first."""

    device: Device
    arrivals: tuple[Arrival, ...]
    older_than: UUID | None
    """The message before which there are more; None: there are none."""


def devices(session: Session, vault: Vault, *, before: UUID | None, limit: int) -> tuple[list[Device], UUID | None]:
    """Return the phones and mailboxes with the newest messages first, and where the next page begins."""
    newest = (
        select(KeptMessage.id)
        .ext(distinct_on(KeptMessage.clinic_id, KeptMessage.channel, KeptMessage.lookup))
        .order_by(
            KeptMessage.clinic_id,
            KeptMessage.channel,
            KeptMessage.lookup,
            KeptMessage.kept_at.desc(),
            KeptMessage.id.desc(),
        )
    )
    query = _earlier_than(_newest_first(_device_rows().where(KeptMessage.id.in_(newest))), before)
    rows = session.execute(query.limit(limit + 1)).all()
    found = _devices(session, vault, rows[:limit])
    return found, found[-1].last_id if len(rows) > limit else None


def thread(session: Session, vault: Vault, key: UUID, *, before: UUID | None, limit: int) -> Thread | None:
    """Return the newest messages of a phone or mailbox, or those *before* one of them; None: there is no such."""
    owner = _owner(session, key)
    if owner is None:
        return None
    newest = session.execute(_newest_first(_device_rows().where(_is_of(owner))).limit(1)).one_or_none()
    if newest is None:
        return None
    query = _earlier_than(_newest_first(_arrival_rows().where(_is_of(owner))), before)
    rows = session.execute(query.limit(limit + 1)).all()
    page = rows[:limit]
    riders = _riders(session, [row.message_id for row in page])
    shown = tuple(_arrival(vault, row, riders.get(row.message_id, ())) for row in reversed(page))
    [device] = _devices(session, vault, [newest])
    return Thread(device, shown, shown[0].id if len(rows) > limit else None)


def html(session: Session, vault: Vault, kept_id: UUID) -> str | None:
    """Return the HTML of a kept email; None: there is none."""
    sealed = session.scalar(select(KeptMessage.html).where(KeptMessage.id == kept_id))
    return vault.open_some(KeptMessage.html, kept_id, sealed)


def zones(session: Session) -> list[str]:
    """Return the time zones of the locations, those opened first first."""
    rows = session.scalars(select(Location.time_zone).group_by(Location.time_zone).order_by(func.min(Location.slug)))
    return list(rows)


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(KeptMessage.kept_at.desc(), KeptMessage.id.desc())


def _earlier_than(query: Select[Any], before: UUID | None) -> Select[Any]:
    if before is None:
        return query
    edge = select(KeptMessage.kept_at).where(KeptMessage.id == before).scalar_subquery()
    return query.where(tuple_(KeptMessage.kept_at, KeptMessage.id) < tuple_(edge, before))


def _is_of(owner: Owner) -> Any:
    return and_(KeptMessage.clinic_id == owner[0], KeptMessage.channel == owner[1], KeptMessage.lookup == owner[2])


def _owner(session: Session, key: UUID) -> Owner | None:
    for table in (Address, KeptMessage):
        row = session.execute(select(table.clinic_id, table.channel, table.lookup).where(table.id == key)).one_or_none()
        if row is not None:
            return row.clinic_id, row.channel, row.lookup
    return None


def _zone() -> Any:
    """Return whose clock a message is read by: the recipient's, else the visit's, else a location's."""
    first = (
        select(Location.time_zone)
        .where(Location.clinic_id == KeptMessage.clinic_id)
        .order_by(Location.slug)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(Person.time_zone, Appointment.time_zone, first, "UTC").label("zone")


def _with_message(query: Select[Any]) -> Select[Any]:
    return (
        query.join(Attempt, Attempt.id == KeptMessage.attempt_id)
        .join(Message, Message.id == Attempt.message_id)
        .outerjoin(Person, Person.id == Message.recipient_person_id)
        .outerjoin(Appointment, Appointment.id == Message.appointment_id)
    )


def _device_rows() -> Select[Any]:
    return (
        _with_message(select(KeptMessage, Address.id.label("address_id"), Clinic.display_name, _zone()))
        .join(Clinic, Clinic.id == KeptMessage.clinic_id)
        .outerjoin(
            Address,
            and_(
                Address.clinic_id == KeptMessage.clinic_id,
                Address.channel == KeptMessage.channel,
                Address.lookup == KeptMessage.lookup,
            ),
        )
    )


def _arrival_rows() -> Select[Any]:
    code = (
        select(func.max(KeptCallback.code))
        .where(KeptCallback.kept_id == KeptMessage.id, KeptCallback.posted_at.is_not(None))
        .scalar_subquery()
    )
    return _with_message(
        select(
            KeptMessage,
            Attempt.segments,
            Attempt.language,
            Attempt.is_fallback_language,
            Message.id.label("message_id"),
            Message.category,
            Message.rule,
            code.label("code"),
            _zone(),
        )
    )


def _devices(session: Session, vault: Vault, rows: Collection[Row[Any]]) -> list[Device]:
    lookups = {row.KeptMessage.lookup for row in rows}
    names, counts = _names(session, vault, lookups), _counts(session, lookups)
    return [_device(vault, row, names, counts) for row in rows]


def _device(vault: Vault, row: Row[Any], names: Mapping[Owner, tuple[str, ...]], counts: Mapping[Owner, int]) -> Device:
    kept: KeptMessage = row.KeptMessage
    owner = (kept.clinic_id, kept.channel, kept.lookup)
    subject = vault.open_some(KeptMessage.subject, kept.id, kept.subject)
    return Device(
        key=row.address_id or kept.id,
        channel=kept.channel,
        clinic=row.display_name,
        to=vault.open(KeptMessage.recipient, kept.id, kept.recipient),
        names=names.get(owner, ()),
        glimpse=subject or vault.open(KeptMessage.body, kept.id, kept.body),
        last_id=kept.id,
        last_at=kept.kept_at,
        zone=row.zone,
        count=counts[owner],
    )


def _counts(session: Session, lookups: Collection[bytes]) -> dict[Owner, int]:
    owner = (KeptMessage.clinic_id, KeptMessage.channel, KeptMessage.lookup)
    rows = session.execute(select(*owner, func.count()).where(KeptMessage.lookup.in_(lookups)).group_by(*owner))
    return {(clinic_id, channel, lookup): count for clinic_id, channel, lookup, count in rows}


def _names(session: Session, vault: Vault, lookups: Collection[bytes]) -> dict[Owner, tuple[str, ...]]:
    """Return who was written to at each phone or mailbox, in the order in which we came to know them."""
    written_to = (
        select(
            KeptMessage.clinic_id,
            KeptMessage.channel,
            KeptMessage.lookup,
            Message.recipient_person_id.label("person_id"),
        )
        .distinct()
        .join(Attempt, Attempt.id == KeptMessage.attempt_id)
        .join(Message, Message.id == Attempt.message_id)
        .where(KeptMessage.lookup.in_(lookups))
        .subquery()
    )
    rows = session.execute(
        select(written_to.c.clinic_id, written_to.c.channel, written_to.c.lookup, Person)
        .join(Person, Person.id == written_to.c.person_id)
        .order_by(Person.id)
    )
    found: dict[Owner, tuple[str, ...]] = {}
    for clinic_id, channel, lookup, person in rows:
        owner = (clinic_id, channel, lookup)
        found[owner] = (*found.get(owner, ()), _name(vault, person))
    return found


def _name(vault: Vault, person: Person) -> str:
    first = vault.open(Person.first_name, person.id, person.first_name)
    last = vault.open_some(Person.last_name, person.id, person.last_name)
    name = f"{first} {last}" if last else first
    return f"{name}, driver" if person.kind == "driver" else name


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
