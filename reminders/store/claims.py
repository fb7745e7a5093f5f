"""What a batch does to its rows: take them, hold them, launch them wave by wave."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from reminders.domain.facts import Standing
from reminders.domain.states import State
from reminders.store.bulk import insert_all
from reminders.store.facts import STANDING, standing_of
from reminders.store.locks import lock_messages, lock_people
from reminders.store.now import Now
from reminders.store.tables.clinic import Pace, Sender
from reminders.store.tables.messages import Attempt, Message
from reminders.store.tables.people import Address, ContactPoint, Person
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A message that this batch may send, with the messages that ride in it."""

    message: Standing
    clinic_id: UUID
    patient_id: UUID
    recipient_id: UUID
    sender_id: UUID
    category: str
    tries: int
    attempts: int
    expected_segments: int
    riders: Sequence[Standing] = ()


def begin(session: Session, batch_id: UUID, message_ids: Collection[UUID], *, lease: timedelta) -> list[UUID]:
    """Renew the lease of the batch's rows and count a death ahead; a stale or doubled task finds none.

    The count is taken back by `recording` when the batch has an outcome: a row that kills
    its worker keeps it.
    """
    lock_messages(session, message_ids)
    rows = session.scalars(
        update(Message)
        .where(Message.id.in_(message_ids), Message.batch_id == batch_id, Message.state == State.QUEUED)
        .values(lease_until=func.clock_timestamp() + lease, crashes=Message.crashes + 1)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return list(rows)


def forgive(session: Session, message_ids: Collection[UUID]) -> None:
    """Take back the death that `begin` counted for rows that left the batch before it held them."""
    if message_ids:
        session.execute(
            update(Message)
            .where(Message.id.in_(message_ids), Message.crashes > 0)
            .values(crashes=Message.crashes - 1)
            .execution_options(synchronize_session=False)
        )


def lock_all_of(session: Session, message_ids: Collection[UUID]) -> None:
    """Lock messages and before them, in the order of locks, their own addresses, patients and recipients.

    A message keeps the address that it was sent to, which may be its patient's no more.
    """
    rows = session.execute(
        select(Message.patient_id, Message.recipient_person_id, Message.address_id).where(Message.id.in_(message_ids))
    ).all()
    people = {person_id for row in rows for person_id in row[:2] if person_id is not None}
    lock_people(session, people, addresses={row.address_id for row in rows if row.address_id is not None})
    lock_messages(session, message_ids)


def hold(session: Session, batch_id: UUID, message_ids: Collection[UUID]) -> list[Held]:
    """Return the rows that are still the batch's, each with its riders; they must be locked."""
    columns = (
        *STANDING,
        Message.clinic_id,
        Message.sender_id,
        Message.category,
        Message.tries,
        Message.expected_segments,
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.message_id == Message.id)
        .scalar_subquery()
        .label("attempts"),
    )
    rows = session.execute(
        select(*columns)
        .where(Message.id.in_(message_ids), Message.batch_id == batch_id, Message.state == State.QUEUED)
        .order_by(Message.lane, Message.due_at, Message.id)
    ).all()
    riders = riders_of(session, [row.id for row in rows])
    return [
        Held(
            message=standing_of(row),
            clinic_id=row.clinic_id,
            patient_id=row.patient_id,
            recipient_id=row.recipient_id,
            sender_id=row.sender_id,
            category=row.category,
            tries=row.tries,
            attempts=row.attempts,
            expected_segments=row.expected_segments,
            riders=riders.get(row.id, ()),
        )
        for row in rows
    ]


def riders_of(session: Session, carrier_ids: Collection[UUID]) -> dict[UUID, list[Standing]]:
    """Return the messages that ride in each of *carrier_ids*, in the order of their visits."""
    rows = session.execute(
        select(*STANDING)
        .where(Message.carrier_id.in_(carrier_ids), Message.state == State.MERGED)
        .order_by(Message.due_at, Message.id)
    )
    found: dict[UUID, list[Standing]] = {}
    for row in rows:
        found.setdefault(row.carrier_id, []).append(standing_of(row))
    return found


def first_names(session: Session, vault: Vault, person_ids: Collection[UUID]) -> dict[UUID, Callable[[], str]]:
    """Return what opens the first name of each of *person_ids*: only who is spoken to is opened."""
    rows = session.execute(select(Person.id, Person.first_name).where(Person.id.in_(person_ids)))
    return {person_id: partial(vault.open, Person.first_name, person_id, sealed) for person_id, sealed in rows}


def sealed_addresses(session: Session, address_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Return the sealed values of *address_ids*."""
    rows = session.execute(select(Address.id, Address.value).where(Address.id.in_(address_ids)))
    return dict(rows.all())


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderKeys:
    """A sender as its channel needs it."""

    provider: str
    account: str
    token: str = field(repr=False)
    from_address: str | None
    messaging_service: str | None
    api_url: str | None


def senders(session: Session, vault: Vault, sender_ids: Collection[UUID]) -> dict[UUID, SenderKeys]:
    """Return the accounts of *sender_ids*."""
    rows = session.scalars(select(Sender).where(Sender.id.in_(sender_ids)))
    return {
        row.id: SenderKeys(
            provider=row.provider,
            account=row.account,
            token=vault.open_some(Sender.token, row.id, row.token) or "",
            from_address=row.from_address,
            messaging_service=row.messaging_service,
            api_url=row.api_url,
        )
        for row in rows
    }


def write_attempts(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert attempts; they are durable before any provider hears of them."""
    insert_all(session, Attempt, rows)


def book_segments(session: Session, more: Mapping[UUID, int]) -> None:
    """Correct each sender's day by the difference between the segments expected and those rendered."""
    for sender_id, segments in sorted(more.items()):
        if segments:
            session.execute(update(Pace).where(Pace.sender_id == sender_id).values(segments=Pace.segments + segments))


def launch(
    session: Session, batch_id: UUID, attempt_ids: Collection[UUID], now: Now, *, claimed_at: datetime
) -> set[UUID]:
    """Stamp the attempts of a wave as launched; return those whose lease, consent and visit still stand.

    It is one conditional update, committed before the wave: whoever cancels or opts out
    later finds the stamp and knows that the message was on its way. *claimed_at* is the
    machine time at which the rows were judged.
    """
    launched = session.scalars(
        update(Message)
        .where(
            Message.id.in_(select(Attempt.message_id).where(Attempt.id.in_(attempt_ids))),
            Message.batch_id == batch_id,
            Message.state == State.SENDING,
            Message.lease_until > func.clock_timestamp(),
            *_still_wanted(claimed_at),
        )
        .values(launched_at=func.clock_timestamp(), launched_on_clock=now.clinic_at)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    ).all()
    attempts = session.scalars(
        update(Attempt)
        .where(Attempt.id.in_(attempt_ids), Attempt.message_id.in_(launched))
        .values(launched_at=func.clock_timestamp(), launched_on_clock=now.clinic_at)
        .returning(Attempt.id)
        .execution_options(synchronize_session=False)
    )
    return set(attempts)


def _still_wanted(claimed_at: datetime) -> tuple[ColumnElement[bool], ...]:
    silenced = select(Address.id).where(Address.id == Message.address_id, Address.opted_out_at.is_not(None))
    withdrew = select(ContactPoint.id).where(
        ContactPoint.person_id == Message.recipient_person_id,
        ContactPoint.channel == Message.channel,
        or_(
            ContactPoint.opted_out_at.is_not(None),
            ContactPoint.consented.is_(False),
            ContactPoint.address_id.is_distinct_from(Message.address_id),
        ),
    )
    changed = select(Appointment.id).where(
        Appointment.id == Message.appointment_id, Appointment.changed_at > claimed_at
    )
    return ~silenced.exists(), ~withdrew.exists(), ~changed.exists()
