"""Whether a message that no plan made may go now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from reminders.domain.judgement import Go, Stop
from reminders.domain.notices import Occasion, judge, short_id
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.words import PersonStatus, RecipientKind

NOW = datetime(2026, 10, 7, 3, tzinfo=UTC)
ANSWER = Occasion(
    rule="answer",
    recipient=RecipientKind.PERSON,
    useful_until=NOW + timedelta(hours=1),
    is_opted_out=False,
    is_dead=False,
    item_state=None,
)
ALERT = replace(ANSWER, rule="alert-level-1-sms", recipient=RecipientKind.STAFF, item_state="open")
SAFE = replace(ANSWER, rule="safe-reply")
GONE = {"statuses": frozenset({PersonStatus.ACTIVE, PersonStatus.DECEASED})}


@pytest.mark.parametrize("notice", [ANSWER, ALERT, SAFE])
def test_it_goes_in_the_middle_of_the_night(notice: Occasion) -> None:
    assert judge(notice, now=NOW) == Go()


@pytest.mark.parametrize("notice", [ANSWER, ALERT, SAFE])
def test_too_late_is_too_late_for_each(notice: Occasion) -> None:
    assert judge(notice, now=NOW + timedelta(hours=1)) == Stop(State.EXPIRED, Reason.TOO_LATE)


@pytest.mark.parametrize("notice", [ANSWER, ALERT, SAFE])
def test_nothing_goes_to_a_dead_number(notice: Occasion) -> None:
    assert judge(replace(notice, is_dead=True), now=NOW) == Stop(State.SUPPRESSED, Reason.DEAD_ADDRESS)


@pytest.mark.parametrize(
    ("notice", "verdict"),
    [
        (ANSWER, Stop(State.SUPPRESSED, Reason.OPTED_OUT)),
        (replace(ANSWER, rule="opt-out-answer"), Go()),
        (SAFE, Go()),
        (ALERT, Go()),
    ],
)
def test_an_opt_out_stops_answers_but_not_its_own_nor_a_safe_reply_nor_staff(notice: Occasion, verdict: object) -> None:
    assert judge(replace(notice, is_opted_out=True), now=NOW) == verdict


@pytest.mark.parametrize(("notice", "verdict"), [(ANSWER, Stop(State.CANCELLED, Reason.DECEASED)), (SAFE, Go())])
def test_of_who_is_gone_only_a_safe_reply_is_left(notice: Occasion, verdict: object) -> None:
    assert judge(replace(notice, **GONE), now=NOW) == verdict  # type: ignore[arg-type]  # a field by its name


@pytest.mark.parametrize("state", ["taken", "done", None])
def test_an_alert_about_what_somebody_has_is_of_no_use(state: str | None) -> None:
    assert judge(replace(ALERT, item_state=state), now=NOW) == Stop(State.CANCELLED, Reason.ITEM_TAKEN)


def test_items_of_one_minute_have_short_ids_of_their_own() -> None:
    first, second = (UUID(f"01a21f7a-6dfb-76d3-a7b3-ffd7a34b0d{end}") for end in ("5e", "5f"))

    assert short_id(first) != short_id(second)
