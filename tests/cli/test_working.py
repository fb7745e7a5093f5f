"""`reminders work`: what people must do, read and closed."""

import json

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from reminders.cli import working
from reminders.domain.errors import RefusedError
from reminders.pipeline.leadership import Leadership
from reminders.pipeline.returning import sum_up
from reminders.store.tables.messages import Message
from reminders.store.tables.people import ContactPoint, Person
from tests.driven_clinic import DAN, name_driver
from tests.pipeline.hearing.telephone import Telephone
from tests.working_clinic import WorkingClinic


def run(*words: str) -> str:
    result = CliRunner().invoke(working.app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def call_needed(clinic: WorkingClinic) -> str:
    """Plan a visit whose patient can be reached by nothing; return the id of the call."""
    clinic.told_visit(clinic.patient(consented=False), "2026-10-07 10:30")
    clinic.plan()
    (item,) = json.loads(run("list", "--json"))
    return str(item["id"])


def test_an_empty_list_says_so(commanded: WorkingClinic) -> None:
    assert run("list").strip() == "Nobody has to do anything."


def test_a_call_is_listed_with_its_deadline_before_the_fast(commanded: WorkingClinic) -> None:
    call_needed(commanded)

    (item,) = json.loads(run("list", "--json"))

    assert (item["kind"], item["state"]) == ("phone_patient", "open")
    assert item["due_at"] < "2026-10-07T06:30:00+00:00"
    assert item["because"] == "there is no consent to be written to this way"


def test_an_item_shows_whom_to_call(commanded: WorkingClinic) -> None:
    item = call_needed(commanded)

    shown = run("show", item)

    assert "Ana" in shown
    assert "+13125550142" in shown


def test_a_list_tells_a_drivers_text_from_a_patients(commanded: WorkingClinic) -> None:
    name_driver(commanded, commanded.told_visit(commanded.patient()))
    Telephone(commanded, number=DAN).writes("I want to die")

    (item,) = json.loads(run("list", "--json"))

    assert "driver of P-Ana" in run("list")
    assert item["wrote_from"] == DAN
    assert f"{DAN}, Dan Roe, who drives Ana (P-Ana)" in run("show", item["id"])


def test_a_closed_item_leaves_the_list_and_keeps_its_outcome(commanded: WorkingClinic) -> None:
    item = call_needed(commanded)

    run("done", item, "--by", "Mia", "--outcome", "told her the hours")

    assert json.loads(run("list", "--json")) == []
    (closed,) = json.loads(run("list", "--all", "--json"))
    assert (closed["state"], closed["owner"], closed["outcome"]) == ("done", "Mia", "told her the hours")


def test_an_item_is_closed_once(commanded: WorkingClinic) -> None:
    item = call_needed(commanded)
    run("done", item, "--by", "Mia", "--outcome", "told her")

    with pytest.raises(RefusedError, match="closed already"):
        run("done", item, "--by", "Leo", "--outcome", "told her again")


@pytest.mark.parametrize("name", ["7", "01a1fd59-7cc7-7cb6-9838-a70da45bb9af"])
def test_an_item_nobody_knows_is_refused_with_the_cure(commanded: WorkingClinic, name: str) -> None:
    with pytest.raises(RefusedError, match="reminders work list"):
        run("show", name)


def test_a_call_that_is_needed_no_more_leaves_the_list_and_comes_back_when_it_is(commanded: WorkingClinic) -> None:
    patient_id = commanded.patient(consented=False)
    commanded.told_visit(patient_id, "2026-10-07 10:30")
    commanded.plan()

    for consented, calls in ((True, 0), (False, 1)):
        commanded.set(ContactPoint, ContactPoint.person_id == patient_id, consented=consented)
        commanded.owe(patient_id)
        commanded.plan()
        assert len(json.loads(run("list", "--json"))) == calls


def test_a_call_that_somebody_closed_stays_closed(commanded: WorkingClinic) -> None:
    run("done", call_needed(commanded), "--by", "Mia", "--outcome", "told her")

    commanded.owe(commanded.scalar(select(Person.id)))
    commanded.plan()

    assert json.loads(run("list", "--json")) == []


def test_the_call_list_is_a_list_of_its_own_in_order_of_deadlines(commanded: WorkingClinic) -> None:
    for name, starts in (("Bea", "2026-10-14 10:30"), ("Ana", "2026-10-07 10:30")):
        commanded.told_visit(commanded.patient(name, consented=False), starts)
    commanded.told_visit(commanded.patient("Eva", phone="+13125550177"), "2026-11-26 10:30")
    commanded.plan()

    everything = json.loads(run("list", "--json"))
    calls = json.loads(run("list", "--kind", "phone_patient", "--json"))

    assert {item["kind"] for item in everything} == {"phone_patient", "closed_date"}
    assert [item["patient_name"] for item in calls] == ["Ana", "Bea"]


def test_a_downtime_is_told_in_words_and_by_the_clinics_clock(commanded: WorkingClinic) -> None:
    commanded.reminder()
    leader = Leadership(commanded.parts, holder="a")
    leader.renew()
    leader.resign()
    commanded.clock("2026-09-28 11:30")
    leader.renew()
    commanded.send_due()
    sum_up(commanded.parts)

    (item,) = json.loads(run("list", "--json"))
    shown = run("show", item["id"])

    assert "messages did not go in time" in shown
    assert "from Mon Sep 28 08:30 CDT to Mon Sep 28 10:30 CDT nothing was sent: 1 went late" in shown
    assert "patient" not in shown


def test_who_has_died_gets_no_text_any_more(commanded: WorkingClinic) -> None:
    commanded.told_visit(commanded.patient(email=None), "2026-10-07 10:30")
    commanded.plan()
    Telephone(commanded).writes("this is his wife, he passed away")
    (item,) = [one for one in json.loads(run("list", "--json")) if one["kind"] == "not_understood"]

    run("done", item["id"], "--by", "Nia", "--outcome", "wrote to his wife", "--patient", "deceased")
    commanded.plan()

    planned = commanded.messages(Message.patient_id.is_not(None))
    assert {row.state for row in planned} == {"cancelled"}
    assert commanded.scalar(select(Person.status)) == "deceased"


def test_nothing_is_learnt_of_a_patient_where_the_item_is_about_none(commanded: WorkingClinic) -> None:
    Telephone(commanded, number="12345").writes("purple monkey dishwasher")
    (item,) = json.loads(run("list", "--json"))

    with pytest.raises(RefusedError, match="about no patient"):
        run("done", item["id"], "--by", "Nia", "--outcome", "spam", "--patient", "deceased")
