"""Carrying out a plan: each change of `domain.changes` becomes a move of the outbox.

The patient is locked, and so are the unsent rows: what a worker took meanwhile is in
`sending` and is left alone, for every move names the states that it may start from.
"""

from collections.abc import Sequence
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

Senders = dict[tuple[UUID, str], UUID]


class Applying:
    """Carries out one patient's changes."""

    def __init__(self, session: Session, patient: Patient, senders: Senders, now: Now) -> None:
        self._session = session
        self._patient = patient
        self._senders = senders
        self._now = now
        self._rows: dict[UUID, Standing] = {row.id: row for row in patient.facts.standing}
        self._unsent: dict[Slot, UUID] = {row.slot: row.id for row in patient.facts.standing if row.state in UNSENT}

    def apply(self, changes: Sequence[Change]) -> None:
        """Carry out *changes* in their order; new rows that ride are merged when every carrier stands."""
        self._insert([change for change in changes if isinstance(change, Insert)])
        for change in changes:
            self._change(change)

    def _insert(self, inserts: Sequence[Insert]) -> None:
        new = [
            NewMessage(
                wanted=change.wanted,
                occurrence=change.occurrence,
                step=change.step,
                clinic_id=self._patient.book.id,
                patient_id=self._patient.id,
            )
            for change in inserts
        ]
        rows = plans.rows_of(new, self._senders, self._now)
        outbox.add(self._session, rows)
        self._unsent.update((one.wanted.slot, row["id"]) for one, row in zip(new, rows, strict=True))

    def _change(self, change: Change) -> None:
        match change:
            case Insert(wanted):
                self._finish_insert(wanted)
            case Move(row_id, wanted):
                self._move(row_id, wanted)
            case Merge(row_id, carrier):
                self._merge(row_id, carrier)
            case Unmerge(row_id):
                self._advance(row_id, State.SCHEDULED, start=[State.MERGED])
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
            self._advance(row_id, State.EXPIRED, start=[State.SCHEDULED], reason=wanted.expired)
        elif wanted.carrier is not None and wanted.suppressed is None:
            self._merge(row_id, wanted.carrier)

    def _move(self, row_id: UUID, wanted: Wanted) -> None:
        columns = self._planned(wanted)
        if self._rows[row_id].state is State.QUEUED:
            self._advance(row_id, State.SCHEDULED, start=[State.QUEUED], **columns)
        else:
            outbox.amend(self._session, row_id, start=[State.SCHEDULED, State.MERGED], **columns)

    def _merge(self, row_id: UUID, carrier: Slot) -> None:
        carrier_id = self._unsent[carrier]
        moved = self._advance(row_id, State.MERGED, start=[State.SCHEDULED, State.QUEUED], carrier_id=carrier_id)
        if not moved:
            outbox.change_carrier(self._session, [row_id], carrier_id)

    def _rest(self, row_id: UUID, to: State, reason: str, wanted: Wanted | None) -> None:
        columns = self._planned(wanted) if wanted else {}
        self._advance(row_id, to, start=sorted(UNSENT), reason=reason, **columns)

    def _planned(self, wanted: Wanted) -> dict[str, Any]:
        return plans.planned(wanted, self._senders.get((self._patient.book.id, wanted.channel)))

    def _advance(self, row_id: UUID, to: State, *, start: Sequence[State], **values: Any) -> list[UUID]:
        return outbox.advance(self._session, [row_id], start=start, to=to, at=self._now.clinic_at, **values)
