"""How a course goes on: its last visit, the phase of the next, and when that would be due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reminders.domain.facts import Course, Visit
from reminders.domain.protocol import Phase, WallClock
from reminders.domain.wallclock import apply
from reminders.domain.words import VisitStatus

_DAY = timedelta(days=1)
_UNRESOLVED = timedelta(days=3)
"""A visit whose time has come counts as booked until its outcome is in, at most so long."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a course stands."""

    last: Visit | None
    """The last visit that took place."""
    next_phase: Phase | None
    booked_ahead: bool

    @property
    def next_at(self) -> datetime | None:
        """When the next visit would be due: as many days after the last as its phase has between two."""
        if self.last is None or self.next_phase is None:
            return None
        interval = self.next_phase.interval
        days, rest = divmod(interval, _DAY)
        return apply(WallClock(days), self.last.starts_at, self.last.zone) + rest


def progress(course: Course, visits: Sequence[Visit], now: datetime) -> Progress:
    """Return where *course* stands after those of *visits* that belong to it."""
    ours = [visit for visit in visits if visit.course_id == course.id]
    done = sorted((v for v in ours if v.status is VisitStatus.FULFILLED), key=lambda visit: visit.starts_at)
    last = done[-1] if done else None
    number = (last.number or len(done)) + 1 if last else 1
    return Progress(last, phase_of(course, number), booked_ahead=any(_is_coming(visit, now) for visit in ours))


LATER = timedelta(days=7)
"""How long a patient is left in peace who answers LATER."""


def asked_for_later(course: Course, *, since: datetime) -> bool:
    """Whether the patient has asked to be asked again, *since* they were last asked."""
    return course.later_until is not None and course.later_until - LATER > since


def phase_of(course: Course, number: int) -> Phase | None:
    """Return the phase that visit *number* of *course* falls into."""
    return next((phase for phase in course.kind.phases if _contains(phase, number)), None)


def _contains(phase: Phase, number: int) -> bool:
    return phase.first <= number and (phase.last is None or number <= phase.last)


def _is_coming(visit: Visit, now: datetime) -> bool:
    expected = visit.status.is_ahead or visit.status is VisitStatus.ARRIVED
    return expected and visit.starts_at > now - _UNRESOLVED
