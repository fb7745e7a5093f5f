"""Leases: one holder at a time, and a term that tells an old holder that it lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from reminders.store import leases
from reminders.store.engine import Transaction, transactions
from reminders.store.leases import Tenure
from reminders.store.now import start_stepped, step_to

NOON = datetime(2026, 10, 28, 16, 0, tzinfo=UTC)
LONG, OVER = timedelta(minutes=1), timedelta()


def tenure(transaction: Transaction, holder: str, last: timedelta = LONG) -> Tenure | None:
    with transaction() as session:
        return leases.hold(session, "scheduler", holder, last=last)


def hold(transaction: Transaction, holder: str, last: timedelta = LONG) -> int | None:
    """Return the term of what *holder* gets."""
    got = tenure(transaction, holder, last)
    return got.term if got else None


def vacant_since_at(transaction: Transaction, holder: str) -> datetime | None:
    got = tenure(transaction, holder)
    assert got
    return got.vacant_since_at


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

    assert other
    assert other.term == 1


def test_who_takes_it_after_it_ran_out_learns_when_it_was_renewed_last_in_clinic_time(transaction: Transaction) -> None:
    with transaction() as session:
        start_stepped(session, NOON)
    hold(transaction, "a", OVER)
    with transaction() as session:
        step_to(session, NOON + timedelta(hours=72))

    assert vacant_since_at(transaction, "b") == NOON


def test_a_holder_who_slept_learns_it_too(transaction: Transaction) -> None:
    with transaction() as session:
        start_stepped(session, NOON)
    hold(transaction, "a", OVER)

    assert vacant_since_at(transaction, "a") == NOON


def test_the_first_holder_ever_and_one_who_renews_in_time_learn_of_no_vacancy(transaction: Transaction) -> None:
    assert [vacant_since_at(transaction, "a"), vacant_since_at(transaction, "a")] == [None, None]


def test_of_two_who_find_it_vacant_only_one_is_told(engine: Engine, transaction: Transaction) -> None:
    hold(transaction, "a", OVER)

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(lambda holder: tenure(transactions(engine), holder), "bc"))

    assert len([one for one in got if one and one.vacant_since_at]) == 1
    assert len([one for one in got if one is None]) == 1
