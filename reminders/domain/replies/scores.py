"""The number of a mood question: 7, 7/10, "about a seven", "un siete".

Of a range the lower number is taken, of 7.5 the 7: the more careful reading. Several numbers
that are no range say nothing.
"""

import re

from reminders.domain.replies.plain_words import Said

_EACH = (
    "zero cero, one uno un, two dos, three tres, four cuatro, five cinco, six seis, seven siete, eight ocho,"
    " nine nueve, ten diez"
)
_WORDS = {word: number for number, names in enumerate(_EACH.split(", ")) for word in names.split()}
_WORD = "|".join(word for word in _WORDS if word != "un")
_OF_TEN = re.compile(
    r"(?<![\d.,])(\d{1,2})(?:[.,]\d)?\s*(?:/|out of|of|de|sobre|over)\s*(?:10|ten|diez)(?!\d)", re.IGNORECASE
)
_WORD_OF_TEN = re.compile(rf"\b({_WORD}) (?:out of|of|de|sobre|over) (?:10|ten|diez)\b")
_RANGE = re.compile(r"(?<![\d.,/])(\d{1,2})\s*(?:-|\u2013|to|or|a|o|y|/)\s*(\d{1,2})(?![\d/])")
_NUMBER = re.compile(
    r"(?<![\d.,/:$#+-])(\d{1,2})(?:[.,]\d)?(?![\d/:%]|\s*(?:am|pm|hours?|hrs?|days?|weeks?|mins?|times?|horas?|dias?|veces|pills?|mg)\b)"
)
_SAID = re.compile(
    rf"(?:^|\b(?:about|around|a|an|like|maybe|at|is|say|probably|mood|score|un|como|soy|es|me siento|estoy en)\s)"
    rf"({_WORD})\b"
)


def explicit(said: Said) -> int | None:
    """Return the number that *said* gives out of ten."""
    found = _OF_TEN.search(said.raw)
    if found:
        return _in_scale(int(found[1]))
    word = _WORD_OF_TEN.search(said.words)
    return _WORDS[word[1]] if word else None


def find(said: Said) -> int | None:
    """Return the number that *said* gives when a number was asked for."""
    given = explicit(said)
    if given is not None or _OF_TEN.search(said.raw):
        return given
    numbers = [int(number) for number in _NUMBER.findall(said.raw)]
    span = _RANGE.search(said.raw)
    if span and len(numbers) <= 2:
        return _in_scale(min(int(span[1]), int(span[2]))) if abs(int(span[1]) - int(span[2])) <= 2 else None
    if numbers:
        return _in_scale(numbers[0]) if len(set(numbers)) == 1 else None
    words = list(dict.fromkeys(_SAID.findall(said.words)))
    return _WORDS[words[0]] if len(words) == 1 and not re.search(r"\d", said.raw) else None


def _in_scale(number: int) -> int | None:
    return number if 0 <= number <= 10 else None
