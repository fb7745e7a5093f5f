"""The last look at a message when it is claimed: whether it may go now.

The rule is asked again with the facts of this minute, by the functions that planned it, so
that plan and claim cannot disagree. Judge before the row is moved to `sending`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reminders.domain.changes import differences
from reminders.domain.facts import PatientFacts, Standing, Wanted
from reminders.domain.limits import Texts, count_texts, handed_over, later_days
from reminders.domain.placing import gives_way
from reminders.domain.plan import GONE, wish_of
from reminders.domain.protocol import Anchor, Rule
from reminders.domain.quiet import is_quiet, next_open, next_quiet
from reminders.domain.reasons import Reason
from reminders.domain.rulebook import ActiveProtocol
from reminders.domain.scenes import Known, scene_of
from reminders.domain.states import State
from reminders.domain.validity import SHORTEST, ends_at_night
from reminders.domain.wallclock import local_day
from reminders.domain.wishes import Stands, Wish
from reminders.domain.words import Category


@dataclass(frozen=True, slots=True)
class Go:
    """It may be sent now."""


@dataclass(frozen=True, slots=True)
class Later:
    """It may be sent, but not before `due_at`."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """It waits while a person looks after the patient, and is looked at again at `due_at`; its plan stands."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """It comes to rest unsent."""

    state: State
    reason: Reason


@dataclass(frozen=True, slots=True)
class Replan:
    """Something else is true than when it was planned: plan this patient again."""


Judgement = Go | Later | Rest | Stop | Replan

REST = timedelta(minutes=30)
"""How long what rests waits until it is looked at again; closing the work item brings it back at once."""

_TOO_LATE = Stop(State.EXPIRED, Reason.TOO_LATE)


def judge(row: Standing, facts: PatientFacts, protocols: Sequence[ActiveProtocol], *, now: datetime) -> Judgement:
    """Return whether *row*, which planning made, may be sent at *now*.

    A rider is judged like its carrier, less what only the carrier's minute decides: quiet
    hours, limit and due time.
    """
    if facts.person.status in GONE:
        return Stop(State.CANCELLED, GONE[facts.person.status])
    if row.useful_until < now:
        return _TOO_LATE
    known = Known.of(facts, protocols, now)
    scene = scene_of(row.slot, facts, known)
    if scene is None:
        return Replan()
    outcome = wish_of(row.slot.rule, scene, known)
    if not isinstance(outcome, Wish):
        return _without_wish(outcome)
    hindrance = _hindrance(row, outcome.wanted)
    if hindrance is None and facts.person.id in facts.crying and not _goes_meanwhile(outcome.rule):
        hindrance = Rest(max(row.due_at, min(now + REST, row.useful_until)))
    if hindrance is not None or row.state is State.MERGED:
        return hindrance or Go()
    return _timely(row, outcome.rule.category, known)


def _goes_meanwhile(rule: Rule) -> bool:
    """Whether a message of *rule* must reach somebody whose cry for help is open: the visit itself does not wait."""
    return rule.category is Category.PREP or rule.anchor in {Anchor.MOVED, Anchor.CANCELLED}


def _without_wish(outcome: Stands | Reason) -> Stop:
    """Return what becomes of a row that its rule has no wish for any more."""
    if not isinstance(outcome, Reason):
        return Stop(State.CANCELLED, Reason.ALREADY_TOLD)
    return _TOO_LATE if outcome is Reason.TOO_LATE else Stop(State.CANCELLED, outcome)


def _hindrance(row: Standing, wanted: Wanted) -> Judgement | None:
    """Return what keeps *row* from being sent at any time."""
    if wanted.suppressed is not None:
        return Stop(State.SUPPRESSED, Reason(wanted.suppressed))
    if wanted.expired is not None:
        return _TOO_LATE
    return Replan() if differences(row, wanted) else None


def _timely(row: Standing, category: Category, known: Known) -> Judgement:
    """Return whether this is the minute for *row*: due, outside quiet hours, within the limits."""
    if row.due_at > known.now:
        return Later(row.due_at)
    opens_at = _opens_at(row, category, known)
    if opens_at is not None:
        return Later(opens_at) if opens_at <= row.useful_until else _TOO_LATE
    if not _is_limited(row, known) or _gone(known).have_room(local_day(known.now, known.person.zone)):
        return Go()
    return _another_day(row, known)


def _opens_at(row: Standing, category: Category, known: Known) -> datetime | None:
    """Return the end of the quiet hours that keep *row* back; None: it may go now.

    They keep it back already when they begin before a provider could deliver it.
    """
    now, zone, policy = known.now, known.person.zone, known.policy
    if is_quiet(now, zone, policy):
        return next_open(now, zone, policy)
    begins_at = next_quiet(now, zone, policy) if ends_at_night(row.channel, category) else None
    if begins_at is None or begins_at - now >= SHORTEST or row.useful_until - now < SHORTEST:
        return None
    return next_open(begins_at, zone, policy)


def _is_limited(row: Standing, known: Known) -> bool:
    """Whether limits may hold *row* back; what may not wait takes its carrier along."""
    riders = (other for other in known.history.all if other.carrier_id == row.id and other.state is State.MERGED)
    return gives_way(row) and all(rider.limited for rider in riders)


def _gone(known: Known) -> Texts:
    texts = Texts(known.policy)
    count_texts(texts, handed_over(known.history, known.person.id), known.person.zone)
    return texts


def _another_day(row: Standing, known: Known) -> Judgement:
    """Return the next day on which what went and what is planned leave room for *row*."""
    texts = _gone(known)
    ours = (other for other in known.history.all if other.slot.recipient_id == row.slot.recipient_id)
    waiting = (other for other in ours if known.history.is_unsent(other) and other.id != row.id)
    count_texts(texts, waiting, known.person.zone)
    for due_at in later_days(known.now, known):
        if due_at > row.useful_until:
            break
        if texts.have_room(local_day(due_at, known.person.zone)):
            return Later(due_at)
    return Stop(State.SUPPRESSED, Reason.LIMIT)
