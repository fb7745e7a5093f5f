"""Letters: what a reader of HTML and a reader of plain text get from one Markdown wording."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.domain.errors import WordingError
from reminders.domain.letters import Letter, compose
from reminders.domain.wording import Template
from reminders.domain.words import Channel

BODY = """
Hello {{ patient.first_name }},

your visit is **soon**: see [our page](https://cedar.example/a_b) or call [{{ clinic.phone }}](tel:{{ clinic.phone }}).

## What to bring

- a list of *medicines*
- {{ visit.address }}

1. Come in.
2. Sit
   down.

Warm regards,\\
{{ clinic.name }}
"""
TEMPLATE = Template(
    key="booked", channel=Channel.EMAIL, language="es", subject="Your visit {{ visit.date }}", body=BODY
)


class Seen(HTMLParser):
    """What a mail program would show: words, tags, links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.words += data


def letter(
    name: str = "Alexandra", address: str = "18 Harbor Street", also: str = "", template: Template = TEMPLATE
) -> Letter:
    return compose(
        template,
        {
            "clinic": {"name": "Cedar Clinic", "phone": "212-555-0142"},
            "patient": {"first_name": name},
            "visit": {"date": "Wed Oct 7", "address": address},
            "also": also,
        },
    )


def test_the_plain_half_reads_like_a_letter() -> None:
    assert letter().text == (
        "Hello Alexandra,\n\n"
        "your visit is soon: see our page (https://cedar.example/a_b) or call 212-555-0142.\n\n"
        "What to bring\n\n"
        "- a list of medicines\n- 18 Harbor Street\n\n"
        "1. Come in.\n2. Sit down.\n\n"
        "Warm regards,\nCedar Clinic\n"
    )


def test_the_html_half_is_accessible_and_needs_no_style_sheet() -> None:
    html = letter().html

    assert html.startswith("<!DOCTYPE html>")
    assert '<html lang="es">' in html
    assert "<title>Your visit Wed Oct 7</title>" in html
    assert 'name="viewport"' in html
    assert "<style" not in html
    assert re.search(r'<p style="[^"]*font-size: 16px', html)
    assert Seen(html).links == ["https://cedar.example/a_b", "tel:212-555-0142"]


@pytest.mark.parametrize(
    "name",
    [
        "*x*",
        "**x**",
        "_x_",
        "<b>x</b>",
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "[a](https://evil.example)",
        "<https://evil.example>",
        "https://evil.example",
        "![a](https://evil.example/x.png)",
        "`x`",
        "# x",
        "1. x",
        "- x",
        "> x",
        "x\\",
        "&lt; &amp; &#65;",
        "a | b",
        "~~~ x",
        "{{ clinic.phone }}",
    ],
)
def test_a_value_stays_what_it_is(name: str) -> None:
    written = letter(name, address=name)

    assert f"Hello {name},\n" in written.text
    assert f"- {name}\n" in written.text
    seen = Seen(written.html)
    assert seen.words.count(name) == 2
    assert (seen.tags, seen.links) == (Seen(letter().html).tags, Seen(letter().html).links)


@given(st.text(min_size=1, max_size=40).filter(lambda name: name.strip() and name.isprintable()))
def test_no_name_changes_the_shape_of_a_letter(name: str) -> None:
    seen = Seen(letter(name, address=name).html)

    assert (seen.tags, seen.links) == (Seen(letter().html).tags, Seen(letter().html).links)
    assert " ".join(name.split()) in seen.words


def test_a_value_of_several_lines_stays_in_its_line() -> None:
    written = letter(name="Alexandra\n\n# Big\n- item")

    assert "Hello Alexandra # Big - item,\n" in written.text


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//x.y"],
)
def test_a_dangerous_link_of_a_wording_is_no_link(link: str) -> None:
    written = letter(template=replace(TEMPLATE, body=f"See [here]({link})."))

    assert Seen(written.html).links == []


def test_html_of_a_wording_is_shown_not_obeyed() -> None:
    seen = Seen(letter(template=replace(TEMPLATE, body="<img src=https://spy.example> <b>x</b>")).html)

    assert "img" not in seen.tags
    assert "<b>x</b>" in seen.words


def test_a_subject_is_one_line_and_no_markdown() -> None:
    template = replace(TEMPLATE, subject="*Visit* {{ patient.first_name }}")

    assert letter("A <b>\r\nBcc: x@example.com", template=template).subject == "*Visit* A <b> Bcc: x@example.com"


def test_what_rides_ends_the_letter_unless_the_wording_has_a_place_for_it() -> None:
    placed = replace(TEMPLATE, body="Also: {{ also }}\n\nBye")

    assert letter(also="Your *plan* is ready.").text.endswith("Cedar Clinic\n\nYour *plan* is ready.\n")
    assert letter(also="Your plan is ready.", template=placed).text == "Also: Your plan is ready.\n\nBye\n"


def test_an_empty_value_or_letter_is_not_sent() -> None:
    with pytest.raises(
        WordingError, match=r"es/booked\.email, line 9, cannot be sent: \{\{ visit\.address \}\} is empty"
    ):
        letter(address=" ")
    with pytest.raises(WordingError, match="it is empty"):
        letter(template=replace(TEMPLATE, body="{% if also %}x{% endif %}"))
