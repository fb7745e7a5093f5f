"""The conditions of a rule in a protocol file: which fact, how it compares, with a value of the fact's kind."""

from reminders.domain.blocks import Block, meant
from reminders.domain.config_words import one_of, plain_text, whole_number, yes_no
from reminders.domain.errors import RefusedError
from reminders.domain.fact_names import FactKind, FactName, fact_named
from reminders.domain.protocol import Condition, FactValue, Test

_LISTS = {Test.IN, Test.NOT_IN}
_ALONE = {Test.PRESENT, Test.MISSING}
_ORDERED = {Test.AT_LEAST, Test.AT_MOST}
_NO_FACT = FactName(FactKind.TEXT, "")


def read_conditions(rule: Block) -> tuple[Condition, ...]:
    """Return the conditions of *rule*, noting what is wrong with them."""
    return tuple(_read_condition(block) for block in rule.blocks("when", f"{rule.of}, condition"))


def _read_condition(block: Block) -> Condition:
    name = block.need("fact", _fact_name, "")
    test = block.need("is", one_of(Test), None)
    fact = fact_named(name) if name else _NO_FACT
    values: tuple[FactValue, ...] = block.several("value", lambda text: _value(fact, text))
    block.close()
    if test is not None:
        _check_shape(block, fact, test)
    if test is None or test in _ALONE:
        return Condition(name, test or Test.PRESENT)
    return Condition(name, test, values if test in _LISTS else next(iter(values), None))


def _fact_name(text: str) -> str:
    fact_named(text)
    return text


def _value(fact: FactName, text: str) -> FactValue:
    if fact.kind is FactKind.YES_NO:
        return yes_no(text)
    if fact.kind is FactKind.NUMBER:
        return whole_number(text)
    if fact.kind is FactKind.WORD and text not in fact.words:
        raise RefusedError(f"{text!r} is not a value of this fact. {meant(text, fact.words)}")
    return plain_text(text)


def _check_shape(block: Block, fact: FactName, test: Test) -> None:
    count = len(block.scalars("value"))
    if test in _ALONE and count:
        block.note("value", f'"{test}" takes no value; remove it.')
    elif test in _LISTS and not count:
        block.note("value", f'"{test}" needs a list, such as [one, two].')
    elif test not in _ALONE | _LISTS and count != 1:
        block.note("value", f'"{test}" needs exactly one value; for several write is: in.')
    if test in _ORDERED and fact.kind not in {FactKind.NUMBER, FactKind.COLUMN} and fact is not _NO_FACT:
        block.note("is", f'"{test}" compares numbers, and this fact is {fact.kind}.')
