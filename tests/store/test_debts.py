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
        assert debts.oldest(session, limit=9) == [ana]


def test_the_plan_owed_longest_is_paid_first(clinic: WorkingClinic) -> None:
    ana, bea = clinic.patient("Ana"), clinic.patient("Bea")

    clinic.owe(bea)
    clinic.owe(ana)

    with clinic.parts.transaction() as session:
        assert debts.oldest(session, limit=1) == [bea]


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
