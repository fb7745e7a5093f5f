"""When a message goes: its moment, how quiet hours bend it, and until when it helps."""

from dataclasses import dataclass
from datetime import datetime

from reminders.domain.anchors import is_about_coming_visit
from reminders.domain.facts import Standing
from reminders.domain.news import speaks_of_past
from reminders.domain.protocol import Anchor, Elapsed, Landmark, Late, Moment, Rule
from reminders.domain.quiet import is_quiet, next_open, open_in
from reminders.domain.reasons import Reason
from reminders.domain.scenes import Known, Scene
from reminders.domain.told import is_near
from reminders.domain.wallclock import apply


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of one message, before limits and the clock have their say."""

    moment_at: datetime
    """What the rule says, brought forward to its `at_latest`."""
    wish_at: datetime
    """The same, moved out of the quiet hours."""
    useful_until: datetime
    at_latest: datetime | None


def timing(rule: Rule, anchor_at: datetime, scene: Scene, known: Known) -> Timing:
    """Return the times of the message that *rule* asks for."""
    return _timing(rule, apply(rule.offset, anchor_at, scene.here.zone), anchor_at, scene, known)


def timing_of_double(rule: Rule, moment_at: datetime, scene: Scene, known: Known) -> Timing:
    """Return the times of a second try that goes at *moment_at* without proof that the first failed."""
    return _timing(rule, moment_at, moment_at, scene, known)


def _timing(rule: Rule, moment_at: datetime, anchor_at: datetime, scene: Scene, known: Known) -> Timing:
    marks = _landmarks(anchor_at, scene)
    at_latest = _instant(rule.at_latest, marks, moment_at) if rule.at_latest else None
    moment_at = min(moment_at, at_latest) if at_latest else moment_at
    useful_until = _instant(rule.useful_until, marks, moment_at)
    if scene.visit is not None and is_about_coming_visit(rule):
        useful_until = min(useful_until, scene.visit.starts_at)
    wish_at = open_in(rule.quiet, moment_at, known.person.zone, known.policy)
    return Timing(moment_at, wish_at, useful_until, at_latest)


def _landmarks(anchor_at: datetime, scene: Scene) -> dict[Landmark, datetime]:
    visit, stops = scene.visit, scene.here.stops
    start = visit.starts_at if visit else anchor_at
    return {
        Landmark.ANCHOR: anchor_at,
        Landmark.START: start,
        Landmark.END: visit.ends_at if visit else anchor_at,
        Landmark.FIRST_STOP: stops[0][1] if stops else start,
        Landmark.LAST_STOP: stops[-1][1] if stops else start,
    }


def _instant(moment: Moment, marks: dict[Landmark, datetime], moment_at: datetime) -> datetime:
    return marks.get(moment.of, moment_at) + moment.plus


def due_of(rule: Rule, times: Timing, standing: Standing | None, known: Known, *, again: bool) -> datetime | Reason:
    """Return when the message goes, limits aside, or that its moment has passed.

    *standing* is the unsent row that says the same: once its moment has passed it keeps the
    time it has, so that planning again changes nothing. *again*: an earlier try failed.
    """
    if times.wish_at >= known.now:
        return times.wish_at
    if standing is not None:
        return _kept(standing.due_at, known)
    if rule.late is Late.SKIP and times.moment_at < known.now and not again:
        return Reason.MOMENT_PASSED
    return next_open(known.now, known.person.zone, known.policy)


def _kept(due_at: datetime, known: Known) -> datetime:
    if due_at > known.now and is_quiet(due_at, known.person.zone, known.policy):
        return next_open(due_at, known.person.zone, known.policy)
    return due_at


def ride_window(
    rule: Rule, anchor_at: datetime, due_at: datetime, times: Timing, scene: Scene
) -> tuple[datetime | None, datetime]:
    """Return from when until when a message makes sense in somebody else's text of the same day.

    Never before what it speaks of: what is anchored to something that happened waits for
    that, and where it counts hours from the visit, for those too. Never after it helps. An
    unlimited one about a visit within 48 hours is not kept waiting at all.
    """
    return _earliest(rule, anchor_at, times), _latest(rule, due_at, times, scene)


def _earliest(rule: Rule, anchor_at: datetime, times: Timing) -> datetime | None:
    if rule.anchor is Anchor.COURSE or (rule.anchor is Anchor.START and not speaks_of_past(rule)):
        return None
    return times.moment_at if speaks_of_past(rule) and isinstance(rule.offset, Elapsed) else anchor_at


def _latest(rule: Rule, due_at: datetime, times: Timing, scene: Scene) -> datetime:
    if not rule.limited and scene.visit is not None and is_near(scene.visit.starts_at, due_at):
        return due_at
    latest = min(times.useful_until, times.at_latest) if times.at_latest else times.useful_until
    return max(latest, due_at)
