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
        (20429, Deferred("twilio_20429", Hold.BUDGET, PAUSE)),
        (14107, Deferred("twilio_14107", Hold.BUDGET, PAUSE)),
        (63038, Deferred("twilio_63038", Hold.DAILY)),
        (20500, Unknown("twilio_20500")),
        (21211, Refused("twilio_21211", Fault.DEAD_ADDRESS)),
        (21408, Refused("twilio_21408", Fault.UNREACHABLE)),
        (21610, Refused("twilio_21610", Fault.OPTED_OUT)),
        (21612, Refused("twilio_21612", Fault.UNREACHABLE)),
        (21614, Refused("twilio_21614", Fault.NOT_MOBILE)),
        (21617, Refused("twilio_21617", Fault.CONTENT)),
        (30036, Refused("twilio_30036", Fault.EXPIRED)),
        (21606, Deferred("twilio_21606", Hold.DOUBTFUL)),
        (99999, Deferred("twilio_99999", Hold.DOUBTFUL)),
    ],
)
def test_a_refused_call_becomes(code: int, expected: object) -> None:
    assert answer(code, PAUSE) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("30003", Failure("twilio_30003", Fault.UNREACHABLE, retries=2)),
        ("30001", Failure("twilio_30001", Fault.UNREACHABLE, Hold.BUDGET, retries=2)),
        ("30005", Failure("twilio_30005", Fault.UNREACHABLE, retries=1)),
        ("30006", Failure("twilio_30006", Fault.NOT_MOBILE)),
        ("30007", Failure("twilio_30007", Fault.CONTENT)),
        ("21610", Failure("twilio_21610", Fault.OPTED_OUT)),
        ("30034", Failure("twilio_30034", Fault.UNREACHABLE, Hold.CONFIGURATION, retries=1)),
        ("30018", Failure("twilio_30018", Fault.UNREACHABLE)),
        ("30024", Failure("twilio_30024", Fault.UNREACHABLE)),
        ("30022", Failure("twilio_30022", Fault.UNREACHABLE, Hold.BUDGET, retries=1)),
        ("30023", Failure("twilio_30023", Fault.UNREACHABLE, Hold.DAILY, retries=1)),
        ("30410", Failure("twilio_30410", Fault.UNREACHABLE, is_proof=False)),
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

    kinds = {Kind.CONFIGURATION, Kind.BUDGET, Kind.DAILY}
    assert holding == {code for code, listed in CODES.items() if listed.kind in kinds}


def test_only_a_reached_cap_of_a_day_waits_for_the_next_day() -> None:
    assert {code for code in CODES if failure(str(code), "failed").is_daily} == {30023, 30027, 63038}


@pytest.mark.parametrize("kind", [Kind.LANDLINE, Kind.CONSENT, Kind.CONTENT, Kind.LATE])
def test_what_cannot_change_by_waiting_is_not_tried_again_on_that_channel(kind: Kind) -> None:
    codes = [code for code, listed in CODES.items() if listed.kind is kind]

    assert [failure(str(code), "failed").retries for code in codes] == [0] * len(codes)


@pytest.mark.parametrize("code", ["30002", "30010", "30032", "30034"])
def test_a_mistake_in_the_set_up_that_a_receipt_tells_leaves_one_more_try(code: str) -> None:
    first, second = failure(code, "failed"), failure(code, "failed", tried=1)

    assert (first.hold, first.retries, second.retries) == (Hold.CONFIGURATION, 1, 0)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_number_that_is_proven_dead_is_never_tried_again(code: int) -> None:
    failures = [failure(str(code), "undelivered", tried=tried) for tried in range(4)]

    assert not any(one.retries for one in failures if one.fault in {Fault.DEAD_ADDRESS, Fault.NOT_MOBILE})
    assert [one.retries for one in failures] == sorted((one.retries for one in failures), reverse=True)
    assert failures[-1].retries == 0


def test_a_number_that_its_carrier_does_not_know_is_dead_the_second_time() -> None:
    first, second = failure("30005", "undelivered"), failure("30005", "undelivered", tried=1)

    assert (first.fault, first.retries) == (Fault.UNREACHABLE, 1)
    assert (second.fault, second.retries) == (Fault.DEAD_ADDRESS, 0)


def test_what_may_have_arrived_all_the_same_is_not_tried_again() -> None:
    doubtful = [failure(str(code), "failed") for code in CODES if not CODES[code].is_proof]

    assert doubtful
    assert not any(one.retries for one in doubtful)


@given(st.none() | st.text() | st.integers().map(str))
def test_no_error_code_is_beyond_reading(code: str | None) -> None:
    assert failure(code, "failed").reason.startswith("twilio_")
