"""What became of attempts."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from reminders.domain.answers import Accepted, Answer, Deferred, Refused, Unknown
from reminders.store.tables.messages import Attempt, Message

_WORDS: dict[type[Any], str] = {Accepted: "accepted", Deferred: "deferred", Refused: "refused", Unknown: "unknown"}


def are_newest(attempt_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Return the condition that a message's newest attempt is among *attempt_ids*."""
    newer = aliased(Attempt)
    tried_again = select(newer.id).where(newer.message_id == Attempt.message_id, newer.number > Attempt.number)
    return Message.id.in_(select(Attempt.message_id).where(Attempt.id.in_(attempt_ids), ~tried_again.exists()))


def finish(session: Session, answers: Sequence[tuple[UUID, Answer]]) -> None:
    """Write down each attempt's answer; a provider's id that a receipt brought first is kept."""
    rows = [
        {
            "attempt": attempt_id,
            "said": _WORDS[type(answer)],
            "why": None if isinstance(answer, Accepted) else answer.reason,
            "named": answer.provider_id if isinstance(answer, Accepted) else None,
        }
        for attempt_id, answer in answers
    ]
    if rows:
        table: Any = Attempt.__table__
        statement = (
            update(table)
            .where(table.c.id == bindparam("attempt"))
            .values(
                outcome=bindparam("said"),
                code=bindparam("why"),
                provider_id=func.coalesce(table.c.provider_id, bindparam("named")),
                finished_at=func.clock_timestamp(),
            )
        )
        session.connection().execute(statement, rows)
