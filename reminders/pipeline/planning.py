"""Planning: whoever is owed a plan gets one, and the rows follow it.

The plan and its comparison with what stands are pure (`domain.plan`, `domain.reconcile`);
this step locks the patient, loads, and writes. A patient who cannot be planned stays owed,
so nothing goes to them meanwhile, a person is asked to phone them (`unplanned`), and nobody else
is kept from being planned.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.changes import call_for_another_plan
from reminders.domain.plan import Plan, expected_segments, plan
from reminders.domain.reconcile import reconcile
from reminders.pipeline import patients, unplanned, working
from reminders.pipeline.applying import Applying, Changed, Senders
from reminders.pipeline.isolating import alone, together
from reminders.pipeline.parts import Parts
from reminders.pipeline.patients import Patient, Recipient
from reminders.pipeline.portions import Portion
from reminders.pipeline.speaking import Ruler
from reminders.pipeline.working import Asked, asked_of
from reminders.store import debts, plans
from reminders.store.locks import lock_people, lock_unsent
from reminders.store.now import Now, read

PATIENTS = 200
"""Patients planned in one transaction, at most: on a machine that is slow or busy they are fewer."""

FIRST = 100
"""Patients of a turn's first transaction, before it is known how fast the machine is."""

TURN = timedelta(seconds=1)
"""How long one task plans before it lets others have the worker.

The doorbell rings every half second while plans are owed: so two tasks plan at a time, however many workers there are.
"""


def plan_owed(parts: Parts) -> int:
    """Pay planning debts, for at most a turn; return how many patients were planned."""
    paid, portion, stop_at = 0, Portion(PATIENTS, first=FIRST), time.monotonic() + TURN.total_seconds()
    while time.monotonic() < stop_at:
        with portion.timed() as most:
            planned = _plan_some(parts, most)
        if planned is None:
            break
        paid += planned
    return paid


def _plan_some(parts: Parts, most: int) -> int | None:
    """Plan who is owed it longest, together; where that fails, one by one, so that it fails only for whom it must.

    Returns how many were planned, None where nobody waits.
    """
    find = partial(debts.take, limit=most)
    return together(parts.transaction, find, partial(_plan, parts), partial(_plan_alone, parts))


def _plan_alone(parts: Parts, patient_id: UUID) -> int:
    return alone(parts.transaction, partial(_plan, parts, [patient_id]), partial(unplanned.put_off, parts, patient_id))


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
    changed = Changed()
    plans_made = {patient.id: _plan_one(changed, patient, senders, now) for patient in found.values()}
    changed.write(session, now)
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


def _plan_one(changed: Changed, patient: Patient, senders: Senders, now: Now) -> _Made:
    plans_made = [(one, _plan_for(one, patient, now)) for one in patient.recipients.values()]
    is_unfinished = False
    for recipient, wanted in plans_made:
        changes = reconcile(wanted, recipient.facts.standing, now=now.clinic_at)
        segments = partial(expected_segments, planned=wanted, measure=Ruler(recipient.speaker, now.clinic_at))
        Applying(changed, patient, senders, now, segments).apply(changes)
        is_unfinished = is_unfinished or call_for_another_plan(changes)
    asked = [work for _, wanted in plans_made for work in wanted.work]
    return _Made(asked_of(patient, asked, now), is_unfinished=is_unfinished)


def _plan_for(recipient: Recipient, patient: Patient, now: Now) -> Plan:
    ruler = Ruler(recipient.speaker, now.clinic_at)
    return plan(recipient.facts, patient.book.protocols, now=now.clinic_at, measure=ruler)
