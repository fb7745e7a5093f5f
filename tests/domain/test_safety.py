"""Who is told next, by the plan of a clinic alone."""

from reminders.domain.safety import Level, SafetyPlan, is_exhausted, tell
from reminders.domain.words import Channel

NURSE = Level("nurse", (Channel.SMS, Channel.CALL))
DIRECTOR = Level("director", (Channel.EMAIL, Channel.PAGER))
PLAN = SafetyPlan(chain=(NURSE, DIRECTOR), after_hours=(DIRECTOR,), ops=Level("clerk", (Channel.EMAIL,)))


def told(
    count: int, *, is_open: bool = True, plan: SafetyPlan = PLAN, ops_knows: bool = False
) -> list[tuple[str, str, str]]:
    return [(one.staff, one.by, one.rule) for one in tell(plan, told=count, is_open=is_open, ops_knows=ops_knows)]


def test_levels_are_told_in_their_order_by_all_their_routes() -> None:
    assert told(0) == [("nurse", "sms", "alert-level-1-sms"), ("nurse", "call", "alert-level-1-call")]
    assert told(1) == [("director", "email", "alert-level-2-email"), ("director", "pager", "alert-level-2-pager")]


def test_then_the_last_level_and_the_duty_line_again_and_again_and_ops_once() -> None:
    again = [
        ("director", "email", "alert-again-email"),
        ("director", "pager", "alert-again-pager"),
        ("duty-line", "call", "alert-duty-call"),
    ]

    assert told(2) == told(3) == [*again, ("clerk", "email", "alert-unacknowledged-email")]
    assert told(3, ops_knows=True) == told(99, ops_knows=True) == again


def test_other_levels_are_told_when_every_location_is_closed() -> None:
    assert [staff for staff, _, _ in told(0, is_open=False)] == ["director", "director"]
    assert [is_exhausted(PLAN, told=1, is_open=day) for day in (True, False)] == [False, True]


def test_a_clinic_without_levels_still_has_its_duty_line() -> None:
    assert told(0, plan=SafetyPlan()) == [("duty-line", "call", "alert-duty-call")]
