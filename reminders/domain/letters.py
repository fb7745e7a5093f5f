"""Letters: one Markdown wording becomes the two halves of an email, HTML with inlined CSS and plain text.

What a value holds is never Markdown or HTML: a patient called `*x*` or `<b>` is called that.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from string import punctuation

import css_inline
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reminders.domain.errors import WordingError
from reminders.domain.wording import Template, Values, placeholders, render, render_line


@dataclass(frozen=True, slots=True)
class Letter:
    """An email, ready for an envelope."""

    subject: str
    html: str
    text: str


def compose(template: Template, values: Values) -> Letter:
    """Write the letter of *template*; what rides in it (`also`) ends it where the wording has no place for it.

    Raises `WordingError` as `render` does.
    """
    subject = render_line(template.subject, values, name=template.name)
    source = render(template.body, values, name=template.name, escape=escape_markdown).strip()
    if not source:
        raise WordingError(f"The wording {template.name} cannot be sent: it is empty.", code="wrong_size")
    also = values.get("also")
    if also and "also" not in placeholders(template.body):
        source += f"\n\n{escape_markdown(str(also))}"
    return Letter(subject, _html(source, subject, template.language), _text(source))


_SPECIAL = re.compile(f"([{re.escape(punctuation)}])")


def escape_markdown(value: str) -> str:
    """Return *value* so that Markdown shows it as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(value.split()))


_SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


def _is_safe(url: str) -> bool:
    return bool(_SAFE_LINK.match(url))


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).disable(["image", "code", "fence"])
    parser.validateLink = _is_safe  # type: ignore[method-assign]
    return parser


_MARKDOWN = _parser()

_STYLE = """
body { margin: 0; padding: 0; background: #ffffff; }
main { display: block; max-width: 36em; margin: 0 auto; padding: 24px 16px; }
main, p, li { font-family: Arial, Helvetica, sans-serif; font-size: 16px; line-height: 1.5; color: #1a1a1a; }
h1, h2, h3 { font-family: Arial, Helvetica, sans-serif; line-height: 1.3; color: #1a1a1a; }
h1 { font-size: 24px; }
h2, h3 { font-size: 19px; }
a { color: #0b57a4; text-decoration: underline; }
"""

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""

_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)


def _html(source: str, subject: str, language: str) -> str:
    page = _PAGE.format(language=escape(language), title=escape(subject), style=_STYLE, body=_MARKDOWN.render(source))
    return _INLINER.inline(page)


def _text(source: str) -> str:
    """Return the letter without any mark: links as "words (address)", lists with dashes or numbers."""
    blocks: list[str] = []
    marker, was_item = "", False
    for token in _MARKDOWN.parse(source):
        if token.type.endswith("_list_open"):
            was_item = was_item and token.level > 0
        elif token.type == "list_item_open":
            marker = f"{token.info}. " if token.info else "- "
        elif token.type == "inline":
            blocks.append(("\n" if marker and was_item else "\n\n") + marker + _spoken(token.children or []))
            marker, was_item = "", bool(marker)
    return "".join(blocks).strip() + "\n"


_SPACES = {"softbreak": " ", "hardbreak": "\n"}


def _spoken(tokens: Sequence[Token]) -> str:
    words: list[str] = []
    address, begins = "", 0
    for token in tokens:
        if token.type == "link_open":
            address, begins = str(token.attrs["href"]), len(words)
        elif token.type == "link_close":
            words.append(_address("".join(words[begins:]), address))
        else:
            words.append(_SPACES.get(token.type, token.content))
    return "".join(words)


def _address(words: str, address: str) -> str:
    """Return what to add to the words of a link: nothing where they are the address."""
    return "" if words in {address, address.removeprefix("mailto:"), address.removeprefix("tel:")} else f" ({address})"
