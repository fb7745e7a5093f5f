"""Inquiring: what may have gone is settled by the provider's own list, and never sent twice for want of an answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.channels.base import NoAnswer, Seen
from reminders.domain.answers import Hold, Unknown
from reminders.domain.states import State
from reminders.domain.words import WorkKind
from reminders.pipeline.concluding import GIVE_UP
from reminders.pipeline.inquiring import inquire
from reminders.pipeline.times import POLLS
from reminders.store.tables.messages import Attempt, Message, Receipt
from tests.domain.planning_clinic import at
from tests.scripted_inquirer import ScriptedInquirer
from tests.working_clinic import DUE, MAILBOX, PHONE, WorkingClinic


@pytest.fixture
def provider(clinic: WorkingClinic) -> ScriptedInquirer:
    """The provider's list; the clinic's sandbox can be asked about it."""
    provider = ScriptedInquirer()
    clinic.parts = replace(clinic.parts, inquirers={"sandbox": provider})
    return provider


def unknown(clinic: WorkingClinic, to: str = PHONE) -> UUID:
    """Return a message that was handed over and never answered."""
    clinic.channel.answers[to] = [Unknown("timeout")]
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    assert clinic.get(message_id).state == State.UNKNOWN
    return message_id


def seen(clinic: WorkingClinic, message_id: UUID, status: str = "delivered", code: str | None = None) -> Seen:
    """Return the entry of a provider that took the message's newest try."""
    launched_at = clinic.attempts(message_id)[-1].launched_at
    assert launched_at is not None
    return Seen(
        provider_id="SM" + "a" * 32,
        to=PHONE,
        text=clinic.channel.texts[-1],
        status=status,
        code=code,
        created_at=launched_at + timedelta(seconds=1),
    )


def ask(clinic: WorkingClinic) -> int:
    """Let the next look at the provider be due, and look."""
    clinic.set(Message, Message.check_at.is_not(None), check_at=func.clock_timestamp())
    return inquire(clinic.parts)


def ask_twice(clinic: WorkingClinic) -> None:
    ask(clinic)
    ask(clinic)


def test_nobody_is_asked_before_the_provider_s_list_can_have_it(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    message_id = unknown(clinic)

    inquire(clinic.parts)

    assert provider.asked == []
    first_look = clinic.get(message_id).check_at
    launched_at = clinic.attempts(message_id)[0].launched_at
    assert first_look is not None
    assert launched_at is not None
    assert first_look - launched_at >= clinic.parts.times.settle_first


@pytest.mark.parametrize(
    ("status", "state"),
    [("queued", State.SENT), ("sent", State.SENT), ("delivered", State.DELIVERED), ("undelivered", State.UNDELIVERED)],
)
def test_what_the_list_shows_settles_the_message(
    clinic: WorkingClinic, provider: ScriptedInquirer, status: str, state: State
) -> None:
    message_id = unknown(clinic)
    provider.messages.append(seen(clinic, message_id, status))

    ask(clinic)

    assert clinic.get(message_id).state == state
    assert clinic.attempts(message_id)[0].provider_id == "SM" + "a" * 32
    assert clinic.channel.texts == clinic.channel.texts[:1]


def test_what_the_list_shows_is_kept_as_a_receipt(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    message_id = unknown(clinic)
    provider.messages.append(seen(clinic, message_id))

    ask(clinic)

    with clinic.parts.transaction() as session:
        (receipt,) = session.scalars(select(Receipt)).all()
    assert (receipt.status, receipt.effect, receipt.is_orphan) == ("delivered", "delivered", False)


def test_one_look_that_finds_nothing_proves_nothing(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    message_id = unknown(clinic)

    ask(clinic)

    assert (clinic.get(message_id).state, provider.asked) == (State.UNKNOWN, [PHONE])


def test_it_is_found_at_the_second_look_when_the_list_lagged(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    message_id = unknown(clinic)
    ask(clinic)
    provider.messages.append(seen(clinic, message_id))

    ask(clinic)

    assert (clinic.get(message_id).state, len(clinic.channel.given)) == (State.DELIVERED, 1)


def test_absent_at_both_looks_it_is_sent_once_more(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    message_id = unknown(clinic)

    ask_twice(clinic)

    assert provider.asked == [PHONE, PHONE]
    assert clinic.get(message_id).state == State.SCHEDULED
    assert len(clinic.send_due()) == 1
    assert clinic.get(message_id).state == State.SENT


def test_absent_again_after_the_second_try_it_waits_for_a_person(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    message_id = unknown(clinic)
    ask_twice(clinic)
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    clinic.send_due()

    ask_twice(clinic)

    assert provider.asked == [PHONE] * 4
    assert clinic.get(message_id).state == State.PARKED
    assert [item.kind for item in clinic.work()] == [WorkKind.UNKNOWN_OUTCOME]
    assert clinic.send_due() == []


def test_what_was_never_taken_and_helps_nobody_any_more_expires(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    message_id = unknown(clinic)
    clinic.set(Message, Message.id == message_id, useful_until=at(DUE))

    ask_twice(clinic)

    assert provider.asked == [PHONE, PHONE]
    assert clinic.get(message_id).state == State.EXPIRED


def test_nothing_else_goes_to_the_address_while_it_is_unknown(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    unknown(clinic)
    clinic.reminder("Bea", phone=PHONE)

    waiting = clinic.send_due()
    ask_twice(clinic)

    assert (waiting, provider.asked) == ([], [PHONE, PHONE])
    assert len(clinic.send_due()) == 2


def test_a_cancelled_visit_s_message_that_was_never_taken_is_not_sent_again(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    message_id = unknown(clinic)
    clinic.cancel(clinic.visit_of(message_id))

    ask_twice(clinic)

    assert provider.asked == [PHONE, PHONE]
    assert [text for text in clinic.send_due() if "reminder" in text.lower()] == []
    assert clinic.get(message_id).state == State.CANCELLED


def test_a_provider_that_does_not_answer_proves_nothing(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    message_id = unknown(clinic)
    provider.silent = NoAnswer("http_503")

    for _ in range(5):
        ask(clinic)

    message = clinic.get(message_id)
    assert (message.state, message.checks) == (State.UNKNOWN, 0)


def test_a_provider_that_is_silent_for_a_day_makes_it_a_person_s_question(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    message_id = unknown(clinic)
    provider.silent = NoAnswer("timeout")
    ask(clinic)
    _first_silent_a_day_ago(clinic, message_id)

    ask(clinic)

    assert clinic.get(message_id).state == State.PARKED


def test_the_day_begins_with_the_first_question_that_is_not_answered(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    message_id = unknown(clinic)
    provider.silent = NoAnswer("http_503")
    two_days_ago = func.clock_timestamp() - timedelta(days=2)
    clinic.set(Attempt, Attempt.message_id == message_id, launched_at=two_days_ago)
    clinic.set(Message, Message.id == message_id, launched_at=two_days_ago)

    ask(clinic)

    assert clinic.get(message_id).state == State.UNKNOWN


def test_an_answer_in_between_begins_the_day_anew(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    message_id = unknown(clinic)
    provider.silent = NoAnswer("http_503")
    ask(clinic)
    _first_silent_a_day_ago(clinic, message_id)
    provider.silent = None
    ask(clinic)
    provider.silent = NoAnswer("http_503")

    ask(clinic)

    assert (clinic.get(message_id).state, clinic.get(message_id).checks) == (State.UNKNOWN, 1)


def test_wrong_keys_hold_the_sender(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    unknown(clinic)
    provider.silent = NoAnswer("http_401", Hold.CONFIGURATION)

    ask(clinic)

    assert clinic.sender().held_because == "http_401"


def test_two_entries_that_it_could_be_are_for_a_person_to_tell_apart(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    message_id = unknown(clinic)
    one = seen(clinic, message_id)
    provider.messages += [one, replace(one, provider_id="SM" + "b" * 32)]

    ask(clinic)

    assert clinic.get(message_id).state == State.PARKED
    assert [item.because for item in clinic.work()] == [
        "it may have gone, and nothing at the provider tells whether it did"
    ]


def test_a_receipt_still_settles_what_waits_for_a_person(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    message_id = unknown(clinic)
    one = seen(clinic, message_id)
    provider.messages += [one, replace(one, provider_id="SM" + "b" * 32)]
    ask(clinic)
    clinic.receipt(message_id, "delivered")

    clinic.settle()

    assert clinic.get(message_id).state == State.DELIVERED


def test_an_email_that_may_have_gone_waits_for_a_person(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    message_id = unknown_email(clinic)

    ask(clinic)

    assert provider.asked == []
    assert clinic.get(message_id).state == State.PARKED
    assert [item.kind for item in clinic.work()] == [WorkKind.UNKNOWN_OUTCOME]


def unknown_email(clinic: WorkingClinic) -> UUID:
    clinic.channel.answers[MAILBOX] = [Unknown("dropped")]
    message_id = clinic.reminder(phone="", email=MAILBOX)
    clinic.send_at(DUE)
    assert clinic.get(message_id).state == State.UNKNOWN
    return message_id


def test_a_parked_email_holds_its_mailbox_no_more(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    unknown_email(clinic)
    clinic.reminder("Bea", phone="", email=MAILBOX)
    before = clinic.send_due()

    ask(clinic)

    assert (before, provider.asked) == ([], [])
    assert len(clinic.send_due()) == 1


# receipts that do not come


def test_a_message_without_a_receipt_is_asked_about(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    provider_id = clinic.attempts(message_id)[0].provider_id or ""
    provider.messages.append(replace(seen(clinic, message_id), provider_id=provider_id))

    ask(clinic)

    assert provider.asked == [provider_id]
    assert clinic.get(message_id).state == State.DELIVERED


def test_one_that_stays_on_its_way_is_asked_about_ever_more_rarely_and_in_the_end_no_more(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    provider_id = clinic.attempts(message_id)[0].provider_id or ""
    provider.messages.append(replace(seen(clinic, message_id, "sent"), provider_id=provider_id))

    waits = [_wait_after_asking(clinic, message_id) for _ in range(POLLS)]

    assert waits[:-1] == sorted(waits[:-1])
    assert (waits[-1], ask(clinic), clinic.get(message_id).state) == (0, 0, State.SENT)


def _wait_after_asking(clinic: WorkingClinic, message_id: UUID, *, learnt: int = 1) -> int:
    """Ask, and return in how many minutes the next question is due; 0: never."""
    assert ask(clinic) == learnt
    check_at = clinic.get(message_id).check_at
    return round((check_at - datetime.now(UTC)).total_seconds() / 60) if check_at else 0  # noqa: TID251  machine time


def test_about_one_that_was_sent_a_silent_provider_is_not_asked_for_ever(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    provider.silent = NoAnswer("http_503")
    ask(clinic)
    on_the_first_day = clinic.get(message_id).checks
    _first_silent_a_day_ago(clinic, message_id)

    waits = [_wait_after_asking(clinic, message_id, learnt=0) for _ in range(POLLS)]

    assert on_the_first_day == 0
    assert waits[:-1] == sorted(waits[:-1])
    assert waits[0] >= 30
    assert (waits[-1], ask(clinic), clinic.get(message_id).state) == (0, 0, State.SENT)


def _first_silent_a_day_ago(clinic: WorkingClinic, message_id: UUID) -> None:
    clinic.set(Message, Message.id == message_id, lease_until=Message.lease_until - GIVE_UP)


def test_a_receipt_ends_the_asking(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    clinic.receipt(message_id, "delivered")
    clinic.settle()

    ask(clinic)

    assert (provider.asked, clinic.get(message_id).check_at) == ([], None)


def test_two_askers_ask_once(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    unknown(clinic)
    clinic.set(Message, Message.check_at.is_not(None), check_at=func.clock_timestamp())

    asked: list[Callable[[], int]] = [lambda: inquire(clinic.parts), lambda: inquire(clinic.parts)]

    assert [one() for one in asked] == [1, 0]
    assert provider.asked == [PHONE]
