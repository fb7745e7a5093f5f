"""What became of attempts."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, aliased

from reminders.domain.answers import Accepted, Answer, Deferred, Refused, Unknown
from reminders.store.bulk import among, together
from reminders.store.tables.messages import Attempt, Message

_WORDS: dict[type[Any], str] = {Accepted: "accepted", Deferred: "deferred", Refused: "refused", Unknown: "unknown"}


def are_newest(attempt_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Return the condition that a message's newest attempt is among *attempt_ids*."""
    newer = aliased(Attempt)
    tried_again = select(newer.id).where(newer.message_id == Attempt.message_id, newer.number > Attempt.number)
    return Message.id.in_(select(Attempt.message_id).where(among(Attempt.id, attempt_ids), ~tried_again.exists()))


def finish(session: Session, answers: Sequence[tuple[UUID, Answer]]) -> None:
    """Write down each attempt's answer; a provider's id that a receipt brought first is kept."""
    if not answers:
        return
    said = together(Attempt, [_said(*one) for one in answers])
    session.execute(
        update(Attempt)
        .where(Attempt.id == said.c.id)
        .values(
            outcome=said.c.outcome,
            code=said.c.code,
            provider_id=func.coalesce(Attempt.provider_id, said.c.provider_id),
            finished_at=func.clock_timestamp(),
        )
        .execution_options(synchronize_session=False)
    )


def _said(attempt_id: UUID, answer: Answer) -> dict[str, Any]:
    code, provider_id = (None, answer.provider_id) if isinstance(answer, Accepted) else (answer.reason, None)
    return {"id": attempt_id, "outcome": _WORDS[type(answer)], "code": code, "provider_id": provider_id}
