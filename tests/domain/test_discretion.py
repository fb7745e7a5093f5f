"""What a text must not say, and what it must."""

import pytest

from reminders.domain.discretion import Finding, Occasion, refused, review
from reminders.domain.words import Channel

TO_PATIENT = Occasion(clinic_name="Cedar Clinic")
GOOD = "Cedar Clinic: your visit is Wed Oct 7 10:30 AM. Reply Y to confirm. Reply STOP to opt out."


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_a_discreet_text_has_no_finding() -> None:
    assert review(GOOD, TO_PATIENT) == []


@pytest.mark.parametrize(
    ("added", "code"),
    [
        (" Your ketamine visit.", "treatment_word"),
        (" Su cita de Spravato.", "treatment_word"),
        (" https://cedar.example/infusion", "treatment_word"),
        (" The copay is due.", "payment_word"),
        (" Reply CANCEL to cancel.", "reply_cancel"),
        (" Responda CANCELAR si no viene.", "reply_cancel"),
        (" Reply QUIT when done.", "reply_stop_word"),
        (" See you tomorrow.", "relative_day"),
        (" Hasta mañana.", "relative_day"),
        (" https://bit.ly/abc", "shortener"),
        (" At {{ visit.place }}.", "unfilled_placeholder"),
        (" Come at None.", "unfilled_placeholder"),
    ],
)
def test_one_bad_turn_is_one_finding(added: str, code: str) -> None:
    assert codes(review(GOOD + added, TO_PATIENT)) == [code]


def test_a_finding_tells_what_where_and_the_cure() -> None:
    (finding,) = refused("Your ketamine visit", part="subject")

    assert finding.message == (
        "The subject says 'ketamine': whoever sees the phone learns what the visit is. Say \"visit\", or leave it out."
    )


def test_a_text_must_name_the_clinic_and_the_way_out() -> None:
    assert codes(review("Your visit is Wed Oct 7.", TO_PATIENT)) == ["no_clinic_name", "no_stop"]


def test_the_name_is_not_asked_for_where_nobody_knows_it() -> None:
    assert codes(review("Your visit is Wed Oct 7.", Occasion())) == ["no_stop"]


def test_an_email_and_a_safe_answer_owe_no_stop() -> None:
    text = "Cedar Clinic: call 988 or 911."

    assert review(text, Occasion(clinic_name="Cedar Clinic", channel=Channel.EMAIL)) == []
    assert review(text, Occasion(clinic_name="Cedar Clinic", stop_due=False)) == []


def test_a_clinic_s_own_words_are_refused_too() -> None:
    occasion = Occasion(clinic_name="Cedar Clinic", private_words=("lounge*",))

    assert codes(review(f"{GOOD} The lounges open at 9.", occasion)) == ["private_word"]


def test_every_finding_of_one_text_is_told() -> None:
    text = "Ketamine tomorrow! Pay $5 at bit.ly/x or reply CANCEL"

    assert set(codes(review(text, TO_PATIENT))) == {
        "treatment_word",
        "payment_word",
        "relative_day",
        "shortener",
        "reply_cancel",
        "no_clinic_name",
        "no_stop",
    }
