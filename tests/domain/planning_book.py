"""A book of messages in memory: it carries out what planning decides, as the store does, and sends what is due."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never
from uuid import UUID, uuid4

from reminders.domain.changes import (
    Cancel,
    Change,
    Expire,
    Insert,
    Merge,
    Move,
    Suppress,
    Unmerge,
    call_for_another_plan,
)
from reminders.domain.facts import PatientFacts, Slot, Standing, Wanted
from reminders.domain.judgement import Go, judge
from reminders.domain.plan import Plan, plan
from reminders.domain.reconcile import reconcile
from reminders.domain.rulebook import ActiveProtocol
from reminders.domain.states import UNSENT, State


class OneLine:
    """Measures every message as one segment a sentence; *mute* rules have no short sentence."""

    def __init__(self, mute: Iterable[str] = (), most: int = 2) -> None:
        self._mute = frozenset(mute)
        self._most = most

    def __call__(self, _carrier: Wanted, riders: Sequence[Wanted]) -> int | None:
        if any(rider.slot.rule in self._mute for rider in riders):
            return None
        return 1 + (len(riders) + 2) // 3

    def limit(self, _carrier: Wanted) -> int:
        return self._most


class Book:
    """The rows of one patient."""

    def __init__(self, protocols: Sequence[ActiveProtocol], measure: OneLine | None = None) -> None:
        self.protocols = protocols
        self.measure = measure or OneLine()
        self.rows: dict[UUID, Standing] = {}

    def known(self, facts: PatientFacts) -> PatientFacts:
        """Return *facts* with the rows that stand."""
        return replace(facts, standing=tuple(self.rows.values()))

    def preview(self, facts: PatientFacts, now: datetime) -> Plan:
        """Plan without changing anything."""
        return plan(self.known(facts), self.protocols, now=now, measure=self.measure)

    def plan(self, facts: PatientFacts, now: datetime) -> list[Change]:
        """Plan, carry it out, and return what changed."""
        changes = reconcile(self.preview(facts, now), list(self.rows.values()), now=now)
        for change in changes:
            self._apply(change)
        for rider in [change.wanted for change in changes if isinstance(change, Insert)]:
            if rider.carrier is not None:
                self._merge(self.one(rider.slot.rule, rider.slot.subject_id).id, rider.carrier)
        return [*changes, *self.plan(facts, now)] if call_for_another_plan(changes) else changes

    def send_due(self, now: datetime, to: State = State.DELIVERED) -> list[Standing]:
        """Hand over what is due, each at its minute; riders go with their carriers."""
        due = sorted(
            (row for row in self.rows.values() if row.state is State.SCHEDULED and row.due_at <= now),
            key=lambda row: row.due_at,
        )
        for row in due:
            self.rows[row.id] = replace(row, state=to, launched_at=row.due_at)
        return due

    def claim_due(self, facts: PatientFacts, now: datetime) -> list[Standing]:
        """Judge what is due as a claim does, and hand over what may go."""
        going = [row for row in self.rows.values() if row.state is State.SCHEDULED and row.due_at <= now]
        sent = []
        for row in going:
            if isinstance(judge(row, self.known(facts), self.protocols, now=now), Go):
                self.rows[row.id] = replace(row, state=State.DELIVERED, launched_at=now)
                sent.append(row)
        return sent

    def of(self, rule: str, visit_id: UUID | None = None) -> list[Standing]:
        """Return the rows of *rule*, oldest first."""
        return sorted(
            (row for row in self.rows.values() if row.slot.rule == rule and visit_id in {None, row.slot.subject_id}),
            key=lambda row: (row.slot.subject_id, row.occurrence, row.step),
        )

    def one(self, rule: str, visit_id: UUID | None = None) -> Standing:
        """Return the newest row of *rule*."""
        return self.of(rule, visit_id)[-1]

    def change(self, row: Standing, state: State, **values: object) -> Standing:
        """Let a provider, a receipt or a person change *row*."""
        self.rows[row.id] = replace(row, state=state, **values)  # type: ignore[arg-type]
        return self.rows[row.id]

    def where(self, wanted: Callable[[Standing], bool]) -> list[Standing]:
        return [row for row in self.rows.values() if wanted(row)]

    def _apply(self, change: Change) -> None:
        match change:
            case Insert(wanted, occurrence, step):
                row = _take_over(_new(wanted, occurrence, step), wanted)
                self.rows[row.id] = row
                self._finish(row, wanted)
            case Move(row_id, wanted, _):
                row = self.rows[row_id]
                state = State.SCHEDULED if row.state is State.QUEUED else row.state
                self.rows[row_id] = replace(_take_over(row, wanted), state=state)
            case Merge(row_id, carrier):
                self._merge(row_id, carrier)
            case Unmerge(row_id):
                self.rows[row_id] = replace(self.rows[row_id], state=State.SCHEDULED, carrier_id=None)
            case Suppress(row_id, reason, wanted):
                self._rest(row_id, State.SUPPRESSED, reason, wanted)
            case Expire(row_id, reason, maybe):
                self._rest(row_id, State.EXPIRED, reason, maybe)
            case Cancel(row_id, reason):
                self._rest(row_id, State.CANCELLED, reason, None)
            case _:
                assert_never(change)

    def _finish(self, row: Standing, wanted: Wanted) -> None:
        if wanted.suppressed is not None:
            self._rest(row.id, State.SUPPRESSED, wanted.suppressed, wanted)
        elif wanted.expired is not None:
            self._rest(row.id, State.EXPIRED, wanted.expired, wanted)

    def _rest(self, row_id: UUID, state: State, reason: str, wanted: Wanted | None) -> None:
        row = self.rows[row_id]
        self.rows[row_id] = replace(_take_over(row, wanted) if wanted else row, state=state, reason=reason)

    def _merge(self, rider_id: UUID, slot: Slot) -> None:
        waiting = [row for row in self.rows.values() if row.slot == slot and row.state in UNSENT]
        carrier = max(waiting, key=lambda row: (row.occurrence, row.step))
        self.rows[rider_id] = replace(self.rows[rider_id], state=State.MERGED, carrier_id=carrier.id)


def _new(wanted: Wanted, occurrence: int, step: int) -> Standing:
    return Standing(
        id=uuid4(),
        slot=wanted.slot,
        occurrence=occurrence,
        step=step,
        state=State.SCHEDULED,
        channel=wanted.channel,
        address_id=wanted.address_id,
        due_at=wanted.due_at,
        useful_until=wanted.useful_until,
        stamp=wanted.stamp,
        lane=wanted.lane,
        limited=wanted.limited,
    )


def _take_over(row: Standing, wanted: Wanted) -> Standing:
    return replace(
        row,
        channel=wanted.channel,
        address_id=wanted.address_id,
        due_at=wanted.due_at,
        useful_until=wanted.useful_until,
        stamp=wanted.stamp,
        lane=wanted.lane,
        limited=wanted.limited,
        protocol_version_id=wanted.protocol_version_id,
        template=wanted.template,
    )
