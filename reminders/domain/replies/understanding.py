"""Understands a reply: rules in a fixed order, and whatever no rule knows is for a person.

    1 danger                      wins over every other meaning, in any context
    2 a phone's own text          a reaction, an automatic answer
    3 a whole answer              exact: Y, 3, STOP, "ya llegué", by the prompt that it answers
    4 a number, a driver's phone  what was asked for
    5 a phrase in a sentence      the first rule of `rules.sentences` that is found
    6 how it begins               "Yes, and …", "3 …"
    7 a question, a thank-you     or nothing we know

Both languages are always tried. Nothing here reads a clock or a database.
"""

from dataclasses import replace

from reminders.domain.replies import danger, drivers, exact, scores, sentences
from reminders.domain.replies.danger import Danger, Kind
from reminders.domain.replies.intents import CANCEL_ANSWER, UNANSWERED, WORK, Confidence, Intent, Understanding
from reminders.domain.replies.plain_words import Said, read
from reminders.domain.replies.rules.reactions import REACTION
from reminders.domain.words import Context, WorkKind

_SPANISH = "es"


def understand(
    text: str, context: Context = Context.NONE, *, language: str = "en", region: str = "US"
) -> Understanding:
    """Return what *text* means as an answer to the prompt of *context*.

    *language* is the patient's; a cry for help is answered in the language in which it was
    written, if that is Spanish. *region* is the country of phones without a country code.
    """
    said = read(text)
    found = danger.find(said, context)
    if found is not None and found.kind is not Kind.DENIED:
        return _in_danger(found, language)
    meaning = _meaning(said, context, region)
    if found is not None and meaning.intent is not Intent.OPT_OUT:
        return _plain(Intent.CLINICAL, Confidence.RULE, language)
    return replace(meaning, language=language)


def _in_danger(found: Danger, language: str) -> Understanding:
    intent = Intent.CRISIS if found.kind is Kind.CRISIS else Intent.EMERGENCY
    return _plain(intent, Confidence.RULE, _SPANISH if found.language == _SPANISH else language)


def _plain(intent: Intent, confidence: Confidence, language: str = "") -> Understanding:
    answer = None if intent in UNANSWERED else intent.value
    return Understanding(intent=intent, confidence=confidence, answer=answer, work=WORK.get(intent), language=language)


def _meaning(said: Said, context: Context, region: str) -> Understanding:
    if REACTION.search(said.raw):
        return _plain(Intent.REACTION, Confidence.EXACT)
    score = _score(said, context)
    if score is not None:
        return score
    whole = exact.whole(said, context)
    if whole is not None:
        return _whole(whole, said)
    driver = _driver(said, context, region)
    if driver is not None:
        return driver
    spoken = _spoken(said, context)
    if spoken.intent in {Intent.DRIVER_ARRANGED, Intent.DRIVER_DETAILS}:
        return replace(spoken, driver=drivers.find(said.raw, region))
    return spoken


def _whole(intent: Intent, said: Said) -> Understanding:
    """Return a whole answer; a bare CANCEL may have meant the visit, so it is a person's work, too."""
    meaning = _plain(intent, Confidence.EXACT)
    if intent is Intent.OPT_OUT and exact.is_cancel(said):
        return replace(meaning, answer=CANCEL_ANSWER, work=WorkKind.CHANGE)
    return meaning


def _score(said: Said, context: Context) -> Understanding | None:
    """Return the number, where one was asked for, or given out of ten."""
    value: int | None = None
    if context is Context.MOOD:
        value = scores.find(said)
    elif context is Context.CHECKIN:
        value = scores.explicit(said)
    if value is None:
        return None
    confidence = Confidence.EXACT if len(said.words.split()) <= 2 else Confidence.RULE
    return replace(_plain(Intent.SCORE, confidence), value=value)


def _driver(said: Said, context: Context, region: str) -> Understanding | None:
    """Return the driver whom a patient names with a phone, or who was asked for and is named."""
    if context not in {Context.DRIVER_ASK, Context.PREP, Context.CONFIRM, Context.MOVED, Context.NONE}:
        return None
    details = drivers.find(said.raw, region)
    is_asked = context is Context.DRIVER_ASK
    if details.phone and (is_asked or sentences.speaks_of_driver(said)):
        return replace(_plain(Intent.DRIVER_DETAILS, Confidence.RULE), driver=details)
    if is_asked and drivers.is_bare_name(said.raw) and sentences.find(said, context) is None:
        return replace(_plain(Intent.DRIVER_DETAILS, Confidence.RULE), driver=details)
    return None


_LESS_THAN_YES = {Intent.DRIVER_ARRANGED, Intent.LATER, Intent.THANKS}
"""What a yes before it outweighs: "yes, my son takes me home", "yes, any day next week"."""


def _spoken(said: Said, context: Context) -> Understanding:
    found = sentences.find(said, context)
    early = exact.lead_of_check_in(said, context) if found is not Intent.DECLINE else None
    intent = early or found or exact.lead(said, context) or sentences.last(said)
    if intent in _LESS_THAN_YES and exact.lead_first(said, context) is not None:
        intent = exact.lead_first(said, context)
    if intent is None:
        return _plain(Intent.UNKNOWN, Confidence.NONE)
    meaning = _plain(intent, Confidence.RULE)
    if intent is Intent.CONFIRM and sentences.is_asking(said):
        return replace(meaning, work=WorkKind.NOT_UNDERSTOOD)
    return meaning
