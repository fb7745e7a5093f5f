"""The signing tokens in memory: fresh enough, and never gone because the database is."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from reminders.store.tables.clinic import Sender
from reminders.store.webhook_keys import read_keys
from reminders.web.keys import WebhookKeys
from tests.handed_over import ACCOUNT, PREVIOUS_TOKEN, TOKEN, Scene


def test_an_account_has_its_current_and_its_previous_token(clinic: Scene) -> None:
    with clinic.parts.transaction() as session:
        keys = read_keys(session, clinic.parts.vault)

    assert keys == {ACCOUNT: {TOKEN, PREVIOUS_TOKEN}}


def test_a_token_that_cannot_be_opened_does_not_silence_the_others(clinic: Scene) -> None:
    with clinic.parts.transaction() as session:
        session.execute(
            insert(Sender).values(
                clinic_id=clinic.clinic_id,
                channel="sms",
                provider="twilio",
                account="AC" + "2" * 32,
                token=b"\x02k1" + bytes(40),
                per_second=1,
            )
        )
        keys = read_keys(session, clinic.parts.vault)

    assert keys == {ACCOUNT: {TOKEN, PREVIOUS_TOKEN}, "AC" + "2" * 32: frozenset()}


def test_strangers_do_not_make_us_read_again_and_again() -> None:
    reads: list[int] = []

    def read() -> dict[str, list[str]]:
        reads.append(len(reads))
        return {}

    async def run() -> None:
        keys = WebhookKeys(read)
        await asyncio.gather(*(keys.look_again() for _ in range(20)))

    asyncio.run(run())

    assert reads == [0]


def test_what_was_read_stays_while_the_database_is_away() -> None:
    def answers() -> Iterator[dict[str, list[str]]]:
        yield {ACCOUNT: [TOKEN]}
        raise OperationalError("select", None, Exception())

    answer = answers()

    async def run() -> WebhookKeys:
        keys = WebhookKeys(lambda: next(answer), young=timedelta())
        await keys.look_again()
        await keys.look_again()
        return keys

    keys = asyncio.run(run())

    assert keys.are_known
    assert keys.of(ACCOUNT) == (TOKEN,)
    assert keys.of("AC" + "9" * 32) == ()
