"""What a batch does to its rows: take them, hold them, launch them wave by wave."""

import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

from reminders.domain.errors import BrokenSealError
from reminders.domain.facts import Standing
from reminders.domain.notices import HEEDLESS
from reminders.domain.reach import KEPT
from reminders.domain.states import UNSENT, State
from reminders.domain.words import RecipientKind
from reminders.store import paces
from reminders.store.bulk import among, insert_all
from reminders.store.dispatching import is_held_by, open_pauses
from reminders.store.facts import STANDING, standing_of
from reminders.store.locks import in_order, lock_messages, lock_people
from reminders.store.now import clinic_clock
from reminders.store.outbox import stands_in
from reminders.store.tables.clinic import Sender
from reminders.store.tables.messages import Attempt, Message, Receipt
from reminders.store.tables.people import Address, ContactPoint, Person
from reminders.store.tables.visits import Appointment
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A message that this batch holds, with the messages that ride in it."""

    id: UUID
    clinic_id: UUID
    patient_id: UUID | None
    """None: no plan made it."""
    address_id: UUID | None
    sender_id: UUID
    category: str
    tries: int
    attempts: int
    must_wait: bool = False
    """A pause holds it, or a receipt of an earlier try is not settled yet: it may have gone."""
    riders: Sequence[Standing] = ()


def begin(session: Session, batch_id: UUID, message_ids: Collection[UUID], *, lease: timedelta) -> list[UUID]:
    """Renew the lease of the batch's rows and count a death ahead; a stale or doubled task finds none.

    The count is taken back by `recording` when the batch has an outcome: a row that kills
    its worker keeps it.
    """
    locked = in_order(Message, among(Message.id, message_ids)).cte("locked")
    rows = session.scalars(
        update(Message)
        .where(Message.id == locked.c.id, Message.batch_id == batch_id, stands_in([State.QUEUED]))
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
            .where(among(Message.id, message_ids), Message.crashes > 0)
            .values(crashes=Message.crashes - 1)
            .execution_options(synchronize_session=False)
        )


def lock_all_of(session: Session, message_ids: Collection[UUID]) -> None:
    """Lock messages and before them, in the order of locks, their own addresses, patients and recipients."""
    lock_people_of(session, message_ids)
    lock_messages(session, message_ids)


def lock_people_of(session: Session, message_ids: Collection[UUID]) -> None:
    """Lock what comes before messages in the order of locks: their own addresses, patients and recipients.

    A message keeps the address that it was sent to, which may be its patient's no more.
    """
    rows = session.execute(
        select(Message.patient_id, Message.recipient_person_id, Message.address_id).where(
            among(Message.id, message_ids)
        )
    ).all()
    people = {person_id for row in rows for person_id in row[:2] if person_id is not None}
    lock_people(session, people, addresses={row.address_id for row in rows if row.address_id is not None})


def hold(session: Session, batch_id: UUID, message_ids: Collection[UUID]) -> list[Held]:
    """Lock *message_ids*, whose people must be locked; return those still the batch's, each with its riders."""
    columns = (
        Message.id,
        Message.clinic_id,
        Message.patient_id,
        Message.address_id,
        Message.sender_id,
        Message.state,
        Message.batch_id,
        Message.lane,
        Message.due_at,
        Message.category,
        Message.tries,
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.message_id == Message.id)
        .scalar_subquery()
        .label("attempts"),
        or_(_is_reported(), *(is_held_by(pause) for pause in open_pauses(session))).label("must_wait"),
    )
    locked = session.execute(
        select(*columns)
        .where(among(Message.id, message_ids))
        .order_by(Message.id)
        .with_for_update(key_share=True, of=Message)
    )
    rows = [row for row in locked if row.batch_id == batch_id and row.state == State.QUEUED]
    riders = riders_of(session, [row.id for row in rows])
    return [
        Held(
            id=row.id,
            clinic_id=row.clinic_id,
            patient_id=row.patient_id,
            address_id=row.address_id,
            sender_id=row.sender_id,
            category=row.category,
            tries=row.tries,
            attempts=row.attempts,
            must_wait=row.must_wait,
            riders=riders.get(row.id, ()),
        )
        for row in sorted(rows, key=lambda row: (row.lane, row.due_at, row.id))
    ]


def _is_reported() -> ColumnElement[bool]:
    """Return the condition that a receipt of an earlier try of a message has not been settled yet."""
    return exists(Receipt.id).where(
        Receipt.attempt_id == Attempt.id, Attempt.message_id == Message.id, Receipt.settled_at.is_(None)
    )


def riders_of(session: Session, carrier_ids: Collection[UUID]) -> dict[UUID, list[Standing]]:
    """Return the messages that ride in each of *carrier_ids*, in the order of their visits."""
    rows = session.execute(
        select(*STANDING)
        .where(among(Message.carrier_id, carrier_ids), Message.state == State.MERGED)
        .order_by(Message.due_at, Message.id)
    )
    found: dict[UUID, list[Standing]] = {}
    for row in rows:
        found.setdefault(row.carrier_id, []).append(standing_of(row))
    return found


def ids_of_riders(session: Session, carrier_ids: Collection[UUID]) -> Sequence[UUID]:
    """Return the ids of the messages that ride in *carrier_ids*, whatever they were planned for."""
    riding = (among(Message.carrier_id, carrier_ids), Message.state == State.MERGED)
    return session.scalars(select(Message.id).where(*riding)).all()


def carrier_waits() -> ColumnElement[bool]:
    """Return the condition that what a merged message rides in has not been handed over yet."""
    carrier = aliased(Message)
    return exists(carrier.id).where(carrier.id == Message.carrier_id, carrier.state.in_(UNSENT))


@dataclass(frozen=True, slots=True)
class Called:
    """Whose patient somebody is, and what opens how they are called: only who is spoken to is opened."""

    clinic_id: UUID
    first_name: Callable[[], str]
    is_named_to_drivers: bool
    """The patient agreed that a driver reads the name."""


def called(session: Session, vault: Vault, person_ids: Collection[UUID]) -> dict[UUID, Called]:
    """Return each of *person_ids* as one calls them."""
    columns = (Person.id, Person.clinic_id, Person.first_name, Person.agreed_name_to_driver)
    rows = session.execute(select(*columns).where(among(Person.id, person_ids)))
    return {
        person_id: Called(clinic_id, partial(vault.open, Person.first_name, person_id, sealed), agreed)
        for person_id, clinic_id, sealed, agreed in rows
    }


def sealed_addresses(session: Session, address_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Return the sealed values of *address_ids*."""
    rows = session.execute(select(Address.id, Address.value).where(among(Address.id, address_ids)))
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
    """Return the accounts of *sender_ids*; one whose token cannot be opened is missing."""
    found: dict[UUID, SenderKeys] = {}
    for row in session.scalars(select(Sender).where(among(Sender.id, sender_ids))):
        with contextlib.suppress(BrokenSealError):
            found[row.id] = _keys_of(row, vault)
    return found


def _keys_of(row: Sender, vault: Vault) -> SenderKeys:
    return SenderKeys(
        provider=row.provider,
        account=row.account,
        token=vault.open_some(Sender.token, row.id, row.token) or "",
        from_address=row.from_address,
        messaging_service=row.messaging_service,
        api_url=row.api_url,
    )


def write_attempts(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert attempts; they are durable before any provider hears of them."""
    insert_all(session, Attempt, rows)


def launch(session: Session, batch_id: UUID, attempts: Mapping[UUID, UUID], *, claimed_at: datetime) -> frozenset[UUID]:
    """Stamp the attempts of a wave as launched; return those whose lease, consent, visit and sender still stand.

    It is one conditional update, committed before the wave: whoever cancels or opts out
    later finds the stamp and knows that the message was on its way.

    Args:
        session: The transaction, to be committed before the wave.
        batch_id: The batch that must still have them.
        attempts: The messages of the attempts.
        claimed_at: The machine time at which the rows were judged.
    """
    if not attempts:
        return frozenset()
    wave = {"attempts": list(attempts), "messages": list(attempts.values())}
    return frozenset(session.scalars(_launching(), {**wave, "batch": batch_id, "claimed_at": claimed_at}))


@cache
def _launching() -> ReturningUpdate[UUID]:
    """Return the statement of `launch`: made once, for each wave needs it and making it takes as long as running it."""
    messages = bindparam("messages", type_=ARRAY(Uuid))
    wave = func.unnest(bindparam("attempts", type_=ARRAY(Uuid)), messages).table_valued("id", "message_id")
    wave = wave.render_derived("wave")
    launched = (
        update(Message)
        .where(
            Message.id == any_(messages),
            Message.batch_id == bindparam("batch"),
            stands_in([State.SENDING]),
            *may_launch(bindparam("claimed_at")),
        )
        .values(stamps())
        .returning(Message.id)
        .cte("launched")
    )
    return (
        update(Attempt)
        .where(Attempt.id == wave.c.id, wave.c.message_id == launched.c.id)
        .values(stamps())
        .returning(Attempt.id)
        .execution_options(synchronize_session=False)
    )


def stamps() -> dict[str, Any]:
    """Return what tells that a message was on its way from the moment of the statement."""
    return {"launched_at": func.clock_timestamp(), "launched_on_clock": clinic_clock()}


def may_launch(claimed_at: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a message's lease, sender, consent and visit still stand since *claimed_at*.

    One that no plan made has no consent but its address's, and no visit.
    """
    is_kept = Message.category.in_([category.value for category in KEPT])
    silenced = select(Address.id).where(
        Address.id == Message.address_id,
        Address.opted_out_at.is_not(None),
        ~and_(Address.keeps_prep, is_kept),
    )
    withdrew = select(ContactPoint.id).where(
        ContactPoint.person_id == Message.recipient_person_id,
        ContactPoint.channel == Message.channel,
        or_(
            and_(ContactPoint.opted_out_at.is_not(None), ~and_(ContactPoint.keeps_prep, is_kept)),
            ContactPoint.consented.is_(False),
            ContactPoint.address_id.is_distinct_from(Message.address_id),
        ),
    )
    changed = select(Appointment.id).where(
        Appointment.id == Message.appointment_id, Appointment.changed_at > claimed_at
    )
    in_time = Message.lease_until > func.clock_timestamp()
    heedless = or_(Message.recipient_kind == RecipientKind.STAFF, Message.rule.in_(HEEDLESS))
    no_plan = Message.patient_id.is_(None)
    return (
        in_time,
        ~paces.is_shut(),
        or_(~silenced.exists(), and_(no_plan, heedless)),
        or_(no_plan, and_(~withdrew.exists(), ~changed.exists())),
    )
