from datetime import UTC, date, datetime, timedelta

import pytest

from reminders.domain import cells
from reminders.domain.errors import RefusedError
from reminders.domain.words import VisitStatus

NEW_YORK = "America/New_York"


def refusal(rule: object, text: str, **more: object) -> str:
    assert callable(rule)
    with pytest.raises(RefusedError) as refused:
        rule(text, **more)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "status", "confirmed"),
    [
        ("booked", VisitStatus.BOOKED, False),
        ("Scheduled", VisitStatus.BOOKED, False),
        ("confirmed", VisitStatus.BOOKED, True),
        ("completed", VisitStatus.FULFILLED, False),
        ("fulfilled", VisitStatus.FULFILLED, False),
        ("CANCELED", VisitStatus.CANCELLED, False),
        ("No Show", VisitStatus.NOSHOW, False),
        ("no_show", VisitStatus.NOSHOW, False),
        ("noshow", VisitStatus.NOSHOW, False),
        ("checked in", VisitStatus.ARRIVED, False),
        ("proposed", VisitStatus.PROPOSED, False),
        ("pending", VisitStatus.PENDING, False),
    ],
)
def test_the_usual_words_for_a_status_become_those_of_fhir(text: str, status: VisitStatus, *, confirmed: bool) -> None:
    assert cells.read_status(text) == (status, confirmed)


def test_an_unknown_status_is_refused_with_those_that_are_known() -> None:
    assert "noshow" in refusal(cells.read_status, "entered-in-error")


def test_a_wall_time_is_read_in_the_zone_of_the_location() -> None:
    start = cells.read_start("2026-10-28T10:30", NEW_YORK)

    assert start == cells.Start(
        datetime(2026, 10, 28, 14, 30, tzinfo=UTC), datetime.fromisoformat("2026-10-28T10:30"), has_offset=False
    )


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-28T10:30-04:00",
        "2026-10-28 14:30Z",
        "2026-10-28T16:30:00 +0200",
        "20261028T143000z",
        "2026-10-28T14:30+00",
    ],
)
def test_with_an_offset_a_start_is_an_instant_whatever_the_location(text: str) -> None:
    start = cells.read_start(text, NEW_YORK)

    assert start == cells.Start(
        datetime(2026, 10, 28, 14, 30, tzinfo=UTC), datetime.fromisoformat("2026-10-28T10:30"), has_offset=True
    )


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-28",
        "10/28/2026 10:30 AM",
        "2026-10-28T10",
        "2026-10-28T10:30[America/New_York]",
        "2026-10-28T10:30 EST",
        "2026-W44-3T10:30",
        "10:30",
        "tomorrow",
        "2026-1028T10:30",
    ],
)
def test_a_time_that_is_not_iso_is_refused_with_an_example(text: str) -> None:
    assert "write it like 2026-10-28T10:30" in refusal(cells.read_start, text, zone=NEW_YORK)


@pytest.mark.parametrize("text", ["2026-02-30T10:30", "2026-13-01T10:30", "2026-10-28T24:30", "2026-10-28T10:30+25:00"])
def test_a_time_that_no_calendar_has_is_refused(text: str) -> None:
    assert "not a date and time of the calendar" in refusal(cells.read_start, text, zone=NEW_YORK)


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "1926-10-28T10:30"])
def test_a_year_that_cannot_be_meant_is_refused(text: str) -> None:
    assert "year" in refusal(cells.read_start, text, zone=NEW_YORK)


def test_a_wall_time_that_the_spring_change_skips_is_refused() -> None:
    assert "does not exist in America/New_York" in refusal(cells.read_start, "2026-03-08T02:30", zone=NEW_YORK)


def test_a_wall_time_that_the_autumn_change_repeats_asks_for_an_offset() -> None:
    reason = refusal(cells.read_start, "2026-11-01T01:30", zone=NEW_YORK)

    assert "exists twice in America/New_York" in reason
    assert "-04:00" in reason
    assert "-05:00" in reason


def test_a_repeated_wall_time_with_its_offset_is_taken() -> None:
    first, second = (cells.read_start(f"2026-11-01T01:30{offset}", NEW_YORK) for offset in ("-04:00", "-05:00"))

    assert second.at - first.at == timedelta(hours=1)
    assert first.local == second.local == datetime.fromisoformat("2026-11-01T01:30")


def test_an_instant_without_offset_is_wall_time_of_the_location() -> None:
    assert cells.read_instant("2026-10-12T09:00", "America/Chicago") == datetime(2026, 10, 12, 14, tzinfo=UTC)


def test_a_day_of_consent_means_noon_there() -> None:
    assert cells.read_day_or_instant("2026-09-01", NEW_YORK) == datetime(2026, 9, 1, 16, tzinfo=UTC)


def test_a_birth_date_is_a_date() -> None:
    assert cells.read_birth_date("1984-03-31") == date(1984, 3, 31)


@pytest.mark.parametrize("text", ["31.03.1984", "1984-02-30", "1884-03-31", "1984-3-31", "1984-03-31T00:00"])
def test_a_birth_date_that_cannot_be_is_refused(text: str) -> None:
    assert refusal(cells.read_birth_date, text)


@pytest.mark.parametrize(("text", "minutes"), [("1", 1), ("45", 45), ("1440", 1440)])
def test_a_duration_is_whole_minutes_of_at_most_a_day(text: str, minutes: int) -> None:
    assert cells.read_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["0", "1441", "-5", "45.5", "1e2", "٤٥", "45 min", "9" * 5000])
def test_any_other_duration_is_refused(text: str) -> None:
    assert "from 1 to 1440" in refusal(cells.read_duration, text)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("EN", "en"),
        ("es_mx", "es-MX"),
        ("ES-419", "es-419"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("ca-VALENCIA", "ca-valencia"),
    ],
)
def test_a_language_is_kept_in_canonical_case(text: str, tag: str) -> None:
    assert cells.read_language(text) == tag


@pytest.mark.parametrize("text", ["Spanish", "e", "es-", "es,en", "12", "español"])
def test_a_language_by_its_name_is_refused(text: str) -> None:
    assert "write it like en, es or es-MX" in refusal(cells.read_language, text)


def test_a_time_zone_is_a_place() -> None:
    assert cells.read_zone("America/Chicago") == "America/Chicago"


def test_a_time_zone_that_is_nearly_right_is_refused_with_what_was_meant() -> None:
    assert "Did you mean America/New_York?" in refusal(cells.read_zone, "America/NewYork")


@pytest.mark.parametrize(
    "text", ["Mars/Phobos", "EST", "EST5EDT", "Etc/GMT+5", "America", "../../etc/passwd", "x" * 9999]
)
def test_a_time_zone_that_is_no_place_is_refused_shortly(text: str) -> None:
    assert len(refusal(cells.read_zone, text)) < 200


def test_a_slug_is_taken_in_any_case() -> None:
    assert cells.read_known("Midtown", {"midtown"}, "location") == "midtown"


def test_an_unknown_slug_is_refused_with_the_known_ones_and_a_guess() -> None:
    reason = refusal(cells.read_known, "IV Ketamin", known={"iv-ketamine", "spravato"}, what="service")

    assert "did you mean iv-ketamine?" in reason
    assert "Known: iv-ketamine, spravato" in reason


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_is_refused_in_a_name(text: str) -> None:
    assert "formula" in refusal(cells.read_plain, text, longest=100)


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "\u202eeel", "Mu\ufffdoz"])
def test_what_cannot_be_printed_is_refused(text: str) -> None:
    assert "cannot be printed" in refusal(cells.read_fact, text)


def test_a_name_is_one_line_of_composed_letters() -> None:
    assert cells.read_plain("Jose\u0301  de\nla Cruz", longest=100) == "José de la Cruz"


def test_a_name_longer_than_allowed_is_refused() -> None:
    assert "at most 100" in refusal(cells.read_plain, "x" * 101, longest=100)


def test_a_fact_may_start_with_a_sign_but_not_as_a_formula() -> None:
    assert cells.read_fact("-5 °C") == "-5 °C"
    assert "formula" in refusal(cells.read_fact, "=HYPERLINK(1)")


@pytest.mark.parametrize(("text", "answer"), [("yes", True), ("Y", True), ("NO", False), ("false", False)])
def test_a_consent_is_yes_or_no(text: str, *, answer: bool) -> None:
    assert cells.read_answer(text) is answer


@pytest.mark.parametrize("text", ["maybe", "1", "si"])
def test_any_other_consent_is_refused(text: str) -> None:
    assert refusal(cells.read_answer, text) == "must be yes or no"


def test_a_visit_is_cancelled_by_the_clinic_or_the_patient() -> None:
    assert cells.read_canceller("Patient") == "patient"
    assert refusal(cells.read_canceller, "provider") == "must be clinic or patient"
