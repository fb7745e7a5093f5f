"""The four answers that a provider can give to one hand-over, and where each takes the message.

A time-out, a dropped connection or a 5xx after the body went out is `Unknown`: Twilio's
create call has no idempotency key, so trying again could text a patient twice.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Fault(StrEnum):
    """Why a provider refused, by what must happen next."""

    DEAD_ADDRESS = "dead_address"
    """No such number or mailbox: mark the address, go to the next channel."""
    NOT_MOBILE = "not_mobile"
    """A landline: mark the address as unfit for SMS, go to the next channel."""
    OPTED_OUT = "opted_out"
    """The provider knows an opt-out (21610): enter it in the ledger, go to the next channel."""
    CONTENT = "content"
    """This wording cannot go; the same text again would fail again."""
    UNREACHABLE = "unreachable"
    """Not reachable now or filtered; the next channel may be."""
    EXPIRED = "expired"
    """The provider's validity period ran out before delivery (30036)."""


class Hold(StrEnum):
    """Why a provider said "not now", by who must wait."""

    SAFE = "safe"
    """Proven never accepted (a refused connection, a mail server's 4xx): try again after a pause."""
    BUDGET = "budget"
    """The sender's pace is used up (a 429, a full queue): wait a little without burning tries."""
    DAILY = "daily"
    """What the carrier or the provider takes from this sender in a day is used up: wait for the next
    day, which begins at midnight Pacific, without burning tries; a pause of minutes would be wasted."""
    CONFIGURATION = "configuration"
    """Credentials, registration or sender are wrong: hold the sender and call ops."""
    DOUBTFUL = "doubtful"
    """Either that, or something about this one message: `doubt` decides."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it; a receipt says later whether it arrived."""

    provider_id: str
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class Deferred:
    """Proven not accepted, may be tried again."""

    reason: str
    hold: Hold = Hold.SAFE
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused for good."""

    reason: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Unknown:
    """May have gone: never sent again unless proven not accepted."""

    reason: str


Answer = Accepted | Deferred | Refused | Unknown
"""`reason` is a short code such as `twilio_21610`, `timeout`, `http_502`; never a text that holds an address."""
