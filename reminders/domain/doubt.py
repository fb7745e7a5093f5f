"""Doubt: a refusal that may be about our set-up, or about one message only. What else its sender is told tells which.

    another message was accepted beside it       ─▶ it is about the message: refused
    three in a row, and not all about one        ─▶ it is about our set-up: the sender is held, nothing is used up
    the same message is told so a third time     ─▶ it is about the message, for it is told so alone
    else                                         ─▶ it waits a little and is tried again

An acceptance or a release of the sender begins the row anew.
"""

from dataclasses import replace
from typing import TypeGuard

from reminders.domain.answers import Answer, Deferred, Fault, Hold, Refused

ENOUGH = 3
"""In a row they are a sender's; of one message alone, that message's."""


def is_doubtful(answer: Answer | None) -> TypeGuard[Deferred]:
    """Whether *answer* alone does not tell whom it is about."""
    return isinstance(answer, Deferred) and answer.hold is Hold.DOUBTFUL


def decide(answer: Deferred, *, is_beside_accepted: bool, in_a_row: int, told: int) -> Answer:
    """Return what a doubtful *answer* means.

    Args:
        answer: What the provider said.
        is_beside_accepted: Whether the sender's provider accepted another message in the same batch.
        in_a_row: How many doubtful answers its sender has had without an acceptance, this batch's included.
        told: How often this message was told the same, this time included.
    """
    if is_beside_accepted:
        return Refused(answer.reason, Fault.UNREACHABLE)
    if in_a_row >= ENOUGH and in_a_row > told:
        return replace(answer, hold=Hold.CONFIGURATION)
    return Refused(answer.reason, Fault.UNREACHABLE) if told >= ENOUGH else answer
