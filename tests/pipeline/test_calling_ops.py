"""What only ops can mend is told to ops: at once where messages do not go, by a way that works."""

from datetime import timedelta

from sqlalchemy import func, select
from structlog.testing import capture_logs

from reminders.channels.twilio_answers import judge
from reminders.domain.answers import Deferred, Hold, Unknown
from reminders.domain.breaker import FAULTS
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.words import WorkKind
from reminders.pipeline import attending, breaking
from reminders.pipeline.escalating import escalate
from reminders.pipeline.watching import Watch
from reminders.store import senders, work
from reminders.store.tables.clinic import Clinic, Pace, Sender
from reminders.store.tables.messages import Message, WorkItem
from reminders.store.work import NewWork
from tests.clinics import SANDBOX, VAULT
from tests.domain.planning_clinic import at
from tests.help_wanted import LEVEL, NURSE, cry, escalate_at, item, later, tick
from tests.working_clinic import DUE, PHONE, WorkingClinic

DESK_MAIL, DESK_PHONE = ("email", "desk@cedar.example"), ("sms", "+12125550143")
NIGHT = "2026-09-29 03:00"


def hold(clinic: WorkingClinic, *channels: str) -> None:
    clinic.set(Sender, Sender.channel.in_(channels), held_at=func.clock_timestamp(), held_because="twilio_20003")


def misconfigured(clinic: WorkingClinic) -> WorkItem:
    """Let a text find out that the set-up is wrong; return the item that this opens."""
    clinic.channel.answers[PHONE] = [Deferred("twilio_20003", Hold.CONFIGURATION)]
    clinic.reminder()
    clinic.send_at(DUE)
    found: WorkItem = clinic.scalar(select(WorkItem).where(WorkItem.kind == WorkKind.SENDER_HELD))
    return found


def open_item(clinic: WorkingClinic, kind: WorkKind, *, is_urgent: bool) -> None:
    new = NewWork(
        clinic_id=clinic.id,
        key=f"{kind}/test",
        kind=kind,
        due_at=clinic.now_at,
        is_urgent=is_urgent,
        reason=Reason.ORPHAN,
        escalate_at=clinic.now_at,
    )
    with clinic.parts.transaction() as session:
        work.open_items(session, [new], now=clinic.now_at)


def test_a_held_sender_is_told_to_ops_at_once_by_the_way_that_is_left(clinic: WorkingClinic) -> None:
    held = misconfigured(clinic)

    assert tick(clinic) == [DESK_MAIL]
    assert f"Item {str(held.id)[-8:]}" in clinic.channel.texts[-1]
    assert later(clinic, timedelta(hours=5)) == []


def test_what_a_suspended_account_kept_waiting_goes_once_when_ops_have_mended_it(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(20)
    suspended = judge(403, {}, '{"code": 20005, "status": 403}')
    clinic.channel.answers = {f"+1312555{number:04}": [suspended] for number in range(20)}
    clinic.send_at(DUE)
    told = tick(clinic)
    before = len(clinic.channel.given)

    with clinic.parts.transaction() as session:
        senders.follow(session, VAULT, clinic.id, SANDBOX)
    clinic.set(Message, Message.state == State.SCHEDULED, not_before=None)
    clinic.send_due()

    went = [one.to for one in clinic.channel.given[before:] if one.by == "sms"]
    assert told == [DESK_MAIL]
    assert {clinic.get(one).state for one in ids} == {State.SENT}
    assert (len(went), len(set(went))) == (20, 20)


def test_a_mailbox_that_is_held_is_told_by_text(clinic: WorkingClinic) -> None:
    hold(clinic, "email")
    open_item(clinic, WorkKind.SENDER_HELD, is_urgent=True)

    assert tick(clinic) == [DESK_PHONE]


def test_where_ops_cannot_be_reached_the_first_level_is_called(clinic: WorkingClinic) -> None:
    hold(clinic, "email", "sms")
    open_item(clinic, WorkKind.SENDER_HELD, is_urgent=True)

    assert tick(clinic) == [("call", NURSE)]


def test_where_nobody_can_be_reached_the_log_says_so(clinic: WorkingClinic) -> None:
    hold(clinic, "email", "sms", "call", "pager")
    open_item(clinic, WorkKind.SENDER_HELD, is_urgent=True)

    with capture_logs() as log:
        assert tick(clinic) == []

    assert [line["event"] for line in log if line["log_level"] == "error"] == ["escalation.nobody_told"]


def test_a_clinic_that_names_no_ops_has_its_first_level_told_in_writing(clinic: WorkingClinic) -> None:
    plan = clinic.scalar(select(Clinic.safety))
    clinic.set(Clinic, safety=plan | {"ops": None})
    open_item(clinic, WorkKind.SENDER_HELD, is_urgent=True)

    assert tick(clinic) == [("sms", NURSE)]


def test_a_provider_that_is_out_for_ten_minutes_is_told_past_it(clinic: WorkingClinic) -> None:
    clinic.reminders(9)
    clinic.channel.answers = {f"+1312555{number:04}": [Unknown("timeout")] for number in range(9)}
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", per_second="0.50")
    for _ in range(FAULTS):
        clinic.set(Pace, Pace.clinic_id == clinic.id, tokens=1)
        clinic.send(clinic.dispatch())
    clinic.clock_to(clinic.now_at + breaking.PATIENCE)
    clinic.set(Pace, Pace.clinic_id == clinic.id, shut_until=func.clock_timestamp(), tokens=1)
    clinic.send(clinic.dispatch())

    assert tick(clinic) == [DESK_MAIL]


def test_what_is_due_and_does_not_move_is_told_at_once(clinic: WorkingClinic) -> None:
    clinic.reminder()
    clinic.clock_to(at(DUE) + timedelta(minutes=20))

    Watch(clinic.parts, still=timedelta()).look()

    (late,) = clinic.work()
    assert (late.kind, escalate_at(clinic, late.id), item(clinic, late.id).is_urgent) == (
        "downtime",
        clinic.now_at,
        True,
    )


def test_at_night_ops_is_told_of_what_stops_messages_and_of_the_rest_when_the_clinic_opens(
    clinic: WorkingClinic,
) -> None:
    clinic.clock(NIGHT)
    open_item(clinic, WorkKind.ORPHAN, is_urgent=False)
    open_item(clinic, WorkKind.DOWNTIME, is_urgent=True)

    assert tick(clinic) == [DESK_MAIL, DESK_PHONE]
    clinic.clock("2026-09-29 06:59")
    assert tick(clinic) == []
    clinic.clock("2026-09-29 07:00")
    assert tick(clinic) == [DESK_MAIL, DESK_PHONE]


def test_what_somebody_has_taken_is_told_no_more(clinic: WorkingClinic) -> None:
    held = misconfigured(clinic)
    escalate(clinic.parts)

    attending.take(clinic.parts, held.id, by="Rosa")

    assert clinic.send_due() == []
    assert [row.state for row in clinic.messages(Message.work_item_id == held.id)] == ["cancelled"]


def test_what_is_overdue_at_the_same_moment_is_another_alert(clinic: WorkingClinic) -> None:
    cry(clinic, kind="parked")
    open_item(clinic, WorkKind.SENDER_HELD, is_urgent=True)
    open_item(clinic, WorkKind.ORPHAN, is_urgent=False)

    told = tick(clinic)

    assert sorted(told) == sorted([DESK_MAIL, DESK_PHONE, DESK_MAIL, DESK_PHONE, ("sms", NURSE)])
    assert later(clinic, LEVEL) == []


def test_the_seed_that_releases_the_sender_closes_what_it_opened(clinic: WorkingClinic) -> None:
    held = misconfigured(clinic)

    clinic.seed_senders()

    assert clinic.scalar(select(WorkItem.state).where(WorkItem.id == held.id)) == "done"
