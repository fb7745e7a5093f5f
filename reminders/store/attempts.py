"""What became of attempts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, update
from sqlalchemy.orm import Session

from reminders.domain.answers import Accepted, Answer, Deferred, Refused, Unknown
from reminders.store.tables.messages import Attempt

_WORDS: dict[type[Any], str] = {Accepted: "accepted", Deferred: "deferred", Refused: "refused", Unknown: "unknown"}


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
