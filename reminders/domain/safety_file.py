"""The safety plan in the clinic file: who is told of a cry for help.

safety:
acknowledge_within: 10 min
chain:
- {staff: nurse, by: [sms, call]}
duty_line: 212-555-0199
after_hours: [nurse]
ops: desk@cedar.example
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from reminders.domain.blocks import Block, meant
from reminders.domain.clinic_setup import StaffSetup
from reminders.domain.config_words import one_of, plain_text, slug
from reminders.domain.contact import read_email
from reminders.domain.errors import RefusedError
from reminders.domain.offset_text import format_length, parse_length
from reminders.domain.safety import DUTY_LINE, OPS, ROUTES, SECOND, Level, SafetyPlan
from reminders.domain.words import Channel

_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class SafetySetup:
    """The plan, and the contacts that only it names."""

    plan: SafetyPlan
    contacts: tuple[StaffSetup, ...] = ()


def read_safety(clinic: Block, staff: Sequence[StaffSetup], phone: Callable[[str], str]) -> SafetySetup | None:
    """Return the safety plan of the clinic file, noting all that would leave a cry for help unheard; None: no plan."""
    block = clinic.block("safety")
    if not clinic.has("safety"):
        return None
    known = {one.slug: one for one in staff}
    within = block.may("acknowledge_within", _patience, SafetyPlan().acknowledge_within)
    chain = tuple(_read_level(inner, known) for inner in block.blocks("chain", "level"))
    if not chain:
        block.note("chain", "nobody would be told; name at least one level: - {staff: nurse, by: [sms, call]}.")
    duty_line = block.need("duty_line", phone, None)
    after_hours = tuple(_at_night(block, name, chain, known) for name in _after_hours(block, known))
    ops, contacts = _read_ops(block, known)
    block.close()
    if duty_line:
        contacts = (*contacts, StaffSetup(slug=DUTY_LINE, name="Duty line", role="duty line", phone=duty_line))
    return SafetySetup(SafetyPlan(acknowledge_within=within, chain=chain, after_hours=after_hours, ops=ops), contacts)


def _patience(text: str) -> timedelta:
    length = parse_length(text)
    if not _SHORTEST <= length <= _LONGEST:
        raise RefusedError(f"{text!r} is not between 1 min and 2 h.")
    return length


def _read_level(block: Block, known: Mapping[str, StaffSetup]) -> Level:
    name = block.need("staff", slug, "")
    level = Level(name, block.several("by", one_of(ROUTES)))
    block.close()
    if name in known:
        _check_routes(block, known[name], level)
    elif name:
        block.note("staff", _unknown(name, known))
    return level


def _check_routes(block: Block, staff: StaffSetup, level: Level) -> None:
    for route in level.by:
        if route not in routes_to(staff):
            block.note("by", f"{staff.slug} has no {_NEEDS[route]}; add it under staff, or leave {route} out.")
    if not SECOND.intersection(level.by):
        block.note("by", f"{staff.slug} may not look at texts; add a second route: call or pager.")
    if SECOND.issuperset(level.by):
        block.note("by", f"a call or a page says little; add sms or email for {staff.slug}.")


_NEEDS = {Channel.SMS: "phone", Channel.CALL: "phone", Channel.EMAIL: "email", Channel.PAGER: "pager"}


def routes_to(staff: StaffSetup) -> tuple[Channel, ...]:
    """Return by what a member of staff can be reached."""
    has = {"phone": staff.phone, "email": staff.email, "pager": staff.pager}
    return tuple(route for route in ROUTES if has[_NEEDS[route]])


def _after_hours(block: Block, known: Mapping[str, StaffSetup]) -> Iterable[str]:
    names = block.several("after_hours", slug)
    if not names:
        block.note("after_hours", "name whom to tell when every location is closed: after_hours: [nurse].")
    for name in names:
        if name not in known:
            block.note("after_hours", _unknown(name, known))
    return [name for name in names if name in known]


def _at_night(block: Block, name: str, chain: Sequence[Level], known: Mapping[str, StaffSetup]) -> Level:
    """Return the level of somebody after hours: told as in the chain, else in every way there is."""
    level = next((one for one in chain if one.staff == name), Level(name, routes_to(known[name])))
    if not SECOND.intersection(level.by):
        block.note("after_hours", f"{name} cannot be woken by a text; give {name} a phone or a pager under staff.")
    return level


def _read_ops(block: Block, known: Mapping[str, StaffSetup]) -> tuple[Level | None, tuple[StaffSetup, ...]]:
    name = block.may("ops", plain_text, None)
    if name is None:
        return None, ()
    if "@" in name:
        mailbox = block.may("ops", _mailbox, None)
        return Level(OPS, (Channel.EMAIL,)), (StaffSetup(slug=OPS, name="Operations", role="ops", email=mailbox),)
    if name not in known:
        block.note("ops", _unknown(name, known))
        return None, ()
    return Level(name, tuple(route for route in routes_to(known[name]) if route is not Channel.CALL)), ()


def _mailbox(text: str) -> str:
    try:
        return read_email(text)
    except RefusedError as refused:
        raise RefusedError(f"it {refused}.") from None


def _unknown(name: str, known: Mapping[str, StaffSetup]) -> str:
    return f"{name} is nobody under staff. {meant(name, list(known))}"


def to_body(plan: SafetyPlan) -> dict[str, Any]:
    """Return *plan* as JSON can hold it: slugs of staff contacts, never a number."""
    return {
        "acknowledge_within": format_length(plan.acknowledge_within),
        "chain": [_level_to_body(level) for level in plan.chain],
        "after_hours": [_level_to_body(level) for level in plan.after_hours],
        "ops": _level_to_body(plan.ops) if plan.ops else None,
    }


def from_body(body: Mapping[str, Any]) -> SafetyPlan | None:
    """Return the plan that `to_body` made *body* of; None: an empty one, for a clinic that has none."""
    if not body:
        return None
    return SafetyPlan(
        acknowledge_within=parse_length(body["acknowledge_within"]),
        chain=tuple(_level_from_body(level) for level in body["chain"]),
        after_hours=tuple(_level_from_body(level) for level in body["after_hours"]),
        ops=_level_from_body(body["ops"]) if body["ops"] else None,
    )


def _level_to_body(level: Level) -> dict[str, Any]:
    return {"staff": level.staff, "by": [route.value for route in level.by]}


def _level_from_body(body: Mapping[str, Any]) -> Level:
    return Level(body["staff"], tuple(Channel(route) for route in body["by"]))
