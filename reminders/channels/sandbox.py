"""The channel that ships with the product: nothing leaves the machine, everything else is as in life.

Each message is kept for the pages that show phones and mailboxes, with a script of the
receipts it will have: `sandbox_receipts` says how these are posted, signed, to the same webhook.
Delays are machine time and follow from the attempt's token, so a demo runs the same twice.

    a number of `REFUSED_NUMBERS`    refused at the call, as Twilio's magic numbers are
    a number of `FAILING_NUMBERS`    accepted, and reported failed with that code
    `BROKEN_NUMBER`                  the provider answers 500 and has taken nothing
    `LATE_NUMBER`                    the provider answers 500, has taken it, and receipts follow
    `SILENT_NUMBER`                  accepted, and no receipt ever comes
    `BUSY_NUMBER`                    429 whenever it is tried
    `bounce@….invalid`               no such mailbox (`full`, `defer`, `drop`: see `_MAILBOXES`)
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reminders.channels import twilio_codes
from reminders.channels.base import Missing, NoAnswer, Outgoing, Received, Seen, SenderAccount
from reminders.channels.letter import make_message_id
from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused, Unknown
from reminders.domain.words import Channel

REFUSED_NUMBERS: Mapping[str, int] = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
REFUSED_SENDERS: Mapping[str, int] = {
    "+15005550001": 21212,
    "+15005550007": 21606,
    "+15005550008": 21611,
}
FAILING_NUMBERS: Mapping[str, int] = {
    "+15005550006": 30006,
    "+15005550017": 30017,
    "+15005550030": 30003,
    "+15005550034": 30034,
    "+15005550035": 30005,
    "+15005550036": 30036,
    "+15005550037": 30007,
    "+15005550038": 30008,
}
BROKEN_NUMBER = "+15005550050"
LATE_NUMBER = "+15005550051"
SILENT_NUMBER = "+15005550052"
BUSY_NUMBER = "+15005550053"

_EXPIRED = 30036
_DOMAIN = "sandbox.invalid"
_MAIL_TELLS_NOTHING = NoAnswer("mail_cannot_be_listed")

_MAILBOXES: Mapping[str, Answer] = {
    "bounce": Refused("smtp_5.1.1", Fault.DEAD_ADDRESS),
    "full": Refused("smtp_5.2.2", Fault.UNREACHABLE),
    "defer": Deferred("smtp_4.7.1", Hold.SAFE),
    "drop": Unknown("dropped"),
}
"""What becomes of mail to these names at a domain that ends in `.invalid`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One receipt to come."""

    after: timedelta
    """Machine time since the message was kept."""
    status: str
    code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One message that the sandbox took instead of sending it."""

    provider_id: str
    channel: Channel
    attempt_token: str = field(repr=False)
    to: str = field(repr=False)
    text: str = field(repr=False)
    subject: str | None = field(repr=False)
    html: str | None = field(repr=False)
    callback_url: str | None = field(repr=False)
    script: tuple[Step, ...]
    """Its receipts, soonest first; none for an email."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which of the texts that an account was kept are asked for; None: it does not matter."""

    account: str
    provider_id: str | None = None
    to: str | None = field(default=None, repr=False)
    since: datetime | None = None
    until: datetime | None = None


Look = Callable[[Sought], Sequence[Seen]]
"""Returns the kept texts that are sought, by machine time; never an email."""


class SandboxChannel:
    """The channel for texts, emails, calls and pages; the inquirer about texts: a mail server cannot be asked either.

    `keep` stores a message, `look` finds texts again, `count` counts a text's segments.
    """

    def __init__(
        self,
        keep: Callable[[Kept], None],
        look: Look,
        *,
        count: Callable[[str], int] | None = None,
        slowest: timedelta = timedelta(seconds=1),
    ) -> None:
        self._keep = keep
        self._look = look
        self._count = count
        self._slowest = slowest

    async def send(self, outgoing: Outgoing, account: SenderAccount) -> Answer:
        """Keep *outgoing* and answer as the provider would; what `keep` raises is the caller's."""
        if outgoing.by is Channel.PAGER:
            return self._plainly(outgoing, f"PG{_digest(outgoing.attempt_token)[:32]}")
        if "@" in outgoing.to:
            return self._mail(outgoing)
        if outgoing.by is Channel.CALL:
            return self._call(outgoing)
        return self._text(outgoing, account)

    async def listed(
        self, account: SenderAccount, *, since: datetime, until: datetime | None = None, to: str | None = None
    ) -> Sequence[Seen] | NoAnswer:
        """Return the texts that were kept; what `look` raises is the caller's."""
        if to is not None and "@" in to:
            return _MAIL_TELLS_NOTHING
        return self._look(Sought(account=account.account, to=to, since=since, until=until))

    async def received(self, account: SenderAccount, *, since: datetime) -> Sequence[Received] | NoAnswer:  # noqa: ARG002  the port's
        """Return nothing: no text to the sandbox is lost on its way."""
        return ()

    async def look_up(self, account: SenderAccount, provider_id: str) -> Seen | Missing | NoAnswer:
        """Return how one text stands; what `look` raises is the caller's."""
        if "@" in provider_id:
            return _MAIL_TELLS_NOTHING
        found = self._look(Sought(account=account.account, provider_id=provider_id))
        return found[0] if found else Missing()

    async def close(self) -> None:
        """Nothing to give back."""

    def _text(self, outgoing: Outgoing, account: SenderAccount) -> Answer:
        code = REFUSED_SENDERS.get(account.from_address or "") or REFUSED_NUMBERS.get(outgoing.to)
        if code is not None:
            return twilio_codes.answer(code)
        if outgoing.to == BUSY_NUMBER:
            return Deferred("http_429", Hold.BUDGET, timedelta(seconds=1))
        if outgoing.to == BROKEN_NUMBER:
            return Unknown("http_500")
        provider_id = f"SM{_digest(outgoing.attempt_token)[:32]}"
        self._take(outgoing, Channel.SMS, provider_id, self._script(outgoing))
        if outgoing.to == LATE_NUMBER:
            return Unknown("http_500")
        return Accepted(provider_id, self._count(outgoing.text) if self._count else None)

    def _call(self, outgoing: Outgoing) -> Answer:
        """Take a call, which nobody reports on, unless its number is one of those that are refused."""
        refused = REFUSED_NUMBERS.get(outgoing.to)
        if refused is not None:
            return twilio_codes.answer(refused)
        return self._plainly(outgoing, f"CA{_digest(outgoing.attempt_token)[:32]}")

    def _plainly(self, outgoing: Outgoing, provider_id: str) -> Answer:
        self._take(outgoing, outgoing.by, provider_id, ())
        return Accepted(provider_id)

    def _mail(self, outgoing: Outgoing) -> Answer:
        name, _, domain = outgoing.to.rpartition("@")
        if domain.lower().endswith(".invalid") and name.lower() in _MAILBOXES:
            return _MAILBOXES[name.lower()]
        provider_id = make_message_id(outgoing, _DOMAIN)
        self._take(outgoing, Channel.EMAIL, provider_id, ())
        return Accepted(provider_id)

    def _take(self, outgoing: Outgoing, channel: Channel, provider_id: str, script: tuple[Step, ...]) -> None:
        self._keep(
            Kept(
                provider_id=provider_id,
                channel=channel,
                attempt_token=outgoing.attempt_token,
                to=outgoing.to,
                text=outgoing.text,
                subject=outgoing.subject,
                html=outgoing.html,
                callback_url=outgoing.callback_url,
                script=script,
            )
        )

    def _script(self, outgoing: Outgoing) -> tuple[Step, ...]:
        """Return the receipts to come: sent soon, the outcome between a fifth and all of `slowest`."""
        if outgoing.to == SILENT_NUMBER or outgoing.callback_url is None:
            return ()
        share = int(_digest(outgoing.attempt_token)[-8:], 16) / 0xFFFFFFFF
        end = self._slowest * (0.2 + 0.8 * share)
        code = FAILING_NUMBERS.get(outgoing.to)
        if code == _EXPIRED:
            return (Step(end, "failed", code),)
        outcome = Step(end, "delivered") if code is None else Step(end, "undelivered", code)
        return (Step(end / 4, "sent"), outcome)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
