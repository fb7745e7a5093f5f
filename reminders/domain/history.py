"""The messages that stand already: what became of each, and which a plan may still change.

A merged row lives through its carrier: while that waits, it waits; once that was handed
over, it was handed over too; and where that fell before, it is free again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from reminders.domain.facts import Slot, Standing
from reminders.domain.reasons import Reason
from reminders.domain.states import MAY_HAVE_REACHED, UNSENT, State


class History:
    """The rows that stand, by id and by their place in the plan."""

    def __init__(self, standing: Iterable[Standing]) -> None:
        self.all = tuple(sorted(standing, key=lambda row: (row.occurrence, row.step)))
        self._by_id: dict[UUID, Standing] = {row.id: row for row in self.all}
        self._by_slot: dict[Slot, list[Standing]] = {}
        self._by_rule: dict[tuple[UUID, UUID], dict[str, list[Standing]]] = {}
        for row in self.all:
            self._by_slot.setdefault(row.slot, []).append(row)
            about = self._by_rule.setdefault((row.slot.subject_id, row.slot.recipient_id), {})
            about.setdefault(row.slot.rule, []).append(row)

    def rows(self, slot: Slot) -> Sequence[Standing]:
        """Return the rows of *slot*, oldest first."""
        return self._by_slot.get(slot, ())

    def unsent(self, slot: Slot) -> Standing | None:
        """Return the newest row of *slot* that a plan may still move, merge or stop."""
        return self.unsent_of(self.rows(slot))

    def unsent_of(self, rows: Sequence[Standing]) -> Standing | None:
        """Return the newest of *rows*, which are in order, that a plan may still change.

        Of one occurrence it is the first step: one that came back goes before its second channel does.
        """
        unsent = [row for row in rows if self.is_unsent(row)]
        return next((row for row in unsent if row.occurrence == unsent[-1].occurrence), None)

    def about(self, subject_id: UUID, recipient_id: UUID) -> Mapping[str, Sequence[Standing]]:
        """Return the rows to a recipient about a visit or course, by rule, oldest first."""
        return self._by_rule.get((subject_id, recipient_id), {})

    def reached(self, rows: Iterable[Standing]) -> list[Standing]:
        """Return those of *rows* that may have reached their recipient, in the order they went."""
        return sorted((row for row in rows if self.may_have_reached(row)), key=self.told_at)

    def fate(self, row: Standing) -> State:
        """Return what became of *row*; one that rides shares its carrier's fate.

        A parked row that a provider was given may have reached the patient, like an unknown one.
        """
        if row.state is State.PARKED and row.launched_at is not None:
            return State.UNKNOWN
        if row.state is not State.MERGED:
            return row.state
        carrier = self._by_id.get(row.carrier_id) if row.carrier_id else None
        if carrier is None:
            return State.SENT if row.carrier_id else State.SCHEDULED
        return _fate_of_rider(self.fate(carrier) if carrier.state is State.PARKED else carrier.state)

    def is_unsent(self, row: Standing) -> bool:
        """Whether a plan may still change *row*."""
        return self.fate(row) in UNSENT

    def may_have_reached(self, row: Standing) -> bool:
        """Whether the recipient may have read *row*."""
        return self.fate(row) in MAY_HAVE_REACHED

    def told_at(self, row: Standing) -> datetime:
        """Return when *row* was handed over, itself or in its carrier."""
        carrier = self.carrier(row)
        return carrier.launched_at or carrier.due_at

    def carrier(self, row: Standing) -> Standing:
        """Return the row that *row* rides in, or itself."""
        return self._by_id.get(row.carrier_id, row) if row.carrier_id and row.state is State.MERGED else row


def _fate_of_rider(carrier: State) -> State:
    if carrier in UNSENT:
        return State.MERGED
    if carrier in {State.SUPPRESSED, State.EXPIRED, State.CANCELLED, State.PARKED}:
        return State.SCHEDULED
    return carrier


def stopped_by_plan(row: Standing) -> bool:
    """Whether *row* was cancelled because the plan had no use for it: it says nothing about a new wish.

    One that somebody at the clinic stopped stays stopped.
    """
    return row.state is State.CANCELLED and row.reason != Reason.STAFF
