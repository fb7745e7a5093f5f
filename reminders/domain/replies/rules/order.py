"""The order of the rules: what a phrase means in a longer text, the first that is found decides.

A rule may be of some contexts only. Where its phrase is what somebody asks ("can I eat?"), it
does not count, unless the rule says that asking is the same as saying.
"""

from dataclasses import dataclass

from reminders.domain.replies.intents import Intent
from reminders.domain.replies.phrases import Phrases
from reminders.domain.replies.rules import addresses, asking, body, rides, visits
from reminders.domain.words import Context


@dataclass(frozen=True, slots=True)
class Rule:
    """Phrases that mean an intent."""

    intent: Intent
    found: Phrases
    contexts: frozenset[Context] = frozenset(Context)
    even_asked: bool = False
    unless: tuple[Phrases, ...] = ()
    """Phrases in the same clause beside which it does not count."""


FEELING = frozenset({Context.CHECKIN, Context.MOOD})
OF_DRIVER = frozenset({Context.DRIVER_PERSON})
OF_PATIENT = frozenset(Context) - OF_DRIVER
OFFERED = frozenset({Context.WAITLIST, Context.NUDGE})
ASKED_FOR_DRIVER = frozenset({Context.DRIVER_ASK})
NOT_FELT = OF_PATIENT - FEELING
BEFORE_A_VISIT = NOT_FELT - OFFERED

RULES = (
    # what is said of our texts, whatever was asked
    Rule(Intent.ROBOT, addresses.ROBOT, even_asked=True),
    Rule(Intent.WRONG_NUMBER, addresses.WRONG_NUMBER, even_asked=True),
    Rule(Intent.OPT_OUT, addresses.OPT_OUT, even_asked=True),
    Rule(Intent.OPT_IN, addresses.OPT_IN, even_asked=True),
    Rule(Intent.WHO, addresses.WHO, even_asked=True),
    # a driver
    Rule(Intent.DRIVER_LATE, visits.RUNNING_LATE, OF_DRIVER, unless=(visits.NOT_LATE,)),
    Rule(Intent.HERE, visits.HERE, OF_DRIVER, unless=(visits.NOT_HERE,)),
    Rule(Intent.DRIVER_NO, rides.DRIVER_NO, OF_DRIVER),
    Rule(Intent.DRIVER_YES, rides.DRIVER_YES, OF_DRIVER),
    # an offer
    Rule(Intent.ACCEPT_OFFER, visits.BOOK_ME, OFFERED, even_asked=True, unless=(visits.NOT_BOOK_ME,)),
    Rule(Intent.LATER, visits.LATER, frozenset({Context.NUDGE})),
    Rule(Intent.DECLINE, visits.PASS, OFFERED),
    Rule(Intent.ACCEPT_OFFER, visits.ACCEPT, OFFERED, even_asked=True),
    # a visit that will not be as it was planned
    Rule(Intent.DRIVER_LATE, rides.DRIVER_LATE, OF_PATIENT, even_asked=True),
    Rule(Intent.CHANGE, visits.CHANGE, NOT_FELT, even_asked=True, unless=(visits.NOT_A_CHANGE,)),
    Rule(Intent.DECLINE, visits.DECLINE, NOT_FELT, unless=(visits.NOT_A_DECLINE,)),
    Rule(Intent.DECLINE, visits.NOT_COMING, FEELING, unless=(visits.NOT_A_DECLINE,)),
    # the ride home
    Rule(Intent.DRIVER_NEEDED, rides.DRIVER_NEEDED, OF_PATIENT, unless=(rides.NEEDS_NONE,)),
    Rule(Intent.DRIVER_ARRANGED, rides.DRIVER_ARRANGED, OF_PATIENT, unless=(rides.UNSURE,)),
    Rule(Intent.DRIVER_NEEDED, rides.STILL_LOOKING, ASKED_FOR_DRIVER),
    Rule(Intent.DRIVER_NEEDED, rides.RIDE_FOR_HIRE, ASKED_FOR_DRIVER, even_asked=True, unless=(rides.NOT_A_RIDE,)),
    Rule(Intent.DRIVER_NEEDED, rides.RIDE_FOR_HIRE_HOME, OF_PATIENT, unless=(rides.NOT_A_RIDE,)),
    Rule(Intent.DRIVER_ARRANGED, rides.SOMEBODY, ASKED_FOR_DRIVER, unless=(rides.NOT_SOMEBODY,)),
    Rule(Intent.DRIVER_NEEDED, rides.WANTS_NONE, ASKED_FOR_DRIVER),
    # how somebody feels, where that was asked
    Rule(Intent.CHECKIN_CALL, body.CALL_ME, FEELING, even_asked=True, unless=(body.NO_CALL,)),
    Rule(Intent.CHECKIN_CALL, body.CHECKIN_CALL, FEELING, even_asked=True, unless=(body.NOT_BAD,)),
    Rule(Intent.CHANGE, visits.CHANGE, FEELING, even_asked=True, unless=(visits.NOT_A_CHANGE,)),
    Rule(Intent.CHECKIN_OKAY, body.CHECKIN_OKAY, FEELING),
    Rule(Intent.CHECKIN_GOOD, body.CHECKIN_GOOD, FEELING, unless=(body.NOT_GOOD,)),
    # before a visit
    Rule(
        Intent.CLINICAL,
        body.CLINICAL_DONE,
        BEFORE_A_VISIT,
        even_asked=True,
        unless=(body.NOT_DONE, body.NOT_CLINICAL),
    ),
    Rule(Intent.CLINICAL, body.CLINICAL, OF_PATIENT, unless=(body.NOT_CLINICAL,)),
    Rule(Intent.RUNNING_LATE, visits.RUNNING_LATE, OF_PATIENT, unless=(visits.NOT_LATE,)),
    Rule(Intent.HERE, visits.HERE, OF_PATIENT, unless=(visits.NOT_HERE,)),
    Rule(Intent.CONFIRM, visits.CONFIRM, BEFORE_A_VISIT, unless=(visits.NOT_A_CONFIRM,)),
    Rule(Intent.LATER, visits.REMIND_ME, OF_PATIENT),
    Rule(Intent.HELP, asking.HELP, even_asked=True),
)
"""A rule counts only where none before it does."""
