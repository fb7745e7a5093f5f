"""Why a person must act, in words: also the reasons of the work items that texts begin."""

from collections.abc import Mapping

from reminders.domain.reasons import explain
from reminders.domain.replies.intents import Intent

_INTENTS: Mapping[Intent, str] = {
    Intent.CONFIRM: "they said yes, and it is not plain to what, or there is more in it",
    Intent.DECLINE: "they said no to what we asked",
    Intent.CHANGE: "they want to move or cancel a visit",
    Intent.DRIVER_ARRANGED: "they wrote that somebody takes them home, and it is not plain from which visit",
    Intent.DRIVER_NEEDED: "they have nobody who takes them home, or want to go alone",
    Intent.DRIVER_DETAILS: "they named who takes them home, and it could not be noted",
    Intent.DRIVER_YES: "a driver said yes, and it is not plain to which ride",
    Intent.DRIVER_NO: "the driver said no",
    Intent.DRIVER_LATE: "the driver comes late",
    Intent.CHECKIN_GOOD: "they wrote that they are well",
    Intent.CHECKIN_OKAY: "they wrote that they are so-so",
    Intent.CHECKIN_CALL: "they are not well, or want to be called",
    Intent.SCORE: "they gave a number",
    Intent.LATER: "they want to be asked later, and it is not plain about what",
    Intent.ACCEPT_OFFER: "they want the visit that we offered, or to book one",
    Intent.RUNNING_LATE: "they come late",
    Intent.HERE: "they are there",
    Intent.CLINICAL: "what they wrote is for a nurse: about eating, medicines, or how they are",
    Intent.OPT_OUT: "a bare CANCEL ended all texts, and may have meant the visit",
    Intent.OPT_IN: "they want our texts again",
    Intent.HELP: "they asked for help with our texts",
    Intent.WRONG_NUMBER: "whoever has this phone says that it is the wrong number; it gets nothing any more",
    Intent.WHO: "they asked who writes",
    Intent.THANKS: "they thanked us",
    Intent.REACTION: "they reacted to a text",
    Intent.ROBOT: "a machine answered",
    Intent.CRISIS: "what they wrote speaks of suicide, self-harm or despair",
    Intent.EMERGENCY: "what they wrote speaks of an emergency of the body",
    Intent.QUESTION: "they asked something",
    Intent.UNKNOWN: "no rule understands what they wrote",
}

_TEXTS: Mapping[str, str] = {
    **{intent.value: words for intent, words in _INTENTS.items()},
    "several_prompts": "what they wrote could be about several things that we asked",
    "not_handled": "their text was kept and could not be handled; ops has to look at it, too",
    "void_moved": "they answered for a visit that has been moved since",
    "void_cancelled": "they answered for a visit that has been cancelled since",
    "void_late": "they answered when it was too late to count",
    "yes_to_nothing": "they said yes, and nothing was asked",
    "later_than_what": "they want to be asked later, and nothing was asked",
    "ride_from_what": "they wrote of the ride home, and no visit is ahead",
    "driver_of_what": "a driver answered for a ride that they were not asked about",
    "same_phone": "the driver who was named has the patient's own phone",
}


def because(reason: str) -> str:
    """Return the words for the *reason* of a work item, also for one that nobody listed."""
    return _TEXTS.get(reason) or explain(reason)
