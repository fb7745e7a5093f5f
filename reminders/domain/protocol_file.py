"""Protocols as files that a coordinator writes, and as the bodies that the store keeps of each version.

A file is one protocol: what it is for, then its rules. Reading tells every problem at
once, by file and line, with what to do about it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reminders.domain.blocks import Block, Notes, meant, read_block
from reminders.domain.clinic_setup import ClinicSetup
from reminders.domain.config_words import plain_text, slug
from reminders.domain.errors import InvalidConfigError, Problem
from reminders.domain.offset_text import (
    format_length,
    format_moment,
    format_offset,
    parse_length,
    parse_moment,
    parse_offset,
)
from reminders.domain.protocol import Anchor, Condition, Direction, Landmark, Late, Protocol, Rule, Test
from reminders.domain.rule_file import read_rule
from reminders.domain.words import Audience, Category, Channel, Context, Lane

Body = Mapping[str, Any]
_STOPS = {Landmark.FIRST_STOP, Landmark.LAST_STOP}


def read_protocols(files: Mapping[str, str], clinic: ClinicSetup) -> tuple[Protocol, ...]:
    """Return the protocols of *files* (name → text); raises once with the problems of all of them."""
    problems: list[Problem] = []
    read: dict[str, Protocol] = {}
    for file, text in files.items():
        try:
            read[file] = read_protocol(text, file, clinic)
        except InvalidConfigError as invalid:
            problems += invalid.problems
    problems += _clashes(read)
    if problems:
        raise InvalidConfigError(problems)
    return tuple(read.values())


def read_protocol(text: str, file: str, clinic: ClinicSetup | None = None) -> Protocol:
    """Return the protocol that *text* spells; with *clinic* every name is looked up there."""
    notes = Notes(file)
    block = read_block(text, notes, "the protocol")
    rules = [(inner, read_rule(inner)) for inner in block.blocks("rules", "rule")]
    protocol = Protocol(
        slug=block.need("protocol", slug, ""),
        title=block.need("title", plain_text, ""),
        services=block.several("services", slug),
        phases=block.several("phases", slug),
        courses=block.several("courses", slug),
        rules=tuple(rule for _, rule in rules),
    )
    block.close()
    _check_whole(block, protocol)
    _check_rules(rules, protocol)
    if clinic is not None:
        _check_names(block, protocol, clinic)
        _check_stops(rules, protocol, clinic)
    notes.refuse()
    return protocol


def _check_whole(block: Block, protocol: Protocol) -> None:
    if not block.has("services"):
        block.note("services", "name at least one kind of visit that this protocol is for.")
    if not block.has("rules"):
        block.note("rules", "a protocol without rules says nothing; add one or remove the file.")
    of_course = any(rule.anchor is Anchor.COURSE for rule in protocol.rules)
    if of_course and not protocol.courses:
        block.note("courses", "a rule has the anchor course; name the kinds of course it looks after.")


def _check_rules(rules: Sequence[tuple[Block, Rule]], protocol: Protocol) -> None:
    slugs = [rule.slug for rule in protocol.rules]
    for number, (block, rule) in enumerate(rules):
        if rule.slug and rule.slug in slugs[:number]:
            block.note("slug", "another rule of this protocol has this name; messages are known by it, so change one.")
        for replaced in rule.replaces:
            if replaced not in slugs or replaced == rule.slug:
                others = [name for name in slugs if name not in ("", rule.slug)]
                block.note("replaces", f"{replaced!r} is not another rule of this protocol. {meant(replaced, others)}")


def _check_names(block: Block, protocol: Protocol, clinic: ClinicSetup) -> None:
    services = [service.slug for service in clinic.services]
    kinds = {kind.slug: kind for kind in clinic.course_kinds}
    phases = [phase.slug for kind in kinds.values() if kind.service in protocol.services for phase in kind.phases]
    _check_known(block, "services", protocol.services, services)
    _check_known(block, "courses", protocol.courses, list(kinds))
    if set(protocol.services) <= set(services):
        _check_known(block, "phases", protocol.phases, phases)


def _check_known(block: Block, name: str, given: Iterable[str], known: Sequence[str]) -> None:
    for word in given:
        if word not in known:
            hint = meant(word, known) if known else "There are none."
            block.note(name, f"{word!r} is not in the clinic file. {hint}")


def _check_stops(rules: Sequence[tuple[Block, Rule]], protocol: Protocol, clinic: ClinicSetup) -> None:
    """Note a rule that leans on a fast where a service has none."""
    without = sorted(
        service.slug for service in clinic.services if service.slug in protocol.services and not service.stops
    )
    for block, rule in rules:
        for name, moment in (("useful_until", rule.useful_until), ("at_latest", rule.at_latest)):
            if without and moment is not None and moment.of in _STOPS:
                block.note(name, f"{', '.join(without)} has no fast, so no {moment.of}; count from start.")


def _clashes(read: Mapping[str, Protocol]) -> list[Problem]:
    """Return a problem for each file that claims what an earlier one has."""
    found: list[Problem] = []
    earlier: list[tuple[str, Protocol]] = []
    for file, protocol in read.items():
        for other_file, other in earlier:
            if protocol.slug == other.slug:
                found.append(Problem(file, f"{other_file} is called {other.slug} too; give one another name."))
            elif rules := _shared_rules(protocol, other):
                cure = (
                    "a visit may follow both, so give the rules other names or the protocols other services or phases"
                )
                found.append(Problem(file, f"{other_file} has a rule {', '.join(rules)} too; {cure}."))
        earlier.append((file, protocol))
    return found


def _shared_rules(one: Protocol, other: Protocol) -> list[str]:
    """Return the rules of the same name by which one visit or course could be looked after twice."""
    phases_apart = one.phases and other.phases and not set(one.phases) & set(other.phases)
    visits = not phases_apart and set(one.services) & set(other.services)
    courses = set(one.courses) & set(other.courses)
    return sorted(
        rule.slug
        for rule in one.rules
        for same in other.rules
        if rule.slug == same.slug and (courses if rule.anchor is Anchor.COURSE else visits)
    )


def to_body(protocol: Protocol) -> dict[str, Any]:
    """Return *protocol* as JSON can hold it, in the words of the file."""
    return {
        "protocol": protocol.slug,
        "title": protocol.title,
        "services": list(protocol.services),
        "phases": list(protocol.phases),
        "courses": list(protocol.courses),
        "rules": [_rule_to_body(rule) for rule in protocol.rules],
    }


def from_body(body: Body) -> Protocol:
    """Return the protocol that `to_body` made *body* of."""
    return Protocol(
        slug=body["protocol"],
        title=body["title"],
        services=tuple(body["services"]),
        phases=tuple(body["phases"]),
        courses=tuple(body["courses"]),
        rules=tuple(_rule_from_body(rule) for rule in body["rules"]),
    )


def _rule_to_body(rule: Rule) -> dict[str, Any]:
    return {
        "slug": rule.slug,
        "anchor": rule.anchor.value,
        "offset": format_offset(rule.offset),
        "at_latest": format_moment(rule.at_latest) if rule.at_latest else None,
        "useful_until": format_moment(rule.useful_until),
        "category": rule.category.value,
        "lane": rule.lane.word,
        "audience": rule.audience.value,
        "channels": [channel.value for channel in rule.channels],
        "template": rule.template,
        "when": [_condition_to_body(condition) for condition in rule.when],
        "quiet": rule.quiet.value,
        "limited": rule.limited,
        "asks": rule.asks.value if rule.asks else False,
        "late": rule.late.value,
        "replaces": list(rule.replaces),
        "rescue": rule.rescue,
        "also_after": format_length(rule.also_after) if rule.also_after is not None else None,
        # Only where it is said: what was signed before this field existed keeps its digest.
        **({"double_harmless": True} if rule.double_harmless else {}),
    }


def _rule_from_body(body: Body) -> Rule:
    return Rule(
        slug=body["slug"],
        anchor=Anchor(body["anchor"]),
        offset=parse_offset(body["offset"]),
        at_latest=parse_moment(body["at_latest"]) if body["at_latest"] else None,
        useful_until=parse_moment(body["useful_until"]),
        category=Category(body["category"]),
        lane=Lane[body["lane"].upper()],
        audience=Audience(body["audience"]),
        channels=tuple(Channel(channel) for channel in body["channels"]),
        template=body["template"],
        when=tuple(_condition_from_body(condition) for condition in body["when"]),
        quiet=Direction(body["quiet"]),
        limited=body["limited"],
        asks=_asked(body["asks"]),
        late=Late(body["late"]),
        replaces=tuple(body["replaces"]),
        rescue=body["rescue"],
        also_after=parse_length(body["also_after"]) if body["also_after"] is not None else None,
        double_harmless=body.get("double_harmless", False),
    )


def _asked(value: str | bool) -> Context | None:  # noqa: FBT001  so protocols were kept before questions had names
    if isinstance(value, bool):
        return Context.CONFIRM if value else None
    return Context(value)


def _condition_to_body(condition: Condition) -> dict[str, Any]:
    value = list(condition.value) if isinstance(condition.value, tuple) else condition.value
    return {"fact": condition.fact, "is": condition.test.value, "value": value}


def _condition_from_body(body: Body) -> Condition:
    value = tuple(body["value"]) if isinstance(body["value"], list) else body["value"]
    return Condition(body["fact"], Test(body["is"]), value)
