"""What planning asks of people: phone a patient, look at a late booking, a no-show, a closed date, a missing driver.

The list is complete each time: what is not on it any more is no longer needed. An item is
known by its key, so that the same need is one item however often it is planned.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reminders.domain.anchors import is_about_coming_visit
from reminders.domain.drivers import ARRANGED
from reminders.domain.facts import Standing, Visit
from reminders.domain.fasting import first_stop
from reminders.domain.openings import fit_deadline, is_closed_on
from reminders.domain.protocol import Anchor
from reminders.domain.reasons import Reason
from reminders.domain.scenes import Known
from reminders.domain.states import HANDED_OVER, State
from reminders.domain.wallclock import local_day
from reminders.domain.wishes import Outcome, Stands, Wish
from reminders.domain.words import VisitStatus, WorkKind

_NO_SHOW_WITHIN = timedelta(hours=24)
_NO_SHOW_IS_NEWS = timedelta(days=7)
_CLOSED_DATE_BEFORE = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedWork:
    """Something a person must do; `kind`, `subject_id` and `detail` are its key."""

    kind: WorkKind
    subject_id: UUID
    detail: str
    """The start that it is about: a visit that is moved makes new work."""
    visit_id: UUID
    due_at: datetime
    after_hours: bool
    """Nobody is at the location before it is too late."""
    reason: Reason

    @property
    def key(self) -> tuple[WorkKind, UUID, str]:
        """What makes two wishes the same item."""
        return self.kind, self.subject_id, self.detail


def work(outcomes: Iterable[Outcome], visits: Iterable[Visit], known: Known) -> list[WantedWork]:
    """Return all that people must do for a patient, one item a key."""
    items: dict[tuple[WorkKind, UUID, str], WantedWork] = {}
    for item in _all(outcomes, visits, known):
        items.setdefault(item.key, item)
    return list(items.values())


def rescue(outcome: Outcome, known: Known) -> WantedWork | None:
    """Return the call that a message needs which did not get through, or comes too late to be obeyed."""
    if not isinstance(outcome, Wish | Stands):
        return None
    rule, visit = outcome.rule, outcome.scene.visit
    if not rule.rescue or visit is None or not is_about_coming_visit(rule) or visit.starts_at <= known.now:
        return None
    reason = _failure(outcome, known)
    if reason is not None:
        return _call(visit, reason, known)
    return _late(outcome, visit, known)


def is_coming(visit: Visit, now: datetime) -> bool:
    """Whether *visit* is still ahead."""
    return visit.status.is_ahead and visit.starts_at > now


def lacks_driver(visit: Visit, now: datetime) -> bool:
    """Whether a visit that needs a driver has none, and it is time that a person sees to it."""
    if not visit.service.driver_required or visit.status is not VisitStatus.BOOKED or visit.driver_state in ARRANGED:
        return False
    if visit.driver_state == "listed" and visit.driver_agreed_at is None:
        return False  # the clinic's own source knows who drives
    return visit.starts_at - visit.service.driver_deadline <= now < visit.starts_at


def must_ask_who_drives(visit: Visit, now: datetime) -> bool:
    """Whether only a person can find out who drives: who is named has the patient's own phone."""
    is_open = visit.driver_has_patients_phone and visit.driver_state != "no"
    return is_open and visit.service.driver_required and is_coming(visit, now)


def _all(outcomes: Iterable[Outcome], visits: Iterable[Visit], known: Known) -> Iterator[WantedWork]:
    for outcome in outcomes:
        call = rescue(outcome, known)
        if call is not None:
            yield call
    for visit in visits:
        if is_coming(visit, known.now) and _is_closed(visit):
            yield _item(WorkKind.CLOSED_DATE, visit, visit.starts_at - _CLOSED_DATE_BEFORE, Reason.CLOSED_DATE, known)
        if must_ask_who_drives(visit, known.now):
            yield _item(WorkKind.NO_DRIVER, visit, _before_fast(visit), Reason.SAME_PHONE, known)
        if lacks_driver(visit, known.now):
            yield _item(WorkKind.NO_DRIVER, visit, _before_fast(visit), Reason.NO_DRIVER, known)
        if _missed_at(visit, known.now) is not None:
            deadline = (visit.noshow_at or known.now) + _NO_SHOW_WITHIN
            yield _item(WorkKind.NO_SHOW, visit, deadline, Reason.NO_SHOW, known)


def _failure(outcome: Wish | Stands, known: Known) -> Reason | None:
    """Return why the message does not reach the patient; None when it does, or still may."""
    if isinstance(outcome, Wish):
        hindrance = outcome.wanted.suppressed or outcome.wanted.expired
        return Reason(hindrance) if hindrance else None
    row = outcome.row
    if row.state is State.PARKED:
        return Reason.PARKED
    fate = known.history.fate(row)
    if fate is State.UNDELIVERED or fate not in HANDED_OVER:
        return _why(row, fate)
    return None


def _why(row: Standing, fate: State) -> Reason:
    code = row.reason or row.stamp.cause
    return Reason(code) if fate is not State.UNDELIVERED and code in set(Reason) else Reason.UNDELIVERED


def _late(outcome: Wish | Stands, visit: Visit, known: Known) -> WantedWork | None:
    """Return the call to a patient who is told of a fast that has begun; a late booking is a kind of its own."""
    begins_at = first_stop(visit.service, visit.starts_at)
    if begins_at is None or not visit.status.is_ahead or _goes_at(outcome, known) < begins_at:
        return None
    stamp = outcome.wanted.stamp if isinstance(outcome, Wish) else outcome.row.stamp
    noticed_at = stamp.anchor_at if outcome.rule.anchor is Anchor.MOVED else visit.first_seen_at
    if noticed_at < begins_at:
        return _call(visit, Reason.FAST_BEGUN, known)
    return _item(WorkKind.LATE_BOOKING, visit, begins_at, Reason.FAST_BEGUN, known)


def _goes_at(outcome: Wish | Stands, known: Known) -> datetime:
    if isinstance(outcome, Wish):
        return outcome.wanted.due_at
    return max(outcome.row.due_at, known.history.told_at(outcome.row))


def _call(visit: Visit, reason: Reason, known: Known) -> WantedWork:
    return _item(WorkKind.PHONE_PATIENT, visit, _before_fast(visit), reason, known)


def _before_fast(visit: Visit) -> datetime:
    """Return until when a patient must have been called: before the fast begins, without one before the start."""
    return first_stop(visit.service, visit.starts_at) or visit.starts_at


def _item(kind: WorkKind, visit: Visit, deadline: datetime, reason: Reason, known: Known) -> WantedWork:
    fitted = fit_deadline(deadline, visit.place.hours, known.now)
    return WantedWork(
        kind=kind,
        subject_id=visit.id,
        detail=visit.starts_at.isoformat(),
        visit_id=visit.id,
        due_at=fitted.due_at,
        after_hours=fitted.after_hours,
        reason=reason,
    )


def _is_closed(visit: Visit) -> bool:
    hours = visit.place.hours
    day = local_day(visit.starts_at, hours.zone)
    return day in hours.closed_on or (bool(hours.spans) and is_closed_on(day, hours))


def _missed_at(visit: Visit, now: datetime) -> datetime | None:
    """Return when the patient did not come, unless that is old or was over when we first heard of the visit."""
    at = visit.noshow_at
    if visit.status is not VisitStatus.NOSHOW or at is None or now - at > _NO_SHOW_IS_NEWS:
        return None
    return at if visit.seen_after_first_import or at > visit.first_seen_at else None
