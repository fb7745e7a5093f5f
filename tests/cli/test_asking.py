"""`reminders timeline` and `reminders why`: what will go, and why something did or did not."""

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from reminders.cli import asking
from reminders.domain.errors import RefusedError
from tests.working_clinic import DUE, WorkingClinic

KEYS = [
    "message_id",
    "appointment_id",
    "patient_id",
    "rule",
    "category",
    "audience",
    "channel",
    "due_at",
    "due_local",
    "time_zone",
    "useful_until",
    "state",
    "reason",
    "text",
    "stops",
]

app = typer.Typer()
app.command("timeline")(asking.show_timeline)
app.command("why")(asking.why)


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def timeline(*words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("timeline", *words, "--json"))
    return found


def test_a_timeline_is_a_list_of_objects_with_the_documented_keys(commanded: WorkingClinic) -> None:
    commanded.reminder()

    (line,) = timeline("--days", "2")

    assert list(line) == KEYS
    assert (line["rule"], line["category"], line["channel"], line["state"]) == ("reminder", "admin", "sms", "scheduled")
    assert (line["due_at"], line["due_local"]) == ("2026-09-28T14:00:00+00:00", "2026-09-28T10:00:00-04:00")
    assert line["text"].startswith("Cedar Clinic: Ana, your visit is Tue Sep 29 2:00 PM")


def test_the_stops_of_a_fast_are_instants(commanded: WorkingClinic) -> None:
    commanded.told_visit(commanded.patient(), "2026-10-07 07:30")
    commanded.plan()

    lines = timeline("--patient", "P-Ana")

    (prep,) = [line for line in lines if line["rule"] == "prep"]
    assert prep["stops"] == {"food": "2026-10-07T03:30:00+00:00", "clear-liquids": "2026-10-07T09:30:00+00:00"}
    assert "no food after 11:30 PM Tuesday, clear liquids until 5:30 AM" in prep["text"]


def test_a_patient_nobody_knows_is_refused(commanded: WorkingClinic) -> None:
    with pytest.raises(RefusedError, match="There is no patient 'P-Nobody'"):
        run("timeline", "--patient", "P-Nobody")


def test_an_empty_timeline_says_what_to_do_next(commanded: WorkingClinic) -> None:
    assert "reminders import FILE" in run("timeline")


def test_why_tells_of_the_hand_over_and_its_reports(commanded: WorkingClinic) -> None:
    message_id = commanded.reminder()
    commanded.send_at(DUE)
    commanded.receipt(message_id, "delivered")
    commanded.settle()

    answer = run("why", str(message_id))

    assert "Handed over Mon Sep 28 10:00 AM EDT: accepted. Reports: delivered." in answer
    assert "It was delivered." in answer


def test_why_of_a_visit_tells_what_was_not_planned_too(commanded: WorkingClinic) -> None:
    message_id = commanded.reminder()

    answer = run("why", str(commanded.get(message_id).appointment_id))

    assert "booked: not planned, because the visit was booked too long ago for this." in answer


def test_why_of_nothing_is_refused(commanded: WorkingClinic) -> None:
    with pytest.raises(RefusedError, match="There is no message and no appointment 'V-0'"):
        run("why", "V-0")
