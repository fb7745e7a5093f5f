"""The sandbox's receipts as Twilio posts them: the same form, the same signature, the same webhook."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urldefrag, urlencode

import aiohttp

from reminders.channels import signature
from reminders.channels.base import SenderAccount

NUMBER = "+15005550006"
"""Whom a text comes from when its sender has no number of its own."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """One POST, ready to go."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def callback_form(
    provider_id: str, to: str, status: str, code: int | str | None, account: SenderAccount
) -> dict[str, str]:
    """Return the fields that Twilio posts when a text reaches *status*."""
    form = {
        "SmsSid": provider_id,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": to,
        "MessageSid": provider_id,
        "AccountSid": account.account,
        "From": account.from_address or NUMBER,
        "ApiVersion": "2010-04-01",
    }
    if account.messaging_service:
        form["MessagingServiceSid"] = account.messaging_service
    if code:
        form["ErrorCode"] = str(code)
    return form


def signed_request(url: str, form: Mapping[str, str], token: str) -> SignedRequest:
    """Return the POST of *form* to *url*, signed by the owner of *token*; a fragment is no part of it."""
    address = urldefrag(url).url
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
        signature.HEADER: signature.sign(token, address, form.items()),
    }
    return SignedRequest(address, headers, urlencode(form).encode())


async def post_callback(
    session: aiohttp.ClientSession, request: SignedRequest, *, patience: timedelta = timedelta(seconds=15)
) -> int | None:
    """Post *request* and return the status of the answer; None: there was none, so it is to be posted again."""
    try:
        async with (
            asyncio.timeout(patience.total_seconds()),
            session.post(request.url, data=request.body, headers=request.headers, allow_redirects=False) as response,
        ):
            return response.status
    except (aiohttp.ClientError, OSError):
        return None
