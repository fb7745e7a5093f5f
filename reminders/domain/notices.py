"""The last look at a message that no plan made, when it is claimed: whether it may go now.

It waits for nothing: no quiet hour, limit or pause holds it back. It goes or it comes to rest.
"""

from dataclasses import dataclass
from datetime import datetime

from reminders.domain.judgement import Go, Stop
from reminders.domain.plan import GONE
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.words import PersonStatus, RecipientKind

ALERT = "alert-"
"""Begins the rule of what tells staff of a work item; it is of no use once somebody has taken the item."""

OVERDUE = "alert-overdue"
"""The wording and the beginning of the rule of what tells of overdue work items: it names one of maybe many, so that
it goes also when that one is taken."""

FIRST = "alert-level-"
"""Begins the rule of what tells the next level of the chain; one that is lost is a reason to hurry on.

What repeats the last level is none, or a dead phone there would make it repeat all the time.
"""

SAFE_REPLY = "safe-reply"
"""The rule of what answers a cry for help."""

OPT_OUT_ANSWER = "opt-out-answer"
"""The rule of what confirms an opt-out."""

HEEDLESS = (SAFE_REPLY, OPT_OUT_ANSWER)
"""Rules that an opt-out does not stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What decides whether one notice may go."""

    rule: str
    recipient: RecipientKind
    useful_until: datetime
    is_opted_out: bool
    is_dead: bool
    """Nothing can be sent to its address."""
    item_state: str | None
    """Of the work item that it is about."""
    statuses: frozenset[PersonStatus] = frozenset()
    """Of the person it goes to, and of the patient whom that person drives."""


def judge(notice: Occasion, *, now: datetime) -> Go | Stop:
    """Return whether *notice* may be sent at *now*."""
    if notice.useful_until <= now:
        return Stop(State.EXPIRED, Reason.TOO_LATE)
    if notice.rule.startswith(ALERT) and notice.item_state != "open" and not notice.rule.startswith(OVERDUE):
        return Stop(State.CANCELLED, Reason.ITEM_TAKEN)
    if notice.rule != SAFE_REPLY:
        for status in sorted(notice.statuses & GONE.keys()):
            return Stop(State.CANCELLED, GONE[status])
    if notice.is_dead:
        return Stop(State.SUPPRESSED, Reason.DEAD_ADDRESS)
    if notice.is_opted_out and notice.recipient is not RecipientKind.STAFF and notice.rule not in HEEDLESS:
        return Stop(State.SUPPRESSED, Reason.OPTED_OUT)
    return Go()


def is_double_harmless(recipient: RecipientKind) -> bool:
    """Whether a second one would do no harm: staff would rather be told twice than not at all."""
    return recipient is RecipientKind.STAFF


def short_id(item_id: object) -> str:
    """Return how people name a work item: the end of its id, for ids of one minute begin alike."""
    return str(item_id)[-8:]
