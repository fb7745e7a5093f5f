"""What is left of a text when case, marks, emoji and slips no longer matter."""

import pytest

from reminders.domain.replies.plain_words import read


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Re: I CAN\u2019T breathe!!", "i can not breathe"),
        ("Ill be there", "i will be there"),
        ("I am ill today", "i am ill today"),
        ("S T O P", "stop"),
        ("stopppp", "stop"),
        ("Goooood", "good"),
        ("su1c1de", "suicide"),
        ("sucidal", "suicidal"),
        ("the swelling subsided", "the swelling subsided"),
        ("Sí, mañana", "si manana"),
        ("10:30 a.m.", "10 30 am"),
        ("👍🏽", "emojiyes"),
        ("1\ufe0f\u20e3", "1"),
        ("gonna k*ll my self", "going to kill myself"),
        ("Y\n\nSent from my iPhone", "y"),
        ("dont want 2 live", "do not want to live"),
        ("call in 2 weeks", "call in 2 weeks"),
        ("\uff33\uff34\uff2f\uff30", "stop"),
    ],
)
def test_a_text_is_its_words(text: str, words: str) -> None:
    assert read(text).words == words


def test_a_mark_ends_a_clause_and_a_but_begins_one() -> None:
    assert read("I ate. Is that ok?").clauses == "i ate | is that ok ?"
    assert read("not eaten but I drank").clauses == "not eaten | but i drank |"
    assert read("what??").clauses == "what ?"
    assert read("?").clauses == "?"
