"""`reminders doctor`: each thing that can be wrong is found, named and given its cure."""

import json
from datetime import timedelta
from typing import Any

import pytest
import typer
from sqlalchemy import delete, func, select
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from reminders import bootstrap, tasks
from reminders.cli import doctoring
from reminders.domain.errors import RefusedError
from reminders.pipeline import examining
from reminders.pipeline.signoff import sign_off
from reminders.settings import Settings
from reminders.store.tables.clinic import Clinic, Pace, Sender, Signature, StaffContact, Template
from tests.made_settings import TWILIO, settings
from tests.working_clinic import WorkingClinic

REAL = {**TWILIO, "REMINDERS_TWILIO_FROM": "+13125550100"}


@pytest.fixture
def doctored(commanded: WorkingClinic, monkeypatch: pytest.MonkeyPatch) -> WorkingClinic:
    """A clinic that a doctor finds well: everything is signed, and the broker answers."""
    monkeypatch.setattr(bootstrap, "settings", settings)
    monkeypatch.setattr(tasks, "connect", lambda: None)
    monkeypatch.setattr(tasks, "call_broker", lambda: None)
    sign_off(commanded.parts, "all", by="Dr. Osei")
    return commanded


def doctor(*words: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Return the exit status, and what does not stand well."""
    app = typer.Typer()
    app.command()(doctoring.doctor)
    result = CliRunner().invoke(app, ["--json", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    found = json.loads(result.stdout)
    return result.exit_code, {one["what"]: one for one in found if one["stands"] != "ok"}


def go_live(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    monkeypatch.setattr(bootstrap, "settings", lambda: settings(**REAL, **more))


def test_a_clinic_that_is_well_is_told_so(doctored: WorkingClinic) -> None:
    assert doctor() == (0, {})


def test_the_table_names_what_was_looked_at(doctored: WorkingClinic) -> None:
    app = typer.Typer()
    app.command()(doctoring.doctor)

    shown = CliRunner().invoke(app, []).stdout

    for word in (
        "settings",
        "broker",
        "database",
        "keys",
        "clock",
        "cedar: safety plan",
        "cedar: sender call (sandbox)",
    ):
        assert word in shown


def test_settings_that_are_wrong_are_told_and_nothing_else_is_tried(
    doctored: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Settings:
        raise RefusedError("REMINDERS_REDIS_URL is not set")

    monkeypatch.setattr(bootstrap, "settings", refuse)

    status, wrong = doctor()

    assert (status, list(wrong)) == (1, ["settings"])
    assert wrong["settings"]["wrong"] == "REMINDERS_REDIS_URL is not set"


def test_a_broker_that_is_away_is_told(doctored: WorkingClinic, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise ConnectionError

    monkeypatch.setattr(tasks, "call_broker", away)

    assert doctor()[0] == 1
    assert list(doctor()[1]) == ["broker"]


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (OperationalError("select", None, Exception("gone")), "database"),
        (RefusedError("schema", code="schema_behind"), "database"),
        (RefusedError("keys", code="other_keys"), "keys"),
    ],
)
def test_a_database_or_keys_that_do_not_fit_are_told(
    doctored: WorkingClinic, monkeypatch: pytest.MonkeyPatch, error: Exception, what: str
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(bootstrap, "parts", fail)

    status, wrong = doctor()

    assert (status, list(wrong)) == (1, [what])


def test_an_address_in_the_clear_is_wrong_only_where_patients_answer(
    doctored: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear = {"REMINDERS_PUBLIC_URL": "http://visits.example.com"}
    monkeypatch.setattr(bootstrap, "settings", lambda: settings(**clear))
    assert doctor()[0] == 0

    monkeypatch.setattr(bootstrap, "settings", lambda: settings(**REAL, **clear))
    assert list(doctor()[1]) == ["public address"]


def test_a_held_and_a_resting_sender_are_told(doctored: WorkingClinic) -> None:
    doctored.dispatch()  # makes the paces
    doctored.set(Sender, Sender.channel == "sms", held_at=func.clock_timestamp(), held_because="twilio_20003")
    mail_id = doctored.sender("email").id
    doctored.set(Pace, Pace.sender_id == mail_id, shut_until=func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 1))

    status, wrong = doctor()

    assert status == 1
    assert wrong["cedar: sender sms (sandbox)"]["wrong"].startswith("It is held, because ")
    assert wrong["cedar: sender email (sandbox)"]["wrong"].startswith("It rests, because ")


def test_no_sender_at_all_is_told(doctored: WorkingClinic) -> None:
    doctored.set(Sender, is_active=False)

    assert doctor()[1]["senders"]["cure"] == "Run: reminders seed"


@pytest.mark.parametrize(
    ("signed", "what"),
    [("replies:es", "cedar: replies signed"), ("protocol:iv-ketamine", "cedar: protocols and services signed")],
)
def test_what_is_unsigned_is_for_later_in_the_sandbox_and_wrong_on_a_real_channel(
    doctored: WorkingClinic, monkeypatch: pytest.MonkeyPatch, signed: str, what: str
) -> None:
    with doctored.parts.transaction() as session:
        session.execute(delete(Signature).where(Signature.key == signed))

    status, wrong = doctor()
    assert (status, wrong[what]["stands"]) == (0, "before going live")
    assert signed in wrong[what]["wrong"]

    go_live(monkeypatch)
    status, wrong = doctor()
    assert (status, wrong[what]["stands"]) == (1, "wrong")


def plan_with(clinic: WorkingClinic, **changed: Any) -> None:
    clinic.set(Clinic, safety=clinic.scalar(select(Clinic.safety)) | changed)


def test_a_clinic_without_a_plan_is_told(doctored: WorkingClinic) -> None:
    doctored.set(Clinic, safety={})

    assert "no safety plan" in doctor()[1]["cedar: safety plan"]["wrong"]


@pytest.mark.parametrize(("part", "word"), [("chain", "chain"), ("after_hours", "after-hours plan")])
def test_an_empty_part_of_the_plan_is_told(doctored: WorkingClinic, part: str, word: str) -> None:
    plan_with(doctored, **{part: []})

    assert doctor()[1]["cedar: safety plan"]["wrong"] == f"The {word} is empty."


def test_a_missing_duty_line_is_told(doctored: WorkingClinic) -> None:
    with doctored.parts.transaction() as session:
        session.execute(delete(StaffContact).where(StaffContact.slug == "duty-line"))

    assert doctor()[1]["cedar: safety plan"]["wrong"] == "The clinical duty line is not known."


def test_a_level_that_nothing_leads_to_is_told(doctored: WorkingClinic) -> None:
    doctored.set(StaffContact, StaffContact.slug == "director", email=None)
    assert "director cannot be reached by email" in doctor()[1]["cedar: safety plan"]["wrong"]

    plan_with(doctored, chain=[{"staff": "ghost", "by": ["sms"]}])
    wrong = [one.wrong for one in examining.examine(doctored.parts, is_real=False)]
    assert "ghost stands in the safety plan and is nobody of the staff." in wrong


def test_a_call_without_a_number_that_can_call_is_told_with_the_setting(doctored: WorkingClinic) -> None:
    doctored.set(Sender, Sender.channel == "call", is_active=False)

    found = doctor()[1]["cedar: safety plan"]

    assert found["wrong"].endswith("cannot be reached by call: there is no sender for it.")
    assert "REMINDERS_TWILIO_FROM" in found["cure"]


@pytest.mark.parametrize("key", ["answer-crisis", "answer-emergency", "alert-safety"])
def test_a_missing_wording_of_a_cry_for_help_is_told(doctored: WorkingClinic, key: str) -> None:
    doctored.set(Template, Template.key == key, published_id=None)

    wrong = doctor()[1]["cedar: answers to a cry for help"]["wrong"]

    assert key.removeprefix("answer-") in wrong


def test_each_language_of_the_clinic_needs_its_safe_wording(doctored: WorkingClinic) -> None:
    doctored.set(Template, Template.key == "answer-crisis", Template.language == "es", published_id=None)

    assert doctor()[1]["cedar: answers to a cry for help"]["wrong"] == "There is no wording for crisis in es."


def test_a_clock_that_is_off_is_told(doctored: WorkingClinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "SKEW", timedelta(seconds=-1))

    assert "seconds apart" in doctor()[1]["clock"]["wrong"]


def test_the_key_of_pages_is_printed_alone(doctored: WorkingClinic) -> None:
    app = typer.Typer()
    app.command()(doctoring.doctor)

    shown = CliRunner().invoke(app, ["--pager-key"]).stdout.strip()

    assert len(bytes.fromhex(shown)) == 32


def test_a_real_channel_starts_when_nothing_vital_is_wrong(
    doctored: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_live(monkeypatch)

    bootstrap.refuse_unready()


@pytest.mark.parametrize(
    ("what", "spoil"),
    [
        ("no safety plan", lambda clinic: clinic.set(Clinic, safety={})),
        ("No clinician has signed: replies:en", lambda clinic: clinic.set(Signature, digest="another")),
        (
            "no wording for crisis",
            lambda clinic: clinic.set(Template, Template.key == "answer-crisis", published_id=None),
        ),
    ],
)
def test_a_real_channel_does_not_start_without_what_is_vital(
    doctored: WorkingClinic, monkeypatch: pytest.MonkeyPatch, what: str, spoil: Any
) -> None:
    spoil(doctored)
    bootstrap.refuse_unready()  # the sandbox starts

    go_live(monkeypatch)
    with pytest.raises(RefusedError, match=what) as refused:
        bootstrap.refuse_unready()
    assert refused.value.code == "not_ready"

    practice = {"REMINDERS_PRACTICE": "yes", "REMINDERS_TWILIO_API_URL": "http://127.0.0.1:9"}
    go_live(monkeypatch, **practice)
    bootstrap.refuse_unready()  # a rehearsal starts


def test_an_unsigned_protocol_alone_keeps_nothing_from_starting(
    doctored: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctored.set(Signature, Signature.key.startswith("protocol:"), digest="another")
    go_live(monkeypatch)

    bootstrap.refuse_unready()
