"""The one writer of a message's state.

Every change is a conditional update: it names the states it may start from, so of two
workers one gets the row, and a row that meanwhile went elsewhere is left alone. Which moves
exist is `domain.states.MOVES`; a move that is not there cannot be asked for.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from reminders.domain.states import State, check_move
from reminders.store.bulk import insert_all
from reminders.store.tables.messages import Message

_RELEASED: Mapping[str, Any] = {"batch_id": None, "lease_until": None}
"""A row that nobody holds; `crashes` stays, for it tells of the row's past batches."""


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert new messages; each brings its first state, which a new row must be allowed to have."""
    for row in rows:
        check_move(None, State(row["state"]))
    insert_all(session, Message, rows)


def advance(
    session: Session,
    ids: Collection[UUID],
    *,
    start: Collection[State],
    to: State,
    at: datetime,
    only: Sequence[ColumnElement[bool]] = (),
    **values: Any,
) -> list[UUID]:
    """Move those of *ids* that are now in one of *start* to the state *to*; return the ids that moved.

    Args:
        session: The transaction it happens in.
        ids: Messages to move.
        start: States from which the move may begin; each must be an arrow of the picture.
        to: The new state.
        at: Clinic time of the change.
        only: Further conditions on the row.
        values: Further columns to set.
    """
    for old in start:
        check_move(old, to)
    if not ids:
        return []
    settled = {**(_RELEASED if to is not State.SENDING and to is not State.QUEUED else {}), **values}
    if to is not State.MERGED:
        settled["carrier_id"] = None
    statement = (
        update(Message)
        .where(Message.id.in_(ids), Message.state.in_(start), *only)
        .values(state=to, moved_at=at, **settled)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return list(session.scalars(statement))


def amend(session: Session, message_id: UUID, *, start: Collection[State], **values: Any) -> bool:
    """Change columns of an unsent message without moving it; return whether it was still in *start*."""
    if {"state", "carrier_id"} & values.keys():
        raise ValueError("the state changes by advance only")
    statement = (
        update(Message)
        .where(Message.id == message_id, Message.state.in_(start))
        .values(**values)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalars(statement).one_or_none() is not None


def change_carrier(session: Session, ids: Collection[UUID], carrier_id: UUID) -> None:
    """Let merged messages ride in another carrier."""
    session.execute(
        update(Message)
        .where(Message.id.in_(ids), Message.state == State.MERGED)
        .values(carrier_id=carrier_id)
        .execution_options(synchronize_session=False)
    )
