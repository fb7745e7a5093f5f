"""Work items, as people read and close them."""

from uuid import UUID

import pytest
from sqlalchemy import select

from reminders.domain.errors import RefusedError
from reminders.pipeline.working import finish, item, items, words
from reminders.store.base import new_id
from reminders.store.tables.machinery import Audit
from reminders.store.tables.messages import WorkItem
from reminders.store.tables.people import Address, Person
from tests.domain.planning_clinic import at
from tests.working_clinic import PHONE, WorkingClinic


def a_call(clinic: WorkingClinic, name: str = "Ana", starts: str = "2026-10-07 10:30") -> UUID:
    """Open the call to a patient who can't be written to; return the item."""
    patient_id = clinic.patient(name, consented=False)
    clinic.told_visit(patient_id, starts, source_id=f"A-{name}")
    clinic.plan()
    found: UUID = clinic.scalar(select(WorkItem.id).where(WorkItem.person_id == patient_id))
    return found


def test_an_item_tells_whom_to_call_about_what_and_until_when(clinic: WorkingClinic) -> None:
    found = item(clinic.parts, a_call(clinic))

    assert (found.kind, found.what) == ("phone_patient", "phone this patient")
    assert (found.patient_id, found.patient_name, found.phone, found.appointment_id) == ("P-Ana", "Ana", PHONE, "A-Ana")
    assert found.due_at == at("2026-10-06 17:00")
    assert found.due_local.isoformat() == "2026-10-06T17:00:00-04:00"
    assert (found.state, found.owner, found.outcome) == ("open", None, None)


def test_the_most_urgent_stands_first(clinic: WorkingClinic) -> None:
    a_call(clinic, "Ana", "2026-10-14 10:30")
    a_call(clinic, "Bea", "2026-10-07 10:30")

    assert [one.patient_name for one in items(clinic.parts, with_done=False)] == ["Bea", "Ana"]


def test_what_cannot_be_opened_hides_no_item(clinic: WorkingClinic) -> None:
    item_id = a_call(clinic)
    clinic.set(Person, first_name=b"broken", last_name=b"broken")
    clinic.set(Address, value=b"broken")
    finish(clinic.parts, item_id, by="Rosa", outcome="told her")
    clinic.set(WorkItem, outcome=b"broken")

    (found,) = items(clinic.parts, with_done=True)

    assert (found.id, found.patient_id, found.patient_name, found.phone, found.outcome) == (
        item_id,
        "P-Ana",
        None,
        None,
        None,
    )


def test_what_is_done_is_listed_only_where_it_is_asked_for(clinic: WorkingClinic) -> None:
    item_id = a_call(clinic)
    clinic.clock("2026-09-28 11:00")

    finish(clinic.parts, item_id, by="Rosa", outcome="told her at 11")

    assert items(clinic.parts, with_done=False) == []
    (done,) = items(clinic.parts, with_done=True)
    assert (done.state, done.owner, done.outcome) == ("done", "Rosa", "told her at 11")
    assert clinic.scalar(select(WorkItem.done_at)) == at("2026-09-28 11:00")


def test_what_came_of_it_is_sealed(clinic: WorkingClinic) -> None:
    item_id = a_call(clinic)

    finish(clinic.parts, item_id, by="Rosa", outcome="told her at 11")

    assert b"told her" not in clinic.scalar(select(WorkItem.outcome))


def test_who_closed_it_is_recorded_without_a_word_of_the_outcome(clinic: WorkingClinic) -> None:
    item_id = a_call(clinic)

    finish(clinic.parts, item_id, by="Rosa", outcome="told her at 11")

    entry = clinic.scalar(select(Audit).where(Audit.what == "work_item.done"))
    assert (entry.who, entry.subject_id, entry.detail) == ("Rosa", str(item_id), {})


def test_an_item_is_closed_once(clinic: WorkingClinic) -> None:
    item_id = a_call(clinic)
    finish(clinic.parts, item_id, by="Rosa", outcome="told")

    with pytest.raises(RefusedError) as refused:
        finish(clinic.parts, item_id, by="Max", outcome="told again")

    assert refused.value.code == "already_done"
    assert item(clinic.parts, item_id).owner == "Rosa"


def test_an_item_that_is_not_there_is_refused(clinic: WorkingClinic) -> None:
    with pytest.raises(RefusedError) as refused:
        item(clinic.parts, new_id())

    assert refused.value.code == "no_such_item"


def test_a_screen_shows_it_in_words(clinic: WorkingClinic) -> None:
    shown = dict(words(item(clinic.parts, a_call(clinic))))

    assert shown["until"] == "Tue Oct 06 17:00 EDT"
    assert shown["patient"] == "Ana (P-Ana)"
    assert shown["visit"] == "A-Ana, Wed Oct 07 10:30 EDT"
    assert shown["because"] == "there is no consent to be written to this way"
