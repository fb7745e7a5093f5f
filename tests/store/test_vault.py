"""Sealed values: whose they are, which keys open them, and how equal ones are found."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.domain.errors import BrokenSealError
from reminders.store.base import new_id
from reminders.store.tables.messages import Attempt
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Appointment
from reminders.store.vault import SealedMap, Vault

ROW, OTHER_ROW = UUID(int=1), UUID(int=2)
OLD, NEW = ("2025", b"o" * 32), ("2026", b"n" * 32)
LOOKUP = b"l" * 32
VAULT = Vault([NEW], LOOKUP)


@given(st.text())
def test_a_sealed_text_opens_in_its_own_place(text: str) -> None:
    assert VAULT.open(Person.first_name, ROW, VAULT.seal(Person.first_name, ROW, text)) == text


def test_a_value_moved_to_another_row_does_not_open() -> None:
    sealed = VAULT.seal(Person.first_name, ROW, "Ana")

    with pytest.raises(BrokenSealError, match=str(OTHER_ROW)):
        VAULT.open(Person.first_name, OTHER_ROW, sealed)


@pytest.mark.parametrize("column", [Person.last_name, Attempt.body])
def test_a_value_moved_to_another_column_or_table_does_not_open(column: object) -> None:
    sealed = VAULT.seal(Person.first_name, ROW, "Ana")

    with pytest.raises(BrokenSealError):
        VAULT.open(column, ROW, sealed)  # type: ignore[arg-type]


@pytest.mark.parametrize("left", [0, 1, 4, 5, 9, 20, -1])
def test_a_value_that_was_cut_off_does_not_open(left: int) -> None:
    sealed = VAULT.seal(Person.first_name, ROW, "Ana")

    with pytest.raises(BrokenSealError):
        VAULT.open(Person.first_name, ROW, sealed[:left])


def test_a_value_that_was_changed_does_not_open() -> None:
    sealed = bytearray(VAULT.seal(Person.first_name, ROW, "Ana"))
    sealed[-1] ^= 1

    with pytest.raises(BrokenSealError):
        VAULT.open(Person.first_name, ROW, bytes(sealed))


def test_the_error_tells_the_place_and_not_the_value() -> None:
    sealed = VAULT.seal(Person.first_name, ROW, "Ana")

    with pytest.raises(BrokenSealError) as broken:
        VAULT.open(Person.first_name, OTHER_ROW, sealed)

    assert "persons.first_name" in str(broken.value)
    assert "Ana" not in str(broken.value)


def test_after_a_rotation_old_values_open_and_new_ones_are_sealed_with_the_new_key() -> None:
    before = Vault([OLD], LOOKUP).seal(Person.first_name, ROW, "Ana")
    rotated = Vault([NEW, OLD], LOOKUP)

    after = rotated.seal(Person.first_name, ROW, "Ana")

    assert rotated.open(Person.first_name, ROW, before) == "Ana"
    assert Vault([NEW], LOOKUP).open(Person.first_name, ROW, after) == "Ana"


def test_a_value_whose_key_is_gone_says_which_setting_lacks_it() -> None:
    sealed = Vault([OLD], LOOKUP).seal(Person.first_name, ROW, "Ana")

    with pytest.raises(BrokenSealError, match="DATA_KEYS"):
        VAULT.open(Person.first_name, ROW, sealed)


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    assert VAULT.seal(Person.first_name, ROW, "Ana") != VAULT.seal(Person.first_name, ROW, "Ana")


def test_equal_values_are_found_again_and_differ_by_kind_and_by_key() -> None:
    found = VAULT.lookup("sms", "+13125550142")

    assert found == VAULT.lookup("sms", "+13125550142")
    assert found != VAULT.lookup("email", "+13125550142")
    assert found != Vault([NEW], b"m" * 32).lookup("sms", "+13125550142")


def test_keys_of_data_do_not_change_how_values_are_found() -> None:
    assert VAULT.lookup("sms", "+1") == Vault([OLD], LOOKUP).lookup("sms", "+1")


def test_nothing_is_sealed_as_nothing() -> None:
    assert VAULT.seal_some(Person.last_name, ROW, None) is None
    assert VAULT.open_some(Person.last_name, ROW, None) is None
    assert VAULT.seal_map(Appointment.extra, ROW, {}) is None
    assert VAULT.open_map(Appointment.extra, ROW, None) == {}


@given(st.dictionaries(st.text(), st.text()))
def test_a_mapping_comes_back_as_it_was(values: dict[str, str]) -> None:
    sealed = VAULT.seal_map(Appointment.extra, ROW, values)

    assert SealedMap(VAULT, Appointment.extra, ROW, sealed) == values


def test_a_mapping_with_a_broken_seal_hurts_only_who_reads_it() -> None:
    sealed = VAULT.seal_map(Appointment.extra, ROW, {"consent_form": "outstanding"})

    unread = SealedMap(VAULT, Appointment.extra, OTHER_ROW, sealed)

    with pytest.raises(BrokenSealError):
        unread["consent_form"]


def test_ids_are_different_and_in_the_order_of_their_making() -> None:
    ids = [new_id() for _ in range(3000)]

    milliseconds = [one.int >> 80 for one in ids]
    assert len(set(ids)) == len(ids)
    assert milliseconds == sorted(milliseconds)
    assert {one.version for one in ids} == {7}
