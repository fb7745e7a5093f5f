"""One rule of a protocol file: its fields, what they default to, and what may not stand together."""

from datetime import timedelta

from reminders.domain.blocks import Block, meant
from reminders.domain.condition_file import read_conditions
from reminders.domain.config_words import one_of, slug, yes_no
from reminders.domain.errors import RefusedError
from reminders.domain.offset_text import format_moment, parse_length, parse_moment, parse_offset
from reminders.domain.protocol import Anchor, Direction, Elapsed, Landmark, Late, Moment, Offset, Rule
from reminders.domain.words import WRITTEN, Audience, Category, Channel, Context, Lane

_LANES = {
    Category.SAFETY: Lane.SAFETY,
    Category.PREP: Lane.PREP,
    Category.CHECK_IN: Lane.ROUTINE,
    Category.ADMIN: Lane.ROUTINE,
    Category.NUDGE: Lane.NUDGE,
}
_UNLIMITED_CATEGORIES = {Category.PREP, Category.SAFETY}
_UNLIMITED_ANCHORS = {Anchor.MOVED, Anchor.CANCELLED}
_OF_A_VISIT = {Landmark.START, Landmark.END, Landmark.FIRST_STOP, Landmark.LAST_STOP}
_CHANNELS = {Audience.PATIENT: WRITTEN, Audience.DRIVER: (Channel.SMS,)}
"""On which channels who is written to, unless a rule says otherwise."""
_SAME_INSTANT = {(Anchor.START, Landmark.START), (Anchor.END, Landmark.END)}
_DAY = timedelta(days=1)
_AT_ONCE: Offset = Elapsed(timedelta())


def read_rule(block: Block) -> Rule:
    """Return the rule in *block*, noting everything that is wrong with it."""
    anchor = block.need("anchor", one_of(Anchor), Anchor.START)
    category = block.need("category", one_of(Category), Category.ADMIN)
    audience = block.may("audience", _audience, Audience.PATIENT)
    prep = category is Category.PREP
    rule = Rule(
        slug=block.need("slug", slug, ""),
        anchor=anchor,
        offset=block.need("offset", parse_offset, _AT_ONCE),
        category=category,
        template=block.need("template", slug, ""),
        useful_until=block.need("useful_until", parse_moment, Moment(Landmark.DUE, _DAY)),
        channels=block.several("channels", one_of(WRITTEN)) or _CHANNELS[audience],
        audience=audience,
        lane=block.may("lane", _lane, _LANES[category]),
        quiet=block.may("quiet", one_of(Direction), Direction.EARLIER if prep else Direction.LATER),
        at_latest=block.may("at_latest", parse_moment, None),
        when=read_conditions(block),
        limited=_read_limited(block, category, anchor, audience),
        asks=block.may("asks", _asks, None),
        late=block.may("late", one_of(Late), Late.SEND),
        replaces=block.several("replaces", slug),
        rescue=block.may("rescue", yes_no, default=prep and audience is Audience.PATIENT),
        also_after=block.may("also_after", parse_length, None),
        double_harmless=block.may("double_harmless", yes_no, default=False),
    )
    block.close()
    _check_channels(block, rule)
    _check_usefulness(block, rule)
    _check_audience(block, rule)
    if anchor is Anchor.COURSE:
        _check_without_visit(block, rule)
    return rule


def _lane(text: str) -> Lane:
    lanes = {lane.word: lane for lane in Lane}
    if text not in lanes:
        raise RefusedError(f"{text!r} is not known here. {meant(text, list(lanes))}")
    return lanes[text]


def _asks(text: str) -> Context | None:
    """Return what a rule asks; `no` asks nothing."""
    if text.lower() in {"no", "false"}:
        return None
    known = [context.value for context in Context if context is not Context.NONE]
    if text not in known:
        raise RefusedError(f"{text!r} is nothing that a text can ask. {meant(text, [*known, 'no'])}")
    return Context(text)


def _audience(text: str) -> Audience:
    audience = one_of(Audience)(text)
    if audience not in _CHANNELS:
        raise RefusedError(f"a rule cannot speak to {audience} yet; write patient, driver or remove this line.")
    return audience


def _read_limited(block: Block, category: Category, anchor: Anchor, audience: Audience) -> bool:
    if audience is Audience.DRIVER:
        what = "to a driver"
    elif category in _UNLIMITED_CATEGORIES:
        what = f"of category {category}"
    else:
        what = f"about a {anchor} visit" if anchor in _UNLIMITED_ANCHORS else ""
    limited = block.may("limited", yes_no, default=not what)
    if what and limited:
        block.note("limited", f"limits never hold back a message {what}; remove this line.")
    return limited


def _check_audience(block: Block, rule: Rule) -> None:
    """Note what a rule asks of a driver that only a patient has, and the other way round."""
    if rule.audience is not Audience.DRIVER:
        if rule.anchor is Anchor.DRIVER:
            block.note("anchor", "driver is the moment for a driver's text; add audience: driver.")
        return
    if rule.channels != (Channel.SMS,):
        block.note("channels", "a driver has a phone only; write [sms] or remove this line.")
    if rule.category is Category.NUDGE:
        block.note("category", "a driver is not asked to book; choose admin.")
    if rule.rescue:
        block.note("rescue", "it means phone this patient; a driver's text has none: remove this line.")
    if rule.anchor is Anchor.COURSE:
        block.note("anchor", "a driver is written to about visits; choose another anchor.")


def _check_channels(block: Block, rule: Rule) -> None:
    if len(set(rule.channels)) < len(rule.channels):
        block.note("channels", "a channel stands here twice; name each once, the preferred one first.")
    if rule.also_after is not None and len(rule.channels) < 2:
        block.note("also_after", "there is no second channel to send on; name one in channels or remove this line.")


def _check_usefulness(block: Block, rule: Rule) -> None:
    """Note a rule whose messages would be of no use the moment they are due."""
    until, earliest = rule.useful_until, _earliest(rule.offset)
    if until.of is Landmark.DUE:
        useless = until.plus <= timedelta()
    elif until.of is Landmark.ANCHOR or (rule.anchor, until.of) in _SAME_INSTANT:
        useless = until.plus <= earliest
    else:
        return
    if useless:
        block.note("useful_until", f'"{format_moment(until)}" is not after the message is due; name a later moment.')


def _earliest(offset: Offset) -> timedelta:
    """Return how far from the anchor a message is due at the earliest: a wall time may lie a day before."""
    return offset.by if isinstance(offset, Elapsed) else (offset.days - 1) * _DAY


def _check_without_visit(block: Block, rule: Rule) -> None:
    """Note what a rule of a course leans on that only a visit has."""
    for name, moment in (("useful_until", rule.useful_until), ("at_latest", rule.at_latest)):
        if moment is not None and moment.of in _OF_A_VISIT:
            block.note(name, f'a course has no "{moment.of}"; count from anchor or due.')
    asked = {condition.fact for condition in rule.when}
    for fact in sorted(asked - {""}):
        if not fact.startswith(("course.", "patient.")):
            block.note("when", f"{fact} is unknown to a rule of a course; ask course or patient facts.")
