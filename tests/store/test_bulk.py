"""Many rows in one statement: whatever stands in them, with the defaults of the table, and with its checks."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from reminders.store.base import new_id
from reminders.store.bulk import insert_all, update_all
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Address, Person
from reminders.store.tables.visits import Appointment
from tests.clinics import VAULT
from tests.working_clinic import WorkingClinic


def address(clinic: WorkingClinic, lookup: bytes = b"\x00\xff\n\\N", **columns: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "clinic_id": clinic.id,
        "channel": "sms",
        "lookup": lookup,
        "value": b"sealed",
        "opted_out_at": None,
        **columns,
    }


def as_row(stored: Any) -> dict[str, Any]:
    return {column.key: getattr(stored, column.key) for column in stored.__table__.columns}


def insert(clinic: WorkingClinic, table: Any, *rows: dict[str, Any]) -> None:
    with clinic.parts.transaction() as session:
        insert_all(session, table, rows)


def appointments(clinic: WorkingClinic, count: int) -> list[UUID]:
    ana = clinic.patient()
    return [clinic.told_visit(ana, f"2026-10-{number + 7:02} 10:30") for number in range(count)]


def stored(clinic: WorkingClinic, visit_id: UUID) -> Appointment:
    with clinic.parts.transaction() as session:
        return session.scalars(select(Appointment).where(Appointment.id == visit_id)).one()


def test_what_is_inserted_is_found_as_it_was(clinic: WorkingClinic) -> None:
    visit = stored(clinic, appointments(clinic, 1)[0])
    sealed = VAULT.seal_map(Appointment.extra, visit.id, {"consent_form": "outstanding"})
    copy = as_row(visit) | {"id": new_id(), "source_id": "Ä\t'\\N'", "extra": sealed, "visit_number": 3}

    insert(clinic, Appointment, copy)

    assert as_row(stored(clinic, copy["id"])) == copy


def test_columns_that_are_not_named_get_their_defaults(clinic: WorkingClinic) -> None:
    message = clinic.get(clinic.reminder())
    named = {name: value for name, value in as_row(message).items() if name not in {"crashes", "checks", "tries"}}
    copy = named | {"id": new_id(), "step": 2}

    insert(clinic, Message, copy)

    found = clinic.get(copy["id"])
    assert (found.crashes, found.checks, found.tries, found.stamp) == (0, 0, 0, message.stamp)


def test_all_rows_are_one_statement_whatever_stands_in_them(clinic: WorkingClinic) -> None:
    rows = [address(clinic, b"1"), address(clinic, b"2", opted_out_at=clinic.now_at)]

    with clinic.statements() as statements:
        insert(clinic, Address, *rows)

    assert len(statements) == 1
    assert clinic.scalar(select(Address.opted_out_at).where(Address.lookup == b"2")) == rows[1]["opted_out_at"]


def test_rows_follow_what_the_session_has_not_written_yet(clinic: WorkingClinic) -> None:
    person_id = new_id()
    person = {"clinic_id": clinic.id, "language": "en", "first_name": b"sealed"}
    driver = {"id": new_id(), "kind": "driver", "patient_id": person_id, "driver_lookup": b"", **person}

    with clinic.parts.transaction() as session:
        session.add(Person(id=person_id, kind="patient", source_id="P-1", **person))
        insert_all(session, Person, [driver])

    assert clinic.scalar(select(Person.patient_id).where(Person.id == driver["id"])) == person_id


def test_what_the_database_refuses_is_an_error_like_any_other_and_shows_no_values(clinic: WorkingClinic) -> None:
    twice = address(clinic, b"a lookup")

    with pytest.raises(IntegrityError, match="addresses") as refused:
        insert(clinic, Address, twice, twice)

    assert "sealed" not in str(refused.value)
    assert clinic.scalar(select(Address.id)) is None


def test_a_row_that_lacks_a_column_of_the_others_is_refused(clinic: WorkingClinic) -> None:
    short = address(clinic, b"2")
    del short["value"]

    with pytest.raises(KeyError, match="value"):
        insert(clinic, Address, address(clinic, b"1"), short)


def test_many_rows_are_updated_in_one_statement_each_with_its_own_values(clinic: WorkingClinic) -> None:
    first, second, third = appointments(clinic, 3)
    rows: list[dict[str, Any]] = [
        {"id": first, "clinic_id": clinic.id, "extra": b"\x00", "duration": timedelta(minutes=10), "course_id": None},
        {"id": second, "clinic_id": clinic.id, "extra": None, "duration": timedelta(minutes=20), "course_id": None},
    ]
    clinic.set(Appointment, Appointment.id == second, extra=b"gone")

    with clinic.statements() as statements, clinic.parts.transaction() as session:
        update_all(session, Appointment, rows)

    assert len(statements) == 1
    assert [
        (stored(clinic, one).extra, stored(clinic, one).duration.seconds // 60) for one in (first, second, third)
    ] == [
        (b"\x00", 10),
        (None, 20),
        (None, 50),
    ]


def test_a_row_of_another_clinic_is_not_updated(clinic: WorkingClinic) -> None:
    (visit_id,) = appointments(clinic, 1)

    with clinic.parts.transaction() as session:
        update_all(session, Appointment, [{"id": visit_id, "clinic_id": new_id(), "visit_number": 9}])

    assert stored(clinic, visit_id).visit_number is None
