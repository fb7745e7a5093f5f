"""The safe answer: found by the text alone, sayable by anybody, in the language of the cry."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from reminders.domain.check import check_text
from reminders.domain.discretion import Occasion
from reminders.domain.replies.danger import Danger, Kind
from reminders.domain.replies.safe_answer import ALWAYS, SafeWords, cry_in
from reminders.domain.segments import Encoding, measure

FALLBACK = Path(__file__).parents[3] / "config" / "fallback.xml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I want to kill myself", Danger(Kind.CRISIS, "en")),
        ("3 not safe with myself tonight", Danger(Kind.CRISIS, "en")),
        ("me quiero matar", Danger(Kind.CRISIS, "es")),
        ("I can't breathe", Danger(Kind.EMERGENCY, "en")),
        ("no puedo respirar", Danger(Kind.EMERGENCY, "es")),
        ("I can't breathe and I want to die", Danger(Kind.CRISIS, "en")),
        ("STOP. I am going to kill myself", Danger(Kind.CRISIS, "en")),
        ("this traffic is killing me", None),
        ("Yes", None),
        ("", None),
    ],
)
def test_a_cry_is_found_whatever_it_answers(text: str, expected: Danger | None) -> None:
    assert cry_in(text) == expected


def test_an_answer_to_a_check_in_counts_as_one() -> None:
    """Of feelings alone, without knowing the prompt, it is said rather than not."""
    assert cry_in("I feel hopeless, there is no point anymore") is not None


def test_a_clinics_own_words_come_first_and_anybodys_last() -> None:
    words = SafeWords("es-US", {(Kind.CRISIS, "es"): "Cedar: 988 y oprima 2"})

    assert words.answer(Danger(Kind.CRISIS, "en")) == "Cedar: 988 y oprima 2"
    assert words.answer(Danger(Kind.EMERGENCY, "en")) == ALWAYS[Kind.EMERGENCY, "es"]


def test_a_spanish_cry_is_answered_in_spanish_and_one_in_english_in_the_clinics_language() -> None:
    assert SafeWords("en").answer(Danger(Kind.CRISIS, "es")) == ALWAYS[Kind.CRISIS, "es"]
    assert SafeWords("es").answer(Danger(Kind.CRISIS, "en")) == ALWAYS[Kind.CRISIS, "es"]
    assert SafeWords("fr").answer(Danger(Kind.CRISIS, "en")) == ALWAYS[Kind.CRISIS, "en"]


@pytest.mark.parametrize("key", ALWAYS)
def test_what_anybody_may_say_is_one_discreet_segment_with_both_numbers(key: tuple[Kind, str]) -> None:
    text = ALWAYS[key]

    assert "988" in text
    assert "911" in text
    assert (measure(text).encoding, measure(text).segments) == (Encoding.GSM, 1)
    assert "help is" not in text


def test_the_fallback_outside_of_our_system_says_the_same_numbers_in_both_languages() -> None:
    [message] = ET.fromstring(FALLBACK.read_bytes())  # noqa: S314  our own

    text = message.text or ""
    assert (message.tag, text.count("988"), text.count("911")) == ("Message", 2, 2)
    assert "oprima 2" in text
    assert measure(text).encoding is Encoding.GSM
    assert measure(text).segments <= 2
    assert not check_text(text, Occasion(stop_due=False), segments_limit=2).problems
