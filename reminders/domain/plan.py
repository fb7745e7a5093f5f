"""What a patient should still hear, and what people must do: the plan.

    visits and courses ─▶ what their rules wish for ─▶ less what others say too
                       ─▶ days with room ─▶ one text, not three ─▶ messages, and work for people

Planning is a function of the facts: planned again with the same facts, later, it wants the
same. It reads the rows that stand only to know what the patient has been told, and to keep
the time of a message whose moment has passed while it waits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from reminders.domain.facts import PatientFacts, Slot, Wanted
from reminders.domain.merging import Bundle, Measure
from reminders.domain.placing import place
from reminders.domain.reasons import Reason
from reminders.domain.replacing import replaced
from reminders.domain.rulebook import ActiveProtocol
from reminders.domain.scenes import Known, Scene, scenes
from reminders.domain.states import NOT_SENT, State
from reminders.domain.wishes import Outcome, Wish, wish
from reminders.domain.words import Channel, PersonStatus
from reminders.domain.work import WantedWork, work

GONE = {PersonStatus.DECEASED: Reason.DECEASED, PersonStatus.DISCHARGED: Reason.DISCHARGED}
"""To whom nothing is said any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is wanted for one patient."""

    recipient_id: UUID
    covers: frozenset[UUID]
    """The visits and courses that were looked at: what stands for others is not this plan's business."""
    messages: Sequence[Wanted] = ()
    """Soonest first: what should stand unsent, and what comes to rest at once, with its reason."""
    work: Sequence[WantedWork] = ()
    dropped: Mapping[Slot, Reason] = field(default_factory=dict)
    """Messages that rules exist for and that are not wanted, and why."""
    otherwise: Reason = Reason.NOT_IN_PROTOCOL
    """Why a row that stands is not wanted when `dropped` does not say."""


def plan(facts: PatientFacts, protocols: Sequence[ActiveProtocol], *, now: datetime, measure: Measure) -> Plan:
    """Return what *protocols* want for the patient of *facts*, and what people must do."""
    subjects = frozenset([visit.id for visit in facts.visits] + [course.id for course in facts.courses])
    if facts.person.status is not PersonStatus.ACTIVE:
        return Plan(recipient_id=facts.person.id, covers=subjects, otherwise=GONE[facts.person.status])
    known = Known.of(facts, protocols, now)
    outcomes = _wishes(scenes(facts, known), known)
    outcomes, bundles = place(outcomes, subjects, known, measure)
    return Plan(
        recipient_id=facts.person.id,
        covers=subjects,
        messages=sorted(_messages(outcomes, bundles, measure), key=lambda wanted: wanted.due_at),
        work=work(outcomes.values(), facts.visits, known),
        dropped={slot: reason for slot, outcome in outcomes.items() if (reason := _why_not(outcome))},
    )


def _wishes(found: Sequence[Scene], known: Known) -> dict[Slot, Outcome]:
    """Return what every rule of every scene wants, less what others of the same scene say too."""
    outcomes: dict[Slot, Outcome] = {}
    for scene in found:
        wants = scene_wishes(scene, known)
        outcomes.update((scene.slot(slug), outcome) for slug, outcome in wants.items())
    return outcomes


def scene_wishes(scene: Scene, known: Known) -> dict[str, Outcome]:
    """Return by slug what the rules of *scene* want, less what others of them say too."""
    wants = {active.rule.slug: wish(active, scene, known) for active in scene.rules}
    for slug in replaced(scene.rules, wants, known.history):
        wants[slug] = Reason.REPLACED
    return wants


def _messages(outcomes: Mapping[Slot, Outcome], bundles: Sequence[Bundle], measure: Measure) -> Iterator[Wanted]:
    for outcome in outcomes.values():
        if isinstance(outcome, Wish) and not outcome.may_go:
            yield outcome.wanted
    for bundle in bundles:
        yield from _together(bundle, measure)


def _together(bundle: Bundle, measure: Measure) -> Iterator[Wanted]:
    carrier, riders = bundle.carrier.wanted, [rider.wanted for rider in bundle.riders]
    segments = measure(carrier, riders) if carrier.channel is Channel.SMS else None
    yield replace(carrier, expected_segments=segments) if segments and segments > 1 else carrier
    for rider in riders:
        yield replace(rider, carrier=carrier.slot)


def _why_not(outcome: Outcome) -> Reason | None:
    """Return why nothing is wanted; None for a wish, and for what came to rest with a reason of its own."""
    if isinstance(outcome, Reason):
        return outcome
    if isinstance(outcome, Wish) or outcome.row.state in NOT_SENT | {State.UNDELIVERED}:
        return None
    return Reason.ALREADY_TOLD
