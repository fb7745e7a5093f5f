"""Keys that are not those of the database are known by name, and a rotation of data keys is none of them."""

import pytest

from reminders.store import key_marks
from reminders.store.engine import Transaction
from reminders.store.vault import Vault

OLD, NEW, LOOKUP, SECRET = bytes(32), bytes([1] * 32), bytes(range(32)), b"a mark of SECRET_KEY"


def vault(*keys: tuple[str, bytes], lookup: bytes = LOOKUP) -> Vault:
    return Vault(keys or [("old", OLD)], lookup)


def differing(transaction: Transaction, using: Vault, secret: bytes = SECRET) -> list[str]:
    with transaction() as session:
        return key_marks.differing(session, using, secret)


def test_the_first_process_leaves_its_marks_and_the_same_keys_pass_from_then_on(transaction: Transaction) -> None:
    first = differing(transaction, vault())

    assert (first, differing(transaction, vault())) == ([], [])


@pytest.mark.parametrize(
    ("using", "secret", "wrong"),
    [
        (vault(("old", NEW)), SECRET, ["REMINDERS_DATA_KEYS: the key 'old' is missing or is another one"]),
        (vault(("new", NEW)), SECRET, ["REMINDERS_DATA_KEYS: the key 'old' is missing or is another one"]),
        (vault(lookup=bytes(32)), SECRET, ["REMINDERS_LOOKUP_KEY is another one"]),
        (vault(), b"another", ["REMINDERS_SECRET_KEY is another one"]),
    ],
)
def test_other_keys_are_named_and_leave_no_mark(
    transaction: Transaction, using: Vault, secret: bytes, wrong: list[str]
) -> None:
    differing(transaction, vault())

    found = differing(transaction, using, secret)

    assert found == wrong
    assert differing(transaction, vault()) == []


def test_a_new_key_before_the_old_one_passes_and_is_missed_when_it_is_taken_away(transaction: Transaction) -> None:
    differing(transaction, vault())

    rotated = differing(transaction, vault(("new", NEW), ("old", OLD)))

    assert rotated == []
    assert differing(transaction, vault()) == ["REMINDERS_DATA_KEYS: the key 'new' is missing or is another one"]


def test_a_key_that_only_opens_leaves_no_mark(transaction: Transaction) -> None:
    differing(transaction, vault(("old", OLD), ("new", NEW)))

    assert differing(transaction, vault()) == []


def test_another_secret_is_adopted_when_somebody_says_so(transaction: Transaction) -> None:
    differing(transaction, vault())

    with transaction() as session:
        key_marks.adopt_secret(session, b"another")

    assert differing(transaction, vault(), b"another") == []
    assert differing(transaction, vault()) == ["REMINDERS_SECRET_KEY is another one"]
