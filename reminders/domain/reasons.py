"""Why a message did not go, as rows, work items and pages say it."""

from collections.abc import Mapping
from enum import StrEnum

from reminders.domain.provider_reasons import say


class Reason(StrEnum):
    """A stable code; `SAYS` has the words for people."""

    NO_ADDRESS = "no_address"
    NO_CONSENT = "no_consent"
    NO_NUDGE_CONSENT = "no_nudge_consent"
    OPTED_OUT = "opted_out"
    DEAD_ADDRESS = "dead_address"
    LIMIT = "limit"

    TOO_LATE = "too_late"
    MOMENT_PASSED = "moment_passed"

    VISIT_CANCELLED = "visit_cancelled"
    VISIT_OVER = "visit_over"
    NO_SHOW = "noshow"
    NOT_BOOKED = "not_booked"
    NOT_HAPPENED = "not_happened"
    NOT_NEW = "not_new"
    PATIENT_CANCELLED = "patient_cancelled"
    ALREADY_TOLD = "already_told"
    REPLACED = "replaced"
    CONDITION = "condition"
    BOOKED_AHEAD = "booked_ahead"
    COURSE_CLOSED = "course_closed"
    NOT_IN_PROTOCOL = "not_in_protocol"
    DECEASED = "deceased"
    DISCHARGED = "discharged"
    STAFF = "staff"
    DRIVER_NOT_AGREED = "driver_not_agreed"
    DRIVER_DECLINED = "driver_declined"
    DRIVER_NOT_TOLD = "driver_not_told"
    NO_DRIVER = "no_driver"
    SAME_PHONE = "same_phone"
    ITEM_TAKEN = "item_taken"

    UNDELIVERED = "undelivered"
    PARKED = "parked"
    FAST_BEGUN = "fast_begun"
    CLOSED_DATE = "closed_date"
    UNSIGNED = "unsigned"
    LEASE_OUT = "lease_out"
    CRASHED = "crashed"
    SLEPT = "slept_past_its_claim"
    SENDER_UNREADABLE = "sender_unreadable"
    PROVIDER_OUTAGE = "provider_outage"
    UNTOLD = "untold"
    ORPHAN = "orphan"
    DOUBLE = "double"
    NOT_COMPARED = "not_compared"
    OUTAGE = "outage"
    DELIVERY_LATE = "delivery_late"
    ANSWERED = "answered"
    FAULT = "fault"
    UNPLANNED = "unplanned"


SAYS: Mapping[Reason, str] = {
    Reason.NO_ADDRESS: "there is no number or mailbox to send it to",
    Reason.NO_CONSENT: "there is no consent to be written to this way",
    Reason.NO_NUDGE_CONSENT: "there is no consent to be asked to book",
    Reason.OPTED_OUT: "this number or mailbox has opted out",
    Reason.DEAD_ADDRESS: "this number or mailbox cannot receive it",
    Reason.LIMIT: "the patient would get more texts than the limit allows",
    Reason.TOO_LATE: "it would come too late to help",
    Reason.MOMENT_PASSED: "its moment had passed before it was planned",
    Reason.VISIT_CANCELLED: "the visit is cancelled",
    Reason.VISIT_OVER: "the patient has arrived, or the visit is over",
    Reason.NO_SHOW: "the patient did not come",
    Reason.NOT_BOOKED: "the visit is not booked yet",
    Reason.NOT_HAPPENED: "what it speaks of has not happened here",
    Reason.NOT_NEW: "the visit was booked too long ago for this",
    Reason.PATIENT_CANCELLED: "the patient cancelled the visit",
    Reason.ALREADY_TOLD: "the patient has been told this already",
    Reason.REPLACED: "another message says this too",
    Reason.CONDITION: "a condition of its rule is not met",
    Reason.BOOKED_AHEAD: "the next visit is booked",
    Reason.COURSE_CLOSED: "the treatment plan is closed",
    Reason.NOT_IN_PROTOCOL: "no rule asks for it any more",
    Reason.DECEASED: "the patient has died",
    Reason.DISCHARGED: "the patient is no longer treated here",
    Reason.STAFF: "somebody at the clinic stopped it",
    Reason.DRIVER_NOT_AGREED: "the patient has not agreed that we write to this driver",
    Reason.DRIVER_DECLINED: "the driver said no",
    Reason.DRIVER_NOT_TOLD: "the driver was never told of the visit",
    Reason.NO_DRIVER: "nobody is known who takes the patient home",
    Reason.SAME_PHONE: "the driver who was named has the patient's own phone",
    Reason.ITEM_TAKEN: "somebody looks after it already",
    Reason.UNDELIVERED: "it could not be delivered",
    Reason.PARKED: "it waits for a person to look at it",
    Reason.FAST_BEGUN: "the fast had begun before the patient could be told",
    Reason.CLOSED_DATE: "the location is closed on the day of the visit",
    Reason.UNSIGNED: "no clinician has signed this wording yet",
    Reason.LEASE_OUT: "the process that sent it stopped before it knew the outcome, so it may have gone",
    Reason.CRASHED: "sending it stopped the process again and again",
    Reason.SLEPT: "the process slept past the moment until which it might send",
    Reason.SENDER_UNREADABLE: "the sender's log-in at the provider could not be decrypted; ops has to look at it",
    Reason.PROVIDER_OUTAGE: "the provider has been out for a while; what waits goes by itself when it is back",
    Reason.ORPHAN: "the provider's list has texts that nobody here knows of",
    Reason.DOUBLE: "what was sent again had gone after all, so somebody got it twice",
    Reason.NOT_COMPARED: "the provider has not shown its list for a day, so nobody knows what else went out",
    Reason.UNTOLD: "it may have gone, and nothing at the provider tells whether it did",
    Reason.OUTAGE: "nothing was sent for a while, because no scheduler worked",
    Reason.DELIVERY_LATE: "messages are due and do not go",
    Reason.ANSWERED: "it was the answer to a text, given at once; the provider has not told yet what became of it",
    Reason.FAULT: "something of ours went wrong with it; ops has to look at it",
    Reason.UNPLANNED: "nothing can be planned for the patient, so no text goes; ops has to look at it",
}

WORDING_SAYS: Mapping[str, str] = {
    "bad_syntax": "its wording has a mistake in it",
    "broken_seal": "what it needs could not be decrypted; ops has to look at it",
    "cannot_render": "its wording could not be filled in",
    "empty_placeholder": "its wording names something that is empty for this visit",
    "no_wording": "there is no wording for it in the patient's language or the clinic's",
    "too_much_text": "its wording is too long",
    "unknown_filter": "its wording uses a filter that does not exist",
    "unknown_placeholder": "its wording names something that does not exist",
    "unprintable_placeholder": "its wording names something that is no text",
    "wrong_size": "filled in, its wording is empty or too long",
}
"""The codes of `WordingError` and `BrokenSealError`: why a message is parked instead of being sent."""


_OURS = {reason.value: words for reason, words in SAYS.items()} | dict(WORDING_SAYS)


def explain(code: str) -> str:
    """Return the words that end "not sent, because …" for *code*, also for one that nobody listed."""
    return _OURS.get(code) or say(code) or f"of a reason that is not in our list ({code})"
