"""Twilio's signature: its published vector, its own validator as the judge, and what must not pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from reminders.channels.signature import is_signed, public_address, sign

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675310"),
    ("Digits", "1234"),
    ("From", "+14158675310"),
    ("To", "+18005551212"),
]
PUBLISHED = "GvWf1cFY/Q7PnoempGyD5oXAezc="
STATUS = [("MessageSid", "SM1"), ("MessageStatus", "delivered"), ("ErrorCode", "")]

words = st.text(st.characters(codec="utf-8"), max_size=12)
forms = st.lists(st.tuples(words, words), max_size=8)
urls = st.builds(
    "{}://{}{}/{}{}".format,
    st.sampled_from(["https", "http"]),
    st.sampled_from(["clinic.example", "127.0.0.1"]),
    st.sampled_from(["", ":443", ":80", ":8000"]),
    st.sampled_from(["", "webhooks/twilio/status", "a%20b/%C3%A9"]),
    st.sampled_from(["", "?t=abc", "?t=abc&u=%2B1", "?b=2&a=1&a="]),
)


def test_the_published_vector_holds() -> None:
    assert sign(TOKEN, URL, FORM) == PUBLISHED
    assert is_signed(URL, FORM, PUBLISHED, [TOKEN])


@given(token=words.filter(bool), url=urls, form=forms)
def test_twilios_own_validator_accepts_what_we_sign(token: str, url: str, form: list[tuple[str, str]]) -> None:
    assert RequestValidator(token).validate(url, MultiDict(form), sign(token, url, form))


@given(token=words.filter(bool), url=urls, other=urls, form=forms)
def test_we_accept_exactly_what_twilios_own_validator_accepts(
    token: str, url: str, other: str, form: list[tuple[str, str]]
) -> None:
    theirs = RequestValidator(token)
    signature = theirs.compute_signature(url, MultiDict(form))

    assert is_signed(other, form, signature, [token]) == theirs.validate(other, MultiDict(form), signature)


@pytest.mark.parametrize("shown", ["https://clinic.example:443/x?t=1", "https://clinic.example/x?t=1"])
@pytest.mark.parametrize("signed", ["https://clinic.example:443/x?t=1", "https://clinic.example/x?t=1"])
def test_the_default_port_may_be_written_or_not(shown: str, signed: str) -> None:
    assert is_signed(shown, STATUS, sign(TOKEN, signed, STATUS), [TOKEN])


@pytest.mark.parametrize(
    "url",
    [
        "http://mycompany.com/myapp.php?foo=1&bar=2",
        "https://internal/myapp.php?foo=1&bar=2",
        "https://mycompany.com/myapp.php/?foo=1&bar=2",
        "https://mycompany.com/myapp.php?bar=2&foo=1",
        "https://mycompany.com/myapp.php?foo=1",
    ],
)
def test_another_address_is_another_signature(url: str) -> None:
    assert not is_signed(url, FORM, PUBLISHED, [TOKEN])


def test_a_request_to_another_port_is_not_one_to_ours() -> None:
    elsewhere = sign(TOKEN, "https://mycompany.com:8443/myapp.php?foo=1&bar=2", FORM)

    assert not is_signed(URL, FORM, elsewhere, [TOKEN])


@pytest.mark.parametrize(
    "form",
    [
        FORM[1:],
        [*FORM, ("Body", "")],
        [*FORM[:-1], ("To", "+18005551213")],
        [*FORM[:-1], ("To", "+18005551212 ")],
        [*FORM, ("To", "+18005551213")],
    ],
)
def test_a_changed_form_is_not_signed(form: list[tuple[str, str]]) -> None:
    assert not is_signed(URL, form, PUBLISHED, [TOKEN])


@pytest.mark.parametrize("signature", ["", "GvWf1cFY/Q7PnoempGyD5oXAezc", PUBLISHED + "=", "é", "\ud800"])
def test_a_forged_signature_is_refused_and_breaks_nothing(signature: str) -> None:
    assert not is_signed(URL, FORM, signature, [TOKEN])


def test_the_previous_token_holds_while_tokens_are_changed() -> None:
    signature = sign("old", URL, FORM)

    assert is_signed(URL, FORM, signature, ["new", "old"])
    assert not is_signed(URL, FORM, signature, ["new"])


def test_without_a_token_nothing_is_signed() -> None:
    assert not is_signed(URL, FORM, sign("", URL, FORM), [])
    assert not is_signed(URL, FORM, sign("", URL, FORM), [""])


@pytest.mark.parametrize(
    ("base", "path", "query", "address"),
    [
        ("https://clinic.example", "/webhooks/x", "", "https://clinic.example/webhooks/x"),
        ("https://clinic.example/", "/webhooks/x", "t=a%2Bb", "https://clinic.example/webhooks/x?t=a%2Bb"),
        ("https://clinic.example/sms", "/x", "b=2&a=1", "https://clinic.example/sms/x?b=2&a=1"),
    ],
)
def test_the_address_is_the_public_one_with_path_and_query_as_they_came(
    base: str, path: str, query: str, address: str
) -> None:
    assert public_address(base, path, query) == address
