from datetime import UTC, date, datetime, timedelta

import pytest

from reminders.domain.row import REQUIRED, Reference, VisitRow, read_row
from reminders.domain.words import VisitStatus
from tests.visit_files import CELLS, ONE_CLINIC, TWO_CLINICS


def row_of(reference: Reference = ONE_CLINIC, /, **cells: str) -> VisitRow:
    row = read_row(CELLS | cells, reference, line=7)
    assert isinstance(row, VisitRow), row
    return row


def problems_of(reference: Reference = ONE_CLINIC, /, **cells: str) -> list[str]:
    problems = read_row(CELLS | cells, reference, line=7)
    assert isinstance(problems, list), "no problem was found"
    return problems


def test_a_row_with_the_required_columns_is_a_visit() -> None:
    row = row_of()

    assert (row.clinic, row.appointment_id, row.status) == ("cedar", "A1", VisitStatus.BOOKED)
    assert (row.service, row.location, row.zone) == ("consultation", "midtown", "America/New_York")
    assert row.starts_at == datetime(2026, 10, 28, 14, 30, tzinfo=UTC)
    assert row.starts_local == datetime.fromisoformat("2026-10-28T10:30")
    assert not row.given_as_instant
    assert row.duration == timedelta(minutes=45)


def test_the_patient_of_a_row_is_kept_in_one_form() -> None:
    patient = row_of().patient

    assert (patient.patient_id, patient.first_name, patient.last_name) == ("P1", "Ana", "Lee")
    assert (patient.phone, patient.email) == ("+13125550142", "ana@example.com")
    assert (patient.sms_consent, patient.email_consent, patient.nudge_consent) == (True, False, None)
    assert (patient.language, patient.time_zone) == ("en", None)


def test_every_optional_column_is_read() -> None:
    row = row_of(
        clinic="cedar",
        updated_at="2026-10-12T08:00",
        booked_at="2026-10-01T12:00Z",
        birth_date="1984-03-31",
        language="es_mx",
        time_zone="America/Denver",
        nudge_consent="yes",
        consent_at="2026-09-01",
        consent_how="on paper",
        driver_name="Bo Lee",
        driver_phone="312-555-0143",
        emergency_name="Cy Lee",
        emergency_phone="+44 20 7946 0018",
        course="iv-ketamine-course",
        visit_number="4",
    )

    assert row.updated_at == datetime(2026, 10, 12, 12, tzinfo=UTC)
    assert row.booked_at == datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert (row.course, row.visit_number) == ("iv-ketamine-course", 4)
    assert (row.driver_name, row.driver_phone) == ("Bo Lee", "+13125550143")
    patient = row.patient
    assert (patient.born_on, patient.language, patient.time_zone) == (date(1984, 3, 31), "es-MX", "America/Denver")
    assert (patient.nudge_consent, patient.consent_how) == (True, "on paper")
    assert patient.consent_at == datetime(2026, 9, 1, 16, tzinfo=UTC)
    assert (patient.emergency_name, patient.emergency_phone) == ("Cy Lee", "+442079460018")


def test_times_without_offset_are_wall_times_of_the_rows_location() -> None:
    row = row_of(location="lakeside", booked_at="2026-10-01T12:00")

    assert row.starts_at == datetime(2026, 10, 28, 15, 30, tzinfo=UTC)
    assert row.booked_at == datetime(2026, 10, 1, 17, tzinfo=UTC)


def test_a_cancelled_visit_was_cancelled_by_the_clinic_unless_it_says_otherwise() -> None:
    assert row_of(status="canceled").cancelled_by == "clinic"
    assert row_of(status="cancelled", cancelled_by="patient").cancelled_by == "patient"
    assert row_of(status="booked", cancelled_by="patient").cancelled_by is None


def test_a_rows_repr_holds_nothing_personal() -> None:
    row = row_of()

    assert repr(row) == "VisitRow(line=7)"
    assert "Lee" not in repr(row.patient)


@pytest.mark.parametrize("column", REQUIRED)
def test_a_required_cell_must_be_filled(column: str) -> None:
    assert f"{column} is empty: every row must have it" in problems_of(**{column: " "})


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("status", "maybe", "is not a status"),
        ("service", "consultatoin", "did you mean consultation?"),
        ("location", "uptown", "Known: lakeside, midtown"),
        ("course", "yoga", "is not a course"),
        ("clinic", "oak", "is not a clinic"),
        ("starts_at", "28.10.2026 10:30", "is not an ISO 8601"),
        ("starts_at", "2026-03-08T02:30", "does not exist in America/New_York"),
        ("starts_at", "2026-11-01T01:30", "exists twice"),
        ("updated_at", "yesterday", "is not an ISO 8601"),
        ("booked_at", "2026-11-01T01:30", "exists twice"),
        ("consent_at", "1.9.2026", "is not an ISO 8601"),
        ("duration_minutes", "1441", "from 1 to 1440"),
        ("phone", "12345", "has too few digits"),
        ("driver_phone", "12345", "has too few digits"),
        ("emergency_phone", "12345", "has too few digits"),
        ("email", "ana at example", "is not one address"),
        ("language", "Spanish", "is not a language tag"),
        ("time_zone", "Mars/Phobos", "is not a time zone"),
        ("time_zone", "EST", "is not the time zone of a place"),
        ("sms_consent", "maybe", "must be yes or no"),
        ("nudge_consent", "later", "must be yes or no"),
        ("cancelled_by", "weather", "must be clinic or patient"),
        ("birth_date", "31/03/1984", "is not a date"),
        ("birth_date", "2027-03-31", "lies after the visit"),
        ("first_name", '=HYPERLINK("x")', "spreadsheet formula"),
        ("last_name", "@SUM(A1)", "spreadsheet formula"),
        ("driver_name", "\t=1", "spreadsheet formula"),
        ("emergency_name", "-1+1", "spreadsheet formula"),
        ("appointment_id", "+1", "spreadsheet formula"),
        ("patient_id", "=1", "spreadsheet formula"),
        ("service", "=1", "spreadsheet formula"),
        ("note", "=1+1", "spreadsheet formula"),
        ("first_name", "x" * 101, "at most 100"),
    ],
)
def test_a_bad_cell_is_refused_with_line_column_value_and_reason(column: str, value: str, reason: str) -> None:
    problems = problems_of(**{column: value})

    assert len(problems) == 1
    assert problems[0].startswith(f'{column} "')
    assert reason in problems[0]


def test_every_problem_of_a_row_is_told_at_once() -> None:
    problems = problems_of(phone="12345", starts_at="soon", location="uptown", first_name="")

    assert [problem.split()[0] for problem in problems] == ["location", "starts_at", "first_name", "phone"]


def test_a_value_is_shown_short_and_without_what_a_terminal_would_obey() -> None:
    (problem,) = problems_of(first_name="\x1b[2J" + "x" * 500)

    assert "\x1b" not in problem
    assert len(problem) < 250


def test_a_patient_needs_a_phone_or_an_email() -> None:
    assert "phone and email are both empty" in problems_of(phone="", email="")[0]
    assert row_of(phone="").patient.phone is None
    assert row_of(email="").patient.email is None


def test_a_number_of_a_visit_needs_its_course() -> None:
    assert "course is empty" in problems_of(visit_number="3")[0]


def test_with_several_clinics_a_row_must_name_its_own() -> None:
    assert "clinic is empty: name one of birch, cedar" in problems_of(TWO_CLINICS)[0]
    assert row_of(TWO_CLINICS, clinic="birch").clinic == "birch"


def test_other_columns_are_kept_as_facts_unless_they_are_empty() -> None:
    assert row_of(consent_form="signed", plan="  ready ", room="").extra == {"consent_form": "signed", "plan": "ready"}
