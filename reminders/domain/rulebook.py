"""Which rules look after which visit or course."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from reminders.domain.facts import Course, Visit
from reminders.domain.protocol import Anchor, Protocol, Rule
from reminders.domain.words import Audience, Context


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


class Rulebook(tuple[ActiveProtocol, ...]):  # noqa: SLOT001  it remembers what it found
    """The protocols in force, and what every visit and course asks of them, found once."""

    @classmethod
    def of(cls, protocols: Iterable[ActiveProtocol]) -> "Rulebook":
        """Return *protocols* as a rulebook; one that is one already keeps what it has found."""
        return protocols if isinstance(protocols, Rulebook) else cls(protocols)

    @cached_property
    def slugs(self) -> Mapping[Anchor, frozenset[str]]:
        """For each anchor the slugs of all rules that count from it."""
        slugs: dict[Anchor, set[str]] = {anchor: set() for anchor in Anchor}
        for active in self:
            for rule in active.protocol.rules:
                slugs[rule.anchor].add(rule.slug)
        return {anchor: frozenset(found) for anchor, found in slugs.items()}

    def of_visit(self, visit: Visit, audience: Audience = Audience.PATIENT) -> Sequence[ActiveRule]:
        """Return the rules by which *audience* hears of *visit*.

        Of two with one slug it is the first protocol's, for messages are keyed by it.
        """
        key = (visit.service.slug, visit.phase.slug if visit.phase else None)
        if (*key, audience) not in self._of_visits:
            self._of_visits[(*key, audience)] = _first_of_each_slug(
                ActiveRule(active.version_id, rule)
                for active in self
                if _looks_after(active.protocol, *key)
                for rule in active.protocol.rules
                if rule.anchor is not Anchor.COURSE and rule.audience is audience
            )
        return self._of_visits[(*key, audience)]

    def of_course(self, course: Course) -> Sequence[ActiveRule]:
        """Return the rules that watch how *course* goes on."""
        return _first_of_each_slug(
            ActiveRule(active.version_id, rule)
            for active in self
            if course.kind.slug in active.protocol.courses
            for rule in active.protocol.rules
            if rule.anchor is Anchor.COURSE and rule.audience is Audience.PATIENT
        )

    @cached_property
    def doubled(self) -> frozenset[tuple[UUID | None, str]]:
        """The rules that send on a second channel without proof, by version and slug."""
        return frozenset(
            (active.version_id, rule.slug)
            for active in self
            for rule in active.protocol.rules
            if rule.also_after is not None
        )

    def asked(self, version_id: UUID | None, rule: str) -> Context | None:
        """Return what *rule* of a version asks; of one that is no longer in force, what a rule of that name asks."""
        return self._asked.get((version_id, rule)) or self._asked.get((None, rule))

    @cached_property
    def _asked(self) -> dict[tuple[UUID | None, str], Context]:
        found: dict[tuple[UUID | None, str], Context] = {}
        for active in self:
            for rule in active.protocol.rules:
                if rule.asks is not None:
                    found[active.version_id, rule.slug] = rule.asks
                    found.setdefault((None, rule.slug), rule.asks)
        return found

    @cached_property
    def _of_visits(self) -> dict[tuple[str, str | None, Audience], Sequence[ActiveRule]]:
        return {}


def _looks_after(protocol: Protocol, service: str, phase: str | None) -> bool:
    return service in protocol.services and (not protocol.phases or phase in protocol.phases)


def _first_of_each_slug(rules: Iterator[ActiveRule]) -> Sequence[ActiveRule]:
    chosen: dict[str, ActiveRule] = {}
    for active in rules:
        chosen.setdefault(active.rule.slug, active)
    return tuple(chosen.values())
