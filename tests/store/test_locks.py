"""The order of locks, and starting over when a person got another address meanwhile."""

from uuid import UUID

import pytest
from psycopg.errors import ConnectionTimeout, DeadlockDetected
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reminders.store.locks import LinksGrewError, lock_addresses, lock_messages, lock_people, lock_unsent, retrying
from reminders.store.tables.people import ContactPoint
from tests.waiting import meanwhile
from tests.working_clinic import PHONE, WorkingClinic


def test_addresses_are_locked_before_persons_and_each_in_the_order_of_their_ids(clinic: WorkingClinic) -> None:
    people = [clinic.patient("Ana"), clinic.patient("Bea", phone="+13125550143")]

    with clinic.statements() as statements, clinic.parts.transaction() as session:
        lock_people(session, people)

    locks = [statement for statement in statements if "FOR NO KEY UPDATE" in statement]
    assert ["FROM addresses" in locks[0], "FROM persons" in locks[1]] == [True, True]
    assert ["ORDER BY addresses.id" in locks[0], "ORDER BY persons.id" in locks[1]] == [True, True]


def test_messages_are_locked_in_the_order_of_their_ids(clinic: WorkingClinic) -> None:
    message_ids = clinic.reminders(2)

    with clinic.statements() as statements, clinic.parts.transaction() as session:
        lock_messages(session, message_ids)

    (lock,) = statements
    assert "ORDER BY messages.id FOR NO KEY UPDATE" in lock


def test_an_address_that_two_patients_share_is_locked_for_both(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient("Ana"), clinic.patient("Bea")

    with clinic.parts.transaction() as session:
        lock_people(session, [ana])
        with meanwhile(clinic.engine, lambda: _lock(clinic, bea)) as waiting:
            assert not waiting.done()
            session.commit()


def test_a_person_who_got_another_address_meanwhile_is_locked_again(clinic: WorkingClinic) -> None:
    ana, phone, other = clinic.patient(), clinic.address("sms", PHONE), clinic.address("sms", "+13125550199")
    runs: list[UUID] = []

    def lock_ana(session: Session) -> None:
        runs.append(ana)
        lock_people(session, [ana])

    with clinic.parts.transaction() as session:
        lock_addresses(session, [phone])
        with meanwhile(clinic.engine, lambda: retrying(clinic.parts.transaction, lock_ana)):
            session.execute(
                update(ContactPoint)
                .where(ContactPoint.person_id == ana, ContactPoint.channel == "sms")
                .values(address_id=other)
            )
            session.commit()

    assert len(runs) == 2


def test_an_address_that_went_away_meanwhile_needs_no_second_try(clinic: WorkingClinic) -> None:
    ana, phone = clinic.patient(), clinic.address("sms", PHONE)
    runs: list[UUID] = []

    def lock_ana(session: Session) -> None:
        runs.append(ana)
        lock_people(session, [ana])

    with clinic.parts.transaction() as session:
        lock_addresses(session, [phone])
        with meanwhile(clinic.engine, lambda: retrying(clinic.parts.transaction, lock_ana)):
            session.execute(update(ContactPoint).where(ContactPoint.address_id == phone).values(address_id=None))
            session.commit()

    assert len(runs) == 1


def test_whoever_is_about_to_give_an_address_locks_it_too(clinic: WorkingClinic) -> None:
    ana, new = clinic.patient(), clinic.address("email", "ana@work.example")

    with clinic.parts.transaction() as session:
        lock_people(session, [ana], addresses=[new])
        with meanwhile(clinic.engine, lambda: _lock_address(clinic, new)):
            session.commit()


def test_starting_over_has_an_end(clinic: WorkingClinic) -> None:
    runs: list[int] = []

    def never(_session: Session) -> None:
        runs.append(1)
        raise LinksGrewError

    with pytest.raises(LinksGrewError):
        retrying(clinic.parts.transaction, never)

    assert len(runs) == 5


def test_a_transaction_that_lost_a_deadlock_starts_over(clinic: WorkingClinic) -> None:
    tries = iter([DeadlockDetected(), None])

    def step(_session: Session) -> str:
        if lost := next(tries):
            raise OperationalError("select 1", {}, lost)
        return "done"

    assert retrying(clinic.parts.transaction, step) == "done"


def test_any_other_trouble_of_the_database_is_the_callers(clinic: WorkingClinic) -> None:
    tries: list[int] = []

    def step(_session: Session) -> None:
        tries.append(1)
        raise OperationalError("select 1", {}, ConnectionTimeout())

    with pytest.raises(OperationalError):
        retrying(clinic.parts.transaction, step)

    assert tries == [1]


def test_a_try_that_starts_over_leaves_nothing_behind(clinic: WorkingClinic) -> None:
    ana, tries = clinic.patient(), iter([True, False])

    def rename(session: Session) -> None:
        email = ContactPoint.channel == "email"
        session.execute(update(ContactPoint).where(email).values(consented=False))
        if next(tries):
            session.execute(update(ContactPoint).where(ContactPoint.channel == "sms").values(consented=False))
            raise LinksGrewError

    retrying(clinic.parts.transaction, rename)

    with clinic.parts.transaction() as session:
        points = session.query(ContactPoint).filter(ContactPoint.person_id == ana)
        assert {point.channel: point.consented for point in points} == {"sms": True, "email": False}


def test_what_planning_may_change_is_not_queued_meanwhile(clinic: WorkingClinic) -> None:
    message = clinic.get(clinic.reminder())
    clinic.clock("2026-09-28 10:00")

    with clinic.parts.transaction() as session:
        lock_unsent(session, [message.patient_id] if message.patient_id else [])
        handed = clinic.dispatch()

    assert handed == []
    assert len(clinic.dispatch()) == 1


def _lock(clinic: WorkingClinic, person_id: UUID) -> None:
    with clinic.parts.transaction() as session:
        lock_people(session, [person_id])


def _lock_address(clinic: WorkingClinic, address_id: UUID) -> None:
    with clinic.parts.transaction() as session:
        lock_addresses(session, [address_id])
