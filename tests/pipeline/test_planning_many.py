"""Planning many: as many statements as for few, several planners at once, and nothing written but what changes."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from sqlalchemy import String, func, literal_column, select

from reminders.domain.states import UNSENT, State
from reminders.pipeline.planning import plan_owed
from reminders.store import debts
from reminders.store.base import new_id
from reminders.store.tables.clinic import Protocol, ProtocolVersion
from reminders.store.tables.messages import Message, WorkItem
from reminders.store.tables.visits import PlanningDebt
from tests.working_clinic import WorkingClinic

THURSDAY = "2026-10-08 10:30"


def booked(clinic: WorkingClinic, count: int, *, first: int = 0) -> list[UUID]:
    """Return the visits of *count* patients, planned; every fifth patient may not be written to."""
    visits = []
    for number in range(first, first + count):
        patient_id = clinic.patient(
            f"Ana{number}",
            phone=f"+1312555{number:04}",
            email=f"ana{number}@example.com",
            consented=number % 5 > 0,
        )
        visits.append(clinic.visit(patient_id))
    return visits


def owe_everybody(clinic: WorkingClinic) -> None:
    with clinic.parts.transaction() as session:
        debts.owe_clinic(session, clinic.id)


def planned(clinic: WorkingClinic) -> list[str]:
    """Return the statements that paying all debts takes."""
    with clinic.statements() as statements:
        clinic.plan()
    return statements


def publish(clinic: WorkingClinic, slug: str) -> UUID:
    """Put a new version of a protocol in force; return the id of the old one."""
    with clinic.parts.transaction() as session:
        protocol = session.scalars(select(Protocol).where(Protocol.slug == slug)).one()
        old = session.scalars(select(ProtocolVersion).where(ProtocolVersion.id == protocol.published_id)).one()
        columns = {column.key: getattr(old, column.key) for column in ProtocolVersion.__table__.columns}
        new = ProtocolVersion(**columns | {"id": new_id(), "number": old.number + 1, "digest": "another"})
        session.add(new)
        session.flush()
        protocol.published_id = new.id
        return old.id


def versions(clinic: WorkingClinic, table: type[Message | WorkItem]) -> dict[UUID, tuple[str, str]]:
    """Return where each row stands and who locked it: both change with the least write."""
    with clinic.parts.transaction() as session:
        place, made_by, locked_by = (literal_column(name).cast(String) for name in ("ctid", "xmin", "xmax"))
        rows = session.execute(select(table.id, place, made_by + locked_by))
        return {row_id: (where, by) for row_id, where, by in rows}


def test_new_plans_take_the_same_statements_for_few_and_for_many(clinic: WorkingClinic) -> None:
    booked(clinic, 1, first=90)
    clinic.plan()  # what a process reads once is not of the batch
    booked(clinic, 5)
    for_few = planned(clinic)
    booked(clinic, 25, first=10)

    for_many = planned(clinic)

    assert abs(len(for_many) - len(for_few)) <= 2  # a busy machine takes a turn in two portions
    assert clinic.scalar(select(func.count()).select_from(Message).where(Message.state == State.SCHEDULED)) >= 24


def test_moved_and_cancelled_visits_take_the_same_statements_for_few_and_for_many(clinic: WorkingClinic) -> None:
    visits = booked(clinic, 30)
    clinic.plan()

    def change(some: list[UUID]) -> list[str]:
        for number, visit_id in enumerate(some):
            if number % 2:
                clinic.cancel(visit_id, by="patient")
            else:
                clinic.move(visit_id, THURSDAY)
        return planned(clinic)

    for_few, for_many = change(visits[:10]), change(visits[10:])

    assert abs(len(for_many) - len(for_few)) <= 2  # a busy machine takes a turn in two portions


def test_planning_again_where_nothing_changes_writes_nothing(clinic: WorkingClinic) -> None:
    booked(clinic, 10)
    clinic.plan()
    owe_everybody(clinic)
    items = versions(clinic, WorkItem)
    places = {row_id: place for row_id, (place, _) in versions(clinic, Message).items()}

    paid = clinic.plan()

    assert paid == 10
    assert {row_id: place for row_id, (place, _) in versions(clinic, Message).items()} == places
    assert (versions(clinic, WorkItem), len(items)) == (items, 2)


def test_a_changed_protocol_touches_only_its_own_messages_that_wait(clinic: WorkingClinic) -> None:
    booked(clinic, 5)
    for number in range(20, 23):
        other = clinic.patient(f"Bea{number}", phone=f"+1312555{number:04}", email=f"bea{number}@example.com")
        clinic.visit(other, service="consultation")
    clinic.plan()
    clinic.send_due()
    old_id = publish(clinic, "consultation")
    waiting = {row.id for row in clinic.messages(Message.protocol_version_id == old_id, Message.state.in_(UNSENT))}
    before = versions(clinic, Message)
    owe_everybody(clinic)

    clinic.plan()

    after = versions(clinic, Message)
    assert {row_id for row_id in after if after[row_id][0] != before[row_id][0]} == waiting
    assert len(waiting) == 3


def test_several_planners_plan_everybody_once(clinic: WorkingClinic) -> None:
    booked(clinic, 40)

    with ThreadPoolExecutor(4) as pool:
        paid = list(pool.map(lambda _: plan_owed(clinic.parts), range(4)))

    assert sum(paid) == 40
    keys = select(func.count()).select_from(
        select(Message.subject_id, Message.rule, Message.step).where(Message.occurrence == 1).distinct().subquery()
    )
    assert clinic.scalar(select(func.count()).select_from(Message)) == clinic.scalar(keys)
    assert clinic.scalar(select(func.count()).select_from(PlanningDebt)) == 0


def test_a_planner_does_not_wait_for_whom_another_has_taken(clinic: WorkingClinic) -> None:
    ana, bea = booked(clinic, 2, first=1)

    with clinic.parts.transaction() as other:
        debts.take(other, limit=1)
        paid = clinic.plan()

    assert paid == 1
    assert {row.appointment_id for row in clinic.messages()} == {bea}
    assert ana != bea
