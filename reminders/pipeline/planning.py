"""Planning: whoever is owed a plan gets one, and the rows follow it.

The plan and its comparison with what stands are pure (`domain.plan`, `domain.reconcile`);
this step locks the patient, loads, and writes. A patient who cannot be planned stays owed,
so nothing goes to them meanwhile, and keeps nobody else from being planned.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reminders.domain.changes import call_for_another_plan
from reminders.domain.errors import BrokenSealError
from reminders.domain.plan import plan
from reminders.domain.reconcile import reconcile
from reminders.pipeline import patients, working
from reminders.pipeline.applying import Applying, Senders
from reminders.pipeline.parts import Parts
from reminders.pipeline.patients import Patient
from reminders.pipeline.speaking import Ruler
from reminders.pipeline.working import Asked, asked_of
from reminders.store import debts, plans
from reminders.store.locks import lock_people, lock_unsent, retrying
from reminders.store.now import Now, read

PATIENTS = 200
"""Patients planned in one transaction: others wait for their locks no longer than that takes."""

AT_A_TIME = timedelta(seconds=20)
"""How long one task plans before it lets others have the worker; the doorbell rings again."""

AFTER_FAILURE = timedelta(seconds=30)
"""How long a patient who could not be planned waits for the next try; dispatch leaves them alone meanwhile."""

_log = structlog.get_logger(__name__)


def plan_owed(parts: Parts) -> int:
    """Pay planning debts, for at most `AT_A_TIME`; return how many patients were planned."""
    paid, stop_at = 0, time.monotonic() + AT_A_TIME.total_seconds()
    while time.monotonic() < stop_at and (owed := _oldest(parts)):
        planned = _plan_all(parts, owed)
        paid += planned
        if planned == 0:
            break  # somebody else is paying these
    return paid


def _oldest(parts: Parts) -> Sequence[UUID]:
    with parts.transaction() as session:
        return debts.oldest(session, limit=PATIENTS)


def _plan_all(parts: Parts, owed: Sequence[UUID]) -> int:
    """Plan *owed* together; where that fails, one by one, so that it fails only for whom it must."""
    try:
        return retrying(parts.transaction, partial(_plan, parts, owed))
    except OperationalError:
        raise
    except Exception as failed:  # noqa: BLE001  whatever is wrong with one patient, the others must be planned
        if len(owed) == 1:
            _log.error("plan.failed", patient_id=str(owed[0]), error=type(failed).__name__)
            with parts.transaction() as session:
                debts.put_off(session, owed[0], by=AFTER_FAILURE)
            return 0
        return sum(_plan_all(parts, [patient_id]) for patient_id in owed)


def _plan(parts: Parts, owed: Sequence[UUID], session: Session) -> int:
    lock_people(session, owed)
    paid = {person_id for people in debts.pay(session, owed).values() for person_id in people}
    if paid:
        plan_locked(session, parts, paid, read(session))
    return len(paid)


def plan_locked(session: Session, parts: Parts, patient_ids: Collection[UUID], now: Now) -> None:
    """Plan patients whose locks are held, and write what changed."""
    lock_unsent(session, patient_ids)
    found = patients.load(session, parts, patient_ids, now)
    senders = plans.senders_in_use(session, {patient.book.id for patient in found.values()})
    plans_made = {patient.id: _plan_one(session, patient, senders, now) for patient in found.values()}
    working.carry_out(session, [made.asked for made in plans_made.values()], now)
    again = {patient_id for patient_id, made in plans_made.items() if made.is_unfinished}
    if again:
        plan_locked(session, parts, again, now)


@dataclass(frozen=True, slots=True)
class _Made:
    """What planning one patient left to do."""

    asked: Asked
    is_unfinished: bool = False
    """What limits held back goes by another channel when it is planned again."""


def _plan_one(session: Session, patient: Patient, senders: Senders, now: Now) -> _Made:
    ruler = Ruler(patient.speaker, now.clinic_at)
    try:
        wanted = plan(patient.facts, patient.book.protocols, now=now.clinic_at, measure=ruler)
    except BrokenSealError:
        # What stands is judged again when it is claimed, and parks there; what people were asked stays asked.
        _log.error("plan.broken_seal", patient_id=str(patient.id))
        return _Made(replace(asked_of(patient, (), now), moot=()))
    changes = reconcile(wanted, patient.facts.standing, now=now.clinic_at)
    Applying(session, patient, senders, now).apply(changes)
    return _Made(asked_of(patient, wanted.work, now), is_unfinished=call_for_another_plan(changes))
