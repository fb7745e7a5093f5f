"""What a provider's own list proves about a hand-over that was never answered.

our text, in the hours of our call, that no other try of ours explains ─▶ it has it
nothing of the kind, at the first look                                ─▶ ask again: lists lag
nothing of the kind, at the second                                    ─▶ it never took it
several that it could be                                              ─▶ only a person can tell
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

CLOCKS_APART = timedelta(minutes=2)
"""How much earlier than our launch the provider's clock may date what it took."""

LATEST_ACCEPTANCE = timedelta(minutes=15)
"""How long after the launch a provider may still date it: its queue and its clock together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """One entry of the provider's list for the recipient."""

    provider_id: str
    text: str | None = field(repr=False)
    """None: the provider keeps no wording."""
    created_at: datetime


class Proof(StrEnum):
    """What the list says where it names no single message."""

    ABSENT = "absent"
    SEVERAL = "several"


def find(clues: Iterable[Clue], *, text: str, launched_at: datetime, explained: Collection[str]) -> str | Proof:
    """Return the provider's id of the message that said *text* to this recipient, or what the list proves else.

    *explained* are ids that other tries of ours have already. An entry without wording counts
    as ours: at most one message of ours is on its way to an address. A provider may put its own
    words before ours (Twilio does for trial accounts).
    """
    begins, ends = launched_at - CLOCKS_APART, launched_at + LATEST_ACCEPTANCE
    ours = {
        clue.provider_id
        for clue in clues
        if begins <= clue.created_at <= ends
        and clue.provider_id not in explained
        and (clue.text is None or text.strip() in clue.text)
    }
    if not ours:
        return Proof.ABSENT
    return ours.pop() if len(ours) == 1 else Proof.SEVERAL


class Verdict(StrEnum):
    """What becomes of a message whose provider has not got it, or cannot be asked."""

    AGAIN = "again"
    TOO_LATE = "too_late"
    A_PERSON = "a_person"


def decide(*, is_proven: bool, is_double_harmless: bool, resends: int, is_useful: bool) -> Verdict:
    """Return what becomes of it: sent again at most once, and only while it helps.

    *is_proven*: the provider's list proves that it was never accepted. Without that proof a
    second one may be a double, so its rule must call that harmless.
    """
    if resends or not (is_proven or is_double_harmless):
        return Verdict.A_PERSON
    if is_useful:
        return Verdict.AGAIN
    return Verdict.TOO_LATE if is_proven else Verdict.A_PERSON
