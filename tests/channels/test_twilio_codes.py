"""What each of Twilio's error codes asks for, at the call and in a receipt."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.channels.twilio_codes import CODES, Failure, Kind, answer, failure
from reminders.domain.answers import Deferred, Fault, Hold, Refused, Unknown

PAUSE = timedelta(seconds=5)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_title_an_answer_and_a_consequence(code: int) -> None:
    at_the_call, in_a_receipt = answer(code), failure(str(code), "failed")

    assert CODES[code].title
    assert isinstance(at_the_call, Refused | Deferred | Unknown)
    assert at_the_call.reason == in_a_receipt.reason == f"twilio_{code}"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (20003, Deferred("twilio_20003", Hold.CONFIGURATION)),
        (20429, Deferred("twilio_20429", Hold.SAFE, PAUSE)),
        (14107, Deferred("twilio_14107", Hold.BUDGET, PAUSE)),
        (20500, Unknown("twilio_20500")),
        (21211, Refused("twilio_21211", Fault.DEAD_ADDRESS)),
        (21408, Refused("twilio_21408", Fault.UNREACHABLE)),
        (21610, Refused("twilio_21610", Fault.OPTED_OUT)),
        (21612, Refused("twilio_21612", Fault.UNREACHABLE)),
        (21614, Refused("twilio_21614", Fault.NOT_MOBILE)),
        (21617, Refused("twilio_21617", Fault.CONTENT)),
        (30036, Refused("twilio_30036", Fault.EXPIRED)),
        (99999, Refused("twilio_99999", Fault.UNREACHABLE)),
    ],
)
def test_a_refused_call_becomes(code: int, expected: object) -> None:
    assert answer(code, PAUSE) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("30003", Failure("twilio_30003", Fault.UNREACHABLE, retries=2)),
        ("30005", Failure("twilio_30005", Fault.DEAD_ADDRESS, retries=1)),
        ("30006", Failure("twilio_30006", Fault.NOT_MOBILE)),
        ("30007", Failure("twilio_30007", Fault.CONTENT)),
        ("21610", Failure("twilio_21610", Fault.OPTED_OUT)),
        ("30034", Failure("twilio_30034", Fault.UNREACHABLE, Hold.CONFIGURATION)),
        ("30023", Failure("twilio_30023", Fault.UNREACHABLE, Hold.BUDGET, retries=1)),
        ("30036", Failure("twilio_30036", Fault.EXPIRED)),
        ("30500", Failure("twilio_30500", Fault.UNREACHABLE, retries=1)),
        ("12345", Failure("twilio_12345", Fault.UNREACHABLE)),
        (None, Failure("twilio_undelivered", Fault.UNREACHABLE)),
        ("", Failure("twilio_undelivered", Fault.UNREACHABLE)),
        ("0", Failure("twilio_undelivered", Fault.UNREACHABLE)),
        ("<script>", Failure("twilio_undelivered", Fault.UNREACHABLE)),
    ],
)
def test_a_failed_receipt_asks_for(code: str | None, expected: Failure) -> None:
    assert failure(code, "undelivered") == expected


def test_only_a_code_about_the_sender_itself_holds_the_sender() -> None:
    holding = {code for code in CODES if failure(str(code), "failed").hold}

    assert holding == {code for code, listed in CODES.items() if listed.kind in {Kind.CONFIGURATION, Kind.BUDGET}}


@given(st.none() | st.text() | st.integers().map(str))
def test_no_error_code_is_beyond_reading(code: str | None) -> None:
    assert failure(code, "failed").reason.startswith("twilio_")
