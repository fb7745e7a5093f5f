"""Planning debts: owed once, paid longest first, and never lost while they are being paid."""

from reminders.store import debts
from reminders.store.locks import lock_people
from tests.waiting import meanwhile
from tests.working_clinic import WorkingClinic


def test_a_patient_owes_one_plan_however_often_it_is_noted(clinic: WorkingClinic) -> None:
    ana = clinic.patient()

    clinic.owe(ana)
    clinic.owe(ana)

    with clinic.parts.transaction() as session:
        assert debts.take(session, limit=9) == [ana]


def test_the_plan_owed_longest_is_paid_first(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient("Ana"), clinic.patient("Bea")

    clinic.owe(bea)
    clinic.owe(ana)

    with clinic.parts.transaction() as session:
        assert debts.take(session, limit=1) == [bea]


def test_two_planners_take_different_patients_and_neither_waits(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient("Ana"), clinic.patient("Bea")
    clinic.owe(ana)
    clinic.owe(bea)

    with clinic.parts.transaction() as first, clinic.parts.transaction() as second:
        taken = [debts.take(first, limit=1), debts.take(second, limit=9), debts.take(second, limit=9)]

    assert taken == [[ana], [bea], [bea]]


def test_what_a_planner_took_and_did_not_pay_is_free_when_its_transaction_ends(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.owe(ana)
    with clinic.parts.transaction() as session:
        debts.take(session, limit=9)
        session.rollback()

    with clinic.parts.transaction() as session:
        assert debts.take(session, limit=9) == [ana]


def test_a_clinic_owes_every_patient_of_its_own_in_one_statement(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient("Ana"), clinic.patient("Bea")
    clinic.patient("Ben", kind="driver", source_id=None, patient_id=ana, driver_lookup=b"")
    clinic.owe(bea)

    with clinic.statements() as statements, clinic.parts.transaction() as session:
        debts.owe_clinic(session, clinic.id)

    with clinic.parts.transaction() as session:
        assert sorted(debts.take(session, limit=9)) == sorted([ana, bea])
    assert len(statements) == 1


def test_a_planner_that_began_before_a_clinic_owes_all_pays_nothing_of_that(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.owe(ana)

    with clinic.parts.transaction() as session:
        lock_people(session, [ana])
        debts.pay(session, [ana])
        with meanwhile(clinic.engine, lambda: _owe_clinic(clinic)):
            session.commit()

    with clinic.parts.transaction() as session:
        assert debts.are_owed(session, [ana]) == {ana}


def _owe_clinic(clinic: WorkingClinic) -> None:
    with clinic.parts.transaction() as session:
        debts.owe_clinic(session, clinic.id)


def test_paying_tells_what_was_still_owed(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient("Ana"), clinic.patient("Bea")
    clinic.owe(ana)

    with clinic.parts.transaction() as session:
        paid = debts.pay(session, [ana, bea])

    assert paid == {clinic.id: {ana}}


def test_a_debt_noted_while_an_older_one_is_paid_is_not_lost(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.owe(ana)

    with clinic.parts.transaction() as session:
        lock_people(session, [ana])
        debts.pay(session, [ana])
        with meanwhile(clinic.engine, lambda: clinic.owe(ana)):
            session.commit()

    with clinic.parts.transaction() as session:
        assert debts.are_owed(session, [ana]) == {ana}
