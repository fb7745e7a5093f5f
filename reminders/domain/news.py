"""Whether two plan stamps would tell a patient the same.

Less than 15 minutes are no news: a text that said 10:30 still stands for 10:40. What
speaks of something that has happened is news only when it happens again.
"""

from datetime import datetime, timedelta

from reminders.domain.facts import Stamp
from reminders.domain.protocol import Anchor, Elapsed, Rule

NEWS = timedelta(minutes=15)
_NEW_CYCLE = timedelta(days=1)

_OF_THE_PAST = frozenset({Anchor.END, Anchor.ARRIVED, Anchor.READY, Anchor.HOME, Anchor.FULFILLED, Anchor.NOSHOW})


def speaks_of_past(rule: Rule) -> bool:
    """Whether *rule* speaks of a visit that has begun, so that it makes no sense before."""
    if rule.anchor is not Anchor.START:
        return rule.anchor in _OF_THE_PAST
    if isinstance(rule.offset, Elapsed):
        return rule.offset.by > timedelta()
    return rule.offset.days > 0


def same_news(rule: Rule, old: Stamp, new: Stamp, *, told_at: datetime | None = None) -> bool:
    """Whether a message of *rule* stamped *old* says what one stamped *new* would say.

    *told_at* is when the old one was handed over; None: it never was.
    """
    if rule.anchor is Anchor.COURSE:
        return abs(old.anchor_at - new.anchor_at) < _NEW_CYCLE
    if speaks_of_past(rule):
        return same_start(old, new) or (told_at is not None and new.anchor_at <= told_at)
    return same_visit(old, new)


def same_visit(old: Stamp, new: Stamp) -> bool:
    """Whether both state the same time, place and fast."""
    return same_start(old, new) and old.zone == new.zone and same_place(old, new) and _same_stops(old, new)


def same_start(old: Stamp, new: Stamp) -> bool:
    """Whether both state the same start."""
    if old.starts_at is None or new.starts_at is None:
        return old.starts_at == new.starts_at
    return abs(old.starts_at - new.starts_at) < NEWS


def same_place(old: Stamp, new: Stamp) -> bool:
    """Whether both state the same place; a stamp without one states any."""
    return old.place_id is None or new.place_id is None or old.place_id == new.place_id


def _same_stops(old: Stamp, new: Stamp) -> bool:
    before, after = dict(old.stops), dict(new.stops)
    return before.keys() == after.keys() and all(abs(at - after[slug]) < NEWS for slug, at in before.items())
