"""Whole answers, and how a longer one begins: looked up in `rules.keys` and `rules.prompts` without courtesy."""

import re

from reminders.domain.replies.intents import Intent
from reminders.domain.replies.plain_words import Said
from reminders.domain.replies.rules import keys, prompts
from reminders.domain.words import Context

_LEADING = {
    Intent.CONFIRM,
    Intent.DECLINE,
    Intent.DRIVER_ARRANGED,
    Intent.DRIVER_NEEDED,
    Intent.DRIVER_YES,
    Intent.DRIVER_NO,
    Intent.ACCEPT_OFFER,
    Intent.CHANGE,
    Intent.LATER,
    Intent.CHECKIN_GOOD,
    Intent.CHECKIN_OKAY,
    Intent.CHECKIN_CALL,
}


def whole(said: Said, context: Context) -> Intent | None:
    """Return what *said* means if it is one known answer and nothing else."""
    if "?" in said.clauses:
        return _asked(said)
    return _look_up(said.words, context)


def is_cancel(said: Said) -> bool:
    """Whether *said* is a bare CANCEL."""
    return bool({said.words, _bare(said.words)} & keys.CANCEL)


def lead(said: Said, context: Context) -> Intent | None:
    """Return what the first clause of *said* means, or its first word where that is a key of the prompt."""
    first = re.split(r" [|?]", said.clauses)[0]
    for answer in (first, first.split(" ")[0]):
        intent = _look_up(answer, context)
        if intent in _LEADING:
            return intent
    return None


def lead_first(said: Said, context: Context) -> Intent | None:
    """Return a yes with which *said* begins where that decides whatever follows: to an offer, to the coming visit."""
    intent = lead(said, context)
    return intent if intent in {Intent.ACCEPT_OFFER, Intent.CONFIRM} else None


def lead_of_check_in(said: Said, context: Context) -> Intent | None:
    """Return what the digit means with which *said* begins, unless somebody asks to be called."""
    if context is not Context.CHECKIN or not re.match(
        r"[123]\b(?! (?:to|or|day|days|hour|hours|am|pm|times?|pills?))", said.words
    ):
        return None
    return Intent.CHECKIN_CALL if _CALL.search(said.words) else _look_up(said.words[0], context)


_CALL = re.compile(r"(?<!no need to )(?<!not )\bcall\b(?! is)|llam")


def _asked(said: Said) -> Intent | None:
    """Return what an answer with a question mark means: STOP? is STOP, "who is this?" is what it is; Y? is unsure."""
    intent = _look_up(said.words, Context.NONE)
    if intent in {
        Intent.OPT_OUT,
        Intent.OPT_IN,
        Intent.HELP,
        Intent.WHO,
        Intent.WRONG_NUMBER,
        Intent.CHANGE,
        Intent.CHECKIN_CALL,
    }:
        return intent
    return None


def _look_up(words: str, context: Context) -> Intent | None:
    """Return what *words* are a whole answer for: carriers' words first, then the prompt's own."""
    answers = dict.fromkeys((words, _bare(words)))
    for table in (keys.ALWAYS, prompts.IN_CONTEXT[context], keys.EVERYWHERE):
        for answer in answers:
            for intent, known in table:
                if answer in known:
                    return _as_driver(intent) if context is Context.DRIVER_PERSON else intent
    return None


def _as_driver(intent: Intent) -> Intent:
    return Intent.DRIVER_LATE if intent is Intent.RUNNING_LATE else intent


def _bare(words: str) -> str:
    """Return *words* without courtesy; all of them where nothing else is left. STOP 12345 is STOP."""
    left = [word for word in words.split() if word not in keys.COURTESY]
    if len(left) > 1 and left[-1].isdecimal() and len(left[-1]) >= 4:
        left.pop()
    return " ".join(left) or words
