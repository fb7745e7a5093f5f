"""Deciding: a person says what becomes of a message that was parked; the machine never does."""

from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.errors import RefusedError
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.words import WorkKind
from reminders.pipeline import aftermath
from reminders.pipeline.parts import Parts
from reminders.store import attempts, audit, outbox, work
from reminders.store.claims import lock_all_of
from reminders.store.facts import rows_by_id
from reminders.store.locks import retrying
from reminders.store.now import Now, read


def send_parked(parts: Parts, message_id: UUID, *, by: str) -> State:
    """Let a parked message go after all, as if it had never been handed over; return where that leaves it.

    It is judged again like any other: what is too late by now, or not wanted any more, does
    not go. Raises `RefusedError` when it is not parked.
    """
    retrying(parts.transaction, lambda session: _release(session, parts, message_id, by))
    return _state_of(parts, message_id)


def drop_parked(parts: Parts, message_id: UUID, *, by: str) -> None:
    """Bring a parked message to rest unsent, because *by* says so; raise `RefusedError` when it is not parked."""
    retrying(parts.transaction, lambda session: _drop(session, parts, message_id, by))


def _release(session: Session, parts: Parts, message_id: UUID, by: str) -> None:
    patient_id, now = _locked(session, message_id)
    attempts.remember(session, [message_id])
    outbox.advance(
        session,
        [message_id],
        start=[State.PARKED],
        to=State.SCHEDULED,
        at=now.clinic_at,
        reason=None,
        crashes=0,
        resends=0,
        launched_at=None,
        launched_on_clock=None,
    )
    _settle(session, parts, message_id, patient_id, now, by, "message.sent_on")


def _drop(session: Session, parts: Parts, message_id: UUID, by: str) -> None:
    patient_id, now = _locked(session, message_id)
    outbox.advance(
        session, [message_id], start=[State.PARKED], to=State.CANCELLED, at=now.clinic_at, reason=Reason.STAFF
    )
    aftermath.free_riders(session, [message_id], now)
    _settle(session, parts, message_id, patient_id, now, by, "message.dropped")


def _locked(session: Session, message_id: UUID) -> tuple[UUID | None, Now]:
    """Lock the message with its people, and return its patient (None: no plan made it) and the time."""
    lock_all_of(session, [message_id])
    found = rows_by_id(session, [message_id]).get(message_id)
    if found is None:
        raise RefusedError(f"There is no message {message_id}. See: reminders work list", code="no_such_message")
    patient_id, row = found
    if row.state is not State.PARKED:
        raise RefusedError(
            f"Message {message_id} is {row.state}, not parked: nobody has to decide. See: reminders why {message_id}",
            code="not_parked",
        )
    return patient_id, read(session)


def _settle(  # noqa: PLR0913, PLR0917  what both decisions leave behind
    session: Session, parts: Parts, message_id: UUID, patient_id: UUID | None, now: Now, by: str, what: str
) -> None:
    for kind in (WorkKind.PARKED, WorkKind.UNKNOWN_OUTCOME):
        work.close_key(session, f"{kind}/{message_id}", by=by, now=now.clinic_at)
    audit.note(session, at=now.clinic_at, who=by, what=what, subject=("message", str(message_id)))
    aftermath.follow(session, parts, [(patient_id, message_id)], now)


def _state_of(parts: Parts, message_id: UUID) -> State:
    with parts.transaction() as session:
        return rows_by_id(session, [message_id])[message_id][1].state
