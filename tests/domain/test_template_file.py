"""Template files: what is read from one, and how a slip is told."""

import pytest

from reminders.domain.errors import InvalidConfigError
from reminders.domain.template_file import file_of, read_template, read_templates
from reminders.domain.wording import Template
from reminders.domain.words import WRITTEN, Channel

EMAIL = '---\nsubject: "Your visit {{ visit.date }}"\nrides: Visit {{ visit.date }}.\n---\n\nHello.\n'


def problems(text: str, file: str = "templates/en/booked.sms.liquid") -> list[str]:
    with pytest.raises(InvalidConfigError) as caught:
        read_template(text, file)
    return [str(problem) for problem in caught.value.problems]


def test_a_text_may_be_nothing_but_its_words() -> None:
    template = read_template("{{ clinic.name }}: hello", "templates/es-MX/moved-prep.sms.liquid")

    assert template == Template(
        key="moved-prep", channel=Channel.SMS, language="es-MX", body="{{ clinic.name }}: hello"
    )


def test_the_fields_of_a_text_stand_above_it() -> None:
    template = read_template(
        '---\nrides: "{{ visit.date }}"\nsegments: 2  # two visits\n---\nHello\n', "en/a.sms.liquid"
    )

    assert (template.rides, template.segments_limit, template.body) == ("{{ visit.date }}", 2, "Hello\n")


def test_an_email_has_a_subject() -> None:
    template = read_template(EMAIL.replace("\n", "\r\n"), "en/booked.email.md")

    assert (template.channel, template.subject, template.rides, template.body) == (
        Channel.EMAIL,
        "Your visit {{ visit.date }}",
        "Visit {{ visit.date }}.",
        "\nHello.\n",
    )


def test_a_line_of_dashes_in_a_letter_ends_nothing() -> None:
    assert read_template(EMAIL + "\n---\n\nmore", "en/booked.email.md").body == "\nHello.\n\n---\n\nmore"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "one\ntwo {{ visit.dat }}",
            "templates/en/booked.sms.liquid:2: {{ visit.dat }} is not a placeholder we can fill.",
        ),
        ("---\nsegments: 2\n---\none\n{{ x }}", "templates/en/booked.sms.liquid:5: {{ x }} is not a placeholder"),
        (
            "---\nsegments: 2\n\nrides: '{{ x }}'\n---\none",
            "templates/en/booked.sms.liquid:4: {{ x }} is not a placeholder",
        ),
        ("a\n{% render 'x' %}", "templates/en/booked.sms.liquid:2: It says: unexpected tag 'render'"),
        ("{{ visit.date | date }}", "templates/en/booked.sms.liquid:1: The filter date is not known"),
        ("---\nsegments: many\n---\nx", "templates/en/booked.sms.liquid:2: wording, segments: 'many' is not a number"),
        ("---\nsegments: 9\n---\nx", "templates/en/booked.sms.liquid:2: wording, segments: '9' is not a number"),
        ("---\nsubject: x\n---\nx", "templates/en/booked.sms.liquid:2: wording: subject is not a field here"),
        (
            "---\nride: x\n---\nx",
            "templates/en/booked.sms.liquid:2: wording: ride is not a field here. Did you mean rides?",
        ),
        ("---\nrides: {{ visit.date }}\n---\nx", "templates/en/booked.sms.liquid:2: Put quotes around it"),
        ("---\nrides: x\nHello", "templates/en/booked.sms.liquid:1: The fields that begin here have no end"),
        ("---\nrides: a: b\n---\nx", "templates/en/booked.sms.liquid:2: This cannot be read as YAML"),
        ("", "templates/en/booked.sms.liquid:1: The wording has no words"),
        ("---\nsegments: 2\n---\n  \n", "templates/en/booked.sms.liquid:4: The wording has no words"),
    ],
)
def test_a_slip_is_told_with_its_file_and_line(text: str, problem: str) -> None:
    found = problems(text)

    assert any(each.startswith(problem) for each in found), found


def test_all_slips_of_a_file_are_told_in_the_order_of_the_file() -> None:
    found = problems("---\nsegments: 0\nrides: '{{ a }}'\n---\n{{ b }}\n{{ visit.dat | date }}")

    assert [problem.split(":")[1] for problem in found] == ["2", "3", "5", "6", "6"]


def test_an_email_without_a_subject_is_refused() -> None:
    assert problems("Hello", "en/booked.email.md") == [
        'en/booked.email.md:1: An email needs a subject: begin the file with `---`, `subject: "…"`, `---`.'
    ]


@pytest.mark.parametrize(
    "file", ["booked.sms.liquid", "en/booked.liquid", "en/Booked.sms.liquid", "english/a.sms.liquid", "en/a_b.email.md"]
)
def test_a_path_that_does_not_tell_language_key_and_channel_is_refused(file: str) -> None:
    (problem,) = problems("Hello", file)

    assert "Call it <language>/<key>.sms.liquid or <language>/<key>.email.md" in problem


def test_the_slips_of_many_files_are_told_together() -> None:
    files = {"en/a.sms.liquid": "{{ x }}", "en/b.sms.liquid": "fine", "es/a.sms.liquid": ""}

    with pytest.raises(InvalidConfigError) as caught:
        read_templates(files)

    assert [problem.where for problem in caught.value.problems] == ["en/a.sms.liquid:1", "es/a.sms.liquid:1"]


def test_a_file_is_found_where_it_is_read_from() -> None:
    for channel in WRITTEN:
        file = file_of("es", "moved-prep", channel)
        template = read_template(EMAIL if channel is Channel.EMAIL else "x", f"templates/{file}")

        assert (template.language, template.key, template.channel) == ("es", "moved-prep", channel)
