"""A turn of asking: one asker at a time, and a provider that is silent, out or busy keeps nobody else's waiting."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders.channels.base import NoAnswer, Seen, SenderAccount
from reminders.domain.answers import Unknown
from reminders.domain.states import State
from reminders.pipeline.inquiring import ENDS, inquire
from reminders.store import leases
from reminders.store.tables.clinic import Pace
from reminders.store.tables.machinery import Lease
from reminders.store.tables.messages import Attempt, Message
from tests.scripted_inquirer import ScriptedInquirer
from tests.working_clinic import DUE, MAILBOX, WorkingClinic


@dataclass
class _Deaf(ScriptedInquirer):
    """A provider that answers nothing about some numbers."""

    deaf_to: set[str] = field(default_factory=set)

    async def listed(
        self, account: SenderAccount, *, since: datetime, until: datetime | None = None, to: str | None = None
    ) -> Sequence[Seen] | NoAnswer:
        found = await super().listed(account, since=since, until=until, to=to)
        return NoAnswer("timeout") if to in self.deaf_to else found


@pytest.fixture
def provider(clinic: WorkingClinic) -> _Deaf:
    """The provider's list; the clinic's sandbox can be asked about it."""
    provider = _Deaf()
    clinic.parts = replace(clinic.parts, inquirers={"sandbox": provider})
    return provider


def unknown(clinic: WorkingClinic, count: int) -> list[UUID]:
    """Return messages that were handed over and never answered; their time to be asked about has come."""
    ids = clinic.reminders(count)
    clinic.channel.answers = {phone(number): [Unknown("timeout")] for number in range(count)}
    clinic.send_at(DUE)
    due_now(clinic)
    return ids


def phone(number: int) -> str:
    return f"+1312555{number:04}"


def due_now(clinic: WorkingClinic) -> None:
    """Let the time have come to ask about everything, in the order of the messages."""
    clinic.set(Message, Message.check_at.is_not(None), check_at=func.clock_timestamp())
    clinic.set(Pace, shut_until=None)


def of_another_sender(clinic: WorkingClinic, message_id: UUID) -> None:
    """Let a message be the last to be asked about, and another sender's."""
    other = clinic.sender("email").id
    clinic.set(Message, Message.id == message_id, sender_id=other, check_at=func.clock_timestamp())
    clinic.set(Attempt, Attempt.message_id == message_id, sender_id=other)


def number_of(clinic: WorkingClinic, message_id: UUID) -> str:
    """Return where a message went."""
    return next(given.to for given in clinic.channel.given if given.message_id == message_id)


def test_while_one_asks_nobody_else_does(clinic: WorkingClinic, provider: _Deaf) -> None:
    unknown(clinic, 1)
    with clinic.parts.transaction() as session:
        leases.hold(session, "inquiring", "somebody", last=timedelta(minutes=1))

    meanwhile = inquire(clinic.parts)
    clinic.set(Lease, Lease.name == "inquiring", until=func.clock_timestamp() - timedelta(milliseconds=1))
    later = inquire(clinic.parts)

    assert (meanwhile, later, provider.asked) == (0, 1, [phone(0)])


def test_who_has_asked_makes_room_at_once(clinic: WorkingClinic, provider: _Deaf) -> None:
    unknown(clinic, 1)

    for _ in range(2):
        inquire(clinic.parts)
        due_now(clinic)

    assert provider.asked == [phone(0)] * 2


def test_the_first_silence_of_a_provider_puts_off_all_that_it_is_to_be_asked(
    clinic: WorkingClinic, provider: _Deaf
) -> None:
    ids = unknown(clinic, ENDS + 5)
    provider.deaf_to = {phone(number) for number in range(ENDS + 5)}

    inquire(clinic.parts)

    pauses = clinic.scalar(select(func.min(Message.check_at) - func.clock_timestamp()).where(Message.id.in_(ids)))
    assert len(provider.asked) == ENDS
    assert pauses > clinic.parts.times.ask_again / 2


def test_a_silent_provider_keeps_nobody_else_waiting(clinic: WorkingClinic, provider: _Deaf) -> None:
    ids = unknown(clinic, 2 * ENDS + 1)
    of_another_sender(clinic, ids[-1])
    theirs = number_of(clinic, ids[-1])
    provider.deaf_to = {phone(number) for number in range(2 * ENDS + 1)} - {theirs}

    inquire(clinic.parts)

    assert (len(provider.asked), provider.asked[-1]) == (ENDS + 1, theirs)
    assert clinic.get(ids[-1]).checks == 1


def test_a_provider_that_answers_some_is_asked_the_rest(clinic: WorkingClinic, provider: _Deaf) -> None:
    unknown(clinic, ENDS + 5)
    provider.deaf_to = {phone(0), phone(1)}

    inquire(clinic.parts)

    assert len(provider.asked) == ENDS + 5


def test_a_sender_that_is_shut_is_not_asked_about_until_it_opens(clinic: WorkingClinic, provider: _Deaf) -> None:
    ids = unknown(clinic, 3)
    of_another_sender(clinic, ids[2])
    clinic.set(Pace, Pace.sender_id == clinic.sender().id, shut_until=func.clock_timestamp() + timedelta(minutes=1))
    inquire(clinic.parts)
    while_shut = list(provider.asked)

    clinic.set(Pace, shut_until=func.clock_timestamp())
    inquire(clinic.parts)

    assert while_shut == [number_of(clinic, ids[2])]
    assert sorted(provider.asked[1:]) == sorted({phone(0), phone(1), phone(2)} - set(while_shut))


def test_an_email_waits_for_no_sender_to_be_a_person_s_question(clinic: WorkingClinic, provider: _Deaf) -> None:
    clinic.channel.answers[MAILBOX] = [Unknown("dropped")]
    message_id = clinic.reminder(phone="", email=MAILBOX)
    clinic.send_at(DUE)
    due_now(clinic)
    clinic.set(Pace, shut_until=func.clock_timestamp() + timedelta(minutes=1))

    inquire(clinic.parts)

    assert (clinic.get(message_id).state, provider.asked) == (State.PARKED, [])
