"""The small words of configuration files: yes and no, slugs, whole numbers, one of a list."""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from reminders.domain.blocks import meant
from reminders.domain.discretion import refused
from reminders.domain.errors import RefusedError

Word = TypeVar("Word", bound=StrEnum)

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


def slug(text: str) -> str:
    """Return a short name of lower-case letters, digits and hyphens."""
    if not _SLUG.fullmatch(text) or len(text) > 64:
        raise RefusedError(f"{text!r} cannot be a name here; use lower-case letters, digits and hyphens: day-1.")
    return text


def plain_text(text: str) -> str:
    """Return *text* as it stands."""
    return text


def discreet(text: str) -> str:
    """Return words that patients read; those that tell a bystander what a visit is are refused."""
    findings = refused(text, part="text")
    if findings:
        raise RefusedError(" ".join(finding.message for finding in findings))
    return text


def yes_no(text: str) -> bool:
    """Return whether the text is yes."""
    if text.lower() not in _YES_NO:
        raise RefusedError(f"{text!r} is neither yes nor no.")
    return _YES_NO[text.lower()]


def whole_number(text: str) -> int:
    """Return a whole number from 0 up."""
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
        raise RefusedError(f"{text!r} is not a whole number.")
    return int(text)


def one_of(words: Iterable[Word]) -> Callable[[str], Word]:
    """Return a reader that takes only the values of *words*."""
    known = {word.value: word for word in words}

    def read(text: str) -> Word:
        if text not in known:
            raise RefusedError(f"{text!r} is not known here. {meant(text, list(known))}")
        return known[text]

    return read
