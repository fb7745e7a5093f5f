"""The paces of senders in the clinic file: what may be said, and what a mistake is told with."""

from decimal import Decimal

import pytest

from reminders.domain.blocks import Notes, read_block
from reminders.domain.clinic_setup import PaceSetup
from reminders.domain.sender_file import read_senders
from reminders.domain.words import Channel

GOOD = """\
senders:
  sms: {per_second: 3.75, segments_per_day: 2000}
  email: {per_second: 10}
"""


def read(text: str) -> tuple[dict[Channel, PaceSetup], list[str]]:
    notes = Notes("clinic.yaml")
    found = dict(read_senders(read_block(text, notes, "the clinic")))
    return found, [str(problem) for problem in notes.sorted()]


def test_each_channel_may_have_a_pace() -> None:
    assert read(GOOD) == (
        {
            Channel.SMS: PaceSetup(per_second=Decimal("3.75"), segments_per_day=2000),
            Channel.EMAIL: PaceSetup(per_second=Decimal(10)),
        },
        [],
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("clinic: cedar", {}),
        ("senders:", {}),
        ("senders: {sms: {segments_per_day: 10}}", {Channel.SMS: PaceSetup(segments_per_day=10)}),
        ("senders: {email: {per_second: 0.01}}", {Channel.EMAIL: PaceSetup(per_second=Decimal("0.01"))}),
    ],
)
def test_what_is_left_out_is_left_to_what_is_safe(text: str, found: dict[Channel, PaceSetup]) -> None:
    assert read(text) == (found, [])


RATE = "is not a rate; give messages a second, from 0.01 to 1000, such as 1 or 3.75."


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ("3.75", "0", f"2: the clinic, senders, sms, per_second: '0' {RATE}"),
        ("3.75", "1001", f"2: the clinic, senders, sms, per_second: '1001' {RATE}"),
        ("3.75", "-1", f"2: the clinic, senders, sms, per_second: '-1' {RATE}"),
        ("3.75", "0.001", f"2: the clinic, senders, sms, per_second: '0.001' {RATE}"),
        ("3.75", "fast", f"2: the clinic, senders, sms, per_second: 'fast' {RATE}"),
        (
            "2000",
            "0",
            (
                "2: the clinic, senders, sms, segments_per_day: 0 would hold back every text; "
                "give at least 1, or leave the line out for no limit."
            ),
        ),
        ("2000", "1.5", "2: the clinic, senders, sms, segments_per_day: '1.5' is not a whole number."),
        (
            "per_second: 10",
            "segments_per_day: 10",
            "3: the clinic, senders, email: segments_per_day is not a field here. It may be: per_second.",
        ),
        ("email", "fax", "3: the clinic, senders: fax is not a field here. It may be: sms, email."),
    ],
)
def test_a_mistake_is_told_by_line_with_the_cure(good: str, bad: str, problem: str) -> None:
    assert read(GOOD.replace(good, bad))[1] == [f"clinic.yaml:{problem}"]
