"""Finds what a sentence says: the first of the rules whose phrase stands in it and is not merely asked about."""

import re
from collections.abc import Iterator

from reminders.domain.replies.intents import Intent
from reminders.domain.replies.plain_words import Said
from reminders.domain.replies.rules import asking, rides
from reminders.domain.replies.rules.order import RULES, Rule
from reminders.domain.words import Context

_LONGEST_THANKS = 12
"""Words; who writes more than this and thanks us wants something else as well."""


def find(said: Said, context: Context) -> Intent | None:
    """Return the meaning of the first rule that *said* meets in *context*."""
    for rule in RULES:
        if context in rule.contexts and any(_counts(rule, clause) for clause in _found(rule, said)):
            return rule.intent
    return None


def last(said: Said) -> Intent | None:
    """Return what is left where no rule is met: a question, a thank-you, or nothing."""
    if is_asking(said):
        return Intent.QUESTION
    if asking.THANKS.search(said.clauses) and len(said.words.split()) <= _LONGEST_THANKS:
        return Intent.THANKS
    return None


def is_asking(said: Said) -> bool:
    """Whether *said* asks something."""
    return said.is_asking or any(asking.OPENERS.search(clause) for clause, _ in _clauses(said))


def speaks_of_driver(said: Said) -> bool:
    """Whether *said* speaks of somebody who drives."""
    return bool(rides.DRIVER_ARRANGED.search(said.clauses) or rides.DRIVER_WORD.search(said.clauses))


def _clauses(said: Said) -> Iterator[tuple[str, int]]:
    """Yield each clause with its mark, and where it begins."""
    for match in re.finditer(r"[^|?]*[|?]", said.clauses):
        clause = match.group()
        yield clause.lstrip(), match.start() + len(clause) - len(clause.lstrip())


def _found(rule: Rule, said: Said) -> Iterator[tuple[str, int]]:
    """Yield each clause in which the rule's phrase stands, with the phrase's place in it."""
    for match in rule.found.finditer(said.clauses):
        for clause, at in _clauses(said):
            if at <= match.start() < at + len(clause):
                yield clause, match.start() - at


def _counts(rule: Rule, place: tuple[str, int]) -> bool:
    clause, at = place
    if any(phrase.search(clause) for phrase in rule.unless):
        return False
    return rule.even_asked or not _is_asked(clause, at)


def _is_asked(clause: str, at: int) -> bool:
    """Whether the phrase at *at* is what the clause asks about."""
    if asking.OPENERS.search(clause) or asking.ASKED_BEFORE.search(clause[:at]):
        return True
    return clause.endswith("?") and bool(asking.OPENERS_ASKED.search(clause))
