"""A refusal that may be about our set-up or about one message: the sender's other answers tell which."""

import json
from uuid import UUID

import pytest
from sqlalchemy import select

from reminders.channels.smtp_replies import judge_reply
from reminders.channels.twilio_answers import judge
from reminders.domain.answers import Accepted, Answer
from reminders.domain.states import State
from reminders.store.tables.clinic import Pace, Sender
from reminders.store.tables.messages import Message
from tests.working_clinic import DUE, WorkingClinic

MANY = 8
CODES = [21606, 21608, 21219, 29999]


def doubtful(code: int) -> Answer:
    return judge(400, {}, json.dumps({"code": code, "status": 400}))


def phone(number: int) -> str:
    """Return the phone of a clinic's patient, who are numbered as they are booked."""
    return f"+1312555{number:04}"


@pytest.fixture
def due(clinic: WorkingClinic) -> list[UUID]:
    """Eight texts that are due."""
    ids = clinic.reminders(MANY)
    clinic.clock(DUE)
    return ids


def emails(clinic: WorkingClinic) -> list[UUID]:
    """Return eight emails that are due."""
    for number in range(MANY):
        clinic.told_visit(
            clinic.patient(f"Ana{number}", phone=None, email=mailbox(number)),
            "2026-09-29 14:00",
            service="consultation",
        )
    clinic.plan()
    clinic.clock(DUE)
    return [row.id for row in clinic.messages(Message.channel == "email", Message.rule == "reminder")]


def mailbox(number: int) -> str:
    return f"ana{number}@example.com"


def refuse(clinic: WorkingClinic, code: int, *numbers: int) -> None:
    """From now on refuse these patients' texts."""
    clinic.channel.answers = {phone(number): [doubtful(code)] * 20 for number in numbers}


def one_at_a_time(clinic: WorkingClinic) -> None:
    clinic.set(Sender, Sender.channel == "sms", per_second="0.50")


def next_text(clinic: WorkingClinic) -> int:
    """Send the next text of a slow sender; return how many went."""
    clinic.set(Pace, Pace.clinic_id == clinic.id, tokens=1)
    return len(clinic.send(clinic.dispatch()))


def pauses_end(clinic: WorkingClinic) -> None:
    clinic.set(Message, Message.state == State.SCHEDULED, not_before=None)


def texts(clinic: WorkingClinic) -> list[str]:
    """Return how the texts stand."""
    return sorted(row.state for row in clinic.messages(Message.channel == "sms"))


@pytest.mark.parametrize("code", CODES)
def test_one_that_is_refused_beside_others_that_are_accepted_holds_nobody(
    clinic: WorkingClinic, due: list[UUID], code: int
) -> None:
    refuse(clinic, code, 3)

    clinic.send(clinic.dispatch())

    assert texts(clinic) == [*[State.SENT] * (MANY - 1), State.UNDELIVERED]
    assert clinic.sender().held_at is None
    (email,) = clinic.messages(Message.channel == "email")
    assert (email.step, email.state) == (2, State.SCHEDULED)


@pytest.mark.parametrize("code", CODES)
def test_a_refusal_that_meets_everybody_holds_the_sender_and_uses_up_nothing(
    clinic: WorkingClinic, due: list[UUID], code: int
) -> None:
    refuse(clinic, code, *range(MANY))

    clinic.send(clinic.dispatch())

    assert texts(clinic) == [State.SCHEDULED] * MANY
    assert clinic.sender().held_because == f"twilio_{code}"
    assert [item.kind for item in clinic.work()] == ["sender_held"]


@pytest.mark.parametrize("code", CODES)
def test_that_shows_also_where_each_goes_alone(clinic: WorkingClinic, due: list[UUID], code: int) -> None:
    refuse(clinic, code, *range(MANY))
    one_at_a_time(clinic)

    went = [next_text(clinic) for _ in range(MANY)]

    assert sum(went) == 3
    assert clinic.sender().held_because == f"twilio_{code}"
    assert texts(clinic) == [State.SCHEDULED] * MANY


@pytest.mark.parametrize("code", CODES)
def test_a_message_that_is_refused_alone_again_and_again_goes_by_another_way_and_holds_nobody(
    clinic: WorkingClinic, code: int
) -> None:
    (only,) = clinic.reminders(1)
    clinic.clock(DUE)
    refuse(clinic, code, 0)

    for _ in range(3):
        pauses_end(clinic)
        clinic.send_due()

    assert (clinic.get(only).state, clinic.get(only).reason) == (State.UNDELIVERED, f"twilio_{code}")
    assert [attempt.outcome for attempt in clinic.attempts(only)] == ["deferred", "deferred", "refused"]
    assert [row.state for row in clinic.messages(Message.channel == "email")] == [State.SENT]
    assert (clinic.sender().held_at, clinic.work()) == (None, [])


def test_what_was_refused_alone_goes_when_it_was_only_for_a_moment(clinic: WorkingClinic) -> None:
    (only,) = clinic.reminders(1)
    clinic.clock(DUE)
    clinic.channel.answers = {phone(0): [doubtful(21606), Accepted("SM1")]}

    clinic.send_due()
    pauses_end(clinic)
    clinic.send_due()

    assert clinic.get(only).state == State.SENT
    assert clinic.scalar(select(Pace.doubts).where(Pace.sender_id == clinic.sender().id)) == 0


def test_one_odd_number_does_not_hold_the_sender_between_texts_that_go(clinic: WorkingClinic, due: list[UUID]) -> None:
    refuse(clinic, 21606, 0)
    one_at_a_time(clinic)

    for _ in range(3):
        while next_text(clinic):
            pass
        pauses_end(clinic)

    assert clinic.sender().held_at is None
    assert texts(clinic) == [*[State.SENT] * (MANY - 1), State.UNDELIVERED]


def test_a_sender_that_was_released_without_being_mended_is_held_again_and_loses_nothing(
    clinic: WorkingClinic, due: list[UUID]
) -> None:
    refuse(clinic, 21606, *range(MANY))
    clinic.send_due()
    clinic.seed_senders()

    pauses_end(clinic)
    clinic.send_due()

    assert clinic.sender().held_because == "twilio_21606"
    assert texts(clinic) == [State.SCHEDULED] * MANY
    assert len(clinic.work()) == 2


def test_the_one_that_held_a_sender_with_others_does_not_hold_it_again_once_they_go(
    clinic: WorkingClinic, due: list[UUID]
) -> None:
    refuse(clinic, 21606, *range(MANY))
    clinic.send_due()
    refuse(clinic, 21606, 0)
    clinic.seed_senders()

    pauses_end(clinic)
    clinic.send(clinic.dispatch())

    assert clinic.sender().held_at is None
    assert texts(clinic) == [*[State.SENT] * (MANY - 1), State.UNDELIVERED]


def test_the_clinic_is_phoned_for_whom_no_way_is_left(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient("Ana", phone=phone(0), email=None))
    clinic.plan()
    clinic.set(Message, Message.rule != "prep", state=State.CANCELLED)
    clinic.clock("2026-10-06 17:00")
    refuse(clinic, 21606, 0)

    for _ in range(3):
        pauses_end(clinic)
        clinic.send_due()

    assert "phone_patient" in [item.kind for item in clinic.work()]


def test_an_email_whose_content_a_server_blocks_holds_nobody(clinic: WorkingClinic) -> None:
    ids = emails(clinic)
    clinic.channel.answers = {mailbox(3): [judge_reply(552, "5.7.0 blocked because its content")]}

    clinic.send(clinic.dispatch())

    assert sorted(clinic.get(one).state for one in ids) == [*[State.SENT] * (MANY - 1), State.UNDELIVERED]
    assert clinic.sender("email").held_at is None


def test_a_mail_server_that_relays_for_us_no_more_uses_up_no_email(clinic: WorkingClinic) -> None:
    ids = emails(clinic)
    denied = judge_reply(554, "5.7.1 relay access denied")
    clinic.channel.answers = {mailbox(number): [denied] for number in range(MANY)}

    clinic.send(clinic.dispatch())

    assert {clinic.get(one).state for one in ids} == {State.SCHEDULED}
    assert clinic.sender("email").held_because == "smtp_5.7.1"
