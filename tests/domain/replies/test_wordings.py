"""The answers that go by themselves: short, discreet, true, and there in every language."""

from pathlib import Path

import pytest

from reminders.domain.check import check_text
from reminders.domain.clinic_file import read_clinic
from reminders.domain.discretion import Occasion
from reminders.domain.errors import InvalidConfigError
from reminders.domain.replies.intents import ANSWERS, Intent
from reminders.domain.replies.understanding import understand
from reminders.domain.replies.wordings import Answers, read_answers
from reminders.domain.samples import Voice
from reminders.domain.segments import Encoding, measure
from reminders.domain.words import Context

CONFIG = Path(__file__).parents[3] / "config"
VOICE = Voice.of(read_clinic((CONFIG / "clinic.yaml").read_text(encoding="utf-8"), "clinic.yaml"))
LONGER = Voice(name="Cedar Tree Clinic", phone="+1 212-555-0142")
LANGUAGES = sorted(path.stem for path in (CONFIG / "replies").glob("*.yaml"))


def source(language: str) -> str:
    return (CONFIG / "replies" / f"{language}.yaml").read_text(encoding="utf-8")


def answers(language: str, voice: Voice = VOICE) -> Answers:
    return read_answers(source(language), f"replies/{language}.yaml", voice)


def refusal(text: str) -> str:
    with pytest.raises(InvalidConfigError) as refused:
        read_answers(text, "replies/en.yaml", VOICE)
    return str(refused.value)


def test_there_are_answers_in_english_and_spanish() -> None:
    assert LANGUAGES == ["en", "es"]
    for language in LANGUAGES:
        assert answers(language).language == language
        assert set(answers(language).bodies) == set(ANSWERS)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("key", ANSWERS)
def test_an_answer_is_one_plain_discreet_text_that_names_the_clinic(language: str, key: str) -> None:
    for voice in (VOICE, LONGER):
        text = answers(language, voice).say(key, voice)

        assert check_text(text, Occasion(clinic_name=voice.name, stop_due=False)).problems == ()
        assert (measure(text).encoding, measure(text).segments) == (Encoding.GSM, 1)
        assert text.isascii()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("key", ["crisis", "emergency"])
def test_the_safe_answer_names_who_can_help_now_and_promises_nobody(language: str, key: str) -> None:
    text = answers(language).say(key, VOICE)

    assert all(number in text for number in ("988", "911", VOICE.phone))
    assert not any(
        promise in text.casefold() for promise in ("on the way", "is coming", "will call", "le llamara", "en camino")
    )


def test_spanish_speakers_are_told_to_press_2() -> None:
    for key in ("crisis", "emergency"):
        assert "988 y oprima 2" in answers("es").say(key, VOICE)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_stranger_learns_the_clinic_and_how_to_stop_and_nothing_of_a_patient(language: str) -> None:
    text = answers(language).say("who", VOICE)

    assert "Cedar Clinic" in text
    assert "STOP" in text
    assert not any(word in text.casefold() for word in ("patient", "visit", "appointment", "paciente", "cita"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_answer_to_a_bare_cancel_says_that_no_visit_is_cancelled(language: str) -> None:
    text = answers(language).say("opt_out_cancel", VOICE)

    assert ("did not cancel" in text) or ("no cancelo" in text)
    assert "START" in text


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("key", ["decline", "change"])
def test_who_cannot_come_is_told_that_nothing_is_cancelled_yet(language: str, key: str) -> None:
    text = answers(language).say(key, VOICE)

    assert any(words in text for words in ("until we answer", "hasta que le respondamos"))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("key", ANSWERS)
def test_our_own_answer_sent_back_is_no_danger(language: str, key: str) -> None:
    text = answers(language).say(key, VOICE)

    for context in Context:
        assert understand(text, context).intent not in {Intent.CRISIS, Intent.EMERGENCY}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  later:", "  latter:", "later is missing"),
        ("  later:", "  latter:", "latter: is no answer. Did you mean later?"),
        (
            "your yes is noted",
            "your {{ visit.date }} is noted",
            "may print clinic.name, clinic.opens, clinic.phone",
        ),
        ("your yes is noted", "your {{ yes", "confirm: It says: "),
        ("your yes is noted", "your ketamine is noted", "[treatment_word]"),
        ("your yes is noted", "your yes is noted" + " and noted" * 20, "[too_long]"),
        ("your yes is noted", "your yes is noted …ñ李", "[forced_ucs2]"),
        ("call or text 988, day or night. If", "see you. If", "crisis: It must name 988"),
        ("If you are in danger call 911. ", "", "crisis: It must name 911"),
        ('STOP to opt out."\n  wrong', 'END."\n  wrong', "[no_stop]"),
        ("This is {{ clinic.name }}", "This is us", "[no_clinic_name]"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_line_and_cure(old: str, new: str, says: str) -> None:
    text = source("en")
    assert old in text

    assert says in refusal(text.replace(old, new, 1))
