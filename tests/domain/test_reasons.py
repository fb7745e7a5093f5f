"""Every reason code has words that a coordinator understands, and an unlisted one has an answer too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.channels.twilio_codes import CODES
from reminders.domain.provider_reasons import PROVIDER_SAYS
from reminders.domain.reasons import SAYS, WORDING_SAYS, Reason, explain
from reminders.domain.receipts import TWILIO_STATUSES
from reminders.domain.states import State

UNLISTED = "not in our list"


def test_every_reason_has_words() -> None:
    assert set(SAYS) == set(Reason)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_of_twilio_that_we_handle_has_words(code: int) -> None:
    assert UNLISTED not in explain(f"twilio_{code}")


@pytest.mark.parametrize(
    "status", [status for status, report in TWILIO_STATUSES.items() if report.state is State.UNDELIVERED]
)
def test_a_failure_without_a_code_has_words(status: str) -> None:
    assert UNLISTED not in explain(f"twilio_{status}")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("opted_out", "this number or mailbox has opted out"),
        ("empty_placeholder", "its wording names something that is empty for this visit"),
        ("twilio_21610", "this number replied STOP; only its owner can undo that, by replying START"),
        ("twilio_21705", "the clinic's sender is not set up for it; ops has to look at it"),
        ("twilio_29999", "Twilio reported error 29999, which is not in our list"),
        ("http_502", "the provider had a fault of its own (answer 502), so it may have gone"),
        ("http_401", "address or log-in of the provider is wrong (answer 401); ops has to look at it"),
        ("http_400", "the provider refused it (answer 400)"),
        ("smtp_5.1.1", "there is no such mailbox"),
        ("smtp_4.7.1", "the mail server asked to try again later (reply 4.7.1)"),
        ("smtp_550", "the mail server refused it (reply 550)"),
        ("timeout", "the provider did not answer in time, so it may have gone"),
        ("teleported", "of a reason that is not in our list (teleported)"),
    ],
)
def test_a_code_is_explained(code: str, words: str) -> None:
    assert explain(code) == words


@pytest.mark.parametrize("words", [*SAYS.values(), *WORDING_SAYS.values(), *PROVIDER_SAYS.values()])
def test_words_end_a_sentence_that_has_begun(words: str) -> None:
    assert words
    assert not words.endswith(".")
    assert words[0].islower()


@given(st.text())
def test_no_code_is_beyond_words(code: str) -> None:
    assert explain(code)
