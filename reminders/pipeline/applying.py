"""Carrying out plans: the changes of `domain.changes` become moves of the outbox, each kind in one statement.

The patients are locked, and so are the unsent rows: what a worker took meanwhile is in
`sending` and is left alone, for every move names the states that it may start from.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.changes import Cancel, Change, Expire, Insert, Merge, Move, Suppress, Unmerge
from reminders.domain.facts import Slot, Standing, Wanted
from reminders.domain.states import UNSENT, State
from reminders.pipeline.patients import Patient
from reminders.store import outbox, plans
from reminders.store.now import Now
from reminders.store.plans import NewMessage

Senders = Mapping[tuple[UUID, str], UUID]
Row = dict[str, Any]


@dataclass(slots=True)
class Changed:
    """The rows that the plans of many patients change, by what becomes of them."""

    added: list[Row] = field(default_factory=list)
    freed: list[UUID] = field(default_factory=list)
    moved: list[Row] = field(default_factory=list)
    taken_back: list[Row] = field(default_factory=list)
    """Queued, and moved: no worker may send them as they were."""
    rested: dict[State, list[Row]] = field(default_factory=dict)
    """For a reason alone."""
    replanned_to_rest: dict[State, list[Row]] = field(default_factory=dict)
    """With what they were planned for."""
    carriers: dict[UUID, UUID] = field(default_factory=dict)

    def write(self, session: Session, now: Now) -> None:
        """Write it all: new rows first, merges last, when every carrier stands."""
        at = now.clinic_at
        outbox.add(session, self.added)
        outbox.advance(session, self.freed, start=[State.MERGED], to=State.SCHEDULED, at=at)
        outbox.amend(session, self.moved, start=[State.SCHEDULED, State.MERGED])
        outbox.advance_each(session, self.taken_back, start=[State.QUEUED], to=State.SCHEDULED, at=at)
        for state, rows in (*self.rested.items(), *self.replanned_to_rest.items()):
            outbox.advance_each(session, rows, start=sorted(UNSENT), to=state, at=at)
        self._merge(session, now)

    def _merge(self, session: Session, now: Now) -> None:
        rows = [{"id": row_id, "carrier_id": carrier_id} for row_id, carrier_id in self.carriers.items()]
        start = [State.SCHEDULED, State.QUEUED]
        merged = outbox.advance_each(session, rows, start=start, to=State.MERGED, at=now.clinic_at)
        rode = self.carriers.keys() - merged
        outbox.change_carriers(session, {row_id: self.carriers[row_id] for row_id in rode}, at=now.clinic_at)


class Applying:
    """Notes what becomes of one patient's rows.

    Args:
        changed: Where it is noted.
        patient: Whose changes they are.
        senders: The sender of each clinic and channel.
        now: When that is.
        segments: Says how long a message will be; asked only for rows that are written.
    """

    def __init__(
        self, changed: Changed, patient: Patient, senders: Senders, now: Now, segments: Callable[[Wanted], int]
    ) -> None:
        self._changed = changed
        self._patient = patient
        self._senders = senders
        self._now = now
        self._segments = segments
        self._rows: dict[UUID, Standing] = {row.id: row for row in patient.facts.standing}
        self._unsent: dict[Slot, UUID] = {row.slot: row.id for row in patient.facts.standing if row.state in UNSENT}

    def apply(self, changes: Sequence[Change]) -> None:
        """Note *changes*."""
        self._insert(change for change in changes if isinstance(change, Insert))
        for change in changes:
            self._change(change)

    def _insert(self, inserts: Iterable[Insert]) -> None:
        new = [
            NewMessage(
                wanted=change.wanted,
                segments=self._segments(change.wanted),
                occurrence=change.occurrence,
                step=change.step,
                clinic_id=self._patient.book.id,
                patient_id=self._patient.id,
            )
            for change in inserts
        ]
        rows = plans.rows_of(new, self._senders, self._now)
        self._changed.added += rows
        self._unsent.update((one.wanted.slot, row["id"]) for one, row in zip(new, rows, strict=True))

    def _change(self, change: Change) -> None:
        match change:
            case Insert(wanted):
                self._finish_insert(wanted)
            case Move(row_id, wanted):
                self._move(row_id, wanted)
            case Merge(row_id, carrier):
                self._changed.carriers[row_id] = self._unsent[carrier]
            case Unmerge(row_id):
                self._changed.freed.append(row_id)
            case Suppress(row_id, reason, wanted):
                self._rest(row_id, State.SUPPRESSED, reason, wanted)
            case Expire(row_id, reason, wanted):
                self._rest(row_id, State.EXPIRED, reason, wanted)
            case Cancel(row_id, reason):
                self._rest(row_id, State.CANCELLED, reason, None)
            case _:
                assert_never(change)

    def _finish_insert(self, wanted: Wanted) -> None:
        row_id = self._unsent[wanted.slot]
        if wanted.expired is not None:
            self._rest(row_id, State.EXPIRED, wanted.expired, None)
        elif wanted.carrier is not None and wanted.suppressed is None:
            self._changed.carriers[row_id] = self._unsent[wanted.carrier]

    def _move(self, row_id: UUID, wanted: Wanted) -> None:
        rows = self._changed.taken_back if self._rows[row_id].state is State.QUEUED else self._changed.moved
        rows.append({"id": row_id, **self._planned(wanted)})

    def _rest(self, row_id: UUID, to: State, reason: str, wanted: Wanted | None) -> None:
        row = {"id": row_id, "reason": reason}
        if wanted is None:
            self._changed.rested.setdefault(to, []).append(row)
        else:
            self._changed.replanned_to_rest.setdefault(to, []).append(row | self._planned(wanted))

    def _planned(self, wanted: Wanted) -> Row:
        sender_id = self._senders.get((self._patient.book.id, wanted.channel))
        return plans.planned(wanted, sender_id, self._segments(wanted))
