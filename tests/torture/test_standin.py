"""The stand-in itself: apart from the product, repeatable, and like Twilio where the product looks."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from reminders.channels.signature import is_signed
from tests.torture.standin.callbacks import sign, token_of
from tests.torture.standin.draws import CREATING, Draws
from tests.torture.standin.texts import Shelf, Text

STANDIN = Path(__file__).parent / "standin"


def text(number: int, to: str = "+12125550001") -> Text:
    return Text(
        f"SM{number}", "AC1", to, "+12125550142", f"body {number}", "http://h/x?t=abc", accepted_at=1000 + number
    )


@pytest.mark.parametrize("path", sorted(STANDIN.glob("*.py")), ids=lambda path: path.name)
def test_it_shares_no_code_with_the_product(path: Path) -> None:
    imported = {
        name
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert [name for name in imported if name.split(".")[0] == "reminders"] == []
    assert [name for name in imported if name.startswith("tests.") and "standin" not in name] == []


def test_its_signature_is_the_one_that_the_product_expects() -> None:
    url, form = "http://127.0.0.1:8000/webhooks/twilio/status?t=abc", {"b": "2", "a": "1 é"}

    signature = sign("secret", url, form)

    assert is_signed(url, list(form.items()), signature, ["secret"])
    assert not is_signed(url, list(form.items()), signature, ["other"])


def test_a_seed_draws_the_same_faults_each_time_and_every_kind() -> None:
    drawn = [Draws(5).creating(f"+1212555{number:04d}", 1) for number in range(2000)]

    assert drawn == [Draws(5).creating(f"+1212555{number:04d}", 1) for number in range(2000)]
    assert set(Counter(drawn)) == set(CREATING)


def test_once_calm_it_does_what_it_is_asked() -> None:
    draws = Draws(5)
    draws.is_calm = True

    assert {draws.creating(f"+1212555{number:04d}", 1) for number in range(500)} == {"ok"}


def test_its_list_is_by_recipient_the_newest_first_and_in_pages() -> None:
    shelf = Shelf()
    for number in range(5):
        shelf.put(text(number))
    shelf.put(text(9, to="+12125550002"))

    first = shelf.page("AC1", {"To": "+12125550001", "PageSize": "2"}, now=5000)
    last = shelf.page("AC1", {"To": "+12125550001", "PageSize": "2", "Page": "2"}, now=5000)

    assert [one["sid"] for one in first["messages"]] == ["SM4", "SM3"]
    assert "Page=1" in first["next_page_uri"]
    assert [one["sid"] for one in last["messages"]] == ["SM0"]
    assert last["next_page_uri"] is None


def test_a_text_that_lags_is_not_listed_yet_and_has_no_date_before_it_is_sent() -> None:
    shelf, late = Shelf(), text(1)
    late.listed_at = 2000
    shelf.put(late)

    assert shelf.page("AC1", {}, now=1999)["messages"] == []
    (shown,) = shelf.page("AC1", {}, now=2000)["messages"]
    assert (shown["date_created"], shown["date_sent"]) == ("Thu, 01 Jan 1970 00:16:41 +0000", None)
    assert shelf.page("AC1", {"DateSent>": "1970-01-01"}, now=2000)["messages"] == []


def test_the_token_of_a_callback_ends_where_its_query_ends() -> None:
    assert token_of("http://h/webhooks/twilio/status?t=abc#rc=5&rp=all") == "abc"
