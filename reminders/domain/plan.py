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
from reminders.domain.words import Audience, Channel, PersonStatus
from reminders.domain.work import WantedWork, work

GONE = {PersonStatus.DECEASED: Reason.DECEASED, PersonStatus.DISCHARGED: Reason.DISCHARGED}
"""To whom nothing is said any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is wanted for one patient, or for one driver."""

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
    """Return what *protocols* want for the patient of *facts*, and what people must do; for a driver, only messages."""
    subjects = frozenset([visit.id for visit in facts.visits] + [course.id for course in facts.courses])
    if facts.person.status is not PersonStatus.ACTIVE:
        return Plan(recipient_id=facts.person.id, covers=subjects, otherwise=GONE[facts.person.status])
    known = Known.of(facts, protocols, now)
    outcomes = _wishes(scenes(facts, known), known)
    outcomes, bundles = place(outcomes, subjects, known, measure)
    return Plan(
        recipient_id=facts.person.id,
        covers=subjects,
        messages=sorted(_messages(outcomes, bundles), key=lambda wanted: wanted.due_at),
        work=work(outcomes.values(), facts.visits, known) if facts.audience is Audience.PATIENT else (),
        dropped={slot: reason for slot, outcome in outcomes.items() if (reason := _why_not(outcome))},
    )


def expected_segments(message: Wanted, planned: Plan, measure: Measure) -> int:
    """Return how many segments *message* takes with all that rides in it; what is no text of its own counts as one."""
    if message.channel is not Channel.SMS or message.carrier or message.suppressed or message.expired:
        return 1
    riders = [rider for rider in planned.messages if rider.carrier == message.slot]
    return measure(message, riders) or 1


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


def wish_of(rule: str, scene: Scene, known: Known) -> Outcome:
    """Return what one *rule* of *scene* wants: what `scene_wishes` says of it, asking no rule that it does not need."""
    wants = _Wants(scene, known)
    if rule not in wants.rules:
        return Reason.NOT_IN_PROTOCOL
    may_be_replaced = any(rule in active.rule.replaces for active in scene.rules)
    if may_be_replaced and rule in replaced(scene.rules, wants, known.history):
        return Reason.REPLACED
    return wants[rule]


class _Wants(dict[str, Outcome]):
    """What the rules of a scene want, by slug, each asked when it is first looked at."""

    def __init__(self, scene: Scene, known: Known) -> None:
        super().__init__()
        self.rules = {active.rule.slug: active for active in scene.rules}
        self._scene = scene
        self._known = known

    def __missing__(self, rule: str) -> Outcome:
        self[rule] = wish(self.rules[rule], self._scene, self._known)
        return self[rule]


def _messages(outcomes: Mapping[Slot, Outcome], bundles: Sequence[Bundle]) -> Iterator[Wanted]:
    for outcome in outcomes.values():
        if isinstance(outcome, Wish) and not outcome.may_go:
            yield outcome.wanted
    for bundle in bundles:
        carrier = bundle.carrier.wanted
        yield carrier
        for rider in bundle.riders:
            yield replace(rider.wanted, carrier=carrier.slot)


def _why_not(outcome: Outcome) -> Reason | None:
    """Return why nothing is wanted; None for a wish, and for what came to rest with a reason of its own."""
    if isinstance(outcome, Reason):
        return outcome
    if isinstance(outcome, Wish):
        return None
    if outcome.row.state is State.CANCELLED:
        return Reason.STAFF  # what the plan itself cancelled never stands
    if outcome.row.state in NOT_SENT | {State.UNDELIVERED}:
        return None
    return Reason.ALREADY_TOLD
