"""Every to-do says in words what it asks of people, and why."""

import re
from pathlib import Path

import pytest

from reminders.domain.replies.because import because
from reminders.domain.replies.intents import VOIDS, Intent
from reminders.domain.words import WorkKind
from reminders.pipeline import hearing
from reminders.pipeline.working import items, say
from tests.driven_clinic import DAN, name_driver
from tests.pipeline.hearing.telephone import Telephone
from tests.working_clinic import DUE, WorkingClinic

UNLISTED = "not in our list"
STEPS = [Path(hearing.__file__).with_name(f"{step}.py") for step in ("hearing", "heeding", "needing", "asking_back")]
IN_CODE = re.compile(r'\breason="(\w+)"|\bword="(\w+)"[^\n]*\bwork=WorkKind')
PAIRS = [pair for step in STEPS for pair in IN_CODE.findall(step.read_text("utf-8"))]
CODES = sorted({code for pair in PAIRS for code in pair if code})


def only_item(clinic: WorkingClinic) -> tuple[str, str, str]:
    (found,) = items(clinic.parts, with_done=True)
    return found.kind, found.what, found.because


@pytest.mark.parametrize("kind", WorkKind)
def test_every_kind_says_what_it_asks(kind: WorkKind) -> None:
    assert say(kind) != kind.replace("_", " ")


@pytest.mark.parametrize("reason", [*Intent, *VOIDS, *CODES])
def test_every_reason_of_a_text_has_words(reason: str) -> None:
    assert UNLISTED not in because(reason)


def test_the_reasons_that_stand_in_the_code_are_found() -> None:
    assert {"several_prompts", "not_handled", "same_phone"} <= set(CODES)


@pytest.mark.parametrize(
    ("text", "kind", "what", "begins"),
    [
        ("N", "change", "speak with the patient about a visit", "they said no to what we asked"),
        ("running late", "change", "the patient comes late", "they come late"),
        ("I ate breakfast", "clinical", "let a nurse answer the patient", "what they wrote is for a nurse"),
        ("purple monkey", "not_understood", "read what was written, and answer", "no rule understands"),
        ("where do I park?", "not_understood", "read what was written, and answer", "they asked something"),
        ("WRONG NUMBER", "wrong_number", "find out the right phone", "whoever has this phone says"),
        ("I want to die", "safety", "phone at once: a cry for help", "what they wrote speaks of suicide"),
        ("i cant breathe", "safety", "phone at once: a cry for help", "what they wrote speaks of an emergency"),
        ("I'll drive myself", "no_driver", "find out who takes the patient home", "they have nobody"),
    ],
)
def test_a_text_becomes_a_to_do_that_one_can_read(
    clinic: WorkingClinic, text: str, kind: str, what: str, begins: str
) -> None:
    clinic.reminder()
    clinic.send_at(DUE)

    Telephone(clinic).writes(text)

    told = only_item(clinic)
    assert told[:2] == (kind, what)
    assert told[2].startswith(begins)


def test_a_driver_who_comes_late_is_a_to_do_that_one_can_read(clinic: WorkingClinic) -> None:
    name_driver(clinic, clinic.told_visit(clinic.patient()))

    Telephone(clinic, number=DAN).writes("I'm running late, 30 minutes")

    assert only_item(clinic) == (
        "no_driver",
        "the driver comes late: see that the patient is looked after",
        "the driver comes late",
    )
