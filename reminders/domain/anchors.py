"""The instant that a rule's offset counts from, or why there is none."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from reminders.domain.facts import Visit
from reminders.domain.news import speaks_of_past
from reminders.domain.protocol import Anchor, Rule
from reminders.domain.reasons import Reason
from reminders.domain.scenes import Scene
from reminders.domain.words import Audience, VisitStatus

ASKED_AHEAD = timedelta(hours=72)
"""So long before a visit its driver is asked at the earliest: one who drives a whole course is asked visit by visit."""

_AHEAD = frozenset({Anchor.START, Anchor.BOOKED, Anchor.MOVED, Anchor.DRIVER})
_HAPPENED = {
    VisitStatus.CANCELLED: Reason.VISIT_CANCELLED,
    VisitStatus.NOSHOW: Reason.NO_SHOW,
    VisitStatus.ARRIVED: Reason.VISIT_OVER,
    VisitStatus.FULFILLED: Reason.VISIT_OVER,
}


def anchor_of(rule: Rule, scene: Scene, now: datetime) -> datetime | Reason:
    """Return the instant that *rule* counts from in *scene*."""
    if scene.visit is None:
        return _course_anchor(scene)
    obstacle = obstacle_of(rule, scene.visit, now) or _obstacle_of_driver(scene, scene.visit)
    return _INSTANTS[rule.anchor](scene, scene.visit) if obstacle is None else obstacle


def needs_visit_ahead(rule: Rule) -> bool:
    """Whether *rule* is of use only before the visit."""
    return rule.anchor in _AHEAD and not speaks_of_past(rule)


def is_about_coming_visit(rule: Rule) -> bool:
    """Whether *rule* says something that the patient must know before the visit would start."""
    return needs_visit_ahead(rule) or rule.anchor is Anchor.CANCELLED


def obstacle_of(rule: Rule, visit: Visit, now: datetime) -> Reason | None:
    """Return why *visit*, as it stands, has no use for *rule*."""
    if rule.anchor in {Anchor.START, Anchor.END} and speaks_of_past(rule):
        missed = visit.status in {VisitStatus.CANCELLED, VisitStatus.NOSHOW}
        return _HAPPENED[visit.status] if missed else None
    if needs_visit_ahead(rule) and visit.status in _HAPPENED:
        return _HAPPENED[visit.status]
    return Reason.TOO_LATE if is_about_coming_visit(rule) and visit.starts_at < now else None


def _obstacle_of_driver(scene: Scene, visit: Visit) -> Reason | None:
    """Return why a driver hears nothing more of *visit*, whatever the rules say."""
    if scene.audience is not Audience.DRIVER:
        return None
    if visit.driver_agreed_at is None:
        return Reason.DRIVER_NOT_AGREED
    if visit.driver_state == "no":
        return Reason.DRIVER_DECLINED
    return Reason.VISIT_OVER if visit.home_at is not None else None


def _course_anchor(scene: Scene) -> datetime | Reason:
    if scene.course is None or scene.course.closed_at is not None:
        return Reason.COURSE_CLOSED
    if scene.progress is None or scene.progress.next_at is None:
        return Reason.NOT_HAPPENED
    return Reason.BOOKED_AHEAD if scene.progress.booked_ahead else scene.progress.next_at


def _booked(scene: Scene, visit: Visit) -> datetime | Reason:
    if visit.status is not VisitStatus.BOOKED:
        return Reason.NOT_BOOKED
    if scene.knows_booking:
        return Reason.ALREADY_TOLD
    return scene.booked_at or Reason.NOT_NEW


def _cancelled(scene: Scene, visit: Visit) -> datetime | Reason:
    """Return when a visit that was still ahead was cancelled; a patient who did it gets no text, the driver does.

    A driver who never heard of the visit does not hear that it is off.
    """
    at = _event(visit, visit.cancelled_at, VisitStatus.CANCELLED)
    if isinstance(at, Reason):
        return at
    if scene.audience is Audience.DRIVER and scene.told is None:
        return Reason.DRIVER_NOT_TOLD
    if scene.audience is Audience.PATIENT and visit.cancelled_by == "patient":
        return Reason.PATIENT_CANCELLED
    if scene.told is not None and scene.told.off:
        return Reason.ALREADY_TOLD
    return at if at < visit.starts_at else Reason.TOO_LATE


def _driver(_scene: Scene, visit: Visit) -> datetime | Reason:
    """Return when the driver may be asked: when the patient has agreed to it, but not long before the visit."""
    if visit.driver_agreed_at is None:
        return Reason.DRIVER_NOT_AGREED
    if visit.driver_state not in {"listed", "asked"}:
        return Reason.ALREADY_TOLD
    return max(visit.driver_agreed_at, visit.starts_at - ASKED_AHEAD)


def _home(_scene: Scene, visit: Visit) -> datetime | Reason:
    """Return when the patient goes home: when staff says so, else after treatment and recovery."""
    arrived_at = _event(visit, visit.arrived_at, *_HERE)
    if visit.home_at is not None or isinstance(arrived_at, Reason):
        return _event(visit, visit.home_at, *_HERE)
    return arrived_at + visit.duration + visit.service.recovery


def _event(visit: Visit, at: datetime | None, *statuses: VisitStatus) -> datetime | Reason:
    """Return when something happened; what a first import brought with it happened before our time."""
    if at is None or visit.status not in statuses:
        return Reason.NOT_HAPPENED
    if not visit.seen_after_first_import and at <= visit.first_seen_at:
        return Reason.NOT_HAPPENED
    return at


_HERE = (VisitStatus.ARRIVED, VisitStatus.FULFILLED)

_INSTANTS: Mapping[Anchor, Callable[[Scene, Visit], datetime | Reason]] = {
    Anchor.START: lambda _scene, visit: visit.starts_at,
    Anchor.END: lambda _scene, visit: visit.ends_at,
    Anchor.BOOKED: _booked,
    Anchor.MOVED: lambda scene, _visit: scene.move.noticed_at if scene.move else Reason.ALREADY_TOLD,
    Anchor.CANCELLED: _cancelled,
    Anchor.ARRIVED: lambda _scene, visit: _event(visit, visit.arrived_at, *_HERE),
    Anchor.DRIVER: _driver,
    Anchor.READY: lambda _scene, visit: _event(visit, visit.ready_at, *_HERE),
    Anchor.HOME: _home,
    Anchor.FULFILLED: lambda _scene, visit: _event(visit, visit.fulfilled_at, VisitStatus.FULFILLED),
    Anchor.NOSHOW: lambda _scene, visit: _event(visit, visit.noshow_at, VisitStatus.NOSHOW),
    Anchor.COURSE: lambda _scene, _visit: Reason.NOT_IN_PROTOCOL,
}
