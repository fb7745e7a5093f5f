"""What one rule wants of one visit or course: a message, nothing, or what stands already.

A wish is made from what is true now and compared with the rows that stand. What may have
reached the patient and is still true is not wished for again; what failed, was held back
or stopped is wished for again only where something has changed that lets it go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reminders.domain.anchors import anchor_of, is_about_coming_visit, needs_visit_ahead
from reminders.domain.conditions import holds
from reminders.domain.courses import asked_for_later
from reminders.domain.facts import Person, Stamp, Standing, Wanted
from reminders.domain.history import stopped_by_plan
from reminders.domain.news import same_news, same_place, same_start, speaks_of_past
from reminders.domain.protocol import Anchor, Rule
from reminders.domain.quiet import next_open
from reminders.domain.reach import Reach, reach
from reminders.domain.reasons import Reason
from reminders.domain.rulebook import ActiveRule
from reminders.domain.scenes import Known, Scene
from reminders.domain.states import State
from reminders.domain.timing import Timing, due_of, ride_window, timing, timing_of_double
from reminders.domain.words import Channel


@dataclass(frozen=True, slots=True)
class Wish:
    """A message that a rule wants, before limits and merging."""

    rule: Rule
    scene: Scene
    wanted: Wanted
    wish_at: datetime
    """When it would go if nobody else wrote to the patient; the order in which limits judge."""
    earliest_at: datetime | None
    latest_at: datetime
    """It may ride in another message from `earliest_at` (None: any time that day) to `latest_at`."""
    rest: Standing | None = None
    """The row at rest that says the same; only a message that can go comes after it."""

    @property
    def may_go(self) -> bool:
        """Whether nothing holds it back so far."""
        return self.wanted.suppressed is None and self.wanted.expired is None


@dataclass(frozen=True, slots=True)
class Stands:
    """The rule's message is there already: nothing to do."""

    rule: Rule
    scene: Scene
    row: Standing


Outcome = Wish | Stands | Reason


@dataclass(frozen=True, slots=True)
class _Past:
    """What stands in one place of the plan that says the same as we would say now."""

    told: Standing | None
    """It may have reached the patient and is still true."""
    unsent: Standing | None
    rest: Standing | None
    """It never reached the patient and moves no more."""
    tried: frozenset[Channel]
    """Channels that have failed, or on which it was told or stopped."""
    held_back: frozenset[Channel] = frozenset()
    """Channels on which limits alone stopped it."""
    retries: Mapping[Channel, datetime] = field(default_factory=dict)
    """Channels that failed and may be tried once more, not before that instant."""


def wish(active: ActiveRule, scene: Scene, known: Known) -> Outcome:
    """Return what *active* wants in *scene*."""
    rule = active.rule
    anchor_at = anchor_of(rule, scene, known.now)
    if isinstance(anchor_at, Reason):
        told = () if _counts_from_events(rule) else _still_true(rule, scene.here, scene, known)
        return Stands(rule, scene, told[-1]) if told else anchor_at
    stamp = _stamp(scene.here, anchor_at)
    past = _past(rule, stamp, scene, known)
    standing = past.told or past.rest
    if standing is not None and not _may_follow(rule, standing, known):
        return Stands(rule, scene, standing)
    if not all(holds(condition, scene.facts) for condition in rule.when):
        return Reason.CONDITION
    made = _message(active, stamp, past, scene, known)
    return Stands(rule, scene, standing) if standing and not _goes_further(made, standing) else made


def says_no_more(wanted: Wanted, rest: Standing) -> bool:
    """Whether *wanted* would come to rest just as *rest* did."""
    return wanted.expired is not None or (wanted.suppressed is not None and wanted.suppressed == _cause(rest))


def _goes_further(made: Outcome, standing: Standing) -> bool:
    if not isinstance(made, Wish):
        return False
    if standing.state is State.SUPPRESSED:
        return not says_no_more(made.wanted, standing)
    return made.may_go


def _cause(row: Standing) -> str | None:
    return row.reason or row.stamp.cause


def _counts_from_events(rule: Rule) -> bool:
    return speaks_of_past(rule) or rule.anchor in {Anchor.COURSE, Anchor.CANCELLED}


def _stamp(here: Stamp, anchor_at: datetime, where: Reach | None = None) -> Stamp:
    return Stamp(
        anchor_at=anchor_at,
        starts_at=here.starts_at,
        zone=here.zone,
        stops=here.stops,
        place_id=here.place_id,
        address_id=where.address_id if where else None,
        cause=where.hindrance if where else None,
    )


def _past(rule: Rule, stamp: Stamp, scene: Scene, known: Known) -> _Past:
    rows = [row for row in scene.rows.get(rule.slug, ()) if not stopped_by_plan(row)]
    if not rows:
        return _Past(None, None, None, frozenset())
    told = () if rule.anchor is Anchor.CANCELLED else _still_true(rule, stamp, scene, known)
    newest, unsent = rows[-1], known.history.unsent_of(rows)
    at_rest = unsent is None and not known.history.may_have_reached(newest)
    stopped = _stopped(rule, rows, stamp)
    rest = stopped or (newest if at_rest and same_news(rule, newest.stamp, stamp) else None)
    unsent = unsent if unsent is not None and same_news(rule, unsent.stamp, stamp) else None
    failed = _failed(rule, rows, stamp, known)
    retries = _retries(failed, known)
    tried = failed.keys() - retries.keys() | {row.channel for row in [*told, *([stopped] if stopped else [])]}
    last = told[-1] if told else None
    return _Past(last, unsent, rest, frozenset(tried), _limited(rule, rows, stamp), retries)


def _stopped(rule: Rule, rows: Sequence[Standing], stamp: Stamp) -> Standing | None:
    """Return the try that somebody at the clinic stopped, though its second channel may stand already."""
    tries = [row for row in rows if row.occurrence == rows[-1].occurrence and same_news(rule, row.stamp, stamp)]
    return next((row for row in tries if row.state is State.CANCELLED), None)


def _still_true(rule: Rule, stamp: Stamp, scene: Scene, known: Known) -> Sequence[Standing]:
    """Return the rows that told the patient what *stamp* says, in the order they went; none if the last is void."""
    reached = known.history.reached(scene.rows.get(rule.slug, ()))
    if not reached or not _holds_still(rule, reached[-1], stamp, scene, known):
        return ()
    return [row for row in reached if _holds_still(rule, row, stamp, scene, known)]


def _holds_still(rule: Rule, row: Standing, stamp: Stamp, scene: Scene, known: Known) -> bool:
    """Whether *row*, which may have reached the patient, told what *stamp* says, and nothing voided it since."""
    told_at = known.history.told_at(row)
    if not same_news(rule, row.stamp, stamp, told_at=told_at):
        return False
    if scene.course is not None and asked_for_later(scene.course, since=told_at):
        return False
    return not needs_visit_ahead(rule) or not (_is_voided(row, scene, known) or _went_astray(rule, row, known.person))


def _is_voided(row: Standing, scene: Scene, known: Known) -> bool:
    """Whether the patient was told since that the visit is off, or at another time or place."""
    told_at = known.history.told_at(row)
    return any(
        later.slot.rule in known.slugs[Anchor.CANCELLED]
        or not same_start(later.stamp, row.stamp)
        or not same_place(later.stamp, row.stamp)
        for later in scene.reached
        if known.history.told_at(later) > told_at
    )


def _went_astray(rule: Rule, row: Standing, person: Person) -> bool:
    """Whether *row* went to an address that is no longer the patient's; what limits may stop is not worth repeating."""
    point = person.contacts.get(row.channel)
    return not rule.limited and point is not None and point.address_id not in {None, row.address_id}


def _failed(rule: Rule, rows: Sequence[Standing], stamp: Stamp, known: Known) -> dict[Channel, list[Standing]]:
    """Return by channel the tries at the patient's own addresses that were proven not to arrive, oldest first."""
    failed: dict[Channel, list[Standing]] = {}
    for row in rows:
        is_same = same_news(rule, row.stamp, stamp) and _is_at(row, known.person)
        if is_same and known.history.fate(row) is State.UNDELIVERED:
            failed.setdefault(row.channel, []).append(known.history.carrier(row))
    return failed


def _retries(failed: Mapping[Channel, Sequence[Standing]], known: Known) -> dict[Channel, datetime]:
    """Return the channels whose last failure allows one more try, each with its earliest instant.

    A try that would come too late to help is none: the next channel goes at once.
    """
    retries: dict[Channel, datetime] = {}
    for channel, rows in failed.items():
        last = rows[-1]
        if last.retry_at is not None and last.retries:
            at = next_open(max(last.retry_at, known.now), known.person.zone, known.policy)
            if at <= last.useful_until:
                retries[channel] = at
    return retries


def _limited(rule: Rule, rows: Sequence[Standing], stamp: Stamp) -> frozenset[Channel]:
    return frozenset(
        row.channel
        for row in rows
        if row.state is State.SUPPRESSED and _cause(row) == Reason.LIMIT and same_news(rule, row.stamp, stamp)
    )


def _is_at(row: Standing, person: Person) -> bool:
    point = person.contacts.get(row.channel)
    return point is None or point.address_id in {None, row.address_id}


def _may_follow(rule: Rule, standing: Standing, known: Known) -> bool:
    """Whether anything may come after *standing*, which says the same.

    Another channel after a failure, what was held back once nothing holds it back, and a
    second channel without proof where the rule asks for it.
    """
    fate = known.history.fate(standing)
    if fate in {State.UNDELIVERED, State.SUPPRESSED}:
        return True
    return rule.also_after is not None and fate in {State.SENDING, State.UNKNOWN, State.SENT}


def _message(active: ActiveRule, stamp: Stamp, past: _Past, scene: Scene, known: Known) -> Outcome:
    rule = active.rule
    where = _where(rule, past, known.person)
    if where is None:
        return Reason.UNDELIVERED
    times = _times(rule, stamp.anchor_at, past.told, scene, known)
    again = bool(past.tried | past.held_back | past.retries.keys())
    waiting = _waiting(rule, stamp, past)
    due_at = due_of(rule, times, waiting or _held_back(past.rest, where), known, again=again)
    if isinstance(due_at, Reason):
        return due_at
    if waiting is None and where.channel in past.retries:
        due_at = max(due_at, past.retries[where.channel])
    if scene.course is not None and scene.course.later_until is not None:
        due_at = max(due_at, next_open(scene.course.later_until, known.person.zone, known.policy))
    too_late = max(due_at, known.now) > times.useful_until
    if too_late and not (rule.rescue and is_about_coming_visit(rule)):
        return Reason.TOO_LATE
    wanted = Wanted(
        slot=scene.slot(rule.slug),
        channel=where.channel,
        address_id=where.address_id,
        due_at=due_at,
        useful_until=times.useful_until,
        stamp=_stamp(scene.here, stamp.anchor_at, where),
        lane=rule.lane,
        category=rule.category,
        template=rule.template,
        limited=rule.limited,
        asks=rule.asks is not None,
        rescue=rule.rescue,
        protocol_version_id=active.version_id,
        suppressed=where.hindrance,
        expired=Reason.TOO_LATE if too_late and where.hindrance is None else None,
    )
    window = ride_window(rule, stamp.anchor_at, due_at, times, scene)
    return Wish(rule, scene, wanted, times.wish_at, *window, past.rest)


def _where(rule: Rule, past: _Past, person: Person) -> Reach | None:
    """Return where the message goes: what limits hold back on one channel goes by the next that is open."""
    if past.held_back:
        other = reach(person, rule, tried=past.tried | past.held_back)
        if other is not None and other.hindrance is None:
            return other
    return reach(person, rule, tried=past.tried)


def _waiting(rule: Rule, stamp: Stamp, past: _Past) -> Standing | None:
    """Return the unsent row whose time counts.

    That of before does not when the patient goes home early, nor that of a second channel when
    the failure of the first is proven: it waits no longer.
    """
    row = past.unsent
    if row and rule.anchor is Anchor.HOME and stamp.anchor_at < row.stamp.anchor_at:
        return None
    has_failed = past.told is None and bool(past.tried or past.retries)
    return None if rule.also_after is not None and has_failed else row


def _held_back(rest: Standing | None, where: Reach) -> Standing | None:
    """Return *rest* if only limits stop it: it looks for room at the same time of day as before."""
    return rest if rest is not None and rest.channel is where.channel and _cause(rest) == Reason.LIMIT else None


def _times(rule: Rule, anchor_at: datetime, told: Standing | None, scene: Scene, known: Known) -> Timing:
    if told is not None and rule.also_after is not None:
        went_at = known.history.carrier(told).launched_at or known.now
        return timing_of_double(rule, went_at + rule.also_after, scene, known)
    return timing(rule, anchor_at, scene, known)
