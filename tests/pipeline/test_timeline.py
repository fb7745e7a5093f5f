"""The timeline: the plan itself, as people and machines read it."""

import json
from dataclasses import fields
from datetime import timedelta

import pytest

from reminders.cli.printing import print_json
from reminders.domain.errors import RefusedError
from reminders.domain.states import State
from reminders.pipeline.timeline import Line, Question, timeline
from reminders.store.tables.messages import Attempt
from reminders.store.tables.people import Person
from tests.domain.planning_clinic import at
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


def of_ana(clinic: WorkingClinic) -> dict[str, Line]:
    return {line.rule: line for line in timeline(clinic.parts, Question(patient="P-Ana"))}


def test_a_line_has_these_keys_and_no_others() -> None:
    assert [field.name for field in fields(Line)] == KEYS


def test_a_line_tells_what_goes_when_to_whom_and_why_then(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient(time_zone="America/Chicago"), source_id="A-1")
    clinic.plan()

    line = of_ana(clinic)["prep"]

    assert (line.appointment_id, line.patient_id, line.category, line.audience) == ("A-1", "P-Ana", "prep", "patient")
    assert (line.channel, line.state, line.reason) == ("sms", State.SCHEDULED, None)
    assert (line.due_at, line.useful_until) == (at("2026-10-06 17:00"), at("2026-10-07 08:30"))
    assert (line.due_local.isoformat(), line.time_zone) == ("2026-10-06T16:00:00-05:00", "America/Chicago")
    assert line.stops == {"food": at("2026-10-07 02:30"), "clear-liquids": at("2026-10-07 08:30")}
    assert line.text is not None
    assert "no food after 2:30 AM" in line.text


def test_as_json_its_instants_are_utc_and_its_keys_are_these(
    clinic: WorkingClinic, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.told_visit(clinic.patient())
    clinic.plan()

    print_json(timeline(clinic.parts, Question(patient="P-Ana")))

    shown = next(one for one in json.loads(capsys.readouterr().out) if one["rule"] == "prep")
    assert list(shown) == KEYS
    assert shown["due_at"] in {"2026-10-06T21:00:00+00:00", "2026-10-06T21:00:00Z"}
    assert set(shown["stops"]) == {"food", "clear-liquids"}


def test_the_text_is_what_is_sent_then(clinic: WorkingClinic) -> None:
    clinic.reminder()
    before = of_ana(clinic)["reminder"].text

    texts = clinic.send_at(DUE)

    assert texts == [before]
    assert of_ana(clinic)["reminder"].text == before


def test_a_carriers_text_holds_what_rides_in_it(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.visit(ana, "2026-10-07 10:30", service="consultation", source_id="A-1")
    clinic.visit(ana, "2026-10-14 10:30", service="consultation", source_id="A-2")
    clinic.plan()

    lines = [line for name in ("A-1", "A-2") for line in timeline(clinic.parts, Question(appointment=name))]

    (carrier,) = [line for line in lines if line.rule == "booked" and line.state is State.SCHEDULED]
    assert carrier.text is not None
    assert "Oct 7" in carrier.text
    assert "Oct 14" in carrier.text


def test_the_coming_days_are_shown_soonest_first(clinic: WorkingClinic) -> None:
    clinic.visit(clinic.patient())
    clinic.plan()

    near = timeline(clinic.parts, Question(ahead=timedelta(days=7)))
    far = timeline(clinic.parts, Question())

    assert [line.rule for line in near] == ["booked", "overview"]
    assert [line.due_at for line in far] == sorted(line.due_at for line in far)
    assert len(far) == 4


def test_a_patient_sees_what_went_and_what_did_not(clinic: WorkingClinic) -> None:
    visit_id = clinic.visit(clinic.patient())
    clinic.plan()
    clinic.send_due()
    clinic.cancel(visit_id, by="patient")
    clinic.plan()

    found = {rule: (line.state, line.reason) for rule, line in of_ana(clinic).items()}

    assert found["booked"] == (State.SENT, None)
    assert found["prep"] == (State.CANCELLED, "visit_cancelled")


def test_our_own_id_finds_a_patient_too(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    clinic.told_visit(ana)
    clinic.plan()

    assert timeline(clinic.parts, Question(patient=str(ana))) == timeline(clinic.parts, Question(patient="P-Ana"))


@pytest.mark.parametrize(
    ("question", "code"),
    [(Question(patient="P-0"), "no_such_patient"), (Question(appointment="A-0"), "no_such_appointment")],
)
def test_who_is_not_there_is_refused(clinic: WorkingClinic, question: Question, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        timeline(clinic.parts, question)

    assert refused.value.code == code


def test_what_cannot_be_opened_has_no_text_and_hides_no_other(clinic: WorkingClinic) -> None:
    sent = clinic.reminder("Ana")
    clinic.send_at(DUE)
    clinic.set(Attempt, Attempt.message_id == sent, body=b"broken")
    bea = clinic.reminder("Bea", "+13125550143", "2026-09-30 14:00")
    clinic.set(Person, Person.id == clinic.get(bea).patient_id, first_name=b"broken")

    lines = timeline(clinic.parts, Question())

    assert {line.message_id: line.text for line in lines} == {sent: None, bea: None}


def test_a_long_timeline_takes_as_many_statements_as_a_short_one(clinic: WorkingClinic) -> None:
    clinic.reminders(1)
    with clinic.statements() as for_one:
        timeline(clinic.parts, Question())
    for number in range(20):
        clinic.reminder(f"Bea{number}", f"+1312556{number:04}")

    with clinic.statements() as for_many:
        lines = timeline(clinic.parts, Question())

    assert len(lines) == 21
    assert len(for_many) == len(for_one)
