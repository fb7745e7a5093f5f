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
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.elements import ColumnElement

from reminders.domain.states import State, check_move
from reminders.store.bulk import Rows, among, insert_all, together
from reminders.store.tables.messages import Message

_RELEASED: dict[str, Any] = {"batch_id": None, "lease_until": None, "check_at": None}
"""A row that nobody holds; `crashes` stays, for it tells of the row's past batches."""


def add(session: Session, rows: Rows) -> None:
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
    _check_moves(start, to)
    if not ids:
        return []
    statement = _where(start, among(Message.id, ids), *only).values(_moved(to, at) | values)
    return list(session.scalars(statement))


def advance_each(session: Session, rows: Rows, *, start: Collection[State], to: State, at: datetime) -> list[UUID]:
    """Do the same for many messages with values of their own: *rows* have an `id` and the same further columns."""
    _check_moves(start, to)
    if not rows:
        return []
    new = together(Message, rows)
    own = {name: new.c[name] for name in rows[0] if name != "id"}
    return list(session.scalars(_where(start, Message.id == new.c.id).values(_moved(to, at) | own)))


def amend(session: Session, rows: Rows, *, start: Collection[State]) -> list[UUID]:
    """Change columns of unsent messages without moving them; return the ids of those that were still in *start*.

    *rows* have an `id` and the same further columns.
    """
    if any({"state", "carrier_id"} & row.keys() for row in rows):
        raise ValueError("the state changes by advance only")
    if not rows:
        return []
    new = together(Message, rows)
    own = {name: new.c[name] for name in rows[0] if name != "id"}
    return list(session.scalars(_where(start, Message.id == new.c.id).values(own)))


def change_carriers(session: Session, carriers: Mapping[UUID, UUID], *, at: datetime) -> None:
    """Let merged messages ride in other carriers: id of each, and the id of its carrier."""
    if carriers:
        rows = [{"id": message_id, "carrier_id": carrier_id} for message_id, carrier_id in carriers.items()]
        new = together(Message, rows)
        session.execute(_where([State.MERGED], Message.id == new.c.id).values(carrier_id=new.c.carrier_id, moved_at=at))


def stands_in(states: Collection[State]) -> ColumnElement[bool]:
    """Return the condition that a message, which is found by its id, is in one of *states*.

    The column itself would tempt the planner: an index of what is on its way is small by its
    statistics, so it would read all that is on its way to find the few rows that were asked for.
    """
    return Message.state.concat("").in_(states)


def _check_moves(start: Collection[State], to: State) -> None:
    for old in start:
        check_move(old, to)


def _where(start: Collection[State], *conditions: ColumnElement[bool]) -> ReturningUpdate[UUID]:
    return (
        update(Message)
        .where(*conditions, stands_in(start))
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )


def _moved(to: State, at: datetime) -> dict[str, Any]:
    """Return what every move to the state *to* sets; a move to `merged` sets its carrier besides."""
    columns: dict[str, Any] = {"state": to, "moved_at": at}
    if to is not State.MERGED:
        columns["carrier_id"] = None
    return columns if to in {State.SENDING, State.QUEUED} else columns | _RELEASED
