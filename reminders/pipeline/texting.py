"""Texting in: a phone of the sandbox writes to us as a real one would, through the webhook and nothing else.

    sign ─▶ post ─▶ read the answer ─▶ keep it

What is said back in the same breath is kept like any other message of the sandbox: the phone
shows it, and its receipts are posted. No transaction is open meanwhile.
"""

import asyncio
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from reminders.channels import twiml
from reminders.channels.base import Outgoing, SenderAccount
from reminders.channels.sandbox_inbound import Reaction, post_text, text_form
from reminders.channels.sandbox_receipts import signed_request
from reminders.channels.twiml import Answering
from reminders.domain.errors import RefusedError
from reminders.domain.tokens import attempt_named
from reminders.pipeline.accounts import account_of
from reminders.pipeline.parts import Parts
from reminders.store import claims, senders

INBOUND_PATH = "/webhooks/twilio/inbound"


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a text."""

    status: int | None
    """What the webhook answered; None: nothing, it could not be reached."""
    answer: str | None = field(default=None, repr=False)
    """What was said back in the same breath."""

    @property
    def is_taken(self) -> bool:
        """Whether the text reached us."""
        return self.status == 200


def text_in(parts: Parts, *, sender: str, body: str, clinic_id: UUID | None = None) -> Said:
    """Let the phone *sender* (E.164) text *body* to a clinic on the sandbox, by default the only one.

    Raises `RefusedError` where there is no such clinic, or more than one.
    """
    account = _account(parts, clinic_id)
    form = text_form(f"SM{secrets.token_hex(16)}", sender, body, account)
    request = signed_request(f"{parts.public_url}{INBOUND_PATH}", form, account.token)
    reaction = asyncio.run(post_text(request))
    if reaction is None:
        return Said(None)
    answering = _answering(reaction)
    if answering is None:
        return Said(reaction.status)
    _keep(parts, sender, answering, account)
    return Said(reaction.status, answering.text)


def _account(parts: Parts, clinic_id: UUID | None) -> SenderAccount:
    with parts.transaction() as session:
        keys = claims.senders(session, parts.vault, senders.of_sandbox(session, clinic_id))
    if not keys:
        raise RefusedError(
            "No clinic has its texts on the sandbox. Set REMINDERS_SMS_CHANNEL=sandbox.", code="no_sandbox"
        )
    if len(keys) > 1:
        raise RefusedError(
            "Several clinics have their texts on the sandbox. Say which one is meant.", code="which_clinic"
        )
    return account_of(next(iter(keys.values())))


def _answering(reaction: Reaction) -> Answering | None:
    return twiml.read(reaction.document) if reaction.status == 200 else None


def _keep(parts: Parts, sender: str, answering: Answering, account: SenderAccount) -> None:
    """Hand the answer to the sandbox; one from memory belongs to no attempt, so nothing can be kept of it."""
    token = _token(answering)
    if token is None:
        return
    outgoing = Outgoing(attempt_token=token, to=sender, text=answering.text, callback_url=answering.callback_url)
    asyncio.run(parts.channels[senders.SANDBOX].send(outgoing, account))


def _token(answering: Answering) -> str | None:
    tokens = parse_qs(urlsplit(answering.callback_url or "").query).get("t", [])
    return tokens[0] if len(tokens) == 1 and attempt_named(tokens[0]) else None
