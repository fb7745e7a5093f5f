"""What a clinic starts from: the wordings of config/templates, as patients will read them."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reminders.domain.check import approve, check_template
from reminders.domain.clinic_file import read_clinic
from reminders.domain.letters import compose
from reminders.domain.samples import Voice, worst_values
from reminders.domain.segments import Encoding, measure
from reminders.domain.template_file import read_template
from reminders.domain.wording import Template, join_riders, render_line, render_sms
from reminders.domain.words import WRITTEN, Channel

CONFIG = Path(__file__).parents[1] / "config"
KEYS = {
    "booked",
    "overview",
    "prep",
    "driver-ask",
    "driver-again",
    "driver-listed",
    "moved",
    "moved-prep",
    "cancelled",
    "checkin",
    "nudge",
    "noshow",
    "going-home",
    "form-outstanding",
    "plan-ready",
    "reminder",
}
TO_DRIVERS = {"driver-person", "driver-moved", "driver-cancelled", "driver-pickup", "driver-expected"}
"""A driver has a phone only."""
VALUES: dict[str, Any] = {
    "clinic": {"name": "Cedar Clinic", "phone": "212-555-0142"},
    "patient": {"first_name": "Alexandra"},
    "visit": {
        "date": "Wed Oct 7",
        "weekday": "Wednesday",
        "time": "7:00 AM",
        "home_time": "9:50 AM",
        "place": "Midtown office",
        "address": "250 Linden Avenue, New York",
        "number": 1,
        "extra": {},
    },
    "fasting": {
        "sentence": "no food after 11:00 PM Tuesday, clear liquids until 5:00 AM",
        "begun": False,
        "stops": [
            {"name": "no food after", "time": "11:00 PM Tuesday", "weekday": "Tuesday"},
            {"name": "clear liquids until", "time": "5:00 AM", "weekday": "Wednesday"},
        ],
    },
    "course": {"next_date": "Wed Oct 21"},
    "also": "",
}
BEGUN = {**VALUES, "fasting": {**VALUES["fasting"], "begun": True}}


@cache
def voice() -> Voice:
    return Voice.of(read_clinic((CONFIG / "clinic.yaml").read_text(encoding="utf-8"), "clinic.yaml"))


@cache
def wordings() -> dict[str, Template]:
    root = CONFIG / "templates"
    files = sorted(path for path in root.rglob("*.*") if path.is_file())
    names = [path.relative_to(root).as_posix() for path in files]
    return {
        name: read_template(path.read_text(encoding="utf-8"), name) for name, path in zip(names, files, strict=True)
    }


def texts() -> list[str]:
    return [name for name, template in wordings().items() if template.channel is Channel.SMS]


def prep_texts() -> list[str]:
    return [name for name in texts() if wordings()[name].key in {"prep", "moved-prep"}]


def text_of(name: str, values: dict[str, Any] = VALUES) -> str:
    return render_sms(wordings()[name], values)


def test_every_wording_stands_in_both_languages_and_on_both_channels() -> None:
    there = {(template.language, template.key, template.channel) for template in wordings().values()}

    languages = ("en", "es")
    assert there == {
        *((language, key, channel) for language in languages for key in KEYS for channel in WRITTEN),
        *((language, key, Channel.SMS) for language in languages for key in TO_DRIVERS),
    }


def test_every_wording_may_be_loaded() -> None:
    approve(wordings(), voice())


@pytest.mark.parametrize("name", texts())
def test_a_text_fits_with_room_for_a_longer_name_of_the_clinic(name: str) -> None:
    template = wordings()[name]

    longer = check_template(template, replace(voice(), name="Cedar Tree Clinic"))

    assert longer.measured.encoding is Encoding.GSM
    assert longer.measured.segments <= template.segments_limit


@pytest.mark.parametrize("name", texts())
def test_only_prep_and_visits_booked_together_may_take_two_segments(name: str) -> None:
    template = wordings()[name]

    assert template.segments_limit == (2 if template.key in {"prep", "moved-prep", "booked"} else 1)


@pytest.mark.parametrize("name", texts())
def test_a_text_is_written_without_accents_that_would_have_to_be_swapped(name: str) -> None:
    template = wordings()[name]

    assert measure(template.body + template.rides).forced_by == ()


@pytest.mark.parametrize("name", texts())
def test_a_text_reads_well_without_the_name(name: str) -> None:
    text = text_of(name, {**VALUES, "patient": {"first_name": "李娜"}})

    assert text.startswith("Cedar Clinic: ")
    assert not any(slip in text for slip in (" ,", ": ,", ",,", " .", "..", "  "))


@pytest.mark.parametrize("name", prep_texts())
def test_prep_names_clinic_and_phone_before_and_after_the_fast_has_begun(name: str) -> None:
    for values in (VALUES, BEGUN):
        assert text_of(name, values).startswith("Cedar Clinic: ")
        assert "212-555-0142" in text_of(name, values)
        assert VALUES["fasting"]["sentence"] in text_of(name, values)


@pytest.mark.parametrize("key", ["prep", "moved-prep"])
def test_prep_asks_for_a_call_only_once_the_fast_has_begun(key: str) -> None:
    english, spanish = f"en/{key}.sms.liquid", f"es/{key}.sms.liquid"

    assert "If you have eaten since, call" in text_of(english, BEGUN)
    assert "Si ha comido, llame antes de venir" in text_of(spanish, BEGUN)
    assert "eaten" not in text_of(english)
    assert "ha comido" not in text_of(spanish)


def test_prep_reads_as_it_is_meant_to() -> None:
    assert text_of("en/prep.sms.liquid") == (
        "Cedar Clinic: Alexandra, visit Wed Oct 7 7:00 AM, Midtown office. "
        "Get ready: no food after 11:00 PM Tuesday, clear liquids until 5:00 AM. Questions: 212-555-0142. "
        "Someone must take you home. Reply Y=ready, R=change, STOP=opt out."
    )


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("key", sorted(TO_DRIVERS))
def test_a_driver_reads_whom_to_call_and_the_name_only_where_the_patient_agreed(key: str, language: str) -> None:
    named = text_of(f"{language}/{key}.sms.liquid")
    nameless = text_of(f"{language}/{key}.sms.liquid", {**VALUES, "patient": {"first_name": ""}})

    assert "Alexandra" in named
    assert "Alexandra" not in nameless
    assert "212-555-0142" in nameless


@pytest.mark.parametrize("key", ["driver-person", "driver-pickup"])
def test_a_driver_reads_where_to_come(key: str) -> None:
    assert "Midtown office, 250 Linden Avenue, New York" in text_of(f"en/{key}.sms.liquid")


@pytest.mark.parametrize("language", ["en", "es"])
def test_six_visits_booked_together_are_one_text_of_two_segments(language: str) -> None:
    booked = wordings()[f"{language}/booked.sms.liquid"]
    values = worst_values(voice(), language)
    phrases = [render_line(booked.together, values)] * 5

    text = render_sms(booked, {**values, "also": join_riders(phrases)})

    assert text.count(phrases[0].removesuffix(".")) == 6
    assert measure(text).segments == 2


@pytest.mark.parametrize("name", ["en/checkin.sms.liquid", "es/checkin.sms.liquid"])
def test_a_check_in_says_where_help_is_at_any_hour(name: str) -> None:
    assert "988" in text_of(name)
    assert "911" in text_of(name)


@pytest.mark.parametrize("name", [name for name in wordings() if name.endswith(".email.md")])
def test_a_letter_greets_says_who_writes_and_can_be_read_without_the_name(name: str) -> None:
    named = compose(wordings()[name], VALUES)
    nameless = compose(wordings()[name], {**VALUES, "patient": {"first_name": " "}})

    assert named.text.startswith(("Hello Alexandra,", "Hola, Alexandra:"))
    assert nameless.text.startswith(("Hello,", "Hola:"))
    assert "Cedar Clinic" in named.text
    assert "212-555-0142" in named.text
    assert f'<html lang="{name[:2]}">' in named.html


def test_a_letter_says_each_stop_of_the_fast_by_itself() -> None:
    letter = compose(wordings()["en/prep.email.md"], BEGUN)

    assert "- no food after 11:00 PM Tuesday\n- clear liquids until 5:00 AM\n" in letter.text
    assert "If you have eaten or drunk since, call us before you come" in letter.text
    assert "Food and drink" not in compose(wordings()["en/overview.email.md"], {**VALUES, "fasting": {}}).text
