"""Listening: a text whose webhook never came is found in the provider's list, and none is heard twice or skipped."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from reminders.channels.base import NoAnswer, Received
from reminders.domain.replies.inbound import Heard, Inbound
from reminders.pipeline.listening import listen
from reminders.pipeline.owing import anything_to_list
from reminders.store.base import new_id
from reminders.store.now import read
from reminders.store.tables.clinic import Sender
from reminders.store.tables.messages import Reply
from reminders.store.tables.people import Address
from tests.scripted_inquirer import ScriptedInquirer
from tests.working_clinic import PHONE, WorkingClinic

OURS = "+15005550006"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def provider(clinic: WorkingClinic) -> ScriptedInquirer:
    """The provider's list of the clinic's texts."""
    provider = ScriptedInquirer()
    clinic.parts = replace(clinic.parts, inquirers={"sandbox": provider})
    return provider


class Ear:
    """Hears texts, unless it is told that it cannot."""

    def __init__(self, *deaf_to: str, error: Exception | None = None) -> None:
        self.texts: list[Inbound] = []
        self._deaf_to = deaf_to
        self._error = error or KeyError("Ana")

    def __call__(self, inbound: Inbound) -> Heard:
        if inbound.body in self._deaf_to:
            raise self._error
        self.texts.append(inbound)
        return Heard()

    @property
    def bodies(self) -> list[str]:
        return [one.body for one in self.texts]


def machine_now(clinic: WorkingClinic) -> datetime:
    with clinic.parts.transaction() as session:
        return read(session).machine_at


def came(clinic: WorkingClinic, provider: ScriptedInquirer, body: str, ago: timedelta) -> str:
    """Let the provider list a text; return its id."""
    provider_id = f"SM{body.encode().hex():0>32}"
    provider.texts.append(
        Received(
            provider_id=provider_id,
            sender=PHONE,
            to=OURS,
            text=body,
            media=0,
            messaging_service=None,
            created_at=machine_now(clinic) - ago,
        )
    )
    return provider_id


def store(clinic: WorkingClinic, provider_id: str) -> None:
    """Store a text as its webhook would have."""
    address_id, reply_id = new_id(), new_id()
    with clinic.parts.transaction() as session:
        session.add(
            Address(
                id=address_id,
                clinic_id=clinic.id,
                channel="sms",
                lookup=address_id.bytes,
                value=clinic.parts.vault.seal(Address.value, address_id, PHONE),
            )
        )
        session.flush()
        session.add(
            Reply(
                id=reply_id,
                clinic_id=clinic.id,
                provider_id=provider_id,
                address_id=address_id,
                body=clinic.parts.vault.seal(Reply.body, reply_id, "stored"),
                received_at=read(session).clinic_at,
            )
        )


def listed_until(clinic: WorkingClinic) -> datetime | None:
    return clinic.sender().listed_until


def listed(clinic: WorkingClinic, ago: timedelta) -> datetime:
    """Let the clinic's number have been listed *ago*; return when."""
    clinic.set(Sender, Sender.channel == "sms", listed_until=func.clock_timestamp() - ago)
    found = listed_until(clinic)
    assert found is not None
    return found


def test_a_text_that_nobody_told_of_is_heard_as_a_listed_one(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    ear, provider_id = Ear(), came(clinic, provider, "Yes", HOUR)

    assert listen(clinic.parts, ear) == 1

    account = clinic.sender().account
    assert ear.texts == [
        Inbound(
            account=account,
            provider_id=provider_id,
            sender=PHONE,
            to=OURS,
            body="Yes",
            was_listed=True,
            written_at=provider.texts[0].created_at,
        )
    ]


def test_only_what_is_not_stored_is_heard_the_oldest_first(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    ear = Ear()
    came(clinic, provider, "the second", HOUR)
    store(clinic, came(clinic, provider, "stored", 2 * HOUR))
    came(clinic, provider, "the first", 3 * HOUR)

    assert listen(clinic.parts, ear) == 2
    assert ear.bodies == ["the first", "the second"]


def test_the_first_list_reaches_a_day_back_and_the_next_ten_minutes_behind_the_last(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    listen(clinic.parts, Ear())
    marked = listed(clinic, 20 * MINUTE)
    listen(clinic.parts, Ear())

    first, second = (datetime.fromisoformat(one) for one in provider.asked)
    now = machine_now(clinic)
    assert timedelta(hours=23) < now - first < timedelta(hours=25)
    assert second == marked - 10 * MINUTE


def test_a_list_is_read_every_five_minutes(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    for ago, is_due in ((4 * MINUTE, False), (5 * MINUTE, True)):
        listed(clinic, ago)
        assert (anything_to_list(clinic.parts) is not None) is is_due
        listen(clinic.parts, Ear())

    assert len(provider.asked) == 1
    assert anything_to_list(clinic.parts) is None


def test_a_text_on_its_way_to_the_webhook_is_left_to_it_and_found_the_next_time(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    ear = Ear()
    came(clinic, provider, "Yes", timedelta(seconds=10))

    assert listen(clinic.parts, ear) == 0
    provider.texts[0] = replace(provider.texts[0], created_at=machine_now(clinic) - 5 * MINUTE)
    listed(clinic, 5 * MINUTE)
    assert listen(clinic.parts, ear) == 1


def test_a_list_that_cannot_be_read_moves_no_mark(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    ear, marked = Ear(), listed(clinic, HOUR)
    came(clinic, provider, "Yes", 30 * MINUTE)
    provider.silent = NoAnswer("timeout")

    assert listen(clinic.parts, ear) == 0
    assert listed_until(clinic) == marked
    assert anything_to_list(clinic.parts) is not None

    provider.silent = None
    assert listen(clinic.parts, ear) == 1
    assert listed_until(clinic) != marked


@pytest.mark.parametrize("error", [KeyError("Ana"), OperationalError("insert", None, Exception())])
def test_a_text_that_cannot_be_heard_keeps_no_other_from_it_and_comes_again(
    clinic: WorkingClinic, provider: ScriptedInquirer, error: Exception
) -> None:
    marked = listed(clinic, HOUR)
    for number in range(3):
        came(clinic, provider, f"text {number}", (30 - number) * MINUTE)
    ear = Ear("text 1", error=error)

    assert listen(clinic.parts, ear) == 2
    assert ear.bodies == ["text 0", "text 2"]
    assert listed_until(clinic) == marked


def test_a_number_that_is_no_longer_in_use_is_not_listed(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    clinic.set(Sender, Sender.channel == "sms", is_active=False)

    assert listen(clinic.parts, Ear()) == 0
    assert provider.asked == []
    assert anything_to_list(clinic.parts) is None


def test_a_mailbox_is_not_listed(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    listen(clinic.parts, Ear())

    marks = select(func.count()).where(Sender.listed_until.is_not(None))
    assert (len(provider.asked), clinic.scalar(marks)) == (1, 1)


def test_a_number_whose_keys_cannot_be_read_keeps_its_mark(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    marked = listed(clinic, HOUR)
    clinic.set(Sender, Sender.channel == "sms", token=b"\x02k1" + bytes(40))

    assert listen(clinic.parts, Ear()) == 0
    assert (provider.asked, listed_until(clinic)) == ([], marked)
