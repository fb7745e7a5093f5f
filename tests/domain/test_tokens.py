"""The token in a callback URL: made here, or none at all."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.domain.tokens import attempt_named, check_token, make_token

KEY = b"k" * 32
ATTEMPT = UUID("018f2a30-0000-7000-8000-000000000001")


@given(key=st.binary(min_size=16, max_size=64), attempt=st.uuids())
def test_a_token_names_the_attempt_it_was_made_for(key: bytes, attempt: UUID) -> None:
    assert check_token(key, make_token(key, attempt)) == attempt


@given(st.uuids())
def test_a_token_needs_no_quoting_in_a_url(attempt: UUID) -> None:
    assert re.fullmatch(r"[a-z2-7]{45}", make_token(KEY, attempt))


@given(at=st.integers(0, 44), to=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_token_with_another_character_is_none(at: int, to: str) -> None:
    token = make_token(KEY, ATTEMPT)
    changed = token[:at] + to + token[at + 1 :]

    assert (check_token(KEY, changed) is None) == (changed != token)


def test_a_token_of_another_key_is_none() -> None:
    assert check_token(b"other key", make_token(KEY, ATTEMPT)) is None


@pytest.mark.parametrize("spelling", [str.upper, lambda token: token + "===", lambda token: f" {token}"])
def test_a_second_spelling_is_no_token(spelling: object) -> None:
    assert callable(spelling)
    assert check_token(KEY, spelling(make_token(KEY, ATTEMPT))) is None


@given(st.text())
def test_any_other_text_is_none(text: str) -> None:
    assert check_token(KEY, text) is None


def test_a_token_names_its_attempt_even_to_someone_without_the_key() -> None:
    assert attempt_named(make_token(KEY, ATTEMPT)) == ATTEMPT
    assert attempt_named("what") is None
