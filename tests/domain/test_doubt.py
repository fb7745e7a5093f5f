"""Doubt: whom a refusal is about, by what else its sender was told."""

import pytest

from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused
from reminders.domain.doubt import decide, is_doubtful

DOUBTFUL = Deferred("twilio_29999", Hold.DOUBTFUL)
ITS_OWN = Refused("twilio_29999", Fault.UNREACHABLE)
OURS = Deferred("twilio_29999", Hold.CONFIGURATION)


@pytest.mark.parametrize(
    ("in_a_row", "told", "meaning"),
    [
        (1, 1, DOUBTFUL),
        (2, 2, DOUBTFUL),
        (2, 1, DOUBTFUL),
        (3, 1, OURS),
        (3, 2, OURS),
        (3, 3, ITS_OWN),
        (1, 3, ITS_OWN),
        (4, 3, OURS),
        (50, 4, OURS),
    ],
)
def test_several_in_a_row_are_ours_and_one_message_alone_is_at_fault_itself(
    in_a_row: int, told: int, meaning: Answer
) -> None:
    assert decide(DOUBTFUL, is_beside_accepted=False, in_a_row=in_a_row, told=told) == meaning


@pytest.mark.parametrize("in_a_row", [1, 50])
def test_beside_an_accepted_one_it_is_the_messages_own(in_a_row: int) -> None:
    assert decide(DOUBTFUL, is_beside_accepted=True, in_a_row=in_a_row, told=1) == ITS_OWN


@pytest.mark.parametrize("answer", [None, Accepted("SM1"), ITS_OWN, OURS, Deferred("smtp_4.3.0")])
def test_other_answers_leave_no_doubt(answer: Answer | None) -> None:
    assert not is_doubtful(answer)
