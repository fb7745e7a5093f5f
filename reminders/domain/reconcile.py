"""The difference between a plan and the rows that stand: what the store must change.

An unsent row that changes is moved and keeps its key. Where none is unsent, a message that
the plan wants is a new occurrence, for the plan wants nothing that a row says already; only
the next channel after a failure is a further step of the same one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from reminders.domain.changes import Cancel, Change, Expire, Insert, Merge, Move, Suppress, Unmerge, differences
from reminders.domain.facts import Slot, Stamp, Standing, Wanted
from reminders.domain.history import History, stopped_by_plan
from reminders.domain.plan import Plan
from reminders.domain.reasons import Reason
from reminders.domain.states import HANDED_OVER, State
from reminders.domain.words import SubjectKind

_PLANNED = frozenset({SubjectKind.APPOINTMENT, SubjectKind.COURSE})


def reconcile(plan: Plan, standing: Iterable[Standing], *, now: datetime) -> list[Change]:
    """Return what must change so that the rows that stand are what *plan* wants, in the order to do it.

    What stops comes first, then what is freed, moved and made; merges last, when all carriers stand.
    """
    history = History(standing)
    wanted = {message.slot: message for message in plan.messages}
    changes: list[Change] = [
        *_stops(plan, wanted, history, now),
        *(change for message in plan.messages for change in _changes(message, history)),
    ]
    return sorted(changes, key=lambda change: _ORDER.index(type(change)))


_ORDER: Sequence[type] = (Cancel, Expire, Suppress, Unmerge, Move, Insert, Merge)


def _stops(plan: Plan, wanted: dict[Slot, Wanted], history: History, now: datetime) -> Iterator[Change]:
    """Stop the unsent rows that the plan does not want."""
    for row in history.all:
        slot = row.slot
        if not _is_covered(slot, plan) or not history.is_unsent(row):
            continue
        if slot not in wanted:
            yield _stop(row, plan.dropped.get(slot, plan.otherwise), now)
        elif row is not history.unsent(slot):
            yield _stop(row, Reason.REPLACED, now)


def _is_covered(slot: Slot, plan: Plan) -> bool:
    ours = slot.subject_kind in _PLANNED and slot.subject_id in plan.covers
    return ours and slot.recipient_id == plan.recipient_id


def _stop(row: Standing, reason: Reason, now: datetime) -> Change:
    if reason is Reason.TOO_LATE or row.useful_until < now:
        return Expire(row.id, Reason.TOO_LATE)
    return Cancel(row.id, reason)


def _changes(wanted: Wanted, history: History) -> Iterator[Change]:
    row = history.unsent(wanted.slot)
    if row is None:
        yield Insert(wanted, *_key(wanted, history))
    elif wanted.suppressed is not None:
        yield Suppress(row.id, wanted.suppressed, wanted)
    elif wanted.expired is not None:
        yield Expire(row.id, wanted.expired, wanted)
    else:
        if fields := differences(row, wanted):
            yield Move(row.id, wanted, fields)
        yield from _ride(row, wanted.carrier, history)


def _ride(row: Standing, carrier: Slot | None, history: History) -> Iterator[Change]:
    if carrier is None:
        if row.state is State.MERGED:
            yield Unmerge(row.id)
        return
    standing = history.unsent(carrier)
    if row.state is not State.MERGED or standing is None or row.carrier_id != standing.id:
        yield Merge(row.id, carrier)


def _key(wanted: Wanted, history: History) -> tuple[int, int]:
    """Return occurrence and step of a new row."""
    rows = history.rows(wanted.slot)
    if not rows:
        return 1, 1
    latest = [row for row in rows if row.occurrence == rows[-1].occurrence]
    if _is_next_step(wanted, latest, history):
        return latest[-1].occurrence, latest[-1].step + 1
    return latest[-1].occurrence + 1, 1


def _is_next_step(wanted: Wanted, latest: Sequence[Standing], history: History) -> bool:
    """Whether *wanted* tries again, or on another channel, to bring the very message that the others failed to."""
    tried = [row for row in latest if history.fate(row) in HANDED_OVER | {State.SUPPRESSED}]
    if not tried or _content(tried[-1].stamp) != _content(wanted.stamp):
        return False
    if wanted.channel not in {row.channel for row in latest if not stopped_by_plan(row)}:
        return True
    failed = [row for row in latest if row.channel is wanted.channel]
    return failed[-1].address_id == wanted.address_id and history.carrier(failed[-1]).retry_at is not None


def _content(stamp: Stamp) -> tuple[object, ...]:
    return stamp.anchor_at, stamp.starts_at, stamp.zone, stamp.stops, stamp.place_id
