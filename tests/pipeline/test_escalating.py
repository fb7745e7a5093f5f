"""Who is told of a cry for help, when, and until when."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from reminders.domain.answers import Deferred, Fault, Hold, Refused, Unknown
from reminders.pipeline import attending
from reminders.pipeline.escalating import escalate
from reminders.pipeline.inquiring import inquire
from reminders.store import notices
from reminders.store.notices import Notice
from reminders.store.now import Now
from reminders.store.tables.clinic import Clinic, Pace, Pause, Sender, StaffContact
from reminders.store.tables.machinery import Audit
from reminders.store.tables.messages import Message, WorkItem
from tests.help_wanted import (
    DIRECTOR,
    DIRECTOR_MAIL,
    DUTY_LINE,
    LEVEL,
    NURSE,
    cry,
    escalate_at,
    item,
    later,
    rounds,
    tick,
)
from tests.pipeline.hearing.telephone import Telephone
from tests.working_clinic import WorkingClinic

FIRST = [("call", NURSE), ("sms", NURSE)]
SECOND = [("call", DIRECTOR), ("email", DIRECTOR_MAIL), ("sms", DIRECTOR)]
DESK = [("email", "desk@cedar.example"), ("sms", "+12125550143")]
LAST = sorted([*SECOND, ("call", DUTY_LINE)])
NIGHT = "2026-09-28 23:30"
CLOSING = "2026-09-28 18:55"
"""Five minutes before the last location closes."""


def test_the_first_level_is_told_at_once_by_a_text_and_a_call(clinic: WorkingClinic) -> None:
    item_id = cry(clinic)

    assert tick(clinic) == FIRST
    assert (item(clinic, item_id).state, item(clinic, item_id).escalation) == ("open", 1)
    assert escalate_at(clinic, item_id) == clinic.now_at + LEVEL


def test_an_item_that_nobody_can_be_told_of_keeps_no_other_waiting_and_comes_again(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, bea = cry(clinic), cry(clinic)
    add = notices.add

    def stumble(session: Session, alerts: Sequence[Notice], now: Now) -> None:
        if any(one.subject_id == ana for one in alerts):
            raise ZeroDivisionError
        add(session, alerts, now)

    monkeypatch.setattr(notices, "add", stumble)

    with capture_logs() as logs:
        told = tick(clinic)
    monkeypatch.undo()

    assert (told, [item(clinic, one).escalation for one in (ana, bea)]) == (FIRST, [0, 1])
    assert [log["work_item_id"] for log in logs if log["event"] == "escalation.failed"] == [str(ana)]
    assert (tick(clinic), later(clinic, timedelta(minutes=1))) == ([], FIRST)


def test_an_alert_names_the_item_and_nobody(clinic: WorkingClinic) -> None:
    item_id = cry(clinic, clinic.patient("Ana"))

    tick(clinic)

    code = str(item_id)[-8:]
    texts = {one.by.value: one.text for one in clinic.channel.given}
    assert texts["sms"] == (
        f"Cedar Clinic: a reply needs you now. Item {code}. Call the desk or run: reminders work take {code}"
    )
    assert texts["call"].startswith("This is an urgent message from Cedar Clinic. A reply needs a person now.")
    assert not any("Ana" in text for text in texts.values())


def test_the_next_level_is_told_when_nobody_acted_and_not_a_minute_before(clinic: WorkingClinic) -> None:
    cry(clinic)
    tick(clinic)

    assert later(clinic, timedelta(minutes=9)) == []
    assert later(clinic, timedelta(minutes=1)) == SECOND


def test_after_the_last_level_the_duty_line_is_called_and_the_last_level_told_again_until_somebody_acts(
    clinic: WorkingClinic,
) -> None:
    cry(clinic)
    tick(clinic)
    later(clinic)

    assert later(clinic) == sorted([*LAST, *DESK])
    assert [later(clinic) for _ in range(3)] == [LAST, LAST, LAST]


def test_ops_is_told_once_that_nobody_acknowledged_and_nothing_else(clinic: WorkingClinic) -> None:
    item_id = cry(clinic)
    tick(clinic)
    for _ in range(4):
        later(clinic)

    [told] = [one.text for one in clinic.channel.given if one.to == "+12125550143"]

    assert told == f"Cedar Clinic: unacknowledged. Item {str(item_id)[-8:]}."


def test_at_night_those_of_the_after_hours_plan_are_told(clinic: WorkingClinic) -> None:
    plan = clinic.scalar(select(Clinic.safety))
    clinic.set(Clinic, safety=plan | {"after_hours": [{"staff": "director", "by": ["call", "email"]}]})
    clinic.clock(NIGHT)
    cry(clinic)

    assert tick(clinic) == [("call", DIRECTOR), ("email", DIRECTOR_MAIL)]
    assert ("call", DUTY_LINE) in later(clinic)


def after_hours_by(clinic: WorkingClinic, *staff: str) -> None:
    """Let those be told after hours, by a text and a call."""
    plan = clinic.scalar(select(Clinic.safety))
    clinic.set(Clinic, safety=plan | {"after_hours": [{"staff": one, "by": ["sms", "call"]} for one in staff]})


def ops_heard(clinic: WorkingClinic) -> int:
    return len([one for one in clinic.channel.given if one.to == "+12125550143"])


def test_ops_is_told_also_where_the_clinic_closes_before_nobody_of_its_chain_acted(clinic: WorkingClinic) -> None:
    after_hours_by(clinic, "director")
    clinic.clock("2026-09-28 18:45")
    cry(clinic)
    assert [tick(clinic), later(clinic)] == [FIRST, SECOND]

    told = [later(clinic) for _ in range(4)]

    assert told[0] == [("call", DIRECTOR), ("sms", DIRECTOR)]
    assert ("call", DUTY_LINE) in told[1]
    assert ops_heard(clinic) == 1


def test_the_first_of_after_hours_is_told_when_the_clinic_closes_and_the_first_of_the_day_when_it_opens(
    clinic: WorkingClinic,
) -> None:
    after_hours_by(clinic, "director", "nurse")
    clinic.clock(CLOSING)
    cry(clinic)
    tick(clinic)

    assert later(clinic) == [("call", DIRECTOR), ("sms", DIRECTOR)]
    assert later(clinic) == FIRST
    clinic.clock("2026-09-29 08:00")
    assert tick(clinic) == FIRST
    assert later(clinic) == SECOND


def test_ops_is_told_once_though_the_hours_change_after_that(clinic: WorkingClinic) -> None:
    cry(clinic)
    tick(clinic)
    for _ in range(3):
        later(clinic)
    assert ops_heard(clinic) == 1

    clinic.clock(NIGHT)
    for _ in range(4):
        later(clinic)

    assert ops_heard(clinic) == 1


def test_ops_is_told_again_when_whoever_took_it_gave_it_back_and_nobody_followed(clinic: WorkingClinic) -> None:
    item_id = cry(clinic)
    tick(clinic)
    for _ in range(3):
        later(clinic)
    attending.take(clinic.parts, item_id, by="Rosa")

    later(clinic, attending.PATIENCE)
    for _ in range(3):
        later(clinic)

    assert ops_heard(clinic) == 2


def test_quiet_hours_and_pauses_hold_no_alert_back(clinic: WorkingClinic) -> None:
    clinic.clock(NIGHT)
    with clinic.parts.transaction() as session:
        for scope, value in (("clinic", ""), ("lane", "safety"), ("channel", "sms")):
            session.add(
                Pause(
                    clinic_id=clinic.id,
                    scope=scope,
                    value=value,
                    reason="test",
                    started_by="ops",
                    started_at=clinic.now_at,
                )
            )
    cry(clinic)

    assert tick(clinic) == FIRST


def test_a_spent_pace_and_a_spent_day_hold_no_alert_back(clinic: WorkingClinic) -> None:
    clinic.set(Sender, per_second=0.01, segments_per_day=1)
    for _ in range(5):
        cry(clinic)

    assert len(tick(clinic)) == 10


def test_each_level_is_told_once_however_many_schedulers_tick_at_once(clinic: WorkingClinic) -> None:
    for _ in range(8):
        cry(clinic)

    with ThreadPoolExecutor(4) as pool:
        told = sum(pool.map(lambda _: escalate(clinic.parts), range(4)))

    assert told == 8
    assert clinic.scalar(select(func.count()).select_from(Message)) == 16


@pytest.mark.parametrize("state", ["taken", "done"])
def test_what_somebody_took_between_the_tick_and_the_hand_over_is_not_told_any_more(
    clinic: WorkingClinic, state: str
) -> None:
    cry(clinic)
    escalate(clinic.parts)
    clinic.set(WorkItem, state=state)

    assert clinic.send_due() == []
    assert {(row.state, row.reason) for row in clinic.messages()} == {("cancelled", "item_taken")}


def test_an_item_that_is_done_is_told_to_nobody(clinic: WorkingClinic) -> None:
    cry(clinic)
    tick(clinic)
    clinic.set(WorkItem, state="done")

    assert [later(clinic) for _ in range(3)] == [[], [], []]


def test_a_taken_item_that_came_to_nothing_is_told_again_from_the_first_level(clinic: WorkingClinic) -> None:
    item_id = cry(clinic)
    tick(clinic)
    later(clinic)
    clinic.set(WorkItem, state="taken", owner="Rosa", escalate_at=clinic.now_at + timedelta(minutes=30))

    assert later(clinic, timedelta(minutes=29)) == []
    assert later(clinic, timedelta(minutes=1)) == FIRST
    assert (item(clinic, item_id).state, item(clinic, item_id).owner) == ("open", None)
    assert later(clinic) == SECOND
    assert clinic.scalar(select(Audit.what).where(Audit.what == "work_item.given_back")) == "work_item.given_back"


@pytest.mark.parametrize(
    "answer", [Refused("twilio_21614", Fault.NOT_MOBILE), Refused("twilio_21610", Fault.OPTED_OUT)]
)
def test_an_alert_that_is_refused_hurries_the_next_level_at_once(clinic: WorkingClinic, answer: Refused) -> None:
    clinic.channel.answers[NURSE] = [answer]
    cry(clinic)
    tick(clinic)

    assert tick(clinic) == SECOND


def test_an_alert_that_is_reported_undelivered_hurries_the_next_level_once(clinic: WorkingClinic) -> None:
    cry(clinic)
    tick(clinic)
    (text,) = clinic.messages(Message.rule == "alert-level-1-sms")

    clinic.receipt(text.id, "undelivered", "30003")
    clinic.settle()

    assert tick(clinic) == SECOND
    assert tick(clinic) == []


def test_a_late_report_about_a_level_that_is_passed_hurries_nobody(clinic: WorkingClinic) -> None:
    cry(clinic)
    tick(clinic)
    (text,) = clinic.messages(Message.rule == "alert-level-1-sms")
    later(clinic)

    clinic.receipt(text.id, "undelivered", "30003")
    clinic.settle()

    assert tick(clinic) == []


def test_both_routes_of_a_level_failing_hurry_one_level_only(clinic: WorkingClinic) -> None:
    clinic.channel.answers[NURSE] = [Refused("twilio_21614", Fault.NOT_MOBILE)] * 2
    cry(clinic)
    tick(clinic)

    assert tick(clinic) == SECOND
    assert tick(clinic) == []


def test_a_dead_phone_of_the_last_level_does_not_ring_the_duty_line_all_the_time(clinic: WorkingClinic) -> None:
    clinic.channel.answers[DIRECTOR] = [Refused("twilio_21614", Fault.NOT_MOBILE)] * 50
    cry(clinic)
    tick(clinic)
    later(clinic)
    assert ("call", DUTY_LINE) in tick(clinic)

    assert [tick(clinic) for _ in range(3)] == [[], [], []]
    assert ("call", DUTY_LINE) in later(clinic)


def test_a_number_marked_as_dead_is_not_tried_and_the_next_level_hears_at_once(clinic: WorkingClinic) -> None:
    clinic.channel.answers[NURSE] = [Refused("twilio_21211", Fault.DEAD_ADDRESS)] * 2
    cry(clinic)
    tick(clinic)
    clinic.set(WorkItem, state="done")
    cry(clinic)

    assert tick(clinic) == []
    assert tick(clinic) == SECOND


def test_a_staff_phone_that_said_stop_is_alerted_all_the_same(clinic: WorkingClinic) -> None:
    clinic.address("sms", NURSE)
    clinic.opt_out(NURSE)
    cry(clinic)

    assert tick(clinic) == FIRST


def test_an_alert_that_the_provider_defers_goes_later(clinic: WorkingClinic) -> None:
    clinic.channel.answers[NURSE] = [Deferred("http_429", Hold.SAFE), Deferred("http_429", Hold.SAFE)]
    cry(clinic)
    tick(clinic)
    clinic.set(Message, not_before=None)
    clinic.set(Pace, shut_until=None)

    assert tick(clinic) == FIRST


def test_a_call_whose_fate_is_unknown_is_made_once_more_and_never_parked(clinic: WorkingClinic) -> None:
    clinic.channel.answers[NURSE] = [Unknown("timeout")] * 4
    clinic.set(Clinic, safety={**clinic.scalar(select(Clinic.safety)), "chain": [{"staff": "nurse", "by": ["call"]}]})
    cry(clinic)
    assert tick(clinic) == [("call", NURSE)]

    for state in ("scheduled", "undelivered"):
        clinic.set(Message, Message.rule == "alert-level-1-call", check_at=func.clock_timestamp())
        inquire(clinic.parts)
        assert clinic.message("alert-level-1-call").state == state
        clinic.send_due()

    assert [one for one in clinic.work() if one.kind != "safety"] == []
    assert ("call", DUTY_LINE) in tick(clinic)


def test_a_level_that_nothing_leads_to_is_passed_over_at_once(clinic: WorkingClinic) -> None:
    clinic.set(StaffContact, StaffContact.slug == "nurse", phone=None)
    cry(clinic)

    assert tick(clinic) == SECOND


def test_a_clinic_without_a_plan_is_asked_again_later_and_nothing_spins(clinic: WorkingClinic) -> None:
    clinic.set(Clinic, safety={})
    clinic.set(StaffContact, StaffContact.slug == "duty-line", phone=None)
    item_id = cry(clinic)

    assert escalate(clinic.parts) == 1
    assert escalate_at(clinic, item_id) == clinic.now_at + LEVEL
    assert rounds(clinic) == 0


def test_what_changes_a_visit_of_today_is_told_once_and_calls_the_duty_line(clinic: WorkingClinic) -> None:
    cry(clinic, clinic.patient("Ana"), kind="change", is_urgent=True)

    told, told_later = tick(clinic), later(clinic, timedelta(hours=9))

    assert (told, told_later) == (sorted([*FIRST, ("call", DUTY_LINE)]), [])
    assert any("A reply about a visit needs a person." in text for text in clinic.channel.texts)


def test_what_nobody_took_in_time_is_told_once_in_writing(clinic: WorkingClinic) -> None:
    due_at = clinic.now_at + timedelta(hours=2)
    cry(clinic, clinic.patient("Ana"), kind="not_understood", due_at=due_at, escalate_at=due_at)

    early, told = tick(clinic), later(clinic, timedelta(hours=2))
    told_later = later(clinic, timedelta(hours=9))

    assert (early, told, told_later) == ([], [("sms", NURSE)], [])
    assert "was not taken in time" in clinic.channel.texts[0]


def test_what_is_due_at_once_by_night_and_changes_no_visit_of_today_calls_nobody(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient("Ana"), "2026-10-05 07:30")
    clinic.clock("2026-10-03 20:00")
    Telephone(clinic).writes("where do I park?")
    (asked,) = clinic.work()
    assert (asked.due_at, asked.is_after_hours) == (clinic.now_at, True)

    told = tick(clinic)

    assert "call" not in [channel for channel, _ in told]
    assert "was not taken in time" in clinic.channel.texts[-1]


def test_what_is_overdue_at_the_same_moment_is_one_alert(clinic: WorkingClinic) -> None:
    items = [cry(clinic, kind="parked") for _ in range(3)]
    taken, coming = cry(clinic, kind="parked", state="taken"), cry(clinic, escalate_at=clinic.now_at + LEVEL)

    assert tick(clinic) == [("sms", NURSE)]
    assert [escalate_at(clinic, one) for one in items] == [None] * 3
    assert clinic.scalar(select(func.count()).where(Audit.what == "work_item.escalated")) == 3
    assert item(clinic, taken).escalation == 0
    assert escalate_at(clinic, coming) is not None


def test_a_call_that_nobody_made_in_time_is_told_of(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient("Ana", consented=False), "2026-10-07 10:30")
    clinic.plan()
    (call,) = clinic.work()

    early, told = tick(clinic), later(clinic, call.due_at - clinic.now_at)

    assert (call.kind, early, told) == ("phone_patient", [], [("sms", NURSE)])


def test_a_driver_whom_nobody_found_in_time_is_told_of(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient("Ana")
    clinic.told_visit(patient_id, "2026-09-30 10:30")
    clinic.clock("2026-09-29 15:00")
    clinic.plan()
    (missing,) = [one for one in clinic.work() if one.kind == "no_driver"]

    clinic.clock_to(missing.due_at)

    assert ("sms", NURSE) in tick(clinic)
    assert escalate_at(clinic, missing.id) is None


def test_a_parked_message_that_nobody_decided_about_is_told_of(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.set(Message, Message.id == message_id, state="parked", reason="cannot_render")
    clinic.owe(clinic.scalar(select(Message.patient_id).where(Message.id == message_id)))
    clinic.plan()
    (parked,) = [one for one in clinic.work() if one.kind == "parked"]

    clinic.clock_to(parked.due_at)

    assert ("sms", NURSE) in tick(clinic)


def test_what_somebody_has_is_not_overdue(clinic: WorkingClinic) -> None:
    cry(clinic, kind="change", state="taken")

    assert tick(clinic) == []


def test_a_held_sender_of_texts_does_not_keep_the_call_back(clinic: WorkingClinic) -> None:
    clinic.set(Sender, Sender.channel == "sms", held_at=func.clock_timestamp(), held_because="twilio_20003")
    cry(clinic)

    assert tick(clinic) == [("call", NURSE)]


def test_one_alert_tells_of_all_that_is_overdue_also_when_the_named_one_is_taken(clinic: WorkingClinic) -> None:
    for _ in range(3):
        cry(clinic, kind="clinical")
    escalate(clinic.parts)
    (alert,) = clinic.messages(Message.work_item_id.is_not(None))
    assert alert.work_item_id is not None
    attending.take(clinic.parts, alert.work_item_id, by="Nia")

    clinic.send_due()

    assert clinic.get(alert.id).state == "sent"
