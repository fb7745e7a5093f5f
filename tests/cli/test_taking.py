"""`reminders work take|note|show`: a cry for help in the hands of a person."""

import json

from tests.cli.test_working import run
from tests.help_wanted import cry, later, tick
from tests.working_clinic import WorkingClinic


def test_an_item_is_taken_by_the_short_id_of_its_alert(commanded: WorkingClinic) -> None:
    cry(commanded)
    tick(commanded)
    text = next(one.text for one in commanded.channel.given if one.by == "sms")
    short = text.rpartition(" ")[2]

    assert run("take", short, "--by", "Rosa").startswith("Taken.")

    assert later(commanded) == []
    assert json.loads(run("list", "--json"))[0]["owner"] == "Rosa"


def test_an_item_shows_its_notes_and_its_thread(commanded: WorkingClinic) -> None:
    item_id = str(cry(commanded, commanded.patient()))
    run("note", item_id, "called, no answer", "--by", "Rosa")

    shown = run("show", item_id)
    as_json = json.loads(run("show", item_id, "--json"))

    assert f"id           {item_id}" in shown
    assert "note         Mon Sep 28 08:30  Rosa: called, no answer" in shown
    assert [one["text"] for one in as_json["notes"]] == ["called, no answer"]
    assert (as_json["thread"], as_json["patient_name"]) == ([], "Ana")
