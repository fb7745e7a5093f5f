"""What docs/configuring.md tells of patients' answers is what the rules do."""

import re

import pytest

from reminders.domain.replies.intents import WORK, Intent
from reminders.domain.replies.understanding import understand
from reminders.domain.words import Context
from tests.test_docs_configuring import table

HOME = {"(the driver)": Context.DRIVER_PERSON, "(check-in)": Context.CHECKIN, "(mood)": Context.MOOD}
HOME["(waitlist)"] = Context.WAITLIST


def examples() -> list[tuple[Intent, Context, str]]:
    return [
        (Intent(name), HOME.get(mark, Context.NONE), text.strip())
        for name, (cell, _) in table("intent").items()
        for mark in [cell.partition(") ")[0] + ")" if cell.startswith("(") else ""]
        for text in cell.removeprefix(mark).split(";")
    ]


def test_every_context_is_told_with_its_yes_and_no() -> None:
    told = table("context", below="## What patients may answer")

    assert set(told) == set(Context)
    for name, (_, yes, no) in told.items():
        assert understand("Yes", Context(name)).intent == yes.strip("`")
        assert understand("No", Context(name)).intent == no.strip("`")


def test_every_intent_is_told_with_its_work() -> None:
    told = table("intent")

    assert set(told) == set(Intent)
    for name, (_, work) in told.items():
        (first, *_) = re.findall(r"^none|`(\w+)`", work)
        assert first == WORK.get(Intent(name), "")


@pytest.mark.parametrize(("intent", "context", "text"), examples())
def test_every_example_means_what_the_page_says(intent: Intent, context: Context, text: str) -> None:
    assert understand(text, context).intent is intent
