"""The prompts that an answer may be for: how long each can be answered, and which a newer one takes the place of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reminders.domain.news import NEWS
from reminders.domain.replies.intents import VOIDS, Intent
from reminders.domain.words import Context, VisitStatus

_ABOUT_COMING = frozenset(
    {Context.CONFIRM, Context.PREP, Context.MOVED, Context.DRIVER_ASK, Context.DRIVER_PERSON, Context.WAITLIST}
)
_LASTS: Mapping[Context, timedelta] = {
    Context.CHECKIN: timedelta(days=4),
    Context.MOOD: timedelta(days=4),
    Context.NUDGE: timedelta(days=21),
    Context.WAITLIST: timedelta(days=2),
}
_LONGEST = timedelta(days=90)

SAME_QUESTION = frozenset({Context.CONFIRM, Context.PREP, Context.MOVED})
"""Each asks whether the patient comes: of one visit only the newest can be answered."""

ANSWERS_TO: Mapping[Context, frozenset[Intent]] = {
    Context.CONFIRM: frozenset({Intent.CONFIRM, Intent.DECLINE, Intent.CHANGE}),
    Context.PREP: frozenset({Intent.CONFIRM, Intent.DECLINE, Intent.CHANGE}),
    Context.MOVED: frozenset({Intent.CONFIRM, Intent.DECLINE, Intent.CHANGE}),
    Context.DRIVER_ASK: frozenset({Intent.DRIVER_ARRANGED, Intent.DRIVER_NEEDED, Intent.DRIVER_DETAILS}),
    Context.DRIVER_PERSON: frozenset({Intent.DRIVER_YES, Intent.DRIVER_NO, Intent.DRIVER_LATE}),
    Context.CHECKIN: frozenset({Intent.CHECKIN_GOOD, Intent.CHECKIN_OKAY, Intent.CHECKIN_CALL, Intent.SCORE}),
    Context.MOOD: frozenset({Intent.SCORE}),
    Context.NUDGE: frozenset({Intent.LATER, Intent.ACCEPT_OFFER, Intent.DECLINE}),
    Context.WAITLIST: frozenset({Intent.ACCEPT_OFFER, Intent.DECLINE}),
    Context.NONE: frozenset(),
}
"""What answers each prompt; whatever else somebody writes is no answer to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One prompt that was handed over, about one visit or course."""

    id: UUID
    message_id: UUID
    """Visits booked together were asked about in one text: their prompts share it."""
    kind: Context
    person_id: UUID
    """Who was asked."""
    patient_id: UUID
    visit_id: UUID | None = None
    course_id: UUID | None = None
    told_start: datetime | None = None
    """When the visit starts, as the text said."""
    starts_at: datetime | None = None
    """When it starts now."""
    status: VisitStatus | None = None
    opened_at: datetime
    expires_at: datetime
    is_answered: bool = False

    @property
    def subject_id(self) -> UUID | None:
        """The visit or course it is about."""
        return self.visit_id or self.course_id

    def void(self, now: datetime) -> str | None:
        """Return why an answer means nothing any more, as the key of the honest text that says so; None: it counts."""
        if self.status is VisitStatus.CANCELLED:
            return VOID_CANCELLED
        if self.told_start and self.starts_at and abs(self.told_start - self.starts_at) >= NEWS:
            return VOID_MOVED
        return VOID_LATE if now >= self.expires_at else None


VOID_CANCELLED, VOID_LATE, VOID_MOVED = VOIDS


def expires_at(kind: Context, starts_at: datetime | None, useful_until: datetime, now: datetime) -> datetime:
    """Return until when the prompt of *kind*, handed over at *now*, can be answered.

    What asks about a coming visit can be answered until it starts, a check-in for some days.
    """
    if kind in _ABOUT_COMING and starts_at is not None:
        return min(starts_at, now + _LONGEST)
    return max(useful_until, now + _LASTS.get(kind, timedelta(days=7)))


def newest_of_each(prompts: Sequence[Prompt]) -> list[Prompt]:
    """Return *prompts* less those that a newer one of the same question took the place of, newest first."""
    found: dict[tuple[object, ...], Prompt] = {}
    for prompt in sorted(prompts, key=lambda one: (one.opened_at, one.id), reverse=True):
        question = "comes" if prompt.kind in SAME_QUESTION else prompt.kind
        found.setdefault((prompt.person_id, prompt.subject_id, question), prompt)
    return list(found.values())
