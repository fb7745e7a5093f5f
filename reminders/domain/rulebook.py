"""Which rules look after which visit or course."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from reminders.domain.facts import Course, Visit
from reminders.domain.protocol import Anchor, Protocol, Rule
from reminders.domain.words import Audience


@dataclass(frozen=True, slots=True)
class ActiveProtocol:
    """The version of a protocol that rules now."""

    version_id: UUID
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule, and the version of the protocol that holds it."""

    version_id: UUID
    rule: Rule


def rules_of_visit(visit: Visit, protocols: Iterable[ActiveProtocol]) -> Sequence[ActiveRule]:
    """Return the rules for *visit*; of two with one slug the first protocol's, for messages are keyed by it."""
    return _first_of_each_slug(
        ActiveRule(active.version_id, rule)
        for active in protocols
        if _looks_after(active.protocol, visit)
        for rule in active.protocol.rules
        if rule.anchor is not Anchor.COURSE
    )


def rules_of_course(course: Course, protocols: Iterable[ActiveProtocol]) -> Sequence[ActiveRule]:
    """Return the rules that watch how *course* goes on."""
    return _first_of_each_slug(
        ActiveRule(active.version_id, rule)
        for active in protocols
        if course.kind.slug in active.protocol.courses
        for rule in active.protocol.rules
        if rule.anchor is Anchor.COURSE
    )


def slugs_by_anchor(protocols: Iterable[ActiveProtocol]) -> Mapping[Anchor, frozenset[str]]:
    """Return for each anchor the slugs of all rules that count from it."""
    slugs: dict[Anchor, set[str]] = {anchor: set() for anchor in Anchor}
    for active in protocols:
        for rule in active.protocol.rules:
            slugs[rule.anchor].add(rule.slug)
    return {anchor: frozenset(found) for anchor, found in slugs.items()}


def _looks_after(protocol: Protocol, visit: Visit) -> bool:
    if visit.service.slug not in protocol.services:
        return False
    return not protocol.phases or (visit.phase is not None and visit.phase.slug in protocol.phases)


def _first_of_each_slug(rules: Iterator[ActiveRule]) -> Sequence[ActiveRule]:
    """Leave out rules for others than the patient: a driver is texted after the patient's yes, which is not asked."""
    chosen: dict[str, ActiveRule] = {}
    for active in rules:
        if active.rule.audience is Audience.PATIENT:
            chosen.setdefault(active.rule.slug, active)
    return tuple(chosen.values())
