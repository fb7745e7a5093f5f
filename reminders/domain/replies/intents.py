"""What a reply can mean, and what follows from each meaning: the automatic answer and the work for a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reminders.domain.words import WorkKind


class Intent(StrEnum):
    """What a reply means."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    CHANGE = "change"
    DRIVER_ARRANGED = "driver_arranged"
    DRIVER_NEEDED = "driver_needed"
    DRIVER_DETAILS = "driver_details"
    DRIVER_YES = "driver_yes"
    DRIVER_NO = "driver_no"
    DRIVER_LATE = "driver_late"
    CHECKIN_GOOD = "checkin_good"
    CHECKIN_OKAY = "checkin_okay"
    CHECKIN_CALL = "checkin_call"
    SCORE = "score"
    LATER = "later"
    ACCEPT_OFFER = "accept_offer"
    RUNNING_LATE = "running_late"
    HERE = "here"
    CLINICAL = "clinical"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    WRONG_NUMBER = "wrong_number"
    WHO = "who"
    THANKS = "thanks"
    REACTION = "reaction"
    ROBOT = "robot"
    CRISIS = "crisis"
    EMERGENCY = "emergency"
    QUESTION = "question"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How the meaning was found: the text is a known answer, holds a known phrase, or says nothing we know."""

    EXACT = "exact"
    RULE = "rule"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverDetails:
    """The driver whom a patient named; what was not said is None."""

    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    """E.164."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a reply means, and what follows from it."""

    intent: Intent
    confidence: Confidence
    answer: str | None
    """The key of the automatic answer's wording; None: nothing is answered."""
    work: WorkKind | None
    """What a person must do about it."""
    language: str
    """The language to answer in."""
    value: int | None = None
    """The number of a score."""
    driver: DriverDetails | None = None


WORK: Mapping[Intent, WorkKind] = {
    Intent.DECLINE: WorkKind.CHANGE,
    Intent.CHANGE: WorkKind.CHANGE,
    Intent.RUNNING_LATE: WorkKind.CHANGE,
    Intent.ACCEPT_OFFER: WorkKind.CHANGE,
    Intent.DRIVER_NEEDED: WorkKind.NO_DRIVER,
    Intent.DRIVER_NO: WorkKind.NO_DRIVER,
    Intent.DRIVER_LATE: WorkKind.NO_DRIVER,
    Intent.CHECKIN_CALL: WorkKind.PHONE_PATIENT,
    Intent.CLINICAL: WorkKind.CLINICAL,
    Intent.WRONG_NUMBER: WorkKind.WRONG_NUMBER,
    Intent.CRISIS: WorkKind.SAFETY,
    Intent.EMERGENCY: WorkKind.SAFETY,
    Intent.QUESTION: WorkKind.NOT_UNDERSTOOD,
    Intent.UNKNOWN: WorkKind.NOT_UNDERSTOOD,
}
"""The work that a meaning always opens; what depends on the visit or the course is the pipeline's to add."""

UNANSWERED = frozenset({Intent.THANKS, Intent.REACTION, Intent.ROBOT})
"""Nobody waits for an answer to these."""

VOIDS = ("void_cancelled", "void_late", "void_moved")
"""What answers a yes or no that means nothing any more: the visit was cancelled or moved since, or it is too late."""

CANCEL_ANSWER = "opt_out_cancel"
"""A bare CANCEL ends all texts, and may have meant the visit: its answer says both."""

OPT_OUT_OFFER, OPT_DOWN, WHICH = "opt_out_offer", "opt_down", "which"
"""What answers a STOP where we may offer to keep preparation alone, and PREP after it; what asks back which visit."""

_SPECIAL = {CANCEL_ANSWER, OPT_OUT_OFFER, OPT_DOWN, WHICH, *VOIDS}

ANSWERS = tuple(sorted({intent.value for intent in Intent if intent not in UNANSWERED} | _SPECIAL))
"""The keys of all automatic answers."""
