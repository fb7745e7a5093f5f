"""Conditions of rules: which facts they may ask, and when they hold."""

import pytest

from reminders.domain.conditions import course_facts, holds, person_facts, visit_facts
from reminders.domain.fact_names import FACT_NAMES
from reminders.domain.protocol import Condition, FactValue, Test
from tests.domain.planning_clinic import INDUCTION, person, visit, when


def test_every_fact_that_a_protocol_may_name_is_known_to_planning() -> None:
    known = {
        **visit_facts(visit(), new=True, near=False),
        **course_facts("induction", booked_ahead=True),
        **person_facts(person()),
    }

    assert set(known) == set(FACT_NAMES)


def test_a_visit_tells_its_facts_in_the_words_that_protocols_use() -> None:
    facts = visit_facts(visit(number=1, phase=INDUCTION, confirmed=True), new=False, near=True)

    assert facts["visit.status"] == "booked"
    assert facts["visit.first"] is True
    assert facts["visit.phase"] == "induction"
    assert facts["visit.confirmed"] is True
    assert facts["move.near"] is True
    assert facts["driver.required"] is True


def test_columns_of_the_source_are_facts_too() -> None:
    facts = visit_facts(visit(extra={"consent_form": "outstanding"}), new=False, near=False)

    assert holds(when("visit.extra.consent_form", "Outstanding"), facts)


@pytest.mark.parametrize(
    ("test", "value", "actual", "expected"),
    [
        (Test.EQUAL, "booked", "booked", True),
        (Test.EQUAL, True, False, False),
        (Test.EQUAL, 3, "3", True),
        (Test.EQUAL, "yes", None, False),
        (Test.NOT_EQUAL, "yes", None, True),
        (Test.NOT_EQUAL, "yes", "yes", False),
        (Test.IN, ("none", "no"), "no", True),
        (Test.IN, ("none", "no"), "yes", False),
        (Test.NOT_IN, ("none", "no"), "yes", True),
        (Test.AT_LEAST, 2, 2, True),
        (Test.AT_LEAST, 2, 1, False),
        (Test.AT_LEAST, 2, None, False),
        (Test.AT_LEAST, 2, "12", True),
        (Test.AT_MOST, 2, 3, False),
        (Test.AT_MOST, 2, 2, True),
        (Test.AT_MOST, 2, "soon", False),
        (Test.AT_LEAST, 1, True, False),
        (Test.PRESENT, None, "", False),
        (Test.PRESENT, None, False, True),
        (Test.MISSING, None, None, True),
        (Test.MISSING, None, "x", False),
    ],
)
def test_a_condition_compares(
    test: Test, value: FactValue | tuple[FactValue, ...], actual: FactValue, *, expected: bool
) -> None:
    condition = Condition(fact="fact", test=test, value=value)

    assert holds(condition, {"fact": actual}) is expected


def test_a_fact_that_nobody_knows_is_missing() -> None:
    assert holds(Condition(fact="visit.extra.form", test=Test.MISSING), {})
