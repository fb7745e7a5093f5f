"""Worst-case values: no patient's value may be longer than those a wording is checked with."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.domain import dates, fasting
from reminders.domain.clinic_file import read_clinic
from reminders.domain.protocol import Service
from reminders.domain.samples import Voice, worst_values
from reminders.domain.segments import measure, plain
from reminders.domain.vocabulary import VOCABULARY
from reminders.domain.wording import Values

CONFIG = Path(__file__).parents[2] / "config"
CLINIC = read_clinic((CONFIG / "clinic.yaml").read_text(encoding="utf-8"), "clinic.yaml")
VOICE = Voice.of(CLINIC)
WORST = {language: worst_values(VOICE, language) for language in ("en", "es")}
ZONES = [ZoneInfo(zone) for zone in VOICE.zones]
DAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2028, 12, 31))
STARTS = st.builds(
    lambda day, clock, zone: datetime.combine(day, clock, zone).astimezone(UTC),
    DAYS,
    st.times(min_value=time(6), max_value=time(20)),
    st.sampled_from(ZONES),
)


def units(text: str) -> int:
    return measure(plain(text)).units


def part(values: Values, name: str) -> dict[str, Any]:
    found = values[name]
    assert isinstance(found, dict)
    return found


def worst(language: str, root: str, name: str) -> int:
    return units(part(WORST[language], root)[name])


@given(STARTS, st.sampled_from(ZONES), st.sampled_from(["en", "es"]))
def test_no_day_and_time_is_longer(at: datetime, zone: ZoneInfo, language: str) -> None:
    assert units(dates.short_date(at, zone.key, language)) <= worst(language, "visit", "date")
    assert units(dates.weekday(at, zone.key, language)) <= worst(language, "visit", "weekday")
    assert units(dates.clock(at, zone.key, language, name_zone=True)) <= worst(language, "visit", "time")
    assert units(dates.clock(at, zone.key, language)) <= worst(language, "visit", "home_time")


@given(
    DAYS,
    st.integers(min_value=12, max_value=40),
    st.sampled_from(ZONES),
    st.sampled_from([service for service in CLINIC.services if service.stops]),
    st.sampled_from(["en", "es"]),
)
def test_no_fast_is_longer(day: datetime, half_hours: int, zone: ZoneInfo, service: Service, language: str) -> None:
    start = datetime.combine(day, time(half_hours // 2, half_hours % 2 * 30), zone).astimezone(UTC)

    sentence = fasting.joined(fasting.spoken(service, start, zone.key, language))

    assert units(sentence) <= worst(language, "fasting", "sentence")


def test_every_placeholder_has_a_worst_value() -> None:
    for name in VOCABULARY.keys() - {"item.id"}:  # no wording for patients may print it
        root, _, leaf = name.partition(".")
        assert leaf in part(WORST["en"], root) if leaf else root in WORST["en"], name


def test_the_clinic_s_own_name_phone_and_longest_place_are_used() -> None:
    places = (("A", "1 Long Street, Chicago"), ("Hall B", "x"))

    values = worst_values(Voice(name="Oak", phone="312-555-0100", places=places, zones=("UTC",)), "en")

    assert values["clinic"] == {"name": "Oak", "phone": "312-555-0100"}
    assert part(values, "visit")["place"] == "Hall B"
    assert part(values, "visit")["address"] == "1 Long Street, Chicago"


def test_a_clinic_without_fasts_is_checked_with_the_usual_one() -> None:
    fast = part(worst_values(Voice(services=()), "en"), "fasting")

    assert fast["sentence"].startswith("no food after ")
    assert [stop["name"] for stop in fast["stops"]] == ["no food after", "clear liquids until"]


@pytest.mark.parametrize("language", ["de", "tlh"])
def test_a_language_without_words_of_ours_is_checked_all_the_same(language: str) -> None:
    assert part(worst_values(VOICE, language), "fasting")["sentence"] != ""
