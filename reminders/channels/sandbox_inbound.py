"""A text from a phone of the sandbox as Twilio posts it: the same form, the same signature, the same webhook."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp

from reminders.channels.base import SenderAccount
from reminders.channels.sandbox_receipts import NUMBER, SignedRequest

_MOST_BYTES = 64 * 1024
"""What Twilio reads of an answer."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a webhook answered to a text."""

    status: int
    document: bytes = field(repr=False)


def text_form(provider_id: str, sender: str, body: str, account: SenderAccount) -> dict[str, str]:
    """Return the fields that Twilio posts when *sender* texts a number of *account*."""
    form = {
        "SmsMessageSid": provider_id,
        "SmsSid": provider_id,
        "MessageSid": provider_id,
        "AccountSid": account.account,
        "SmsStatus": "received",
        "From": sender,
        "To": account.from_address or NUMBER,
        "Body": body,
        "NumMedia": "0",
        "ApiVersion": "2010-04-01",
    }
    if account.messaging_service:
        form["MessagingServiceSid"] = account.messaging_service
    return form


async def post_text(request: SignedRequest, *, patience: timedelta = timedelta(seconds=15)) -> Reaction | None:
    """Post *request* and return what is answered; None: nobody answered within *patience*."""
    try:
        async with (
            asyncio.timeout(patience.total_seconds()),
            aiohttp.ClientSession() as session,
            session.post(request.url, data=request.body, headers=request.headers, allow_redirects=False) as response,
        ):
            return Reaction(response.status, await response.content.read(_MOST_BYTES))
    except (aiohttp.ClientError, OSError):
        return None
