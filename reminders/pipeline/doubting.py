"""Doubting: refusals that do not tell whom they are about are decided together, before a batch is recorded."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from reminders.domain.answers import Accepted, Answer
from reminders.domain.doubt import decide, is_doubtful
from reminders.pipeline.claiming import Ready
from reminders.store import attempts, paces

Outcomes = Sequence[tuple[Ready, Answer | None]]


def resolve(session: Session, outcomes: Outcomes) -> Outcomes:
    """Return *outcomes* of locked messages with each doubtful answer decided, as far as it can be."""
    doubtful = [(ready, answer) for ready, answer in outcomes if is_doubtful(answer)]
    if not doubtful:
        return outcomes
    in_a_row = paces.doubts(session, {ready.sender_id for ready, _ in doubtful})
    for ready, _ in doubtful:
        in_a_row[ready.sender_id] = in_a_row.get(ready.sender_id, 0) + 1
    before = attempts.told_the_same(session, {ready.message_id: answer.reason for ready, answer in doubtful})
    works = {ready.sender_id for ready, answer in outcomes if isinstance(answer, Accepted)}
    return [
        (
            ready,
            decide(
                answer,
                is_beside_accepted=ready.sender_id in works,
                in_a_row=in_a_row[ready.sender_id],
                told=before.get(ready.message_id, 0) + 1,
            )
            if is_doubtful(answer)
            else answer,
        )
        for ready, answer in outcomes
    ]
