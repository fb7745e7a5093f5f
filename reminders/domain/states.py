"""The life of a message, from scheduled to its last receipt.

    scheduled ─▶ queued ─▶ sending ─▶ sent ─▶ delivered
     ▲  │ ▲        │          │         └───▶ undelivered ─▶ delivered (a genuine late receipt)
     │  ▼ └────────┴──────────┤
    merged                    ├─▶ unknown ─▶ sent | delivered | undelivered
                              │             | scheduled (proven not accepted) | expired | parked
                              └─▶ suppressed | expired | cancelled | parked

`check_move` is the only judge of a change: an arrow missing from `MOVES` raises
`IllegalMoveError`. Providers report late, twice and out of order, so a receipt goes
through `settle`, which keeps the more final of two states and never raises.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from reminders.domain.errors import IllegalMoveError


class State(StrEnum):
    """Where a message stands; `docs/lifecycle.md` shows the same words to people."""

    SCHEDULED = "scheduled"
    MERGED = "merged"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    PARKED = "parked"


MOVES: Mapping[State | None, frozenset[State]] = {
    None: frozenset({State.SCHEDULED, State.SUPPRESSED, State.SENDING}),
    State.SCHEDULED: frozenset(
        {State.QUEUED, State.MERGED, State.SUPPRESSED, State.EXPIRED, State.CANCELLED, State.PARKED}
    ),
    State.MERGED: frozenset({State.SCHEDULED, State.SUPPRESSED, State.EXPIRED, State.CANCELLED}),
    State.QUEUED: frozenset(
        {
            State.SENDING,
            State.SCHEDULED,
            State.MERGED,
            State.SUPPRESSED,
            State.EXPIRED,
            State.CANCELLED,
            State.PARKED,
        }
    ),
    State.SENDING: frozenset(
        {
            State.SENT,
            State.UNDELIVERED,
            State.UNKNOWN,
            State.SCHEDULED,
            State.SUPPRESSED,
            State.EXPIRED,
            State.CANCELLED,
            State.PARKED,
        }
    ),
    State.UNKNOWN: frozenset(
        {State.SENT, State.DELIVERED, State.UNDELIVERED, State.SCHEDULED, State.EXPIRED, State.PARKED}
    ),
    State.SENT: frozenset({State.DELIVERED, State.UNDELIVERED}),
    State.UNDELIVERED: frozenset({State.DELIVERED}),
    State.PARKED: frozenset(
        {State.SCHEDULED, State.CANCELLED, State.EXPIRED, State.SENT, State.DELIVERED, State.UNDELIVERED}
    ),
    State.DELIVERED: frozenset(),
    State.SUPPRESSED: frozenset(),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
}

UNSENT = frozenset({State.SCHEDULED, State.MERGED, State.QUEUED})
"""A plan may still move, merge or cancel these."""

HANDED_OVER = frozenset({State.SENDING, State.UNKNOWN, State.SENT, State.DELIVERED, State.UNDELIVERED})
"""A provider has, or may have, been given these."""

MAY_HAVE_REACHED = frozenset({State.SENDING, State.UNKNOWN, State.SENT, State.DELIVERED})
"""Handed over and not proven lost: the patient may have read it."""

NOT_SENT = frozenset({State.SUPPRESSED, State.EXPIRED, State.CANCELLED})
"""At rest without ever having been handed over."""


def check_move(old: State | None, new: State) -> None:
    """Raise `IllegalMoveError` unless a message may go from *old* (None: a new row) to *new*."""
    if new not in MOVES[old]:
        raise IllegalMoveError(old, new)


def way(old: State, new: State) -> Sequence[State]:
    """Return the moves from *old* to *new*, where a receipt has brought a message: what waits is parked on the way."""
    if new in MOVES[old]:
        return (new,)
    return (State.SCHEDULED, State.PARKED, new) if old is State.MERGED else (State.PARKED, new)


_FINALITY = {State.SENT: 1, State.UNDELIVERED: 2, State.DELIVERED: 3}


def settle(current: State, reported: State) -> State:
    """Return where a receipt that reports *reported* leaves a message now in *current*.

    *reported* is sent, undelivered or delivered. A receipt that comes late, twice or
    out of order leaves the more final state. One that proves what became of an earlier try
    ends the waiting for the next.
    """
    if current in UNSENT:
        return reported
    if reported not in MOVES[current]:
        return current
    return reported if _FINALITY[reported] > _FINALITY.get(current, 0) else current
