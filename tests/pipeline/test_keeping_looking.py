"""Looking: the sandbox says what it has from what was kept, as a provider would whose answer was lost."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from reminders.channels.base import Inquirer, Missing, NoAnswer, Outgoing, Seen, SenderAccount
from reminders.channels.sandbox import BROKEN_NUMBER, LATE_NUMBER, SandboxChannel, Step
from reminders.domain.answers import Unknown
from reminders.pipeline.keeping import keeper, looker
from reminders.store import kept as shelf
from reminders.store.engine import Transaction
from reminders.store.tables.messages import Attempt
from tests.handed_over import ACCOUNT, MAILBOX, NOON, PHONE, TOKEN, Scene, provider_id, scene

SANDBOX = SenderAccount(provider="sandbox", account=ACCOUNT, token=TOKEN)
HOUR = timedelta(hours=1)


@pytest.fixture
def clinic(transaction: Transaction) -> Scene:
    """A clinic on the sandbox."""
    return scene(transaction)


def sandbox(clinic: Scene) -> SandboxChannel:
    parts = clinic.parts
    return SandboxChannel(keeper(parts.transaction, parts.vault), looker(parts.transaction, parts.vault))


def listed(clinic: Scene, account: SenderAccount = SANDBOX, *, to: str | None = PHONE) -> Sequence[Seen] | NoAnswer:
    return asyncio.run(sandbox(clinic).listed(account, since=NOON - HOUR, until=NOON + HOUR, to=to))


def test_a_kept_text_is_listed_as_it_was_taken(clinic: Scene) -> None:
    attempt_id = clinic.attempt()
    _hand_over(clinic, attempt_id, PHONE)

    found = listed(clinic)

    assert not isinstance(found, NoAnswer)
    assert [(one.to, one.text, one.status, one.code) for one in found] == [(PHONE, "see you", "sent", None)]


@pytest.mark.parametrize(("number", "count"), [(BROKEN_NUMBER, 0), (LATE_NUMBER, 1)])
def test_the_list_tells_a_500_that_took_nothing_from_one_that_took_the_text(
    clinic: Scene, number: str, count: int
) -> None:
    answer = _hand_over(clinic, clinic.attempt(), number)

    found = listed(clinic, to=number)

    assert answer == Unknown("http_500")
    assert not isinstance(found, NoAnswer)
    assert len(found) == count


def test_a_text_was_created_when_its_wave_was_launched_by_the_machines_clock(clinic: Scene) -> None:
    attempt_id = clinic.attempt()
    _hand_over(clinic, attempt_id, PHONE)
    launched_at = NOON + timedelta(minutes=7)
    with clinic.parts.transaction() as session:
        session.execute(update(Attempt).where(Attempt.id == attempt_id).values(launched_at=launched_at))

    found = listed(clinic)

    assert not isinstance(found, NoAnswer)
    assert [one.created_at for one in found] == [launched_at]


@pytest.mark.parametrize(("since", "until", "count"), [(-1, 1, 1), (0, 0, 1), (1, 2, 0), (-2, -1, 0), (-1, None, 1)])
def test_only_texts_of_the_time_that_was_asked_for_are_listed(
    clinic: Scene, since: int, until: int | None, count: int
) -> None:
    clinic.text("see you")
    inquirer: Inquirer = sandbox(clinic)

    found = asyncio.run(
        inquirer.listed(SANDBOX, since=NOON + since * HOUR, until=None if until is None else NOON + until * HOUR)
    )

    assert not isinstance(found, NoAnswer)
    assert len(found) == count


def test_a_list_is_of_one_account_and_one_phone(clinic: Scene) -> None:
    clinic.text("see you")
    clinic.text("see you", to="+13125550199")
    clinic.email("Dear Ana", subject="Getting ready")

    of_phone, of_all = listed(clinic), listed(clinic, to=None)
    of_another = listed(clinic, SenderAccount(provider="sandbox", account="AC" + "9" * 32, token=TOKEN), to=None)

    assert not isinstance(of_phone, NoAnswer)
    assert not isinstance(of_all, NoAnswer)
    assert [one.to for one in of_phone] == [PHONE]
    assert {one.to for one in of_all} == {PHONE, "+13125550199"}
    assert of_another == []


def test_of_emails_nothing_is_told(clinic: Scene) -> None:
    clinic.email("Dear Ana", subject="Getting ready")

    assert listed(clinic, to=MAILBOX) == NoAnswer("mail_cannot_be_listed")


def test_a_text_is_shown_with_the_code_that_its_receipt_carried(clinic: Scene) -> None:
    clinic.text("see you", Step(timedelta(), "sent"), Step(timedelta(), "undelivered", 30003))
    with clinic.parts.transaction() as session:
        due = shelf.take_due(session, clinic.parts.vault, limit=10, lease=HOUR)
        before = _seen(clinic)
        shelf.close(session, due)

    after = _seen(clinic)

    assert [(one.status, one.code) for one in (before, after)] == [("queued", None), ("undelivered", "30003")]


def test_one_text_is_looked_up_by_its_id_and_another_is_missing(clinic: Scene) -> None:
    attempt_id = clinic.attempt()
    _hand_over(clinic, attempt_id, PHONE)
    kept = listed(clinic)
    assert not isinstance(kept, NoAnswer)

    found = asyncio.run(sandbox(clinic).look_up(SANDBOX, kept[0].provider_id))
    other = asyncio.run(sandbox(clinic).look_up(SANDBOX, provider_id("another")))

    assert found == kept[0]
    assert other == Missing()


def _seen(clinic: Scene) -> Seen:
    found = listed(clinic)
    assert not isinstance(found, NoAnswer)
    [seen] = found
    return seen


def _hand_over(clinic: Scene, attempt_id: UUID, to: str) -> object:
    outgoing = Outgoing(attempt_token=clinic.token(attempt_id), to=to, text="see you")
    return asyncio.run(sandbox(clinic).send(outgoing, SANDBOX))
