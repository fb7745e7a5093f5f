"""How long a message may be on its way: never past its use; the night ends what would wake somebody."""

from datetime import time, timedelta

import pytest

from reminders.domain.facts import ClinicPolicy
from reminders.domain.validity import LONGEST, SHORTEST, quiet_in, validity
from reminders.domain.words import Category, Channel
from tests.domain.planning_clinic import NEW_YORK, at

POLICY = ClinicPolicy(language="en")
EVENING = at("2026-10-13 19:30")
HALF_AN_HOUR = timedelta(minutes=30)


def period(
    channel: Channel, category: Category, *, useful_for: timedelta = timedelta(hours=5), policy: ClinicPolicy = POLICY
) -> timedelta | None:
    return validity(
        EVENING, useful_until=EVENING + useful_for, channel=channel, category=category, zone=NEW_YORK, policy=policy
    )


@pytest.mark.parametrize("category", [Category.ADMIN, Category.CHECK_IN, Category.NUDGE])
def test_a_text_is_tried_until_the_night(category: Category) -> None:
    assert period(Channel.SMS, category) == HALF_AN_HOUR


@pytest.mark.parametrize("category", [Category.PREP, Category.SAFETY])
def test_what_must_be_read_before_the_visit_is_tried_on_into_the_night(category: Category) -> None:
    assert period(Channel.SMS, category) == timedelta(hours=5)


@pytest.mark.parametrize("category", list(Category))
def test_an_email_is_tried_as_long_as_it_helps(category: Category) -> None:
    assert period(Channel.EMAIL, category) == timedelta(hours=5)


def test_without_quiet_hours_there_is_no_night() -> None:
    always_open = ClinicPolicy(language="en", quiet_from=time(20), quiet_until=time(20))

    assert period(Channel.SMS, Category.ADMIN, policy=always_open) == timedelta(hours=5)
    assert quiet_in(EVENING, NEW_YORK, always_open) == timedelta.max


@pytest.mark.parametrize("channel", list(Channel))
def test_use_ends_it_first(channel: Channel) -> None:
    assert period(channel, Category.ADMIN, useful_for=timedelta(minutes=3)) == timedelta(minutes=3)
    assert period(channel, Category.ADMIN, useful_for=SHORTEST - timedelta(microseconds=1)) is None
    assert period(channel, Category.PREP, useful_for=timedelta(days=3)) == LONGEST


def test_the_night_comes_nearer() -> None:
    assert quiet_in(EVENING, NEW_YORK, POLICY) == HALF_AN_HOUR
    assert quiet_in(EVENING + timedelta(minutes=29), NEW_YORK, POLICY) == timedelta(minutes=1)
