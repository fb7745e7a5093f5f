"""Who must be planned again: written in the transaction that changed something, paid by the planning step."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reminders.store.bulk import among, together
from reminders.store.tables.people import Person
from reminders.store.tables.visits import PlanningDebt


def owe(session: Session, people: Iterable[tuple[UUID, UUID]]) -> None:
    """Note that each (clinic id, patient id) of *people* must be planned again."""
    rows = [{"id": person_id, "clinic_id": clinic_id} for clinic_id, person_id in set(people)]
    if rows:
        new = together(PlanningDebt, rows)
        _owe(session, select(new.c.id, new.c.clinic_id).order_by(new.c.id))


def owe_clinic(session: Session, clinic_id: UUID) -> None:
    """Note that every patient of a clinic must be planned again: its protocols are others now."""
    patients = select(Person.id, Person.clinic_id).where(Person.clinic_id == clinic_id, Person.kind == "patient")
    _owe(session, patients.order_by(Person.id))


def _owe(session: Session, people: Select[UUID, UUID]) -> None:
    # The new time matters: a planner that began before this change must not clear its debt.
    session.execute(
        insert(PlanningDebt)
        .from_select(["id", "clinic_id"], people)
        .on_conflict_do_update(
            index_elements=[PlanningDebt.id, PlanningDebt.clinic_id], set_={"owed_at": func.clock_timestamp()}
        )
    )


def owe_all(session: Session, person_ids: Collection[UUID]) -> None:
    """Note that each of the patients *person_ids* must be planned again."""
    people = session.execute(select(Person.clinic_id, Person.id).where(among(Person.id, person_ids)))
    owe(session, [(clinic_id, person_id) for clinic_id, person_id in people])


def put_off(session: Session, person_id: UUID, *, by: timedelta) -> None:
    """Let a patient whose planning failed wait behind everybody else."""
    session.execute(
        update(PlanningDebt)
        .where(PlanningDebt.id == person_id)
        .values(owed_at=func.clock_timestamp() + by)
        .execution_options(synchronize_session=False)
    )


def clinic_of(session: Session, person_id: UUID) -> UUID | None:
    """Return the clinic that owes a patient a plan; None: it is not owed any more."""
    return session.scalar(select(PlanningDebt.clinic_id).where(PlanningDebt.id == person_id))


def take(session: Session, *, limit: int) -> list[UUID]:
    """Return up to *limit* patients whose plan is owed, longest first, and whom no other planner has taken.

    They are this transaction's until it ends. Advisory locks say so, which nobody ever waits
    for: the rows themselves are locked last, when they are paid.
    """
    owed = (
        select(PlanningDebt.id)
        .where(PlanningDebt.owed_at <= func.clock_timestamp())
        .order_by(PlanningDebt.owed_at)
        .limit(_PLANNERS * limit)
        .subquery()
    )
    is_ours = func.pg_try_advisory_xact_lock(_TAKEN, func.uuid_hash(owed.c.id))
    return list(session.scalars(select(owed.c.id).where(is_ours).limit(limit)))


_PLANNERS = 8
"""So many times what one of them takes is looked through for what nobody has taken."""

_TAKEN = 0x0DEB7
"""The kind of our advisory locks, among others that this database may know."""


def pay(session: Session, person_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Clear the debts of *person_ids* and return those that were still owed, by clinic.

    Their persons must be locked: debts come last in the order of locks, for whoever changes
    something holds the person (or the address) and then writes the debt. They are locked by
    id, as whoever owes a whole clinic locks them.
    """
    in_order = (
        select(PlanningDebt.id).where(among(PlanningDebt.id, person_ids)).order_by(PlanningDebt.id).with_for_update()
    )
    rows = session.execute(
        delete(PlanningDebt)
        .where(PlanningDebt.id.in_(in_order))
        .returning(PlanningDebt.clinic_id, PlanningDebt.id)
        .execution_options(synchronize_session=False)
    )
    paid: dict[UUID, set[UUID]] = {}
    for clinic_id, person_id in rows:
        paid.setdefault(clinic_id, set()).add(person_id)
    return paid


def are_owed(session: Session, person_ids: Collection[UUID]) -> set[UUID]:
    """Return those of *person_ids* whose plan is out of date."""
    return set(session.scalars(select(PlanningDebt.id).where(among(PlanningDebt.id, person_ids))))
