"""The facts of a visit and its course by name, and whether a condition of a rule holds for them."""

from collections.abc import Mapping
from typing import assert_never

from reminders.domain.facts import Person, Visit
from reminders.domain.protocol import Condition, FactValue, Test

FactValues = Mapping[str, FactValue]


def person_facts(person: Person) -> dict[str, FactValue]:
    """Return what rules may ask about the patient."""
    return {"patient.language": person.language}


def course_facts(phase: str | None, *, booked_ahead: bool) -> dict[str, FactValue]:
    """Return what rules may ask about a course; *phase* is that of its next visit."""
    return {"course.phase": phase, "course.booked_ahead": booked_ahead}


def visit_facts(visit: Visit, *, new: bool, near: bool) -> dict[str, FactValue]:
    """Return what rules may ask about a visit; *near*: it was moved, from or to within 48 hours."""
    return {
        "visit.status": visit.status.value,
        "visit.confirmed": visit.confirmed,
        "visit.number": visit.number,
        "visit.first": visit.number == 1,
        "visit.service": visit.service.slug,
        "visit.phase": visit.phase.slug if visit.phase else None,
        "visit.cancelled_by": visit.cancelled_by,
        "visit.new": new,
        "move.near": near,
        "driver.state": visit.driver_state,
        "driver.required": visit.service.driver_required,
        "driver.agreed": visit.driver_agreed_at is not None,
        "driver.before": visit.driver_before and visit.driver_state != "no",
        "visit.arrived": visit.arrived_at is not None,
        **{f"visit.extra.{column}": value for column, value in visit.extra.items()},
    }


def holds(condition: Condition, facts: FactValues) -> bool:
    """Whether *condition* is true; a fact that nobody knows is missing, and equal to nothing."""
    actual, wanted = facts.get(condition.fact), condition.value
    match condition.test:
        case Test.EQUAL | Test.IN:
            return _is_one_of(actual, wanted)
        case Test.NOT_EQUAL | Test.NOT_IN:
            return not _is_one_of(actual, wanted)
        case Test.AT_LEAST:
            return _is_ordered(wanted, actual)
        case Test.AT_MOST:
            return _is_ordered(actual, wanted)
        case Test.PRESENT:
            return actual not in {None, ""}
        case Test.MISSING:
            return actual in {None, ""}
        case _:
            assert_never(condition.test)


def _is_one_of(actual: FactValue, wanted: FactValue | tuple[FactValue, ...]) -> bool:
    choices = wanted if isinstance(wanted, tuple) else (wanted,)
    return any(_is_same(actual, choice) for choice in choices)


def _is_same(actual: FactValue, wanted: FactValue) -> bool:
    """Compare words in any case; a column of the source is a word even where the rule has a number."""
    if isinstance(actual, str) and wanted is not None:
        return actual.casefold() == str(wanted).casefold()
    return actual == wanted


def _is_ordered(lower: FactValue | tuple[FactValue, ...], upper: FactValue | tuple[FactValue, ...]) -> bool:
    low, high = _number(lower), _number(upper)
    return low is not None and high is not None and low <= high


def _number(value: FactValue | tuple[FactValue, ...]) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
        return int(value)
    return None
