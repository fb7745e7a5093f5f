"""Planning: whoever is owed a plan gets one, and the rows follow it.

The plan and its comparison with what stands are pure (`domain.plan`, `domain.reconcile`);
this step locks the patient, loads, and writes.
"""

from collections.abc import Collection, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.plan import plan
from reminders.domain.reconcile import reconcile
from reminders.domain.states import UNSENT
from reminders.pipeline import patients
from reminders.pipeline.applying import Applying, open_work
from reminders.pipeline.parts import Parts
from reminders.pipeline.speaking import Ruler
from reminders.store import debts, plans
from reminders.store.locks import lock_messages, lock_people, retrying
from reminders.store.now import Now, read

PATIENTS = 200
"""Patients planned in one transaction: others wait for their locks no longer than that takes."""


def plan_owed(parts: Parts) -> int:
    """Pay every planning debt; return how many patients were planned."""
    paid = 0
    while owed := _oldest(parts):
        planned = retrying(parts.transaction, partial(_plan, parts, owed))
        paid += planned
        if planned == 0:
            break  # somebody else is paying these
    return paid


def _oldest(parts: Parts) -> Sequence[UUID]:
    with parts.transaction() as session:
        return debts.oldest(session, limit=PATIENTS)


def _plan(parts: Parts, owed: Sequence[UUID], session: Session) -> int:
    lock_people(session, owed)
    paid = {person_id for people in debts.pay(session, owed).values() for person_id in people}
    plan_locked(session, parts, paid, read(session))
    return len(paid)


def plan_locked(session: Session, parts: Parts, patient_ids: Collection[UUID], now: Now) -> None:
    """Plan patients whose locks are held, and write what changed."""
    found = patients.load(session, parts, patient_ids, now) if patient_ids else {}
    senders = plans.senders_in_use(session, {patient.book.id for patient in found.values()})
    unsent = [row.id for one in found.values() for row in one.facts.standing if row.state in UNSENT]
    lock_messages(session, unsent)
    for patient in found.values():
        ruler = Ruler(patient.speaker, now.clinic_at)
        wanted = plan(patient.facts, patient.book.protocols, now=now.clinic_at, measure=ruler)
        changes = reconcile(wanted, patient.facts.standing, now=now.clinic_at)
        Applying(session, patient, senders, now).apply(changes)
        open_work(session, patient, wanted.work, now)
