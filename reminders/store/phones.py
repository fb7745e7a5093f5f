"""The sandbox's phones and mailboxes, opened for the pages that show them and for nothing else."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Subquery, and_, func, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from reminders.store.phone_entries import Arrival, Owner, Page, Written, edge, entries, with_message, zone_of
from reminders.store.senders import SANDBOX
from reminders.store.tables.clinic import Clinic, Location, Sender
from reminders.store.tables.machinery import KeptMessage
from reminders.store.tables.messages import Attempt, Message, Reply
from reminders.store.tables.people import Address, Person
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One phone or mailbox and its newest message."""

    key: UUID
    """Its address, or a message of it where the clinic has none: what its page is called by."""
    channel: str
    clinic_id: UUID
    clinic: str
    to: str = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    """Of whoever was written to there, drivers marked as such."""
    glimpse: str = field(repr=False)
    """The newest message's subject or text, whoever wrote it."""
    is_written: bool
    """Whether the owner wrote the newest."""
    last_id: UUID
    last_at: datetime
    zone: str
    count: int
    """Messages that it got."""


@dataclass(frozen=True, slots=True)
class Thread:
    """One phone or mailbox with a page of what it got and what its owner wrote, oldest first."""

    device: Device
    entries: tuple[Arrival | Written, ...]
    older_than: UUID | None
    """The entry before which there are more; None: there are none."""


def devices(session: Session, vault: Vault, *, before: UUID | None, limit: int) -> tuple[list[Device], UUID | None]:
    """Return the phones and mailboxes with the newest messages first, and where the next page begins."""
    newest = _newest()
    query = select(newest).order_by(newest.c.at.desc(), newest.c.id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(tuple_(newest.c.at, newest.c.id) < edge(before))
    rows = session.execute(query).all()
    owners = [(row.clinic_id, row.channel, row.lookup) for row in rows[:limit]]
    found = _devices(session, vault, owners)
    shown = [found[owner] for owner in owners]
    return shown, shown[-1].last_id if len(rows) > limit else None


def thread(session: Session, vault: Vault, key: UUID, *, before: UUID | None, limit: int) -> Thread | None:
    """Return the newest entries of a phone or mailbox, or those *before* one of them; None: there is no such."""
    owner = _owner(session, key)
    device = _devices(session, vault, [owner]).get(owner) if owner else None
    if owner is None or device is None:
        return None
    found = entries(session, vault, owner, Page(before, limit), zone=device.zone)
    page = tuple(found[-limit:])
    return Thread(device, page, page[0].id if len(found) > limit else None)


def key_of(session: Session, vault: Vault, clinic_id: UUID, phone: str) -> UUID | None:
    """Return what the page of the clinic's *phone* (E.164) is called by; None: the clinic has no such address."""
    lookup = vault.lookup("sms", phone)
    return session.scalar(
        select(Address.id).where(Address.clinic_id == clinic_id, Address.channel == "sms", Address.lookup == lookup)
    )


def html(session: Session, vault: Vault, kept_id: UUID) -> str | None:
    """Return the HTML of a kept email; None: there is none."""
    sealed = session.scalar(select(KeptMessage.html).where(KeptMessage.id == kept_id))
    return vault.open_some(KeptMessage.html, kept_id, sealed)


def zones(session: Session) -> list[str]:
    """Return the time zones of the locations, those opened first first."""
    rows = session.scalars(select(Location.time_zone).group_by(Location.time_zone).order_by(func.min(Location.slug)))
    return list(rows)


@dataclass(frozen=True, slots=True)
class Reachable:
    """A clinic whose texts stay on this machine, so that a phone of the sandbox may write to it."""

    id: UUID
    name: str
    """The discreet one."""
    region: str
    countries: tuple[str, ...]


def reachable(session: Session) -> list[Reachable]:
    """Return the clinics whose texts stay on this machine, by name."""
    rows = session.scalars(
        select(Clinic)
        .join(Sender, Sender.clinic_id == Clinic.id)
        .where(Sender.is_active, Sender.channel == "sms", Sender.provider == SANDBOX)
        .order_by(Clinic.display_name, Clinic.id)
    )
    return [Reachable(row.id, row.display_name, row.region, tuple(row.countries)) for row in rows]


def _newest() -> Subquery:
    """Return of each phone and mailbox its newest entry."""
    got = select(
        KeptMessage.clinic_id, KeptMessage.channel, KeptMessage.lookup, KeptMessage.kept_at.label("at"), KeptMessage.id
    )
    wrote = select(Reply.clinic_id, Address.channel, Address.lookup, Reply.received_at.label("at"), Reply.id).join(
        Address, and_(Address.id == Reply.address_id, Address.clinic_id == Reply.clinic_id)
    )
    both = union_all(got, wrote).subquery()
    owner = (both.c.clinic_id, both.c.channel, both.c.lookup)
    return select(both).ext(distinct_on(*owner)).order_by(*owner, both.c.at.desc(), both.c.id.desc()).subquery()


def _owner(session: Session, key: UUID) -> Owner | None:
    for table in (Address, KeptMessage):
        row = session.execute(select(table.clinic_id, table.channel, table.lookup).where(table.id == key)).one_or_none()
        if row is not None:
            return row.clinic_id, row.channel, row.lookup
    return None


def _devices(session: Session, vault: Vault, owners: Collection[Owner]) -> dict[Owner, Device]:
    """Return the devices of those *owners* that got or wrote anything."""
    lookups = {owner[2] for owner in owners}
    names, counts = _names(session, vault, lookups), _counts(session, lookups)
    found: dict[Owner, Device] = {}
    for row in _newest_got(session, lookups):
        kept = row.KeptMessage
        owner = (kept.clinic_id, kept.channel, kept.lookup)
        found[owner] = _device(vault, row, names.get(owner, ()), counts[owner])
    for row in _newest_written(session, lookups):
        owner = (row.Address.clinic_id, row.Address.channel, row.Address.lookup)
        found[owner] = _with_written(vault, row, found.get(owner))
    return found


def _newest_got(session: Session, lookups: Collection[bytes]) -> Collection[Row[Any]]:
    owner = (KeptMessage.clinic_id, KeptMessage.channel, KeptMessage.lookup)
    newest = (
        select(KeptMessage.id)
        .ext(distinct_on(*owner))
        .where(KeptMessage.lookup.in_(lookups))
        .order_by(*owner, KeptMessage.kept_at.desc(), KeptMessage.id.desc())
    )
    zone = zone_of(KeptMessage.clinic_id, Person.time_zone, Appointment.time_zone)
    return session.execute(
        with_message(select(KeptMessage, Address.id.label("address_id"), Clinic.display_name, zone))
        .join(Clinic, Clinic.id == KeptMessage.clinic_id)
        .outerjoin(
            Address,
            and_(
                Address.clinic_id == KeptMessage.clinic_id,
                Address.channel == KeptMessage.channel,
                Address.lookup == KeptMessage.lookup,
            ),
        )
        .where(KeptMessage.id.in_(newest))
    ).all()


def _newest_written(session: Session, lookups: Collection[bytes]) -> Collection[Row[Any]]:
    return session.execute(
        select(Reply, Address, Clinic.display_name, zone_of(Reply.clinic_id, Person.time_zone))
        .ext(distinct_on(Reply.address_id))
        .join(Address, and_(Address.id == Reply.address_id, Address.clinic_id == Reply.clinic_id))
        .join(Clinic, Clinic.id == Reply.clinic_id)
        .outerjoin(Person, Person.id == Reply.person_id)
        .where(Address.lookup.in_(lookups))
        .order_by(Reply.address_id, Reply.received_at.desc(), Reply.id.desc())
    ).all()


def _device(vault: Vault, row: Row[Any], names: tuple[str, ...], count: int) -> Device:
    kept: KeptMessage = row.KeptMessage
    subject = vault.open_some(KeptMessage.subject, kept.id, kept.subject)
    return Device(
        key=row.address_id or kept.id,
        channel=kept.channel,
        clinic_id=kept.clinic_id,
        clinic=row.display_name,
        to=vault.open(KeptMessage.recipient, kept.id, kept.recipient),
        names=names,
        glimpse=subject or vault.open(KeptMessage.body, kept.id, kept.body),
        is_written=False,
        last_id=kept.id,
        last_at=kept.kept_at,
        zone=row.zone,
        count=count,
    )


def _with_written(vault: Vault, row: Row[Any], device: Device | None) -> Device:
    """Return *device* as its owner's newest text leaves it; None: it never got anything."""
    reply: Reply = row.Reply
    if device is not None and (device.last_at, device.last_id) > (reply.received_at, reply.id):
        return device
    text = vault.open(Reply.body, reply.id, reply.body)
    if device is not None:
        return replace(device, glimpse=text, is_written=True, last_id=reply.id, last_at=reply.received_at)
    address: Address = row.Address
    return Device(
        key=address.id,
        channel=address.channel,
        clinic_id=address.clinic_id,
        clinic=row.display_name,
        to=vault.open(Address.value, address.id, address.value),
        names=(),
        glimpse=text,
        is_written=True,
        last_id=reply.id,
        last_at=reply.received_at,
        zone=row.zone,
        count=0,
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
