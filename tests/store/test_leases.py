"""Leases: one holder at a time, and a term that tells an old holder that it lost."""

from datetime import timedelta

from reminders.store import leases
from reminders.store.engine import Transaction

LONG, OVER = timedelta(minutes=1), timedelta()


def hold(transaction: Transaction, holder: str, last: timedelta = LONG) -> int | None:
    with transaction() as session:
        return leases.hold(session, "scheduler", holder, last=last)


def test_while_one_holds_it_nobody_else_gets_it(transaction: Transaction) -> None:
    assert [hold(transaction, "a"), hold(transaction, "b")] == [1, None]


def test_its_holder_renews_it_in_the_same_term(transaction: Transaction) -> None:
    assert [hold(transaction, "a"), hold(transaction, "a")] == [1, 1]


def test_a_lease_that_ran_out_goes_to_who_asks_next_in_a_new_term(transaction: Transaction) -> None:
    hold(transaction, "a", OVER)

    taken = hold(transaction, "b")

    assert (taken, hold(transaction, "a")) == (2, None)


def test_a_holder_who_slept_and_finds_it_free_renews_it(transaction: Transaction) -> None:
    hold(transaction, "a", OVER)

    assert hold(transaction, "a") == 1


def test_a_lease_given_back_can_be_taken_at_once_and_its_term_still_grows(transaction: Transaction) -> None:
    hold(transaction, "a")

    with transaction() as session:
        leases.release(session, "scheduler", "a")

    assert hold(transaction, "b") == 2


def test_nobody_gives_back_what_another_holds(transaction: Transaction) -> None:
    hold(transaction, "a")

    with transaction() as session:
        leases.release(session, "scheduler", "b")

    assert hold(transaction, "b") is None


def test_two_kinds_of_work_have_a_holder_each(transaction: Transaction) -> None:
    hold(transaction, "a")

    with transaction() as session:
        other = leases.hold(session, "keeper", "b", last=LONG)

    assert other == 1
