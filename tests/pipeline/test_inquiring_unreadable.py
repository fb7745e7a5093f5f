"""What cannot be decrypted, or makes a channel raise, keeps no other message from being asked about."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import func
from structlog.testing import capture_logs

from reminders.channels.base import NoAnswer, Seen, SenderAccount
from reminders.domain.answers import Unknown
from reminders.domain.states import State
from reminders.domain.words import WorkKind
from reminders.pipeline.inquiring import inquire
from reminders.store.tables.messages import Attempt, Message
from reminders.store.tables.people import Address
from tests.scripted_inquirer import ScriptedInquirer
from tests.working_clinic import DUE, PHONE, WorkingClinic

BEAS = "+13125550143"

Damage = Callable[[WorkingClinic, UUID], None]


@pytest.fixture
def provider(clinic: WorkingClinic) -> ScriptedInquirer:
    """The provider's list; the clinic's sandbox can be asked about it."""
    provider = ScriptedInquirer()
    clinic.parts = replace(clinic.parts, inquirers={"sandbox": provider})
    return provider


def two_unknown(clinic: WorkingClinic) -> tuple[UUID, UUID]:
    """Return the messages of two patients that were handed over and never answered."""
    clinic.channel.answers = {PHONE: [Unknown("timeout")], BEAS: [Unknown("timeout")]}
    ids = clinic.reminder(), clinic.reminder("Bea", BEAS)
    clinic.send_at(DUE)
    return ids


def damaged_number(clinic: WorkingClinic, message_id: UUID) -> None:
    clinic.set(Address, Address.id == clinic.get(message_id).address_id, value=b"broken")


def damaged_text(clinic: WorkingClinic, message_id: UUID) -> None:
    clinic.set(Attempt, Attempt.message_id == message_id, body=b"broken")


def ask(clinic: WorkingClinic) -> None:
    """Let the next look at the provider be due, and look."""
    clinic.set(Message, Message.check_at.is_not(None), check_at=func.clock_timestamp())
    inquire(clinic.parts)


@pytest.mark.parametrize("damage", [damaged_number, damaged_text])
def test_what_cannot_be_sought_is_a_person_s_question_and_the_others_are_asked_about(
    clinic: WorkingClinic, provider: ScriptedInquirer, damage: Damage
) -> None:
    ana, bea = two_unknown(clinic)
    damage(clinic, ana)

    with capture_logs() as logs:
        ask(clinic)
    ask(clinic)

    assert (provider.asked, clinic.get(bea).state) == ([BEAS, BEAS], State.SCHEDULED)
    assert clinic.get(ana).state == State.PARKED
    assert [item.kind for item in clinic.work()] == [WorkKind.UNKNOWN_OUTCOME]
    assert [log["message_id"] for log in logs if log["event"] == "inquire.unreadable"] == [ana]


@pytest.mark.parametrize("damage", [damaged_number, damaged_text])
def test_what_the_provider_has_named_is_looked_up_all_the_same(
    clinic: WorkingClinic, provider: ScriptedInquirer, damage: Damage
) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    damage(clinic, message_id)

    ask(clinic)

    assert provider.asked == [clinic.attempts(message_id)[0].provider_id]


class _Raises(ScriptedInquirer):
    async def listed(
        self, account: SenderAccount, *, since: datetime, until: datetime | None = None, to: str | None = None
    ) -> Sequence[Seen] | NoAnswer:
        if to == PHONE:
            raise RuntimeError("a fault of ours")
        return await super().listed(account, since=since, until=until, to=to)


def test_a_question_that_makes_the_channel_raise_counts_as_not_answered(clinic: WorkingClinic) -> None:
    clinic.parts = replace(clinic.parts, inquirers={"sandbox": _Raises()})
    ana, bea = two_unknown(clinic)

    ask(clinic)

    assert [(clinic.get(one).state, clinic.get(one).checks) for one in (ana, bea)] == [
        (State.UNKNOWN, 0),
        (State.UNKNOWN, 1),
    ]
