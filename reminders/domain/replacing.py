"""Messages that are not needed because another of the same visit says it too."""

from collections.abc import Mapping, Sequence

from reminders.domain.facts import Stamp
from reminders.domain.history import History
from reminders.domain.protocol import Anchor, Rule
from reminders.domain.rulebook import ActiveRule
from reminders.domain.states import State
from reminders.domain.told import is_near
from reminders.domain.wishes import Outcome, Stands, Wish
from reminders.domain.words import Category


def replaced(rules: Sequence[ActiveRule], outcomes: Mapping[str, Outcome], history: History) -> frozenset[str]:
    """Return the slugs of those of *rules* that others stand in for; *outcomes* are by slug."""
    gone: set[str] = set()
    for active in rules:
        if active.rule.replaces and active.rule.slug not in gone:
            stamp = _says(outcomes[active.rule.slug], history)
            gone.update(other.rule.slug for other in rules if stamp and _stands_in(active.rule, other.rule, stamp))
    return frozenset(gone)


def _says(outcome: Outcome, history: History) -> Stamp | None:
    """Return what a message states that can stand in for others.

    One that was proven undelivered stands in for nobody: the other still gets its chance.
    """
    if isinstance(outcome, Wish):
        return outcome.wanted.stamp
    if isinstance(outcome, Stands) and history.fate(outcome.row) not in {State.UNDELIVERED, State.CANCELLED}:
        return outcome.row.stamp
    return None


def _stands_in(rule: Rule, other: Rule, stamp: Stamp) -> bool:
    """Whether *rule*'s message makes *other*'s needless.

    A text about a move stands in for prep only when the new start is near: where only the
    old one was, the fast would be forgotten by the day before.
    """
    if other.slug not in rule.replaces:
        return False
    if rule.anchor is not Anchor.MOVED or other.category is not Category.PREP or stamp.starts_at is None:
        return True
    return is_near(stamp.starts_at, stamp.anchor_at)
