"""On which day each message goes: the limits of a person, and what rides together."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from reminders.domain.agenda import Agenda
from reminders.domain.facts import Slot, Standing, Wanted
from reminders.domain.limits import Texts, count_texts, handed_over
from reminders.domain.merging import Bundle, Measure
from reminders.domain.reasons import Reason
from reminders.domain.scenes import Known
from reminders.domain.wishes import Outcome, Stands, Wish, says_no_more
from reminders.domain.words import Channel


def place(
    outcomes: Mapping[Slot, Outcome], subjects: frozenset[UUID], known: Known, measure: Measure
) -> tuple[dict[Slot, Outcome], list[Bundle]]:
    """Find a day for each wish: first what never gives way, then the others, higher lanes first."""
    agenda = Agenda(_texts(subjects, known), known, measure)
    going = sorted((o for o in outcomes.values() if isinstance(o, Wish) and o.may_go), key=_priority)
    for wish in going:
        if not gives_way(wish.wanted):
            agenda.put(wish)
    held_back = {
        wish.wanted.slot: _hold_back(wish) for wish in going if gives_way(wish.wanted) and not agenda.fit(wish)
    }
    return {**outcomes, **held_back}, list(agenda.bundles())


def gives_way(message: Wanted | Standing) -> bool:
    """Whether limits may move or stop *message*: they count texts only."""
    return message.limited and message.channel is Channel.SMS


def _texts(subjects: frozenset[UUID], known: Known) -> Texts:
    """Count what went already, and what waits that this plan does not move."""
    texts, person = Texts(known.policy), known.person
    count_texts(texts, handed_over(known.history, person.id), person.zone)
    others = (
        row
        for row in known.history.all
        if row.slot.recipient_id == person.id and row.slot.subject_id not in subjects and known.history.is_unsent(row)
    )
    count_texts(texts, others, person.zone)
    return texts


def _priority(wish: Wish) -> tuple[int, datetime, datetime, str, UUID]:
    wanted = wish.wanted
    return wanted.lane, wish.wish_at, wanted.stamp.starts_at or wish.wish_at, wanted.slot.rule, wanted.slot.subject_id


def _hold_back(wish: Wish) -> Outcome:
    stamp = replace(wish.wanted.stamp, cause=Reason.LIMIT)
    wanted = replace(wish.wanted, suppressed=Reason.LIMIT, stamp=stamp)
    if wish.rest is not None and says_no_more(wanted, wish.rest):
        return Stands(wish.rule, wish.scene, wish.rest)
    return replace(wish, wanted=wanted)
