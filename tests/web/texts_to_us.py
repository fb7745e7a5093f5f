"""Texts to us as a provider posts them, and their webhook alone, with something else in place of the database."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.routing import Route

from reminders.domain.replies.inbound import Heard, Inbound
from reminders.store.safe_words import Spokesman
from reminders.web.ears import Ears
from reminders.web.inbound import PATH, InboundWebhook
from reminders.web.keys import WebhookKeys
from reminders.web.safe_words import SafeAnswerer
from reminders.web.signed import SignedForms
from tests.handed_over import ACCOUNT, PHONE, TOKEN
from tests.web.bare_webhook import known_tokens
from tests.web.visiting import PUBLIC, requesting, signed

OURS = "+15005550006"
ADDRESS = f"{PUBLIC}{PATH}"
DANGER = "I want to kill myself"
PELIGRO = "no quiero vivir mas, me quiero matar"
PLAIN = "Yes, see you on Tuesday"


def text_form(body: str | None = PLAIN, **fields: str | None) -> dict[str, str]:
    """Return the form of a text to us; a field that is None is left out."""
    given: dict[str, str | None] = {
        "ToCountry": "US",
        "SmsMessageSid": "SM" + "b" * 32,
        "NumMedia": "0",
        "MessageSid": "SM" + "b" * 32,
        "AccountSid": ACCOUNT,
        "From": PHONE,
        "To": OURS,
        "Body": body,
        "NumSegments": "1",
        "ApiVersion": "2010-04-01",
    }
    return {name: value for name, value in (given | fields).items() if value is not None}


def post_of(form: dict[str, str] | Sequence[tuple[str, str]], *, token: str = TOKEN) -> dict[str, Any]:
    """Return the options of a POST of *form* to the webhook, signed."""
    return signed("", form, token=token, address=ADDRESS)


def posting(app: Starlette, form: dict[str, str] | Sequence[tuple[str, str]], *, token: str = TOKEN) -> httpx.Response:
    """Return what a signed text is answered."""
    return requesting(app, "POST", PATH, **post_of(form, token=token))


def away(*_anything: object) -> Any:
    """Be a database that is away."""
    raise OperationalError("select", None, Exception())


def nothing(_inbound: Inbound) -> Heard:
    """Hear a text to which nothing is said."""
    return Heard()


class Listener:
    """Remembers what it hears."""

    def __init__(self, heard: Heard | None = None) -> None:
        self.texts: list[Inbound] = []
        self._heard = heard or Heard()

    def __call__(self, inbound: Inbound) -> Heard:
        self.texts.append(inbound)
        return self._heard


def door(
    hear: Callable[[Inbound], Heard] = nothing,
    *,
    words: Sequence[Spokesman] = (),
    is_stored: Callable[[str], bool] = lambda _provider_id: False,
    room: int = 200,
) -> Starlette:
    """Return the webhook for texts alone; *words* are what its process read before."""
    ears = Ears(hear, room=room)
    safe_words = SafeAnswerer(lambda: words)
    keys = WebhookKeys(known_tokens, young=timedelta())
    webhook = InboundWebhook(
        SignedForms(PUBLIC, keys),
        ears,
        safe_words,
        is_stored=is_stored,
        callback=lambda attempt_id: f"{PUBLIC}/webhooks/twilio/status?t={attempt_id}",
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await asyncio.gather(keys.look_again(), safe_words.look_again())
        yield
        await ears.finish()

    return Starlette(routes=[Route(PATH, webhook.take, methods=["POST"])], lifespan=lifespan)
