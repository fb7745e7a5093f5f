"""What follows when a message came to rest without reaching anybody.

Its address learns, and its patient is planned again in the same transaction: planning makes
the next step on another channel, or calls a person. What rides in one that never went is
freed; what rode in one that was lost on the way shares its fate.
"""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reminders.domain.answers import Fault
from reminders.domain.facts import MessageRow
from reminders.domain.states import State
from reminders.domain.words import WorkKind
from reminders.pipeline import unreached
from reminders.pipeline.consenting import Stop, silence
from reminders.pipeline.parts import Parts
from reminders.pipeline.planning import plan_locked
from reminders.pipeline.setting_aside import ask_about_parked
from reminders.store import debts, ledger, outbox, senders, work
from reminders.store.claims import ids_of_riders
from reminders.store.now import Now
from reminders.store.work import NewWork

_log = structlog.get_logger(__name__)


def stop(session: Session, message: MessageRow, *, state: State, reason: str, now: Now) -> None:
    """Bring a locked, unsent *message* to rest in *state*, and free what rides in it."""
    stop_all(session, [message], state=state, reason=reason, now=now)


def stop_all(session: Session, messages: Sequence[MessageRow], *, state: State, reason: str, now: Now) -> None:
    """Bring locked, unsent *messages* to rest in *state*, and free what rides in them."""
    ids, start = [message.id for message in messages], {message.state for message in messages}
    outbox.advance(session, ids, start=start, to=state, at=now.clinic_at, reason=reason, crashes=0)
    free_riders(session, ids, now)


def free_riders(session: Session, carrier_ids: Iterable[UUID], now: Now) -> None:
    """Schedule again what rides in fallen carriers; planning finds it another place."""
    riders = ids_of_riders(session, list(carrier_ids))
    outbox.advance(session, riders, start=[State.MERGED], to=State.SCHEDULED, at=now.clinic_at)


def learn(session: Session, parts: Parts, message: MessageRow, fault: Fault, reason: str, now: Now) -> None:
    """Let the address remember what a provider said about it."""
    if message.address_id is None:
        return
    match fault:
        case Fault.DEAD_ADDRESS | Fault.NOT_MOBILE:
            ledger.mark_dead(session, message.address_id, because=reason, now=now.clinic_at)
        case Fault.OPTED_OUT:
            silence(session, parts, Stop(address_id=message.address_id, source="provider", how=reason), now)
        case Fault.CONTENT | Fault.UNREACHABLE | Fault.EXPIRED:
            pass


def hold_sender(session: Session, sender_id: UUID, reason: str, now: Now, attempt_id: UUID | None = None) -> None:
    """Stop a sender whose set-up is wrong, and tell ops at once: every message of its channel waits.

    Nothing happens where *attempt_id*, which came to this, was launched before ops mended the set-up.
    """
    held = senders.hold(session, sender_id, because=reason, attempt_id=attempt_id)
    if held is None:
        return
    clinic_id, key = held
    _log.error("sender.held", sender_id=sender_id, reason=reason)
    item = NewWork(
        clinic_id=clinic_id,
        key=key,
        kind=WorkKind.SENDER_HELD,
        due_at=now.clinic_at,
        is_urgent=True,
        reason=reason,
        escalate_at=now.clinic_at,
    )
    work.open_items(session, [item], now=now.clinic_at)


def follow(session: Session, parts: Parts, ended: Collection[tuple[UUID | None, UUID]], now: Now) -> None:
    """Let what must follow follow for each (patient, message) that came to rest; no patient: no plan made it."""
    replan(session, parts, {patient_id for patient_id, _ in ended if patient_id is not None}, now)
    unreached.follow(session, [message_id for patient_id, message_id in ended if patient_id is None], now)


def replan(session: Session, parts: Parts, patient_ids: Collection[UUID], now: Now) -> None:
    """Plan locked patients again, so that what must follow follows in this transaction; that pays their debts.

    Where planning fails for one of them they are all left owed: that step plans one by one. What is
    parked is asked about all the same.
    """
    if not patient_ids:
        return
    try:
        with session.begin_nested():
            debts.pay(session, patient_ids)
            plan_locked(session, parts, patient_ids, now)
    except OperationalError:
        raise
    except Exception as failed:  # noqa: BLE001  what others' messages came to must be written down all the same
        _log.error("replan.failed", error=type(failed).__name__, count=len(patient_ids))
        debts.owe_all(session, patient_ids)
        ask_about_parked(session, parts, patient_ids, now)
