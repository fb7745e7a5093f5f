"""What attempts told, and what became of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, aliased

from reminders.domain.answers import Accepted, Answer, Deferred, Refused, Unknown
from reminders.store.base import Json
from reminders.store.bulk import among, together
from reminders.store.tables.clinic import Sender
from reminders.store.tables.messages import Attempt, Message

_WORDS: dict[type[Any], str] = {Accepted: "accepted", Deferred: "deferred", Refused: "refused", Unknown: "unknown"}


def are_newest(attempt_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Return the condition that a message's newest attempt is among *attempt_ids*."""
    newer = aliased(Attempt)
    tried_again = select(newer.id).where(newer.message_id == Attempt.message_id, newer.number > Attempt.number)
    return Message.id.in_(select(Attempt.message_id).where(among(Attempt.id, attempt_ids), ~tried_again.exists()))


def remember(session: Session, message_ids: Collection[UUID]) -> None:
    """Keep what the tries of *message_ids* told, which will wait again: one of them may have gone."""
    session.execute(
        update(Attempt)
        .where(
            among(Attempt.message_id, message_ids),
            Attempt.stamp.is_(None),
            Attempt.launched_at.is_not(None),
            Message.id == Attempt.message_id,
        )
        .values(stamp=Message.stamp)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one try told, when and by whom: its message as it was then, whatever a plan made of it since."""

    launched_at: datetime
    launched_on_clock: datetime
    sender_id: UUID
    channel: str
    stamp: Json

    def columns(self) -> dict[str, Any]:
        """Return the columns of the message; a stamp without an address leaves that as it is."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        address_id = self.stamp["address_id"]
        return given | ({"address_id": UUID(address_id)} if address_id else {})


def told(session: Session, attempt_ids: Collection[UUID]) -> dict[UUID, Told]:
    """Return what each of *attempt_ids* that was launched told."""
    rows = session.execute(
        select(
            Attempt.id,
            Attempt.launched_at,
            Attempt.launched_on_clock,
            Attempt.sender_id,
            Sender.channel,
            func.coalesce(Attempt.stamp, Message.stamp).label("stamp"),
        )
        .join(Message, Message.id == Attempt.message_id)
        .join(Sender, Sender.id == Attempt.sender_id)
        .where(among(Attempt.id, attempt_ids), Attempt.launched_at.is_not(None))
    )
    return {
        row.id: Told(
            launched_at=row.launched_at,
            launched_on_clock=row.launched_on_clock,
            sender_id=row.sender_id,
            channel=row.channel,
            stamp=row.stamp,
        )
        for row in rows
    }


def told_the_same(session: Session, codes: Mapping[UUID, str]) -> dict[UUID, int]:
    """Return how often each message was put off for the code that *codes* has for it."""
    rows = session.execute(
        select(Attempt.message_id, Attempt.code, func.count())
        .where(among(Attempt.message_id, codes), Attempt.outcome == "deferred")
        .group_by(Attempt.message_id, Attempt.code)
    )
    return {message_id: count for message_id, code, count in rows if code == codes[message_id]}


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
