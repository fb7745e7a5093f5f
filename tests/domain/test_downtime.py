"""What a time without sending left behind, in words."""

from typing import Any

import pytest

from reminders.domain.downtime import Aftermath, say
from tests.domain.planning_clinic import NEW_YORK, at

BEGAN, ENDED = at("2026-09-29 15:10"), at("2026-10-02 15:10")


def told(**counts: int) -> str | None:
    return say("outage", Aftermath(began_at=BEGAN, ended_at=ENDED, **counts).detail(), NEW_YORK)


def test_an_outage_is_told_with_what_became_of_the_messages() -> None:
    assert told(went_late=120, expired=43, call_list=17) == (
        "from Tue Sep 29 15:10 EDT to Fri Oct 02 15:10 EDT nothing was sent: "
        "120 went late, 43 came too late, 17 patients are on the call list"
    )


def test_what_still_waits_is_told_too() -> None:
    assert (told(still_waiting=2, put_off=3, call_list=1) or "").endswith(
        "nothing was sent: 3 go at the next permitted time, 2 still wait, 1 patient is on the call list"
    )


def test_an_outage_in_which_nothing_was_due_was_not_felt() -> None:
    assert not Aftermath(began_at=BEGAN, ended_at=ENDED).is_felt
    assert Aftermath(began_at=BEGAN, ended_at=ENDED, expired=1).is_felt
    assert (told() or "").endswith("nothing was sent: nothing was due")


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 message has been due since Tue Sep 29 15:10 EDT, and nothing moves"),
        (7, "7 messages have been due since Tue Sep 29 15:10 EDT or later, and nothing moves"),
    ],
)
def test_late_messages_are_told_with_the_oldest(count: int, words: str) -> None:
    assert say("delivery_late", {"channel": "sms", "count": count, "oldest_at": BEGAN.isoformat()}, NEW_YORK) == words


@pytest.mark.parametrize(
    ("reason", "detail"),
    [(None, {}), ("crashed", {}), ("outage", {}), ("delivery_late", {"count": 1, "oldest_at": "noon"})],
)
def test_what_it_cannot_read_is_left_to_others(reason: str | None, detail: dict[str, Any]) -> None:
    assert say(reason, detail, NEW_YORK) is None
