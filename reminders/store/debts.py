"""Who must be planned again: written in the transaction that changed something, paid by the planning step."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reminders.store.tables.people import Person
from reminders.store.tables.visits import PlanningDebt


def owe(session: Session, people: Iterable[tuple[UUID, UUID]]) -> None:
    """Note that each (clinic id, patient id) of *people* must be planned again."""
    rows = [{"clinic_id": clinic_id, "id": person_id} for clinic_id, person_id in sorted(set(people))]
    if rows:
        # The new time matters: a planner that began before this change must not clear its debt.
        statement = insert(PlanningDebt).values(rows)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[PlanningDebt.id, PlanningDebt.clinic_id],
                set_={"owed_at": func.clock_timestamp()},
            )
        )


def owe_all(session: Session, person_ids: Collection[UUID]) -> None:
    """Note that each of the patients *person_ids* must be planned again."""
    people = session.execute(select(Person.clinic_id, Person.id).where(Person.id.in_(person_ids)))
    owe(session, [(clinic_id, person_id) for clinic_id, person_id in people])


def put_off(session: Session, person_id: UUID, *, by: timedelta) -> None:
    """Let a patient whose planning failed wait behind everybody else."""
    session.execute(
        update(PlanningDebt)
        .where(PlanningDebt.id == person_id)
        .values(owed_at=func.clock_timestamp() + by)
        .execution_options(synchronize_session=False)
    )


def oldest(session: Session, *, limit: int) -> list[UUID]:
    """Return up to *limit* patients whose plan is owed, longest first, without a lock."""
    due = PlanningDebt.owed_at <= func.clock_timestamp()
    return list(session.scalars(select(PlanningDebt.id).where(due).order_by(PlanningDebt.owed_at).limit(limit)))


def pay(session: Session, person_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Clear the debts of *person_ids* and return those that were still owed, by clinic.

    Their persons must be locked: debts come last in the order of locks, for whoever changes
    something holds the person (or the address) and then writes the debt.
    """
    rows = session.execute(
        delete(PlanningDebt).where(PlanningDebt.id.in_(person_ids)).returning(PlanningDebt.clinic_id, PlanningDebt.id)
    )
    paid: dict[UUID, set[UUID]] = {}
    for clinic_id, person_id in rows:
        paid.setdefault(clinic_id, set()).add(person_id)
    return paid


def are_owed(session: Session, person_ids: Collection[UUID]) -> set[UUID]:
    """Return those of *person_ids* whose plan is out of date."""
    return set(session.scalars(select(PlanningDebt.id).where(PlanningDebt.id.in_(person_ids))))
