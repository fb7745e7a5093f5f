"""The order in which rows are locked: addresses, then persons, then messages, each by id.

Plan, claim, limit, opt-out, merge and reply all lock in this order, so none waits in a
circle. Which addresses a person has is read without a lock, so it is read again under it;
if it grew meanwhile the transaction starts over. A sender's pace comes last of all (`store.paces`).
"""

from collections.abc import Callable, Collection
from typing import TypeVar
from uuid import UUID

from psycopg.errors import DeadlockDetected
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reminders.domain.states import UNSENT
from reminders.store.bulk import among
from reminders.store.engine import Transaction
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Address, ContactPoint, Person

_TRIES = 5

T = TypeVar("T")


class LinksGrewError(Exception):
    """A person came by another address between reading and locking; the transaction must start over."""


def retrying(transaction: Transaction, step: Callable[[Session], T]) -> T:
    """Run *step* in a transaction; start over when its locks were too few, or a deadlock was broken at its cost."""
    for _ in range(_TRIES - 1):
        try:
            with transaction() as session:
                return step(session)
        except LinksGrewError:
            continue
        except OperationalError as lost:
            if not isinstance(lost.orig, DeadlockDetected):
                raise
    with transaction() as session:
        return step(session)


def lock_people(session: Session, person_ids: Collection[UUID], *, addresses: Collection[UUID] = ()) -> None:
    """Lock the addresses of *person_ids*, then the persons; raise `LinksGrewError` if they got another address.

    *addresses* are locked too: those that the caller is about to give to these persons.
    """
    linked = _addresses_of(session, person_ids)
    _lock(session, Address, linked.union(addresses))
    _lock(session, Person, person_ids)
    if not _addresses_of(session, person_ids) <= linked:
        raise LinksGrewError


def lock_messages(session: Session, message_ids: Collection[UUID]) -> None:
    """Lock *message_ids*; their people must be locked already."""
    _lock(session, Message, message_ids)


def lock_unsent(session: Session, patient_ids: Collection[UUID]) -> None:
    """Lock what planning may change of *patient_ids*, who must be locked: nobody queues it meanwhile."""
    session.execute(
        select(Message.id)
        .where(among(Message.patient_id, patient_ids), Message.state.in_(UNSENT))
        .order_by(Message.id)
        .with_for_update(key_share=True)
    )


def lock_addresses(session: Session, address_ids: Collection[UUID]) -> None:
    """Lock *address_ids*."""
    _lock(session, Address, address_ids)


def _addresses_of(session: Session, person_ids: Collection[UUID]) -> set[UUID]:
    found = session.scalars(
        select(ContactPoint.address_id).where(
            among(ContactPoint.person_id, person_ids), ContactPoint.address_id.is_not(None)
        )
    )
    return {address_id for address_id in found if address_id is not None}


def in_order(table: type[Address | Person | Message], condition: ColumnElement[bool]) -> Select[UUID]:
    """Return the query that locks the rows of *table* for which *condition* holds, each after those before it."""
    return select(table.id).where(condition).order_by(table.id).with_for_update(key_share=True)


def _lock(session: Session, table: type[Address | Person | Message], ids: Collection[UUID]) -> None:
    if ids:
        session.execute(in_order(table, among(table.id, ids)))
