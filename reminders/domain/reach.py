"""By which channel a person can be reached, or why by none."""

from dataclasses import dataclass
from uuid import UUID

from reminders.domain.facts import ContactPoint, Person
from reminders.domain.protocol import Rule
from reminders.domain.reasons import Reason
from reminders.domain.words import Category, Channel

KEPT = frozenset({Category.PREP, Category.SAFETY})
"""What somebody keeps who opted out of all but getting ready."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a message goes; `hindrance` says why it may not."""

    channel: Channel
    address_id: UUID | None
    hindrance: Reason | None = None


def reach(person: Person, rule: Rule, *, tried: frozenset[Channel] = frozenset()) -> Reach | None:
    """Return the first channel of *rule* that is open to us, leaving out those *tried*; None when all were.

    Where none is open, it is the first one with an address, and why not.
    """
    points = [_point(person, channel) for channel in rule.channels if channel not in tried]
    for point in points:
        if hindrance(point, rule) is None:
            return Reach(point.channel, point.address_id)
    if not points:
        return None
    shut = next((point for point in points if point.address_id is not None), points[0])
    return Reach(shut.channel, shut.address_id, hindrance(shut, rule))


def hindrance(point: ContactPoint, rule: Rule) -> Reason | None:
    """Return why a message of *rule* may not go to *point*, or None."""
    if point.address_id is None:
        return Reason.NO_ADDRESS
    if point.opted_out and not (point.keeps_prep and rule.category in KEPT):
        return Reason.OPTED_OUT
    if not point.consented:
        return Reason.NO_CONSENT
    if rule.category is Category.NUDGE and not point.nudge_consented:
        return Reason.NO_NUDGE_CONSENT
    return Reason.DEAD_ADDRESS if point.dead else None


def _point(person: Person, channel: Channel) -> ContactPoint:
    return person.contacts.get(channel) or ContactPoint(channel=channel, address_id=None)
