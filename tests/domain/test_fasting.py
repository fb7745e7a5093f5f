"""Fasting as instants and as clock times; every expectation was computed by hand from UTC offsets."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.domain.errors import WordingError
from reminders.domain.fasting import SpokenStop, begun, first_stop, joined, spoken, stops_of
from reminders.domain.protocol import Service, Stop
from reminders.domain.wallclock import local

NEW_YORK = "America/New_York"
FOOD = Stop(slug="food", before=timedelta(hours=8), say={"en": "no food after", "es": "no coma después de"})
LIQUIDS = Stop(
    slug="clear-liquids",
    before=timedelta(hours=2),
    say={"en": "clear liquids until", "es": "bebidas claras hasta"},
)
KETAMINE = Service(slug="iv-ketamine", stops=(LIQUIDS, FOOD))  # soonest first is not how a file need write them
CONSULTATION = Service(slug="consultation")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


def sentence(service: Service, starts_at: datetime, zone: str, language: str) -> str:
    return joined(spoken(service, starts_at, zone, language))


@pytest.mark.parametrize(
    ("starts_at", "zone", "food", "liquids", "expected"),
    [
        # an ordinary Wednesday, EDT (UTC-4)
        ("2026-10-07T11:00Z", NEW_YORK, "2026-10-07T03:00Z", "2026-10-07T09:00Z",
         "no food after 11:00 PM Tuesday, clear liquids until 5:00 AM"),
        ("2026-10-07T11:30Z", NEW_YORK, "2026-10-07T03:30Z", "2026-10-07T09:30Z",
         "no food after 11:30 PM Tuesday, clear liquids until 5:30 AM"),
        ("2026-10-07T12:00Z", NEW_YORK, "2026-10-07T04:00Z", "2026-10-07T10:00Z",
         "no food after midnight Tuesday night, clear liquids until 6:00 AM"),
        ("2026-10-07T12:15Z", NEW_YORK, "2026-10-07T04:15Z", "2026-10-07T10:15Z",
         "no food after 12:15 AM, clear liquids until 6:15 AM"),
        ("2026-10-07T14:30Z", NEW_YORK, "2026-10-07T06:30Z", "2026-10-07T12:30Z",
         "no food after 2:30 AM, clear liquids until 8:30 AM"),
        ("2026-10-07T18:00Z", NEW_YORK, "2026-10-07T10:00Z", "2026-10-07T16:00Z",
         "no food after 6:00 AM, clear liquids until 12:00 PM"),
        ("2026-10-08T00:00Z", NEW_YORK, "2026-10-07T16:00Z", "2026-10-07T22:00Z",
         "no food after 12:00 PM, clear liquids until 6:00 PM"),
        # 1:00 AM: both stops on the day before
        ("2026-10-07T05:00Z", NEW_YORK, "2026-10-06T21:00Z", "2026-10-07T03:00Z",
         "no food after 5:00 PM Tuesday, clear liquids until 11:00 PM Tuesday"),
        # 2:00 AM: liquids until midnight
        ("2026-10-07T06:00Z", NEW_YORK, "2026-10-06T22:00Z", "2026-10-07T04:00Z",
         "no food after 6:00 PM Tuesday, clear liquids until midnight Tuesday night"),
        # the spring change: 7:00 EDT is 11:00Z, and eight hours before it is 22:00 EST, not 23:00
        ("2026-03-08T11:00Z", NEW_YORK, "2026-03-08T03:00Z", "2026-03-08T09:00Z",
         "no food after 10:00 PM Saturday, clear liquids until 5:00 AM"),
        ("2026-03-08T13:00Z", NEW_YORK, "2026-03-08T05:00Z", "2026-03-08T11:00Z",
         "no food after midnight Saturday night, clear liquids until 7:00 AM"),
        ("2026-03-08T14:30Z", NEW_YORK, "2026-03-08T06:30Z", "2026-03-08T12:30Z",
         "no food after 1:30 AM, clear liquids until 8:30 AM"),
        # 4:30 EDT: liquids until 1:30 EST, two hours before
        ("2026-03-08T08:30Z", NEW_YORK, "2026-03-08T00:30Z", "2026-03-08T06:30Z",
         "no food after 7:30 PM Saturday, clear liquids until 1:30 AM"),
        # the autumn change: 7:00 EST is 12:00Z, and eight hours before it is midnight EDT, not 23:00
        ("2026-11-01T12:00Z", NEW_YORK, "2026-11-01T04:00Z", "2026-11-01T10:00Z",
         "no food after midnight Saturday night, clear liquids until 5:00 AM"),
        ("2026-11-01T11:30Z", NEW_YORK, "2026-11-01T03:30Z", "2026-11-01T09:30Z",
         "no food after 11:30 PM Saturday, clear liquids until 4:30 AM"),
        # 1:30 happens twice that night, so the text says which one
        ("2026-11-01T13:30Z", NEW_YORK, "2026-11-01T05:30Z", "2026-11-01T11:30Z",
         "no food after 1:30 AM EDT, clear liquids until 6:30 AM"),
        ("2026-11-01T14:30Z", NEW_YORK, "2026-11-01T06:30Z", "2026-11-01T12:30Z",
         "no food after 1:30 AM EST, clear liquids until 7:30 AM"),
        # other zones: CST, no change in Arizona, half hours in India and on Lord Howe, the south
        ("2026-11-02T13:30Z", "America/Chicago", "2026-11-02T05:30Z", "2026-11-02T11:30Z",
         "no food after 11:30 PM Sunday, clear liquids until 5:30 AM"),
        ("2026-11-01T14:30Z", "America/Phoenix", "2026-11-01T06:30Z", "2026-11-01T12:30Z",
         "no food after 11:30 PM Saturday, clear liquids until 5:30 AM"),
        ("2026-10-07T02:00Z", "Asia/Kolkata", "2026-10-06T18:00Z", "2026-10-07T00:00Z",
         "no food after 11:30 PM Tuesday, clear liquids until 5:30 AM"),
        ("2026-10-03T20:00Z", "Australia/Sydney", "2026-10-03T12:00Z", "2026-10-03T18:00Z",
         "no food after 10:00 PM Saturday, clear liquids until 5:00 AM"),
        ("2026-04-04T21:00Z", "Australia/Sydney", "2026-04-04T13:00Z", "2026-04-04T19:00Z",
         "no food after midnight Saturday night, clear liquids until 5:00 AM"),
        ("2026-10-03T20:00Z", "Australia/Lord_Howe", "2026-10-03T12:00Z", "2026-10-03T18:00Z",
         "no food after 10:30 PM Saturday, clear liquids until 5:00 AM"),
    ],
)  # fmt: skip
def test_a_fast_is_elapsed_time_said_as_clock_time(
    starts_at: str, zone: str, food: str, liquids: str, expected: str
) -> None:
    start = utc(starts_at)

    assert stops_of(KETAMINE, start) == (("food", utc(food)), ("clear-liquids", utc(liquids)))
    assert sentence(KETAMINE, start, zone, "en") == expected


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [
        ("2026-10-07T11:30Z", "no coma después de las 11:30 p. m. del martes, bebidas claras hasta las 5:30 a. m."),
        (
            "2026-10-07T12:00Z",
            "no coma después de la medianoche del martes al miércoles, bebidas claras hasta las 6:00 a. m.",
        ),
        ("2026-10-07T19:00Z", "no coma después de las 7:00 a. m., bebidas claras hasta la 1:00 p. m."),
        ("2026-11-01T13:30Z", "no coma después de la 1:30 a. m. EDT, bebidas claras hasta las 6:30 a. m."),
    ],
)
def test_a_fast_is_said_in_spanish(starts_at: str, expected: str) -> None:
    assert sentence(KETAMINE, utc(starts_at), NEW_YORK, "es") == expected
    assert sentence(KETAMINE, utc(starts_at), NEW_YORK, "es-MX") == expected


def test_a_language_without_words_is_told_in_english_altogether() -> None:
    start = utc("2026-10-07T11:30Z")

    assert sentence(KETAMINE, start, NEW_YORK, "de") == sentence(KETAMINE, start, NEW_YORK, "en")


def test_without_english_whatever_words_there_are_are_spoken() -> None:
    german = Service(slug="infusion", stops=(Stop(slug="food", before=timedelta(hours=8), say={"de": "nichts ab"}),))

    assert sentence(german, utc("2026-10-07T11:30Z"), NEW_YORK, "en") == "nichts ab 23:30 Dienstag"
    assert sentence(german, utc("2026-10-07T12:00Z"), NEW_YORK, "en") == "nichts ab 00:00 Dienstag/Mittwoch"


def test_a_stop_without_words_is_refused_by_name() -> None:
    silent = Service(slug="infusion", stops=(Stop(slug="food", before=timedelta(hours=8)),))

    with pytest.raises(WordingError, match="'food' has no words") as refused:
        sentence(silent, utc("2026-10-07T11:30Z"), NEW_YORK, "en")

    assert refused.value.code == "stop_without_words"


def test_each_stop_can_be_shown_by_itself() -> None:
    assert spoken(KETAMINE, utc("2026-10-07T11:30Z"), NEW_YORK, "en") == (
        SpokenStop("no food after", "11:30 PM Tuesday", "Tuesday"),
        SpokenStop("clear liquids until", "5:30 AM", "Wednesday"),
    )


def test_a_fast_begins_with_its_first_stop() -> None:
    start = utc("2026-10-07T11:30Z")
    first = utc("2026-10-07T03:30Z")

    assert first_stop(KETAMINE, start) == first
    assert not begun(KETAMINE, start, first - timedelta(seconds=1))
    assert begun(KETAMINE, start, first)


def test_a_visit_without_stops_has_no_fast() -> None:
    start = utc("2026-10-07T11:30Z")

    assert stops_of(CONSULTATION, start) == ()
    assert first_stop(CONSULTATION, start) is None
    assert not begun(CONSULTATION, start, start)
    assert sentence(CONSULTATION, start, NEW_YORK, "en") == ""


@given(
    st.datetimes(datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2028-01-01"), timezones=st.just(UTC)),
    st.sampled_from([NEW_YORK, "America/Santiago", "Australia/Lord_Howe"]),
)
def test_a_day_is_named_exactly_where_it_is_not_the_visits_or_it_is_midnight(starts_at: datetime, zone: str) -> None:
    food = spoken(KETAMINE, starts_at, zone, "en")[0]

    eaten_until, start = local(starts_at - FOOD.before, zone), local(starts_at, zone)
    midnight = eaten_until.strftime("%H:%M:%S.%f") == "00:00:00.000000"
    assert ("day" in food.time) == (eaten_until.date() != start.date() or midnight)


@given(
    st.datetimes(datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2028-01-01"), timezones=st.just(UTC)),
    st.sampled_from(["en", "es", "es-MX", "fr", "zh"]),
)
def test_a_sentence_never_holds_a_special_space(starts_at: datetime, language: str) -> None:
    assert not set(sentence(KETAMINE, starts_at, NEW_YORK, language)) & {"\u00a0", "\u202f", "\u2009"}
