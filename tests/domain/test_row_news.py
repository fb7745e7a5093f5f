from datetime import UTC, datetime

import pytest

from reminders.domain import row_news
from reminders.domain.row import COLUMNS, VisitRow, read_row
from reminders.domain.row_news import (
    canonical,
    columns_of,
    is_older,
    news_in,
    said_by,
    said_since,
    taken_of_patient,
    taken_of_visit,
    takes_status,
)
from tests.visit_files import CELLS, ONE_CLINIC

NINE, TEN, ELEVEN = (datetime(2026, 10, 12, hour, tzinfo=UTC) for hour in (9, 10, 11))


def row_of(**cells: str) -> VisitRow:
    told = CELLS | cells
    ours = frozenset(told).intersection(COLUMNS)
    row = read_row(told, ONE_CLINIC, line=2, columns=ours)
    assert isinstance(row, VisitRow), row
    return row


def news_of(before: dict[str, str], after: dict[str, str]) -> frozenset[str]:
    row = row_of(**after)
    return news_in(row, said_by(row), said_by(row_of(**before)))


def test_every_column_has_a_text_or_is_no_news() -> None:
    assert set(row_news._TEXTS) | row_news._NO_NEWS == set(COLUMNS)
    assert row_news._TEXTS.keys() >= row_news.PERSONAL


def test_the_same_written_differently_is_no_news() -> None:
    before = {"phone": "(312) 555-0142", "status": "scheduled", "language": "es_mx", "sms_consent": "yes"}
    after = {"phone": "+1 312 555 0142", "status": "booked", "language": "es-MX", "sms_consent": "Y"}

    assert news_of(before, after) == frozenset()


@pytest.mark.parametrize(
    ("column", "before", "after"),
    [
        ("starts_at", "2026-10-28T10:30", "2026-10-28T10:31"),
        ("starts_at", "2026-10-28T10:30", "2026-10-28T10:30-04:00"),
        ("status", "scheduled", "confirmed"),
        ("phone", "312 555 0142", ""),
        ("email", "", "b@example.com"),
        ("nudge_consent", "", "no"),
        ("visit_number", "2", "3"),
        ("birth_date", "", "1984-03-31"),
    ],
)
def test_a_cell_that_says_something_else_is_news(column: str, before: str, after: str) -> None:
    others = {"email": "a@example.com", "phone": "312 555 0199", "course": "iv-ketamine-course"}

    assert news_of(others | {column: before}, others | {column: after}) == {column}


def test_the_same_wall_time_in_another_zone_is_another_start() -> None:
    assert news_of({"location": "midtown"}, {"location": "lakeside"}) == {"location", "starts_at"}


def test_when_and_how_consent_was_given_is_no_news_of_its_own() -> None:
    assert news_of({"consent_how": "on paper"}, {"consent_how": "by phone", "consent_at": "2026-10-01"}) == frozenset()


def test_a_column_that_is_missing_says_nothing() -> None:
    before = said_by(row_of(language="es", room="blue", plan="ready"))
    row = row_of(plan="")

    news, so_far = news_in(row, said_by(row), before), said_since(row, said_by(row), before)

    assert news == {"fact:plan"}
    assert (so_far["language"], so_far["fact:room"]) == ("es", "blue")
    assert "fact:plan" not in so_far


def test_rows_have_one_text_only_if_they_say_the_same_at_the_same_time() -> None:
    first, same, later = row_of(updated_at="2026-10-12T09:00Z"), row_of(updated_at="2026-10-12T05:00"), row_of()

    assert canonical(first, said_by(first)) == canonical(same, said_by(same))
    assert canonical(first, said_by(first)) != canonical(later, said_by(later))


def test_a_row_is_older_only_if_both_times_are_known() -> None:
    row = row_of(updated_at="2026-10-12T10:00Z")

    assert is_older(row, ELEVEN)
    assert not is_older(row, TEN)
    assert not is_older(row, None)
    assert not is_older(row_of(), ELEVEN)


def test_with_a_time_a_visit_takes_all_columns_and_without_one_what_changed() -> None:
    news = frozenset({"starts_at"})

    assert taken_of_visit(row_of(), news) == news
    assert taken_of_visit(timed := row_of(updated_at="2026-10-12T10:00Z"), news) == columns_of(timed)


@pytest.mark.parametrize(
    ("updated_at", "visit_known_at", "patient_known_at", "taken"),
    [
        ("", None, ELEVEN, {"phone"}),
        ("2026-10-12T10:00Z", None, None, "all"),
        ("2026-10-12T10:00Z", NINE, NINE, "all"),
        ("2026-10-12T10:00Z", TEN, TEN, "all"),
        ("2026-10-12T10:00Z", NINE, ELEVEN, set()),
        ("2026-10-12T10:00Z", None, ELEVEN, set()),
        ("2026-10-12T10:00Z", TEN, ELEVEN, {"phone"}),
    ],
)
def test_of_rows_about_one_patient_the_later_is_right(
    updated_at: str, visit_known_at: datetime | None, patient_known_at: datetime | None, taken: set[str] | str
) -> None:
    row, news = row_of(updated_at=updated_at), frozenset({"phone", "starts_at"})

    found = taken_of_patient(row, news, visit_known_at=visit_known_at, patient_known_at=patient_known_at)

    assert found == (columns_of(row) & row_news.PERSONAL if taken == "all" else taken)


@pytest.mark.parametrize(
    ("updated_at", "news", "staff_status_at", "takes"),
    [
        ("2026-10-12T10:00Z", set(), None, True),
        ("2026-10-12T10:00Z", {"status"}, ELEVEN, False),
        ("2026-10-12T10:00Z", {"status"}, NINE, True),
        ("", {"status"}, ELEVEN, True),
        ("", {"starts_at"}, ELEVEN, False),
        ("", {"starts_at"}, None, False),
    ],
)
def test_a_status_that_staff_set_later_stands(
    updated_at: str, news: set[str], staff_status_at: datetime | None, *, takes: bool
) -> None:
    assert takes_status(row_of(updated_at=updated_at), frozenset(news), staff_status_at) is takes
