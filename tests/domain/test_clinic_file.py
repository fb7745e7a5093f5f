"""The clinic file: what it means, and what each mistake in it is answered with."""

from datetime import date, time, timedelta

import pytest

from reminders.domain.clinic_file import (
    course_kind_from_body,
    course_kind_to_body,
    read_clinic,
    service_from_body,
    service_to_body,
)
from reminders.domain.clinic_setup import StaffSetup
from reminders.domain.errors import InvalidConfigError
from reminders.domain.facts import ClinicPolicy
from reminders.domain.protocol import CourseKind, Phase, Service, Stop

GOOD = """\
clinic: birch
name: Birch Clinic
display_name: Birch
phone: 212-555-0142
language: en
region: US
countries: [US, CA]
quiet_hours: {from: "21:00", until: "08:30"}
limits: {texts_per_day: 2, texts_per_week: 5}
locations:
  - slug: north
    name: North office
    address: 1 Birch Street
    zone: America/Chicago
    hours: {monday-thursday: "08:00-12:00, 13:00-17:00", saturday: 09:00-12:00, sunday: closed}
    closed: [2026-11-26, 2026-12-25]
services:
  - slug: infusion
    title: {en: Infusion, es: Infusión}
    fasting:
      - {slug: food, before: 8 h, say: {en: no food after, es: no coma después de}}
      - {slug: liquids, before: 30 min, say: {en: no drinks after}}
    recovery: 120 min
    driver: required
  - slug: talk
courses:
  - slug: infusions
    service: infusion
    phases:
      - {slug: first, visits: 1-6, every: 3 d}
      - {slug: then, visits: 7-, every: 21 d, at_most: 28 d}
staff:
  - {slug: desk, name: Desk, role: coordinator, phone: (212) 555-0143, email: Desk@BIRCH.example}
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(InvalidConfigError) as refused:
        read_clinic(text, "clinic.yaml")
    return [str(problem) for problem in refused.value.problems]


def test_a_clinic_file_says_what_the_clinic_lays_down() -> None:
    clinic = read_clinic(GOOD, "clinic.yaml")

    assert (clinic.slug, clinic.name, clinic.display_name) == ("birch", "Birch Clinic", "Birch")
    assert (clinic.phone, clinic.region, clinic.countries) == ("212-555-0142", "US", ("US", "CA"))
    assert clinic.policy == ClinicPolicy(
        language="en", quiet_from=time(21), quiet_until=time(8, 30), texts_per_day=2, texts_per_week=5
    )
    assert clinic.staff == (
        StaffSetup(slug="desk", name="Desk", role="coordinator", phone="+12125550143", email="Desk@birch.example"),
    )


def test_hours_are_kept_by_weekday_with_the_closed_dates() -> None:
    hours = read_clinic(GOOD, "clinic.yaml").locations[0].hours

    split = ((time(8), time(12)), (time(13), time(17)))
    assert hours.zone == "America/Chicago"
    assert hours.spans == {0: split, 1: split, 2: split, 3: split, 5: ((time(9), time(12)),), 6: ()}
    assert hours.closed_on == {date(2026, 11, 26), date(2026, 12, 25)}


def test_services_carry_their_fast_recovery_and_driver() -> None:
    infusion, talk = read_clinic(GOOD, "clinic.yaml").services

    assert infusion == Service(
        slug="infusion",
        title={"en": "Infusion", "es": "Infusión"},
        stops=(
            Stop(slug="food", before=timedelta(hours=8), say={"en": "no food after", "es": "no coma después de"}),
            Stop(slug="liquids", before=timedelta(minutes=30), say={"en": "no drinks after"}),
        ),
        recovery=timedelta(hours=2),
        driver_required=True,
    )
    assert talk == Service(slug="talk")


def test_a_course_has_phases_that_follow_each_other() -> None:
    (course,) = read_clinic(GOOD, "clinic.yaml").course_kinds

    assert course == CourseKind(
        slug="infusions",
        service="infusion",
        phases=(
            Phase(slug="first", first=1, last=6, interval=timedelta(days=3)),
            Phase(slug="then", first=7, last=None, interval=timedelta(days=21), at_most=timedelta(days=28)),
        ),
    )


def test_what_is_left_out_has_the_usual_values() -> None:
    text = GOOD.replace('quiet_hours: {from: "21:00", until: "08:30"}\n', "")

    clinic = read_clinic(text.replace("limits: {texts_per_day: 2, texts_per_week: 5}\n", ""), "clinic.yaml")

    assert clinic.policy == ClinicPolicy(
        language="en", quiet_from=time(20), quiet_until=time(9), texts_per_day=1, texts_per_week=3
    )


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ("clinic: birch", "clinic: Birch Clinic",
         ("1: the clinic, clinic: 'Birch Clinic' cannot be a name here; "
         "use lower-case letters, digits and hyphens: day-1.")),
        ("name: Birch Clinic\n", "nmae: Birch Clinic\n",
         "1: the clinic: name is missing; add a line `name: …`."),
        ("display_name: Birch", "display_name: see https://birch.example",
         "3: the clinic, display_name: it begins every text: a short plain name without links."),
        ("phone: 212-555-0142", "phone: 555-0142",
         "4: the clinic, phone: it has no area code; write it like +1 201-555-0123."),
        ("language: en", "language: english",
         "5: the clinic, language: 'english' is not a language; write it like en or es."),
        ("region: US", "region: USA",
         "6: the clinic, region: 'USA' is not a country; write its two capital letters, such as US."),
        ("[US, CA]", "[US, Canada]",
         "7: the clinic, countries: 'Canada' is not a country; write its two capital letters, such as US."),
        ('from: "21:00"', 'from: "9 PM"',
         "8: the clinic, quiet_hours, from: '9 PM' is not a time of day; write it like 17:00."),
        ('{from: "21:00", until: "08:30"}', '{from: "08:30", until: "21:00"}',
         "8: the clinic, quiet_hours: noon would be quiet; quiet hours run through the night: swap from and until."),
        ('until: "08:30"', 'until: "13:00"',
         "8: the clinic, quiet_hours: noon would be quiet; quiet hours run through the night: swap from and until."),
        ("texts_per_day: 2", "texts_per_day: 0",
         "9: the clinic, limits, texts_per_day: 0 would hold back every text; give at least 1."),
        ("texts_per_week: 5", "texts_per_week: 1",
         "9: the clinic, limits: texts_per_week is less than texts_per_day; raise the one or lower the other."),
        ("texts_per_week", "texts_a_week",
         "9: the clinic, limits: texts_a_week is not a field here. Did you mean texts_per_week?"),
        ("America/Chicago", "America/Chigaco",
         "14: location north, zone: 'America/Chigaco' is not a time zone. Did you mean America/Chicago?"),
        ("    zone: America/Chicago\n", "",
         "11: location north: zone is missing; add a line `zone: …`."),
        ("monday-thursday", "mon-thu",
         "15: location north, hours, mon-thu: 'mon' is not a weekday. Did you mean monday?"),
        ("monday-thursday", "thursday-monday",
         "15: location north, hours, thursday-monday: a range of days runs from monday on; write the days one by one."),
        ("saturday: 09:00-12:00", "thursday: 09:00-12:00",
         "15: location north, hours, thursday: thursday stands here twice; write each day once."),
        ("saturday: 09:00-12:00", "saturday: 12:00-09:00",
         "15: location north, hours, saturday: '12:00-09:00' ends before it begins; write it like 08:00-18:00."),
        ("saturday: 09:00-12:00", "saturday: mornings",
         ("15: location north, hours, saturday: 'mornings' is not a span of time; "
         "write it like 08:00-18:00, or closed.")),
        ("13:00-17:00", "11:00-17:00",
         ("15: location north, hours, monday-thursday: '08:00-12:00, 11:00-17:00': "
         "each span must begin after the one before it has ended.")),
        ("2026-12-25", "2026-12-32",
         "16: location north, closed: '2026-12-32' is not a date; write it like 2026-11-26."),
        ("before: 8 h", "before: 8",
         ("21: service infusion, fasting stop food, before: '8' is not a length of time; "
         "write it like 30 min, 8 h or 21 d.")),
        ("before: 8 h", "before: 8 d",
         "21: service infusion, fasting stop food, before: '8 d' cannot be the length of a fast; give 1 min to 48 h."),
        ("{en: no drinks after}", "{es: no beba después de}",
         ("22: service infusion, fasting stop liquids, say: no words for the clinic's language; "
         "add en: and the words before the time.")),
        ("slug: liquids", "slug: food",
         "20: service infusion, fasting: two stops have the same name; give each its own."),
        ("driver: required", "driver: yes",
         "24: service infusion, driver: 'yes' is not known here. It may be: required, not needed."),
        ("slug: talk", "slug: infusion",
         "17: the clinic, services: infusion stands here twice; give each its own name."),
        ("service: infusion", "service: infusoin",
         "28: course infusions, service: 'infusoin' is not a service of this file. Did you mean infusion?"),
        ("visits: 7-", "visits: 8-",
         "29: course infusions, phases: phase then should begin with visit 7; phases follow each other without gaps."),
        ("visits: 1-6", "visits: 1-",
         ("29: course infusions, phases: phase then comes after one that never ends; "
         "phases follow each other without gaps.")),
        ("visits: 7-", "visits: seven on",
         ("31: course infusions, phase then, visits: 'seven on' does not say which visits; "
         "write 1-6, or 7- for visit 7 and all after it.")),
        ("at_most: 28 d", "at_most: 20 d",
         ("31: course infusions, phase then, at_most: "
         "the longest time between visits cannot be shorter than the usual one.")),
        ("(212) 555-0143", "12",
         "33: staff desk, phone: it has too few digits; write it like +1 201-555-0123."),
        ("Desk@BIRCH.example", "desk",
         ("33: staff desk, email: it is not one address of the form name@example.com; "
         "give one working address or leave it empty.")),
        (", phone: (212) 555-0143, email: Desk@BIRCH.example", "",
         "33: staff desk, slug: nothing can reach this contact; give a phone or an email."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_line_with_the_cure(good: str, bad: str, problem: str) -> None:
    assert f"clinic.yaml:{problem}" in problems_of(GOOD.replace(good, bad, 1))


@pytest.mark.parametrize(
    ("good", "bad", "where"),
    [
        ("display_name: Birch", "display_name: Birch Ketamine Clinic", "3: the clinic, display_name: "),
        (
            "no drinks after",
            "no drinks before your infusion after",
            "22: service infusion, fasting stop liquids, say, en: ",
        ),
    ],
)
def test_words_that_patients_read_must_be_discreet(good: str, bad: str, where: str) -> None:
    (problem,) = problems_of(GOOD.replace(good, bad))

    assert problem.startswith(f"clinic.yaml:{where}")
    assert "learns what the visit is" in problem


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        GOOD.replace("region: US", "region: X").replace("2026-12-25", "soon").replace("driver: required", "driver: x")
    )

    lines = [problem.split(":")[1] for problem in problems_of(text)]

    assert lines == ["6", "16", "24"]


def test_a_mistyped_phone_or_mailbox_of_staff_is_not_repeated() -> None:
    text = GOOD.replace("(212) 555-0143", "(212) 555-01439999").replace("Desk@BIRCH.example", "desk.birch.example")

    told = "\n".join(problems_of(text))

    assert "9999" not in told
    assert "desk.birch" not in told


def test_services_and_courses_survive_being_stored() -> None:
    clinic = read_clinic(GOOD, "clinic.yaml")

    assert [service_from_body(service_to_body(one)) for one in clinic.services] == list(clinic.services)
    assert [course_kind_from_body(course_kind_to_body(one)) for one in clinic.course_kinds] == list(clinic.course_kinds)
