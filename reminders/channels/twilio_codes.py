"""Twilio's error codes: what each means for the call that it refused and for the receipt that carried it.

    budget         BUDGET                        the sender's pace: a little later, no try burnt
    daily          DAILY                         the day's allowance: after midnight Pacific
    permanent      NUMBER, LANDLINE, CONTENT,    no further try on this channel, save those
                   UNREACHABLE, LATE             that `retries` allows after a receipt
    consent        CONSENT                       an opt-out
    configuration  CONFIGURATION                 hold the sender, call ops; what it had accepted
                                                 already waits with it for one more try
                   DOUBTFUL                      that, or the fault of one number: others tell
    unknown        UNCERTAIN                     may have gone: wait for proof

Twilio does not promise these codes, so one that is not here has a path of its own: it names
itself as `twilio_NNNNN` and is doubtful at the call; in a receipt the next channel takes over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from reminders.domain.answers import Answer, Deferred, Fault, Hold, Refused, Unknown


class Kind(StrEnum):
    """What sort of trouble a code reports."""

    NUMBER = "number"
    LANDLINE = "landline"
    CONSENT = "consent"
    CONTENT = "content"
    UNREACHABLE = "unreachable"
    LATE = "late"
    CONFIGURATION = "configuration"
    DOUBTFUL = "doubtful"
    BUDGET = "budget"
    DAILY = "daily"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Code:
    """One error code."""

    title: str
    kind: Kind
    retries: int = 0
    """After a receipt: how many more tries on the same channel, while the message is useful."""
    is_proof: bool = True
    """Whether a receipt with it proves that nothing arrived."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What a receipt of failure asks for."""

    reason: str
    fault: Fault
    hold: Hold | None = None
    """What the sender itself must wait for."""
    retries: int = 0
    """How many more tries on the same channel, while the message is useful."""
    is_proof: bool = True
    """False: the carrier may have delivered it all the same, so another try may be a double."""

    @property
    def is_daily(self) -> bool:
        """Whether the next try is of no use before the next midnight Pacific."""
        return self.hold is Hold.DAILY


_CONFIGURATION = {
    10001: "Account is not active",
    11200: "HTTP retrieval failure",
    11205: "HTTP connection failure",
    12300: "Invalid Content-Type",
    20003: "Permission denied",
    20005: "Account not active",
    20006: "Access denied",
    20008: "Test credentials",
    20010: "Action disabled for account",
    20403: "Forbidden",
    20404: "Not found",
    21210: "From number not verified",
    21212: "Invalid From number",
    21601: "From number is not of this account",
    21603: "A From number or messaging service is required",
    21609: "Invalid StatusCallback",
    21657: "Invalid sender ID",
    21660: "From number is not of this account",
    21661: "From number cannot send SMS",
    21663: "From number's routing configuration is wrong",
    21701: "The messaging service does not exist",
    21702: "The messaging service cannot send new messages",
    21703: "The messaging service has no number available",
    21704: "The messaging service contains no numbers",
    21705: "The messaging service is invalid",
    35111: "SendAt is missing",
    35114: "Scheduling does not support this time",
    35115: "Scheduling does not support this time",
    35116: "Scheduling does not support this time",
    35118: "Scheduling needs a messaging service",
    35119: "SendAt needs a fixed schedule",
    35125: "Account's limit of scheduled messages reached",
    57012: "Signature invalid",
    70051: "Authorization failed",
    90010: "Account is not active",
}

_CONFIGURATION_FOUND_LATE = {
    30002: "Account suspended",
    30010: "Message price exceeds the maximum",
    30032: "Toll-free number not verified",
    30034: "Number not registered for 10DLC",
}
"""What receipts bring: the texts were accepted, and are not used up by the clinic's mistake."""

_DOUBTFUL = {
    21219: "To number not verified",
    21606: "From number cannot send to this destination",
    21608: "To number not verified for a trial account",
    21659: "From is not a Twilio number, or a short code of another country",
    572005: "To number not verified for a trial account yet",
}
"""The sender cannot reach this number: of a trial account, or with a wrong number of ours, every one; else only it."""

_OTHERS = {
    14107: Code("Send rate exceeded", Kind.BUDGET),
    20429: Code("Too many requests", Kind.BUDGET),
    20500: Code("Internal server error", Kind.UNCERTAIN),
    20503: Code("Service unavailable", Kind.UNCERTAIN),
    21211: Code("Invalid To number", Kind.NUMBER),
    21214: Code("To number cannot be called", Kind.UNREACHABLE),
    21215: Code("Calls to this region not enabled", Kind.UNREACHABLE),
    21216: Code("Call blocked by Twilio", Kind.UNREACHABLE),
    21217: Code("Number does not appear to be valid", Kind.NUMBER),
    21265: Code("To number is a short code", Kind.NUMBER),
    21266: Code("To and From are the same number", Kind.UNREACHABLE),
    # Kind.CONFIGURATION would hold the whole sender because of one patient's foreign number or carrier.
    21408: Code("Region not enabled", Kind.UNREACHABLE),
    21421: Code("Number is invalid", Kind.NUMBER),
    21602: Code("Message body is required", Kind.CONTENT),
    21604: Code("To number is required", Kind.CONTENT),
    21610: Code("Recipient has opted out", Kind.CONSENT),
    21611: Code("Sender's queue is full", Kind.BUDGET),
    21612: Code("Number not reachable by SMS", Kind.UNREACHABLE),
    21614: Code("Not a mobile number", Kind.LANDLINE),
    21617: Code("Body exceeds 1600 characters", Kind.CONTENT),
    21618: Code("Body cannot be sent", Kind.CONTENT),
    21620: Code("Invalid media URL", Kind.CONTENT),
    21635: Code("To number is a landline", Kind.LANDLINE),
    30001: Code("Queue overflow", Kind.BUDGET, retries=2),
    30003: Code("Handset unreachable", Kind.UNREACHABLE, retries=2),
    30004: Code("Message blocked", Kind.UNREACHABLE),
    # A phone without a network is unknown to it, too: only the second time is the number dead.
    30005: Code("Unknown handset", Kind.NUMBER, retries=1),
    30006: Code("Landline or unreachable carrier", Kind.LANDLINE),
    30007: Code("Message filtered", Kind.CONTENT),
    30008: Code("Unknown error", Kind.UNREACHABLE, retries=1),
    30017: Code("Carrier congestion", Kind.UNREACHABLE, retries=2),
    30018: Code("Destination carrier requires sender registration", Kind.UNREACHABLE),
    30019: Code("Content too large for the carrier", Kind.CONTENT),
    30020: Code("Internal failure with scheduling", Kind.UNCERTAIN),
    30021: Code("Internal failure with the messaging service", Kind.UNCERTAIN),
    30022: Code("10DLC rate limit exceeded", Kind.BUDGET, retries=1),
    30023: Code("10DLC daily cap reached", Kind.DAILY, retries=1),
    30024: Code("Numeric sender not provisioned on the carrier", Kind.UNREACHABLE),
    # These two announce the cap, which is not reached yet.
    30025: Code("Half of T-Mobile's daily limit used", Kind.BUDGET, retries=1),
    30026: Code("70 % of T-Mobile's daily limit used", Kind.BUDGET, retries=1),
    30027: Code("T-Mobile's daily limit reached", Kind.DAILY, retries=1),
    30036: Code("Validity period expired", Kind.LATE),
    # Twilio itself does not try again after it, so as not to deliver twice.
    30410: Code("Provider timeout", Kind.UNCERTAIN, is_proof=False),
    30500: Code("Internal failure of the provider", Kind.UNCERTAIN, retries=1),
    63003: Code("Channel does not know the recipient", Kind.UNREACHABLE),
    63014: Code("Blocked by the recipient", Kind.CONSENT),
    63016: Code("Outside the messaging window", Kind.CONTENT),
    63017: Code("Rate limit exceeded", Kind.BUDGET),
    63018: Code("Channel's rate limit exceeded", Kind.BUDGET),
    63024: Code("Invalid recipient", Kind.UNREACHABLE),
    63033: Code("Recipient blocked messages", Kind.CONSENT),
    63038: Code("Account's daily limit exceeded", Kind.DAILY, retries=1),
}

CODES: Mapping[int, Code] = (
    {code: Code(title, Kind.CONFIGURATION) for code, title in _CONFIGURATION.items()}
    | {code: Code(title, Kind.CONFIGURATION, retries=1) for code, title in _CONFIGURATION_FOUND_LATE.items()}
    | {code: Code(title, Kind.DOUBTFUL) for code, title in _DOUBTFUL.items()}
    | _OTHERS
)

_UNLISTED = Code("Not in our list", Kind.DOUBTFUL)

_FAULTS = {
    Kind.NUMBER: Fault.DEAD_ADDRESS,
    Kind.LANDLINE: Fault.NOT_MOBILE,
    Kind.CONSENT: Fault.OPTED_OUT,
    Kind.CONTENT: Fault.CONTENT,
    Kind.LATE: Fault.EXPIRED,
}
_HOLDS = {Kind.CONFIGURATION: Hold.CONFIGURATION, Kind.BUDGET: Hold.BUDGET, Kind.DAILY: Hold.DAILY}


def answer(code: int, retry_after: timedelta | None = None) -> Answer:
    """Return what a call that was refused with *code* means."""
    reason = f"twilio_{code}"
    kind = CODES.get(code, _UNLISTED).kind
    match kind:
        case Kind.CONFIGURATION:
            return Deferred(reason, Hold.CONFIGURATION)
        case Kind.DOUBTFUL:
            return Deferred(reason, Hold.DOUBTFUL)
        case Kind.BUDGET:
            return Deferred(reason, Hold.BUDGET, retry_after)
        case Kind.DAILY:
            return Deferred(reason, Hold.DAILY)
        case Kind.UNCERTAIN:
            return Unknown(reason)
        case Kind.NUMBER | Kind.LANDLINE | Kind.CONSENT | Kind.CONTENT | Kind.UNREACHABLE | Kind.LATE:
            return Refused(reason, _FAULTS.get(kind, Fault.UNREACHABLE))
        case _:
            assert_never(kind)


def failure(code: str | None, status: str, *, tried: int = 0) -> Failure:
    """Return what a receipt of *status* (failed, undelivered, canceled) with *code* asks for.

    *tried* says how often this channel was tried again already for the same code: a number that
    is only suspected to be dead is proven dead when no try is left.
    """
    number = _read(code)
    if number is None:
        return Failure(f"twilio_{status.strip().lower()}", Fault.UNREACHABLE)
    listed = CODES.get(number, _UNLISTED)
    retries = max(0, listed.retries - tried)
    fault = Fault.UNREACHABLE if retries else _FAULTS.get(listed.kind, Fault.UNREACHABLE)
    return Failure(f"twilio_{number}", fault, _HOLDS.get(listed.kind), retries, listed.is_proof)


def _read(code: str | None) -> int | None:
    """Return the number that a form field holds; "0", blanks and words are none."""
    text = (code or "").strip()
    return int(text) or None if text.isascii() and text.isdigit() and len(text) <= 6 else None
