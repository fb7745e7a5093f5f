"""How a wording becomes what a person reads, and what stops it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.domain.errors import WordingError
from reminders.domain.segments import Encoding, measure
from reminders.domain.strict_liquid import LONGEST
from reminders.domain.vocabulary import VOCABULARY
from reminders.domain.wording import Template, join_riders, placeholders, render, render_line, render_sms
from reminders.domain.words import Channel

VALUES = {
    "clinic": {"name": "Cedar Clinic", "phone": "212-555-0142"},
    "patient": {"first_name": "Alexandra"},
    "visit": {
        "date": "Wed Oct 7",
        "time": "10:30 AM",
        "place": None,
        "address": "",
        "number": 3,
        "extra": {"room": "4"},
    },
    "fasting": {"sentence": "  ", "begun": False, "stops": []},
}
NAMED = (
    "{{ clinic.name }}: {% if patient.first_name %}{{ patient.first_name }}, {% endif %}your visit is {{ visit.date }}."
)


def sms(body: str, limit: int = 1) -> Template:
    return Template(key="booked", channel=Channel.SMS, language="en", body=body, segments_limit=limit)


def called(name: str) -> dict[str, Any]:
    return {**VALUES, "patient": {"first_name": name}}


def refusal(source: str, values: dict[str, Any] = VALUES) -> WordingError:
    with pytest.raises(WordingError) as caught:
        render(source, values, name="en/booked.sms")
    return caught.value


def test_placeholders_become_values() -> None:
    text = render(
        "{{ patient.first_name }}: {{ visit.date }}, visit {{ visit.number }}, {{ visit.extra.room }}", VALUES
    )

    assert text == "Alexandra: Wed Oct 7, visit 3, 4"


@pytest.mark.parametrize(
    "source",
    [
        "{{ visit.dat }}",
        "{{ patient }}",
        "{{ nobody }}",
        "{{ visit.date | append: nobody }}",
        "{% if visit.dat %}x{% endif %}",
        "{% if false %}{{ visit.dat }}{% endif %}",
        "{% for stop in fasting.stop %}x{% endfor %}",
        "{{ visit[visit.date] }}",
        "{{ visit.extra }}",
    ],
)
def test_an_unknown_placeholder_stops_the_message_even_in_a_turn_not_taken(source: str) -> None:
    assert refusal(source).code == "unknown_placeholder"


@pytest.mark.parametrize(
    "source",
    [
        "at {{ visit.place }}",
        "at {{ visit.address }}",
        "{{ fasting.sentence }}",
        "{{ visit.home_time }}",
        "{{ course.next_date }}",
        "{{ also }}",
        "{{ visit.extra.floor }}",
        "{{ visit.place | upcase }}",
        "{% assign place = visit.place %}{{ place }}",
        "{{ fasting.stops.first.time }}",
        "{{ ' ' }}",
        "{{ '\u200b' }}",
    ],
)
def test_an_empty_placeholder_stops_the_message(source: str) -> None:
    assert refusal(source).code == "empty_placeholder"


def test_a_loop_cannot_print_what_its_items_do_not_have() -> None:
    values = {**VALUES, "fasting": {"stops": [{"name": "no food after", "time": ""}]}}

    assert refusal("{% for stop in fasting.stops %}{{ stop.name }} {{ stop.time }}{% endfor %}", values).code == (
        "empty_placeholder"
    )


@pytest.mark.parametrize("source", ["{{ fasting.begun }}", "{% for stop in fasting.stops %}{{ stop }}{% endfor %}"])
def test_a_value_that_is_no_text_is_not_printed(source: str) -> None:
    values = {**VALUES, "fasting": {"begun": True, "stops": [{"name": "food"}]}}

    assert refusal(source, values).code == "unprintable_placeholder"


def test_asking_whether_an_empty_value_is_there_is_fine() -> None:
    source = (
        "{% if visit.place or visit.address or fasting.sentence or fasting.stops or also %}x{% else %}none{% endif %}"
    )

    assert render(source, VALUES) == "none"


def test_a_default_stands_for_an_empty_value() -> None:
    assert render("at {{ visit.place | default: 'our office' }}", VALUES) == "at our office"


def test_a_refusal_names_wording_line_and_placeholder_but_no_value() -> None:
    unknown = str(refusal("Hi {{ patient.first_name }}\n{{ visit.dat }}"))
    empty = str(refusal("Hi {{ patient.first_name }}\n{{ visit.place }}"))

    for text in (unknown, empty):
        assert "en/booked.sms, line 2," in text
        assert all(name in text for name in VOCABULARY)
        assert "Alexandra" not in text
    assert "{{ visit.dat }} is not a placeholder we can fill. Did you mean visit.date?" in unknown
    assert "{{ visit.place }} is empty here" in empty


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{% render 'x' %}", "unexpected tag 'render'"),
        ("{% include 'x' %}", "unexpected tag 'include'"),
        ("{% capture x %}{% endcapture %}", "unexpected tag 'capture'"),
        ("{% echo visit.place %}", "unexpected tag 'echo'"),
        ("{% if visit.date %}", "expected tag endif"),
        ("{{ visit.date", "expected '}}'"),
        ("{% for x %}{% endfor %}", "expected in"),
    ],
)
def test_a_slip_in_the_liquid_stops_the_message(source: str, says: str) -> None:
    error = refusal(source)

    assert error.code == "bad_syntax"
    assert says in str(error)


def test_only_the_few_filters_of_the_list_are_there() -> None:
    assert refusal("{{ 'now' | date: '%A' }}").code == "unknown_filter"
    assert render("{{ patient.first_name | upcase }}", VALUES) == "ALEXANDRA"


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{% for i in (1..999) %}{% for j in (1..999) %}x{% endfor %}{% endfor %}",
        "{% for i in (1..1000) %}" + "x" * 100 + "{% endfor %}",
        "{% assign a = 'xxxxxxxx' %}" + "{% assign a = a | append: a %}" * 40,
    ],
)
def test_a_runaway_wording_is_stopped(source: str) -> None:
    assert refusal(source).code == "cannot_render"


def test_an_endless_wording_is_not_even_parsed() -> None:
    assert refusal("x" * (LONGEST + 1)).code == "too_much_text"


def test_placeholders_are_listed_without_the_names_of_loops() -> None:
    source = (
        "{{ visit.date }}{% for stop in fasting.stops %}{{ stop.name }}{% endfor %}{% if also %}{{ also }}{% endif %}"
    )

    assert placeholders(source) == {"visit.date", "fasting.stops", "also"}


def test_a_thousand_patients_each_read_their_own_name_only() -> None:
    template = sms(NAMED)

    texts = [render_sms(template, called(f"Name{number}")) for number in range(1000)]

    assert texts == [f"Cedar Clinic: Name{number}, your visit is Wed Oct 7." for number in range(1000)]


def test_a_value_is_never_read_as_liquid() -> None:
    assert render("{{ patient.first_name }}", called("{{ clinic.phone }}")) == "{{ clinic.phone }}"


def test_rendering_leaves_its_values_as_they_were() -> None:
    before = repr(VALUES)

    render_sms(sms("{% assign visit = 'x' %}{{ visit }}{{ clinic.name }}"), VALUES)

    assert repr(VALUES) == before


def test_a_text_is_one_line_unless_an_empty_line_breaks_it() -> None:
    text = render_sms(
        sms("\n  {{ clinic.name }}:\n{% if also %}\n{{ also }}\n{% endif %}\n\n  visit \t {{ visit.date }}\n"), VALUES
    )

    assert text == "Cedar Clinic:\nvisit Wed Oct 7"


def test_a_text_is_made_plain() -> None:
    text = render_sms(sms("“{{ clinic.name }}” — {{ patient.first_name }}…"), called("Lucía\u00a0Peña"))

    assert text == '"Cedar Clinic" - Lucia Peña...'


@pytest.mark.parametrize("name", ["李娜", "Анна", "Zoë 🌷", "", "  ", "\u200b", "\x00"])
def test_a_name_that_forces_ucs_2_or_shows_nothing_is_left_out(name: str) -> None:
    text = render_sms(sms(NAMED), called(name))

    assert text == "Cedar Clinic: your visit is Wed Oct 7."


def test_a_name_stays_where_the_text_is_ucs_2_without_it_too() -> None:
    text = render_sms(
        sms("{{ clinic.name }}: {% if patient.first_name %}{{ patient.first_name }}{% endif %} 您好"), called("李娜")
    )

    assert text == "Cedar Clinic: 李娜 您好"


def test_a_name_that_costs_a_segment_more_than_allowed_is_left_out() -> None:
    body = NAMED + " " + "x" * 113

    assert "Alexandra" in render_sms(sms(body, limit=2), VALUES)
    assert "Alexandra" in render_sms(sms(body[:-3]), VALUES)
    assert "Alexandra" not in render_sms(sms(body), VALUES)


def test_a_name_that_the_wording_cannot_do_without_stays() -> None:
    text = render_sms(sms("{{ patient.first_name }}"), called("李娜"))

    assert text == "李娜"


@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_no_name_makes_a_guarded_text_dearer_than_its_limit(name: str) -> None:
    measured = measure(render_sms(sms(NAMED + " Reply STOP to opt out."), called(name)))

    assert (measured.encoding, measured.segments) == (Encoding.GSM, 1)


@pytest.mark.parametrize("body", ["{% if also %}x{% endif %}", " \n ", "x" * 1601])
def test_a_text_is_neither_empty_nor_longer_than_a_provider_takes(body: str) -> None:
    with pytest.raises(WordingError) as caught:
        render_sms(sms(body, limit=20), VALUES)

    assert caught.value.code == "wrong_size"


def test_a_value_that_ends_in_a_full_stop_does_not_double_it() -> None:
    values = {**VALUES, "visit": {"time": "10:30 a. m."}}

    assert render("cita {{ visit.time }}. Hasta...", values) == "cita 10:30 a. m. Hasta..."


def test_a_subject_stays_on_one_line() -> None:
    line = render_line(
        "Your visit\r\n{{ visit.extra.room }}", {"visit": {"extra": {"room": "4\r\nBcc: x@example.com"}}}
    )

    assert line == "Your visit 4 Bcc: x@example.com"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Visit {{ visit.date }}. Reply STOP to opt out.", "Visit Wed Oct 7. Also this. Reply STOP to opt out."),
        ("Visit. Reply Y to confirm, STOP to opt out.", "Visit. Also this. Reply Y to confirm, STOP to opt out."),
        ("Visit {{ visit.date }}", "Visit Wed Oct 7 Also this."),
        ("Visit{% if also %} and: {{ also }}{% endif %} Bye.", "Visit and: Also this. Bye."),
    ],
)
def test_what_rides_stands_where_the_wording_says_or_before_the_way_out(body: str, text: str) -> None:
    assert render_sms(sms(body), {**VALUES, "also": "Also this."}) == text


@pytest.mark.parametrize(
    ("phrases", "joined"),
    [
        ([], ""),
        (["Wed Oct 7 10:30 AM"], "Wed Oct 7 10:30 AM."),
        (["Wed Oct 7 10:30 AM", "Fri Oct 9 10:30 AM"], "Wed Oct 7 10:30 AM, Fri Oct 9 10:30 AM."),
        (["We need a form.", "Wed Oct 7 10:30 AM"], "Wed Oct 7 10:30 AM. We need a form."),
        (["mié 7 oct 10:30 a. m.", "vie 9 oct 1:30 p. m."], "mié 7 oct 10:30 a. m., vie 9 oct 1:30 p. m."),
        (["mié 7 oct 10:30 a.m."], "mié 7 oct 10:30 a.m."),
    ],
)
def test_riders_are_a_list_and_then_sentences(phrases: list[str], joined: str) -> None:
    assert join_riders(phrases) == joined


def test_a_wording_is_called_by_language_key_and_channel() -> None:
    assert replace(sms("x"), language="es").name == "es/booked.sms"
