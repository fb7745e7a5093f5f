"""Checking a text or a wording before anybody is sent it."""

from dataclasses import replace

import pytest

from reminders.domain.check import Report, approve, check_template, check_text, check_voice
from reminders.domain.discretion import Occasion
from reminders.domain.errors import InvalidConfigError
from reminders.domain.protocol import Service, Stop
from reminders.domain.samples import LONG_NAME, Voice
from reminders.domain.wording import Template
from reminders.domain.words import Channel

CEDAR = Occasion(clinic_name="Cedar Clinic")
VOICE = Voice()
GOOD = "{{ clinic.name }}: your visit is {{ visit.date }} {{ visit.time }}. Reply STOP to opt out."
NAMED = "{% if patient.first_name %}{{ patient.first_name }}, {% endif %}"
LETTER = Template(
    key="booked",
    channel=Channel.EMAIL,
    language="en",
    subject="Your visit {{ visit.date }}",
    body="Your visit is {{ visit.date }}.\n\n{{ clinic.name }}",
)


def sms(body: str, *, limit: int = 1, rides: str = "") -> Template:
    return Template(key="booked", channel=Channel.SMS, language="en", body=body, segments_limit=limit, rides=rides)


def codes(report: Report) -> list[str]:
    return [problem.code for problem in report.problems]


def test_a_good_text_costs_what_it_costs_and_has_no_problem() -> None:
    report = check_text("Cedar Clinic: see you Wed Oct 7. Reply STOP to opt out.", CEDAR)

    assert report.as_json() == {"encoding": "GSM-7", "segments": 1, "units": 55, "forced_by": [], "problems": []}


def test_a_text_is_measured_as_it_stands() -> None:
    report = check_text("Cedar Clinic: “soon” 李. Reply STOP to opt out.", CEDAR).as_json()

    assert (report["encoding"], report["segments"], report["units"]) == ("UCS-2", 1, 46)
    assert report["forced_by"] == [
        {"character": "“", "name": "LEFT DOUBLE QUOTATION MARK", "replacement": '"'},
        {"character": "”", "name": "RIGHT DOUBLE QUOTATION MARK", "replacement": '"'},
        {"character": "李", "name": "CJK UNIFIED IDEOGRAPH-674E", "replacement": None},
    ]
    assert [problem["code"] for problem in report["problems"]] == ["forced_ucs2"]


def test_a_text_past_its_segments_is_too_long() -> None:
    text = "Cedar Clinic: " + "x" * 130 + " Reply STOP to opt out."

    assert codes(check_text(text, CEDAR)) == ["too_long"]
    assert codes(check_text(text, CEDAR, segments_limit=2)) == []


def test_a_good_wording_has_no_problem() -> None:
    report = check_template(sms(GOOD), VOICE)

    assert report.problems == ()
    assert report.text.startswith("Cedar Clinic: your visit is ")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (GOOD + " {{ visit.dat }}", "unknown_placeholder"),
        (GOOD + " {{ also }}", "empty_placeholder"),
        (GOOD + " {{ fasting.begun }} {{ clinic.phone }}", "unprintable_placeholder"),
        (GOOD + " {% if %}", "bad_syntax"),
        (GOOD + " {{ patient.first_name }}", "unguarded_name"),
        (GOOD + " {{ fasting.sentence }}", "no_phone"),
        (GOOD + " Your ketamine visit.", "treatment_word"),
        (GOOD + "{% if fasting.begun %} Come tomorrow.{% endif %} {{ clinic.phone }}", "relative_day"),
        (GOOD + " Reply CANCEL to cancel.", "reply_cancel"),
        ("{{ clinic.name }}: 李. Reply STOP to opt out.", "forced_ucs2"),
        (GOOD + "x" * 100, "too_long"),
        ("Your visit is {{ visit.date }}. Reply STOP to opt out.", "no_clinic_name"),
        ("{{ clinic.name }}: your visit is {{ visit.date }}.", "no_stop"),
        (
            "{% if fasting.begun %}{{ clinic.name }}{% endif %}: call {{ clinic.phone }}. STOP opts out.",
            "no_clinic_name",
        ),
    ],
)
def test_one_slip_of_a_wording_is_one_problem(body: str, code: str) -> None:
    assert set(codes(check_template(sms(body), VOICE))) == {code}


def test_a_wording_is_measured_on_the_longest_values() -> None:
    body = "{{ clinic.name }}: {{ visit.weekday }} {{ visit.time }} {{ visit.place }}. STOP opts out."

    report = check_template(sms(body), replace(VOICE, places=(("Hall", "x"), ("The very long office", "y"))))

    assert report.text == "Cedar Clinic: Wednesday 10:00 AM EST The very long office. STOP opts out."
    assert report.measured.units == len(report.text)


def test_a_wording_is_measured_after_the_fast_has_begun_too() -> None:
    body = GOOD + " {{ clinic.phone }}{% if fasting.begun %}" + "x" * 100 + "{% endif %}"

    report = check_template(sms(body), VOICE)

    assert codes(report) == ["too_long"]
    assert "xxx" in report.text


def test_look_alikes_in_a_wording_cost_nothing_because_they_are_swapped() -> None:
    report = check_template(sms(GOOD.replace(". ", " — “soon”… ")), VOICE)

    assert report.problems == ()
    assert report.measured.encoding == "GSM-7"


def test_a_name_that_may_be_left_out_never_makes_a_wording_too_long() -> None:
    fits = check_template(sms(NAMED + GOOD), VOICE)
    gives_way = check_template(sms(NAMED + GOOD + "x" * 79), VOICE)

    assert (codes(fits), LONG_NAME in fits.text) == ([], True)
    assert (codes(gives_way), LONG_NAME in gives_way.text) == ([], False)


def test_a_column_of_the_import_is_checked_with_a_sample() -> None:
    assert "Room sample value." in check_template(sms(GOOD + " Room {{ visit.extra.room }}."), VOICE).text


def test_a_letter_owes_no_stop_and_costs_no_segment() -> None:
    report = check_template(LETTER, VOICE)

    assert report.problems == ()
    assert report.measured.segments == 0


@pytest.mark.parametrize(
    ("template", "code", "part"),
    [
        (replace(LETTER, subject="Your ketamine visit"), "treatment_word", "subject"),
        (replace(LETTER, subject="Your visit tomorrow"), "relative_day", "subject"),
        (replace(LETTER, rides="Pay $5."), "payment_word", "rides"),
        (replace(LETTER, body=LETTER.body + " [pay](https://cedar.example/ketamine)"), "treatment_word", "text"),
        (replace(LETTER, body=LETTER.body + " [see](https://bit.ly/x)"), "shortener", "text"),
        (sms(GOOD, rides="See you tomorrow."), "relative_day", "rides"),
    ],
)
def test_subject_links_and_riding_sentence_are_looked_at_too(template: Template, code: str, part: str) -> None:
    report = check_template(template, VOICE)

    assert (code, True) in [(problem.code, f"The {part} says" in problem.message) for problem in report.problems]


def test_a_riding_sentence_is_filled_in_too() -> None:
    assert codes(check_template(sms(GOOD, rides="{{ visit.dat }}"), VOICE)) == ["unknown_placeholder"]


def test_a_clinic_may_refuse_words_of_its_own() -> None:
    report = check_template(sms(GOOD + " The lounge is open."), replace(VOICE, private_words=("lounge",)))

    assert codes(report) == ["private_word"]


def test_what_the_clinic_puts_into_every_text_must_be_discreet() -> None:
    stop = Stop(slug="x", before=Service(slug="").recovery, say={"en": "no food before your infusion after"})
    voice = Voice(
        name="Cedar Ketamine",
        places=(("Spravato suite", "1 Main Street"),),
        services=(Service(slug="s", stops=(stop,)),),
    )

    findings = check_voice(voice)

    assert [finding.message.partition(" says")[0] for finding in findings] == [
        "The clinic's display name",
        "The location",
        "The fasting stop",
    ]
    assert check_voice(VOICE) == []


def test_wordings_that_must_not_be_loaded_are_refused_together() -> None:
    templates = {
        "en/a.sms.liquid": sms(GOOD + "x" * 100),
        "en/b.email.md": replace(LETTER, subject="Spravato"),
        "en/c": sms(GOOD),
    }

    with pytest.raises(InvalidConfigError) as caught:
        approve(templates, VOICE)

    assert [(problem.where, problem.text.rpartition(" ")[2]) for problem in caught.value.problems] == [
        ("en/a.sms.liquid", "[too_long]"),
        ("en/b.email.md", "[treatment_word]"),
    ]


def test_a_language_that_needs_ucs_2_may_be_loaded_within_its_limit() -> None:
    russian = replace(sms("{{ clinic.name }}: ваш визит {{ visit.date }}. STOP=stop", limit=2), language="ru")

    approve({"ru/a.sms.liquid": russian}, VOICE)

    with pytest.raises(InvalidConfigError, match="too_long"):
        approve({"ru/a.sms.liquid": replace(russian, segments_limit=1, body=russian.body + "ж" * 40)}, VOICE)
