"""The safe answers in memory: read at the start, and kept while the database is away."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from reminders.domain.replies.danger import Kind
from reminders.domain.replies.inbound import Inbound
from reminders.domain.replies.safe_answer import ALWAYS
from reminders.store.safe_words import Spokesman
from reminders.store.tables.clinic import Sender
from reminders.web.app import create_app
from reminders.web.inbound import PATH
from reminders.web.safe_words import SafeAnswerer
from tests.pipeline.conftest import clinic, seeded
from tests.web.test_inbound import message_of
from tests.web.test_inbound_unheard import CEDAR
from tests.web.texts_to_us import DANGER, OURS, PELIGRO, PLAIN, away, text_form
from tests.web.visiting import signed, visiting
from tests.working_clinic import WorkingClinic

__all__ = ["clinic", "seeded"]


def test_what_was_read_stays_while_the_database_is_away() -> None:
    def answers() -> Iterator[Sequence[Spokesman]]:
        yield [CEDAR]
        away()

    answer = answers()
    cry = Inbound(account=CEDAR.account, provider_id="SM1", sender="+13125550142", to=OURS, body=DANGER)

    async def run() -> list[str | None]:
        words = SafeAnswerer(lambda: next(answer), young=timedelta())
        said = [words.answer(cry)]
        for _ in range(2):
            await words.look_again()
            said.append(words.answer(cry))
        return said

    assert asyncio.run(run()) == [ALWAYS[Kind.CRISIS, "en"], "Cedar: 988", "Cedar: 988"]


def test_a_process_that_hears_nothing_knows_its_clinics_words(clinic: WorkingClinic) -> None:
    app = create_app(clinic.parts, hear=away)

    async def visit(client: httpx.AsyncClient) -> list[httpx.Response]:
        async with asyncio.timeout(10):
            while (said(await client.post(PATH, **text_to(clinic, DANGER))) or "") in ALWAYS.values():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return [await client.post(PATH, **text_to(clinic, body)) for body in (DANGER, PELIGRO, PLAIN)]

    crisis, in_spanish, plain = visiting(app, visit)

    assert (said(crisis) or "").startswith("Cedar Clinic: we may not read this soon")
    assert (said(in_spanish) or "").startswith("Cedar Clinic: quizas no leamos esto pronto")
    assert (plain.status_code, plain.headers["Retry-After"]) == (503, "5")


def test_there_is_no_address_for_texts_where_nobody_hears(clinic: WorkingClinic) -> None:
    app: FastAPI = create_app(clinic.parts)

    async def visit(client: httpx.AsyncClient) -> int:
        return (await client.post(PATH, **text_to(clinic, PLAIN))).status_code

    assert visiting(app, visit) == 404


def text_to(clinic: WorkingClinic, body: str) -> dict[str, Any]:
    """Return the POST of a text to the clinic, signed by its account."""
    sender = clinic.sender()
    token = clinic.parts.vault.open_some(Sender.token, sender.id, sender.token) or ""
    form = text_form(body, AccountSid=sender.account)
    return signed("", form, token=token, address=f"{clinic.parts.public_url}{PATH}")


def said(answer: httpx.Response) -> str | None:
    message = message_of(answer)
    return None if message is None else message.text
