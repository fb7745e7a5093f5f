"""The facts that the conditions of a rule may ask, each with its kind and its meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reminders.domain.blocks import meant
from reminders.domain.errors import RefusedError
from reminders.domain.words import VisitStatus

EXTRA = "visit.extra."
"""What stands before the name of a column of the source that is not ours."""


class FactKind(StrEnum):
    """What the values of a fact are."""

    YES_NO = "yes or no"
    NUMBER = "a number"
    WORD = "one of its words"
    TEXT = "text"
    COLUMN = "whatever the column holds"


@dataclass(frozen=True, slots=True)
class FactName:
    """One fact that a condition may ask."""

    kind: FactKind
    says: str
    words: tuple[str, ...] = ()
    """For `WORD` every value that it can have."""


FACT_NAMES: Mapping[str, FactName] = {
    "visit.status": FactName(FactKind.WORD, "where the visit stands", tuple(status.value for status in VisitStatus)),
    "visit.confirmed": FactName(FactKind.YES_NO, "the patient has said yes to it"),
    "visit.new": FactName(FactKind.YES_NO, "it was booked less than a day ago"),
    "visit.first": FactName(FactKind.YES_NO, "it is visit number 1 of its course"),
    "visit.number": FactName(FactKind.NUMBER, "its number in the course"),
    "visit.phase": FactName(FactKind.TEXT, "the phase of the course that it belongs to"),
    "visit.service": FactName(FactKind.TEXT, "what kind of visit it is"),
    "visit.arrived": FactName(FactKind.YES_NO, "the patient has arrived"),
    "visit.cancelled_by": FactName(FactKind.WORD, "who cancelled it", ("clinic", "patient")),
    "move.near": FactName(FactKind.YES_NO, "the old or the new start of a moved visit is within 48 hours"),
    "driver.required": FactName(FactKind.YES_NO, "the kind of visit needs somebody who drives the patient home"),
    "driver.state": FactName(
        FactKind.WORD,
        "what is known of the driver",
        ("none", "listed", "asked", "yes", "no", "patient says so"),
    ),
    "driver.agreed": FactName(FactKind.YES_NO, "the patient has agreed that we write to the driver"),
    "driver.before": FactName(
        FactKind.YES_NO, "somebody drove home from the last visit of the course who may be asked again"
    ),
    "patient.language": FactName(FactKind.TEXT, "the language of the patient's texts"),
    "course.booked_ahead": FactName(FactKind.YES_NO, "a visit of the course is booked and still ahead"),
    "course.phase": FactName(FactKind.TEXT, "the phase that the next visit of the course falls into"),
}


def fact_named(name: str) -> FactName:
    """Return what is known of the fact *name*; any column may follow `visit.extra.`."""
    if name.startswith(EXTRA) and name != EXTRA:
        return FactName(FactKind.COLUMN, "a column of the import that is not one of ours")
    if name not in FACT_NAMES:
        raise RefusedError(f"{name!r} is not a fact. {meant(name, [*FACT_NAMES, f'{EXTRA}<column>'])}")
    return FACT_NAMES[name]
