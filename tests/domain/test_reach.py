"""Which channel a message takes, and why it takes none."""

import pytest

from reminders.domain.protocol import Rule
from reminders.domain.reach import Reach, reach
from reminders.domain.reasons import Reason
from reminders.domain.words import Channel
from tests.domain.planning_clinic import NUDGE, PREP, mailbox, named, person, phone


def test_the_first_channel_of_the_rule_that_is_open_is_taken() -> None:
    assert reach(person(phone(), mailbox()), PREP) == Reach(Channel.SMS, named("phone"))


@pytest.mark.parametrize("shut", [{"opted_out": True}, {"dead": True}, {"consented": False}])
def test_a_channel_that_is_shut_gives_way_to_the_next(shut: dict[str, bool]) -> None:
    assert reach(person(phone(**shut), mailbox()), PREP) == Reach(Channel.EMAIL, named("mailbox"))


@pytest.mark.parametrize(
    ("shut", "rule", "reason"),
    [
        ({"opted_out": True}, PREP, Reason.OPTED_OUT),
        ({"dead": True}, PREP, Reason.DEAD_ADDRESS),
        ({"consented": False}, PREP, Reason.NO_CONSENT),
        ({"nudge_consented": False}, NUDGE, Reason.NO_NUDGE_CONSENT),
        ({"opted_out": True, "consented": False}, PREP, Reason.OPTED_OUT),
    ],
)
def test_where_every_channel_is_shut_the_reason_is_told(shut: dict[str, bool], rule: Rule, reason: Reason) -> None:
    assert reach(person(phone(**shut)), rule) == Reach(Channel.SMS, named("phone"), reason)


def test_a_nudge_needs_a_consent_of_its_own_and_prep_does_not() -> None:
    patient = person(phone(nudge_consented=False))

    assert reach(patient, PREP) == Reach(Channel.SMS, named("phone"))


def test_the_reason_is_that_of_an_address_there_is_not_of_one_that_is_missing() -> None:
    assert reach(person(mailbox(opted_out=True)), PREP) == Reach(Channel.EMAIL, named("mailbox"), Reason.OPTED_OUT)


def test_a_patient_without_any_address_is_told_apart() -> None:
    nobody = person(phone())

    found = reach(person(mailbox(), zone=nobody.zone), PREP, tried=frozenset({Channel.EMAIL}))

    assert found == Reach(Channel.SMS, None, Reason.NO_ADDRESS)


def test_a_channel_that_was_tried_is_not_taken_again() -> None:
    assert reach(person(phone(), mailbox()), PREP, tried=frozenset({Channel.SMS})) == Reach(
        Channel.EMAIL, named("mailbox")
    )
    assert reach(person(phone(), mailbox()), PREP, tried=frozenset(PREP.channels)) is None
