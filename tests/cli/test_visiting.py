"""`reminders appointment`: who has arrived, may be fetched, has gone home."""

import json
from uuid import UUID

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from reminders.cli import visiting
from reminders.domain.errors import RefusedError
from reminders.domain.words import WorkKind
from reminders.store import work
from reminders.store.tables.machinery import Audit
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Appointment
from reminders.store.work import NewWork
from tests.domain.planning_clinic import at
from tests.driven_clinic import DAN, driver_says, name_driver
from tests.working_clinic import WorkingClinic

STARTS, ARRIVED, READY = "2026-10-07 10:30", "2026-10-07 10:20", "2026-10-07 13:00"


def run(*words: str) -> str:
    result = CliRunner().invoke(visiting.app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def visit_id(commanded: WorkingClinic) -> UUID:
    """A visit, A-1, of Ana, whom Dan has agreed to drive."""
    found = commanded.told_visit(commanded.patient(), STARTS, source_id="A-1")
    commanded.plan()
    commanded.clock("2026-10-05 10:30")
    name_driver(commanded, found)
    commanded.plan()
    commanded.send_due()
    driver_says(commanded, found, yes=True)
    commanded.plan()
    commanded.clock(ARRIVED)
    commanded.sweep()
    commanded.plan()
    return found


def visit(clinic: WorkingClinic, visit_id: UUID) -> Appointment:
    with clinic.parts.transaction() as session:
        return session.scalars(select(Appointment).where(Appointment.id == visit_id)).one()


def to_dan(clinic: WorkingClinic) -> list[str]:
    return [outgoing.text for outgoing in clinic.channel.given if outgoing.to == DAN]


@pytest.mark.usefixtures("visit_id")
def test_the_driver_is_sent_for_when_the_patient_is_ready_and_told_where(commanded: WorkingClinic) -> None:
    assert run("arrived", "A-1", "--by", "Mia").strip() == "The patient has arrived."
    commanded.plan()
    commanded.clock(READY)
    commanded.set(Message, Message.rule == "driver-expected", state="cancelled")

    assert run("ready", "A-1").strip() == "The patient is ready."
    commanded.plan()
    commanded.send_due()

    assert to_dan(commanded)[-1] == (
        "Cedar Clinic: ready to go home now. Please come to Midtown office, 250 Linden Avenue, New York. "
        "Call 212-555-0142. STOP opts out."
    )


def test_going_home_is_told_at_once(commanded: WorkingClinic, visit_id: UUID) -> None:
    run("arrived", "A-1")
    commanded.plan()
    assert commanded.message("going-home").due_at == at("2026-10-07 13:10")
    commanded.clock("2026-10-07 12:30")

    run("home", "A-1")
    commanded.plan()

    texts = commanded.send_due()
    assert [text for text in texts if "rest now. No driving" in text]
    assert visit(commanded, visit_id).home_at == at("2026-10-07 12:30")
    assert [row.rule for row in commanded.messages(Message.rule == "going-home")] == ["going-home"]


def test_each_button_counts_once_and_is_in_the_record(commanded: WorkingClinic, visit_id: UUID) -> None:
    for button in ("arrived", "ready", "home"):
        run(button, "A-1", "--by", "Mia")
        commanded.clock_to(commanded.now_at)
        assert "That was known." in run(button, "A-1", "--by", "Leo")

    with commanded.parts.transaction() as session:
        noted = session.execute(select(Audit.what, Audit.who, Audit.subject_id).order_by(Audit.id)).all()
    assert [tuple(one) for one in noted if one.what.startswith("appointment.")] == [
        (f"appointment.{button}", "Mia", str(visit_id)) for button in ("arrived", "ready", "home")
    ]


def test_who_arrived_outranks_an_older_import(commanded: WorkingClinic, visit_id: UUID) -> None:
    run("arrived", "A-1")

    found = visit(commanded, visit_id)

    assert (found.status, found.arrived_at, found.staff_status_at) == ("arrived", at(ARRIVED), at(ARRIVED))


@pytest.mark.parametrize("button", ["ready", "home"])
def test_nobody_is_ready_before_they_have_arrived(commanded: WorkingClinic, visit_id: UUID, button: str) -> None:
    with pytest.raises(RefusedError, match=r"has not arrived .*reminders appointment arrived A-1"):
        run(button, "A-1")

    found = visit(commanded, visit_id)
    assert (found.ready_at, found.home_at) == (None, None)


def test_nobody_is_fetched_who_has_gone(commanded: WorkingClinic, visit_id: UUID) -> None:
    run("arrived", "A-1")
    run("home", "A-1")

    with pytest.raises(RefusedError, match="gone home already"):
        run("ready", "A-1")

    assert visit(commanded, visit_id).ready_at is None


def test_nobody_arrives_for_a_cancelled_visit_or_one_of_another_day(commanded: WorkingClinic, visit_id: UUID) -> None:
    bea = commanded.patient("Bea", phone="+13125550143")
    commanded.told_visit(bea, "2026-10-14 10:30", source_id="B-1")
    commanded.cancel(visit_id)

    with pytest.raises(RefusedError, match="is cancelled"):
        run("arrived", "A-1")
    with pytest.raises(RefusedError, match="begins Wed Oct 14 10:30"):
        run("arrived", "B-1")


@pytest.mark.usefixtures("commanded")
def test_a_visit_nobody_knows_is_refused() -> None:
    with pytest.raises(RefusedError, match="no appointment 'A-9'"):
        run("arrived", "A-9")


def test_a_late_patient_who_was_marked_as_missing_may_arrive(commanded: WorkingClinic, visit_id: UUID) -> None:
    commanded.change(visit_id, status="noshow", noshow_at=commanded.now_at)

    run("arrived", "A-1")

    found = visit(commanded, visit_id)
    assert (found.status, found.noshow_at) == ("arrived", None)


def test_a_driver_who_cannot_be_texted_is_a_call(commanded: WorkingClinic) -> None:
    commanded.told_visit(commanded.patient(), STARTS, source_id="A-1")
    commanded.clock(ARRIVED)
    run("arrived", "A-1")

    assert "phone whoever takes the patient home" in run("ready", "A-1")


def test_a_visit_is_shown_with_its_driver_in_words_and_what_is_to_be_done(
    commanded: WorkingClinic, visit_id: UUID
) -> None:
    item = NewWork(
        clinic_id=commanded.id,
        key="no_driver/late",
        kind=WorkKind.NO_DRIVER,
        due_at=commanded.now_at,
        person_id=commanded.scalar(select(Person.id).where(Person.kind == "patient")),
        appointment_id=visit_id,
    )
    with commanded.parts.transaction() as session:
        work.open_items(session, [item], now=commanded.now_at)

    shown = run("show", "A-1")

    assert "A-1, Wed Oct 07 10:30 EDT" in shown
    assert "driver   said yes" in shown
    assert "to do    find out who takes the patient home" in shown
    assert json.loads(run("show", "A-1", "--json"))["driver"] == "said yes"


@pytest.mark.parametrize(
    ("agreed", "sent", "words"),
    [
        (False, False, "named, not asked (we may not text them)"),
        (True, False, "named, not asked"),
        (True, True, "asked"),
    ],
)
def test_a_driver_is_asked_once_a_text_reached_them(
    commanded: WorkingClinic, words: str, *, agreed: bool, sent: bool
) -> None:
    visit_id = commanded.told_visit(commanded.patient(), STARTS, source_id="A-1")
    commanded.clock("2026-10-05 10:30")
    name_driver(commanded, visit_id, agreed=agreed)
    commanded.plan()
    if sent:
        commanded.send_due()

    assert f"driver   {words}\n" in run("show", "A-1")
