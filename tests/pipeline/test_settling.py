"""Receipts: whatever order they come in, a message ends where it truly ended, and what must follow follows."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.domain.answers import Deferred, Unknown
from reminders.domain.retrying import next_day, retry_at
from reminders.domain.states import State
from reminders.pipeline.receiving import Report, receive
from reminders.pipeline.settling import ORPHANS_WAIT, take_up_orphans
from reminders.store.base import new_id
from reminders.store.tables.clinic import Sender
from reminders.store.tables.messages import Message, Receipt
from reminders.store.tables.people import Address
from tests.working_clinic import DUE, PHONE, WorkingClinic

GOOD, BAD = ("queued", "sent", "delivered"), ("sent", "undelivered", "delivered")


def sent(clinic: WorkingClinic) -> UUID:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    return message_id


def receipts(clinic: WorkingClinic) -> list[Receipt]:
    with clinic.parts.transaction() as session:
        return list(session.scalars(select(Receipt).order_by(Receipt.id)))


@pytest.mark.parametrize("statuses", [*permutations(GOOD), *permutations(BAD)], ids="-".join)
@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_receipts_in_any_order_end_the_same(
    clinic: WorkingClinic,
    statuses: tuple[str, ...],
    together: bool,  # noqa: FBT001
) -> None:
    message_id = sent(clinic)

    for status in statuses:
        clinic.receipt(message_id, status)
        if not together:
            clinic.settle()
    clinic.settle()

    assert clinic.get(message_id).state == State.DELIVERED
    assert {row.state for row in clinic.messages(Message.id != message_id)} <= {State.CANCELLED}


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (("queued", "undelivered", "sent"), State.UNDELIVERED),
        (("failed", "sent", "queued"), State.UNDELIVERED),
        (("undelivered", "failed", "undelivered"), State.UNDELIVERED),
        (("teleported", "canceled"), State.UNDELIVERED),
        (("sent", "queued", "teleported"), State.SENT),
    ],
)
def test_without_a_delivery_one_failure_is_the_end(
    clinic: WorkingClinic, statuses: tuple[str, ...], state: State
) -> None:
    message_id = sent(clinic)

    for status in statuses:
        clinic.receipt(message_id, status)
        clinic.settle()

    assert clinic.get(message_id).state == state


def test_a_receipt_is_settled_once(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)
    clinic.receipt(message_id, "delivered")

    assert [clinic.settle(), clinic.settle()] == [1, 0]
    assert [(row.effect, row.settled_at is not None) for row in receipts(clinic)] == [("delivered", True)]


def test_a_receipt_that_comes_twice_changes_nothing_the_second_time(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)
    for _ in range(2):
        clinic.receipt(message_id, "delivered")

    clinic.settle()

    assert [row.effect for row in receipts(clinic)] == ["delivered", "nothing new"]


def test_a_receipt_that_comes_before_the_call_is_recorded_waits(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock(DUE)
    early: list[tuple[int, str]] = []

    def report_at_once(_outgoing: object) -> None:
        clinic.receipt(message_id, "delivered")
        early.append((clinic.settle(), clinic.get(message_id).state))

    clinic.channel.looks.append(report_at_once)
    clinic.send(clinic.dispatch())
    before = clinic.get(message_id).state

    clinic.settle()

    assert early == [(0, State.SENDING)]
    assert (before, clinic.get(message_id).state) == (State.SENT, State.DELIVERED)


def test_a_receipt_of_a_message_that_is_not_known_here_is_kept_as_an_orphan(clinic: WorkingClinic) -> None:
    report = Report(attempt_id=new_id(), provider_id="SM1", status="delivered", code=None, raw="MessageSid=SM1")
    receive(clinic.parts, [report])

    clinic.settle()

    (row,) = receipts(clinic)
    assert (row.is_orphan, row.effect, row.clinic_id, row.settled_at) == (True, None, None, None)
    assert clinic.settle() == 0


def test_a_receipt_that_came_before_its_message_is_settled_when_that_is_here(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)
    clinic.receipt(message_id, "delivered")
    clinic.set(Receipt, is_orphan=True)
    early = clinic.settle()

    taken_up = take_up_orphans(clinic.parts)
    clinic.settle()

    assert (early, taken_up) == (0, 1)
    assert clinic.get(message_id).state == State.DELIVERED
    assert take_up_orphans(clinic.parts) == 0


def test_an_orphan_that_nobody_misses_waits_for_a_week(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)
    clinic.receipt(message_id, "delivered")
    clinic.set(Receipt, is_orphan=True, received_at=func.clock_timestamp() - ORPHANS_WAIT - timedelta(minutes=1))

    assert take_up_orphans(clinic.parts) == 0


def test_a_phone_that_was_off_is_tried_again_and_the_next_channel_only_after_that(clinic: WorkingClinic) -> None:
    sent(clinic)
    for step in range(1, 4):
        tried = clinic.message("reminder")
        clinic.receipt(tried.id, "undelivered", "30003")
        clinic.settle()
        following = clinic.message("reminder")

        assert (tried.step, tried.channel) == (step, "sms")
        assert (following.step, following.occurrence) == (step + 1, 1)
        earliest, latest = (retry_at(clinic.now_at, step=step, is_daily=False, jitter=one) for one in (0, 1))
        assert earliest <= following.due_at <= latest or step == 3
        clinic.clock_to(max(following.due_at, clinic.now_at))
        assert len(clinic.send_due()) == 1
    assert [row.channel for row in clinic.messages(Message.rule == "reminder")] == ["sms", "sms", "sms", "email"]


def test_texts_that_failed_together_are_not_all_tried_again_at_once(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(10)
    clinic.send_at(DUE)
    for message_id in ids:
        clinic.receipt(message_id, "undelivered", "30003")

    clinic.settle()

    assert len({row.due_at for row in clinic.messages(Message.step == 2)}) > 5


def test_a_try_that_would_come_too_late_is_left_out_for_the_next_channel(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)
    clinic.set(Message, Message.id == message_id, useful_until=clinic.now_at + timedelta(minutes=9))
    clinic.receipt(message_id, "undelivered", "30003")

    clinic.settle()

    following = clinic.message("reminder")
    assert (following.step, following.channel, following.due_at) == (2, "email", clinic.now_at)


def test_a_failure_that_may_be_wrong_is_none(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)
    clinic.receipt(message_id, "failed", "30410")

    clinic.settle()

    assert clinic.get(message_id).state == State.SENT
    assert clinic.send_due() == []


def test_a_failure_of_an_older_try_is_not_the_newest_one_s(clinic: WorkingClinic) -> None:
    clinic.channel.answers[PHONE] = [Deferred("no_connection")]
    message_id = sent(clinic)
    clinic.set(Message, Message.id == message_id, not_before=None)
    clinic.send_due()
    first, _ = clinic.attempts(message_id)
    receive(clinic.parts, [Report(attempt_id=first.id, provider_id="SM1", status="failed", code="30007", raw="")])

    clinic.settle()

    assert clinic.get(message_id).state == State.SENT


def test_a_carrier_s_daily_cap_is_waited_out_until_midnight_pacific(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)
    clinic.receipt(message_id, "undelivered", "30023")

    clinic.settle()

    following = clinic.message("reminder")
    assert (following.step, following.channel) == (2, "sms")
    assert following.due_at >= next_day(clinic.now_at)


@pytest.mark.parametrize(
    ("status", "state"),
    [("sent", State.SENT), ("delivered", State.DELIVERED), ("undelivered", State.UNDELIVERED)],
)
def test_any_receipt_settles_what_nobody_knew(clinic: WorkingClinic, status: str, state: State) -> None:
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    message_id = sent(clinic)
    before = clinic.get(message_id).state

    clinic.receipt(message_id, status)
    clinic.settle()

    assert (before, clinic.get(message_id).state) == (State.UNKNOWN, state)
    assert clinic.attempts(message_id)[0].provider_id is not None


def test_what_a_receipt_settles_frees_its_address(clinic: WorkingClinic) -> None:
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    message_id = sent(clinic)
    clinic.reminder("Bea", PHONE, "2026-09-29 15:00", email="bea@example.com")
    clinic.clock("2026-09-28 11:00")
    held = clinic.send_due()

    clinic.receipt(message_id, "delivered")
    clinic.settle()

    assert (held, len(clinic.send_due())) == ([], 1)


def test_a_landline_is_marked_and_the_email_takes_over(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)

    clinic.receipt(message_id, "undelivered", "30006")
    clinic.settle()

    row, email = clinic.get(message_id), clinic.message("reminder")
    assert (row.state, row.reason) == (State.UNDELIVERED, "twilio_30006")
    assert clinic.scalar(select(Address.dead_because).where(Address.id == row.address_id)) == "twilio_30006"
    assert (email.step, email.channel, email.state) == (2, "email", State.SCHEDULED)
    assert len(clinic.send_due()) == 1


def test_a_delivery_reported_after_all_cancels_the_next_step(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)
    clinic.receipt(message_id, "undelivered", "30003")
    clinic.settle()
    waiting = clinic.message("reminder")

    clinic.receipt(message_id, "delivered")
    clinic.settle()

    assert (waiting.step, waiting.state) == (2, State.SCHEDULED)
    assert clinic.get(message_id).state == State.DELIVERED
    assert (clinic.get(waiting.id).state, clinic.send_due()) == (State.CANCELLED, [])


def test_a_next_step_that_went_already_stays_as_it_is(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)
    clinic.receipt(message_id, "undelivered", "30007")
    clinic.settle()
    clinic.send_due()

    clinic.receipt(message_id, "delivered")
    clinic.settle()

    assert [row.state for row in clinic.messages(Message.rule == "reminder")] == [State.DELIVERED, State.SENT]


def test_a_validity_period_that_ran_out_leaves_the_number_unmarked(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)

    clinic.receipt(message_id, "failed", "30036")
    clinic.settle()

    row = clinic.get(message_id)
    assert (row.state, row.reason) == (State.UNDELIVERED, "twilio_30036")
    assert clinic.scalar(select(Address.dead_at).where(Address.id == row.address_id)) is None


def test_a_failure_reported_too_late_for_any_channel_is_a_call(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient())
    clinic.plan()
    clinic.send_at("2026-10-06 17:00")
    prep = clinic.message("prep")
    clinic.clock("2026-10-07 08:31")

    clinic.receipt(prep.id, "failed", "30036")
    clinic.settle()

    assert clinic.get(prep.id).state == State.UNDELIVERED
    assert sorted(item.kind for item in clinic.work()) == ["no_driver", "phone_patient"]
    assert clinic.send_due() == []


def test_an_unregistered_sender_is_held(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)

    clinic.receipt(message_id, "undelivered", "30034")
    clinic.settle()

    assert clinic.sender().held_because == "twilio_30034"


def test_what_an_unregistered_sender_had_accepted_waits_with_it_and_goes_again(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)
    clinic.receipt(message_id, "undelivered", "30034")
    clinic.settle()
    following = clinic.message("reminder")

    while_held = clinic.send_at("2026-09-28 12:00")
    clinic.set(Sender, Sender.channel == "sms", held_at=None, held_because=None)

    assert (following.step, following.channel, while_held) == (2, "sms", [])
    assert (len(clinic.send_due()), clinic.get(following.id).state) == (1, State.SENT)


def test_one_that_is_still_unregistered_then_leaves_the_message_to_the_next_channel(clinic: WorkingClinic) -> None:
    for _ in range(2):
        message_id = clinic.message("reminder").id if clinic.messages() else sent(clinic)
        clinic.receipt(message_id, "undelivered", "30034")
        clinic.settle()
        clinic.set(Sender, Sender.channel == "sms", held_at=None, held_because=None)
        clinic.clock_to(clinic.now_at + timedelta(hours=1))
        clinic.send_due()

    assert [row.channel for row in clinic.messages(Message.rule == "reminder")] == ["sms", "sms", "email"]


def test_what_was_handed_over_before_the_sender_was_mended_does_not_hold_it_again(clinic: WorkingClinic) -> None:
    first, second = clinic.reminders(2)
    clinic.send_at(DUE)
    clinic.receipt(first, "undelivered", "30034")
    clinic.settle()
    clinic.seed_senders()

    clinic.receipt(second, "undelivered", "30034")
    clinic.settle()

    assert clinic.sender().held_at is None
    again = clinic.messages(Message.step == 2)
    assert [(row.channel, row.state) for row in again] == [("sms", State.SCHEDULED)] * 2
    assert len(clinic.send_at("2026-09-28 12:00")) == 2


def test_what_is_handed_over_after_that_does(clinic: WorkingClinic) -> None:
    first, second = clinic.reminders(2)
    clinic.send_at(DUE)
    clinic.receipt(first, "undelivered", "30034")
    clinic.settle()
    clinic.seed_senders()
    clinic.send_at("2026-09-28 12:00")

    clinic.receipt(clinic.messages(Message.step == 2)[0].id, "undelivered", "30034")
    clinic.settle()

    assert (clinic.get(second).state, clinic.sender().held_because) == (State.SENT, "twilio_30034")


@pytest.mark.parametrize("code", ["30018", "30024"])
def test_a_carrier_that_does_not_take_our_sender_holds_nobody_else_s_texts(clinic: WorkingClinic, code: str) -> None:
    message_id = sent(clinic)

    clinic.receipt(message_id, "undelivered", code)
    clinic.settle()

    assert clinic.sender().held_at is None
    assert clinic.message("reminder").channel == "email"


def test_an_opt_out_that_a_receipt_tells_is_entered(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)

    clinic.receipt(message_id, "failed", "21610")
    clinic.settle()

    opted_out_at = select(Address.opted_out_at).where(Address.id == clinic.get(message_id).address_id)
    assert clinic.scalar(opted_out_at) == clinic.now_at


def test_what_rode_in_a_lost_text_shares_its_fate_and_goes_by_email_too(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    for starts in ("2026-10-07 10:30", "2026-10-14 10:30"):
        clinic.visit(ana, starts, service="consultation")
    clinic.plan()
    clinic.send_due()
    carrier = next(row for row in clinic.messages() if row.state == State.SENT)

    clinic.receipt(carrier.id, "undelivered", "30006")
    clinic.settle()
    texts = clinic.send_due()

    booked = clinic.messages(Message.rule == "booked")
    assert sorted((row.step, row.channel, row.state) for row in booked) == [
        (1, "sms", State.MERGED),
        (1, "sms", State.UNDELIVERED),
        (2, "email", State.MERGED),
        (2, "email", State.SENT),
    ]
    assert [("Wed Oct 7" in text, "Wed Oct 14" in text) for text in texts] == [(True, True)]


def test_a_parked_message_that_is_proven_delivered_rests(clinic: WorkingClinic) -> None:
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    message_id = sent(clinic)
    clinic.set(Message, Message.id == message_id, state=State.PARKED)

    clinic.receipt(message_id, "delivered")
    clinic.settle()

    assert clinic.get(message_id).state == State.DELIVERED


@pytest.mark.parametrize("status", ["sent", "delivered", "undelivered"])
@pytest.mark.parametrize("reason", ["untold", "crashed"])
def test_what_a_person_was_to_find_out_is_done_when_a_receipt_tells_it(
    clinic: WorkingClinic, status: str, reason: str
) -> None:
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    message_id = sent(clinic)
    clinic.set(Message, Message.id == message_id, state=State.PARKED, reason=reason)
    clinic.owe(clinic.scalar(select(Message.patient_id).where(Message.id == message_id)))
    clinic.plan()
    before = [item.state for item in clinic.work()]
    clinic.receipt(message_id, status, "30007" if status == "undelivered" else None)

    clinic.settle()

    assert (before, [item.state for item in clinic.work()]) == (["open"], ["done"])


def test_many_receipts_take_as_many_statements_as_few(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(30)
    clinic.send_at(DUE)
    clinic.receipt(ids[0], "delivered")
    with clinic.statements() as for_one:
        clinic.settle()
    for message_id in ids[1:]:
        clinic.receipt(message_id, "delivered")

    with clinic.statements() as for_many:
        clinic.settle()

    assert {row.state for row in clinic.messages(Message.rule == "reminder")} == {State.DELIVERED}
    assert len(for_many) == len(for_one)


def test_two_settlers_settle_each_receipt_once(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)
    clinic.receipt(message_id, "delivered")

    with clinic.parts.transaction() as session:
        session.execute(select(Receipt.id).with_for_update())
        meanwhile = clinic.settle()

    assert (meanwhile, clinic.settle()) == (0, 1)


def test_a_status_that_nobody_knows_is_kept_and_changes_nothing(clinic: WorkingClinic) -> None:
    message_id = sent(clinic)

    clinic.receipt(message_id, "teleported")
    clinic.settle()

    assert clinic.get(message_id).state == State.SENT
    assert clinic.scalar(select(func.count()).select_from(Receipt).where(Receipt.settled_at.is_(None))) == 0
