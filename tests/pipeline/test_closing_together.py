"""Closing a work item while a text of the same patient is being heard: each waits for the other, in one order."""

from sqlalchemy import select, update

from reminders.domain.words import PersonStatus
from reminders.pipeline.working import finish, item
from reminders.store.locks import lock_people
from reminders.store.tables.messages import WorkItem
from reminders.store.tables.people import Person
from tests.driven_clinic import name_driver
from tests.help_wanted import cry
from tests.waiting import meanwhile
from tests.working_clinic import WorkingClinic


def test_an_item_is_closed_after_the_text_that_holds_its_patient(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    item_id = cry(clinic, patient_id)

    def close() -> None:
        finish(clinic.parts, item_id, by="Nia", outcome="his wife told us", patient=PersonStatus.DECEASED)

    with clinic.parts.transaction() as session:
        lock_people(session, [patient_id])
        with meanwhile(clinic.engine, close) as closing:
            session.execute(update(WorkItem).where(WorkItem.id == item_id).values(detail={"texts": 2}))
            session.commit()

    assert closing.exception() is None
    closed = item(clinic.parts, item_id)
    assert (closed.state, closed.owner, closed.detail) == ("done", "Nia", {"texts": 2})
    assert clinic.scalar(select(Person.status)) == "deceased"


def test_what_is_about_a_driver_waits_for_the_patient_too(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    name_driver(clinic, clinic.told_visit(patient_id))
    item_id = cry(clinic, clinic.scalar(select(Person.id).where(Person.kind == "driver")))

    with clinic.parts.transaction() as session:
        lock_people(session, [patient_id])
        with meanwhile(clinic.engine, lambda: finish(clinic.parts, item_id, by="Nia", outcome="rang him")):
            session.execute(update(WorkItem).where(WorkItem.id == item_id).values(detail={"texts": 2}))
            session.commit()

    assert item(clinic.parts, item_id).state == "done"
